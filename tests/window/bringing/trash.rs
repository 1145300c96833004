//! The file that was imported from still holds the secret.

use std::path::PathBuf;

use super::{aegis, fixture};
use crate::support::desktop::{Containing, Keyring, Role};
use crate::support::paper::Client;
use crate::support::sample;
use crate::world::{CodeButton, World};

/// It goes to the trash when the person says so, never by itself, and what is said
/// of it is so.
#[test]
fn the_file_goes_to_the_trash_or_stays() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let picture = world.picture("first.png", &[&sample::uri()]);
    world.drop_and_read(&picture, "your phone should show the same");
    assert!(
        world
            .app()
            .try_find(Role::Button, "Move to trash")
            .is_none()
    );
    world.press("Save without testing");
    world.app().find(Role::Button, CodeButton);
    world.says("“first.png” still holds the secret.");
    let app = world.app();
    assert!(!app.dump().contains("Not everything"), "{}", app.dump());
    assert!(picture.exists());
    world.press("Move to trash");
    world.says("Moved to the trash.");
    world.says("The trash still holds the secret until it is emptied.");
    assert!(!picture.exists());
    assert!(trash(&world).join("files/first.png").exists());
    world
        .app()
        .gone(Role::Label, Containing("Delete the file?"));

    let second = sample::uri()
        .replace("A123456", "B654321")
        .replace("KUNJI", "KUNJA");
    let picture = world.picture("second.png", &[&second]);
    world.drop_and_read(&picture, "your phone should show the same");
    world.press("Save without testing");
    world.says("“second.png” still holds the secret.");
    world.press("Keep");
    world
        .app()
        .gone(Role::Label, Containing("Delete the file?"));
    assert!(picture.exists());
    assert!(!trash(&world).join("files/second.png").exists());
}

/// What changed since it was read is another file: it may hold what nobody saved.
#[test]
fn a_file_that_changed_stays() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let links = world.file("links.txt", sample::uri().as_bytes());
    world.drop_and_read(&links, "your phone should show the same");
    world.press("Save without testing");
    world.says("Delete the file?");
    let more = sample::uri()
        .replace("A123456", "B654321")
        .replace("KUNJI", "KUNJA");
    std::fs::write(&links, format!("{}\n{more}\n", sample::uri())).unwrap();
    world.press("Move to trash");
    world.says("has changed since Kunji read it");
    assert!(links.exists());
    assert!(!trash(&world).join("files/links.txt").exists());
}

/// A question that is not answered stays, with all files it is about: none is
/// forgotten because another account was added.
#[test]
fn a_file_is_asked_for_until_there_is_an_answer() {
    let world = World::open(Keyring::Unlocked);
    let backup = aegis(&[(&Client::other(1).secret_base32, "GitHub".to_owned())]);
    let backup = world.file("backup.json", backup.as_bytes());
    let export = world.picture("export.png", &[fixture("google.txt").trim()]);
    world.app().find(Role::Button, "Choose a file");
    world.drop_all(&[&backup, &export], "3 codes");
    world.press("Import 3 accounts");
    world.says("Delete the 2 files?");
    let picture = world.picture("third.png", &[&sample::uri()]);
    world.drop_and_read(&picture, "your phone should show the same");
    world.press("Save without testing");
    world.says("Delete the 3 files?");
    world.press("Move to trash");
    world.says("Moved to the trash.");
    for file in [backup, export, picture] {
        assert!(!file.exists(), "{}", file.display());
    }
}

/// Where the desktop keeps what was deleted (`FreeDesktop` Trash specification).
fn trash(world: &World) -> PathBuf {
    world.desktop.home().join(".local/share/Trash")
}
