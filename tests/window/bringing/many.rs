//! As many codes as nobody has: the window lives, tells how far it is, and stops
//! where it is told to.

use std::path::PathBuf;
use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use serde_json::Value;

use super::{aegis, ticked};
use crate::support::desktop::{Keyring, Role, Such};
use crate::support::sample;
use crate::world::{KUNJI, World};

const MANY: usize = 300;
const FEW: usize = 60;
/// All of them, in a debug build on a computer that has other things to do.
const SAVING: Duration = Duration::from_mins(2);

/// Stopped halfway, what is there is whole and counted right, and the rest still
/// ticked; going on makes it all of them, none twice.
#[test]
fn an_import_of_hundreds_can_be_stopped_and_gone_on_with() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let (backup, secrets) = backup(&world, MANY);
    world.drop_and_read(&backup, "300 codes.");
    assert_eq!(ticked(&world), MANY);
    world.press("Import 300 accounts");
    wait_until_saved(&world, 20);
    world.press("Cancel");
    world.says("You stopped it there. What is saved is whole");

    let said = world.app().find(
        Role::Label,
        Such(|name: &str| name.contains("accounts saved.")),
    );
    let saved: usize = said.name().split(' ').next().unwrap().parse().unwrap();
    assert!((20..MANY).contains(&saved), "{}", said.name());
    assert_eq!(world.items().len(), saved);
    assert_eq!(listed(&world), saved);
    assert_eq!(ticked(&world), MANY - saved);

    world.press(&format!("Import {} accounts", MANY - saved));
    // Once nothing of it is left; what is said of the count passes.
    world.says_within(SAVING, "“many.json” still holds the secret.");
    assert_eq!(world.kept(), secrets);
    assert_eq!(listed(&world), MANY);
}

/// Two imports of the same file at one time save everything once: one waits for
/// the other, or is told to.
#[test]
fn two_imports_at_once_save_nothing_twice() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let (backup, secrets) = backup(&world, FEW);
    let path = backup.to_str().unwrap();
    let mut imports = [(); 2].map(|()| {
        let mut command = world.desktop.command(KUNJI);
        command.args(["import", path, "--yes"]);
        world.desktop.spawn(&mut command)
    });
    for import in &mut imports {
        let status = import.wait();
        assert!(status.success(), "{status}\n{}", import.errors());
    }
    assert_eq!(world.kept(), secrets);
}

/// Locking ends an import at once, and the next one begins as if nothing had been.
#[test]
fn locking_in_the_middle_stops_the_import() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let (backup, secrets) = backup(&world, FEW);
    world.drop_and_read(&backup, "60 codes.");
    world.press("Import 60 accounts");
    wait_until_saved(&world, 3);
    world.desktop.key("ctrl+l");
    world.says("Kunji is locked");
    assert!(!world.app().dump().contains("Account 0"));
    world.press("Unlock");
    world.app().find(Role::Button, "+ Add account");
    // It is not left open what became of it.
    world.says("Locking stopped the import.");
    let saved = listed(&world);
    assert!((3..FEW).contains(&saved), "{saved}");
    assert_eq!(world.items().len(), saved);

    let found = format!("60 codes, {saved} of them here already.");
    world.drop_and_read(&backup, &found);
    world.press(&format!("Import {} accounts", FEW - saved));
    let all = format!("{} accounts saved.", FEW - saved);
    world.says_within(SAVING, &all);
    assert_eq!(world.kept(), secrets);
}

/// What comes while others are saved is none of them, and nobody stopped anything.
#[test]
fn what_comes_during_an_import_stays_to_be_imported() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let (backup, _) = backup(&world, FEW);
    world.drop_and_read(&backup, "60 codes.");
    world.press("Import 60 accounts");
    wait_until_saved(&world, 1);
    let picture = world.picture("late.png", &[&sample::uri()]);
    world.drop_and_read(&picture, "60 accounts saved. What was brought meanwhile");
    world.says("One code.");
    assert_eq!(world.items().len(), FEW);
    world.press("Import 1 account");
    world.says("Delete the 2 files?");
    assert_eq!(world.items().len(), FEW + 1);
}

/// A backup of so many codes, and their secrets in order.
fn backup(world: &World, count: usize) -> (PathBuf, Vec<String>) {
    let secrets: Vec<String> = (0..count)
        .map(|number| BASE32_NOPAD.encode(format!("made up secret {number:03}").as_bytes()))
        .collect();
    let codes: Vec<(&str, String)> = (0..)
        .zip(&secrets)
        .map(|(number, secret): (u32, _)| (secret.as_str(), format!("Account {number:03}")))
        .collect();
    let backup = world.file("many.json", aegis(&codes).as_bytes());
    let mut secrets = secrets;
    secrets.sort();
    (backup, secrets)
}

#[track_caller]
fn wait_until_saved(world: &World, count: usize) {
    let enough = Such(|name: &str| done(name).is_some_and(|done| done >= count));
    world.app().find(Role::ProgressBar, enough);
}

/// Of what the progress bar says.
fn done(name: &str) -> Option<usize> {
    let rest = name.strip_prefix("Saving ")?;
    rest.split(' ').next()?.parse().ok()
}

/// How many accounts the terminal's Kunji can read.
fn listed(world: &World) -> usize {
    let (status, output) = world.run(&["list", "--json"]);
    assert_eq!(status, Some(0));
    let list: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(list["unreadable"], 0);
    list["accounts"].as_array().unwrap().len()
}
