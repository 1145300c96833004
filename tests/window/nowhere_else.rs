//! Promise 2: a secret is in the keyring and in memory, and nowhere else.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::desktop::{Containing, Keyring, Role};
use crate::support::sample;
use crate::world::World;

/// The whole flow at trace level, with a refusal and an error in it; then every
/// place where a secret could have been left is searched for all of them.
#[test]
fn no_secret_is_left_anywhere() {
    let mut world = World::open(Keyring::Unlocked);
    world.press("Choose a file");
    world.desktop.choose_in_file_dialog(&sample::picture());
    world.says("your phone should show the same");
    world.fill_credentials("2580", "kNj5amp1");
    world.press("Save and test login");
    world.says("AngelOne accepted the login.");
    world.press("Done");
    let code = world.shown_code();
    world.press("Copy code");
    world.says("Code copied.");
    world.paste("otpauth://totp/X?secret=KUNJISAMPLEQRNOTASECRET234&digits=9");
    world
        .app()
        .find(Role::Label, Containing("asks for 9 digits"));

    let pid = world.kunji().pid();
    let process: Vec<(PathBuf, Vec<u8>)> = ["cmdline", "environ"]
        .map(|name| PathBuf::from(format!("/proc/{pid}/{name}")))
        .map(|path| (path.clone(), fs::read(&path).expect("a running process")))
        .into();
    world.press("Dismiss message");
    let mut output = Vec::new();
    {
        let kunji = world.kunji();
        output.push((PathBuf::from("stdout"), kunji.output().into_bytes()));
        output.push((PathBuf::from("stderr"), kunji.errors().into_bytes()));
    }
    assert!(
        String::from_utf8_lossy(&output[1].1).contains("loginByPassword"),
        "the log must be there for the search to mean anything"
    );
    world.close();

    let mut places = process;
    places.extend(output);
    let home = world.desktop.home();
    files_below(&home, &mut places);
    files_below(
        &home.parent().expect("the desktop's folder").join("tmp"),
        &mut places,
    );
    assert!(places.len() > 4);
    let mut secrets = sample::secrets();
    secrets.push(code);
    for (path, contents) in &places {
        // The keyring's own file is the one place, and it is encrypted.
        for secret in &secrets {
            assert!(
                !holds(contents, secret),
                "{} holds a secret",
                path.display()
            );
        }
    }
    // The search finds what is there: without this it could not fail.
    assert!(holds(sample::uri().as_bytes(), &secrets[0]));
}

/// As text, and as base64 of the item's JSON would hold it.
pub fn holds(contents: &[u8], secret: &str) -> bool {
    let find = |needle: &[u8]| {
        contents
            .windows(needle.len())
            .any(|window| window == needle)
    };
    // The PIN's four digits may stand in a port or a time by chance.
    if secret.len() == 4 {
        return find(format!("\"{secret}\"").as_bytes()) || find(format!("={secret}").as_bytes());
    }
    find(secret.as_bytes()) || find(secret.to_lowercase().as_bytes())
}

pub fn files_below(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder)
        .expect("a folder of the desktop")
        .flatten()
    {
        let path = entry.path();
        let kind = entry.file_type().expect("a kind of file");
        if kind.is_dir() {
            files_below(&path, found);
        } else if kind.is_file() {
            found.push((path.clone(), fs::read(&path).unwrap_or_default()));
        }
    }
}
