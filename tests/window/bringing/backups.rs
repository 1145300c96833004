//! Encrypted backups.

use std::path::PathBuf;
use std::time::Duration;

use super::{BANK, GITHUB, STEAM, data, fixture, ticked};
use crate::nowhere_else::{files_below, holds};
use crate::support::desktop::{Keyring, Role};
use crate::world::World;

/// Deriving a backup's key takes long on purpose, and longer in a debug build.
const OPENING: Duration = Duration::from_secs(90);

/// A wrong password is said and asked for again; the right one opens; and it is
/// left nowhere, nor is what it opened.
#[test]
fn an_encrypted_backup_asks_for_its_password() {
    const PASSWORD: &str = "made up password";
    const WRONG: &str = "another made up one";
    let mut world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    world.drop_and_read(&data("aegis-encrypted.json"), "is encrypted");
    world.says("No code to import.");
    let field = "Password of this backup";
    world.fill(Role::PasswordText, field, WRONG);
    world.press("Open");
    world.says_within(OPENING, "The password does not open this backup of Aegis");
    world.app().find(Role::PasswordText, field).expect_text("");
    world.fill(Role::PasswordText, field, PASSWORD);
    world.press("Open");
    world.says_within(OPENING, "3 codes");
    world.app().gone(Role::PasswordText, field);
    world.app().find(Role::CheckBox, "Import asha");

    let pid = world.kunji().pid();
    let mut places: Vec<(PathBuf, Vec<u8>)> = ["cmdline", "environ"]
        .map(|name| PathBuf::from(format!("/proc/{pid}/{name}")))
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .into();
    world.press("Import 3 accounts");
    world.says("3 accounts saved.");
    let kunji = world.kunji();
    places.push(("stdout".into(), kunji.output().into_bytes()));
    places.push(("stderr".into(), kunji.errors().into_bytes()));
    let stored = world.desktop.secrets().into_iter();
    places.extend(stored.map(|item| (item.label.into(), item.value)));
    world.close();
    let home = world.desktop.home();
    files_below(&home, &mut places);
    files_below(&home.parent().unwrap().join("tmp"), &mut places);
    for (path, contents) in &places {
        for password in [PASSWORD, WRONG] {
            assert!(!holds(contents, password), "{}", path.display());
        }
    }
    assert!(holds(PASSWORD.as_bytes(), PASSWORD));
}

/// What waits for its password is still there when the rest is imported.
#[test]
fn a_locked_backup_outlives_the_import_beside_it() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let export = world.picture("export.png", &[fixture("google.txt").trim()]);
    let locked = data("2fas-encrypted.2fas");
    world.drop_all(&[&export, &locked], "2 codes");
    world.press("Import 2 accounts");
    world.says("2 accounts saved.");
    let field = "Password of this backup";
    world.fill(Role::PasswordText, field, "made up password");
    world.press("Open");
    world.says_within(OPENING, "2 of them here already");
    assert_eq!(ticked(&world), 1);
    world.press("Import 1 account");
    world.says("1 account saved.");
    assert_eq!(world.kept(), [BANK, GITHUB, STEAM]);
}
