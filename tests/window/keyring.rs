//! A keyring that is missing, locked, asked in vain, or stuck. Guards that the
//! window lives on, tells which, and never shows an empty list instead.

use std::time::Duration;

use crate::support::desktop::{Answer, KEYRING_PASSWORD, Keyring, Role};
use crate::world::{CodeButton, World};

#[test]
fn no_keyring_at_all_and_then_one() {
    let mut world = World::open(Keyring::Absent);
    world.says("No keyring is running on this computer.");
    assert_no_list(&world);
    world.press("Retry");
    world.says("No keyring is running on this computer.");
    world.desktop.start_keyring(Keyring::Unlocked);
    world.press("Retry");
    world.app().find(Role::Button, "Choose a file");
}

#[test]
fn a_locked_keyring_asks_and_a_closed_prompt_is_no_empty_list() {
    let mut world = World::open(Keyring::Unlocked);
    world.add_sample();
    world.close();
    world.desktop.lock_keyring();

    world.start();
    world.says("Your keyring asks for its password");
    assert_no_list(&world);
    world.desktop.dismiss_prompt();
    world.says("The keyring’s password prompt was closed without an answer.");
    assert_no_list(&world);

    world.press("Retry");
    assert_eq!(
        world.desktop.answer_prompt(KEYRING_PASSWORD),
        Answer::Accepted
    );
    world.app().find(Role::Button, CodeButton);
}

#[test]
fn a_stuck_keyring_is_given_up_on_and_found_again() {
    let mut world = World::open(Keyring::Unlocked);
    world.add_sample();
    world.close();
    world.desktop.freeze_keyring();

    world.start();
    world.says("Opening your keyring…");
    world.says_within(Duration::from_secs(12), "The keyring does not answer.");
    assert_no_list(&world);
    world.desktop.thaw_keyring();
    // The first request comes through after all, or Retry sends another.
    if let Some(retry) = world.app().try_find(Role::Button, "Retry") {
        retry.press();
    }
    world.app().find(Role::Button, CodeButton);
}

/// A keyring that dies between reading and saving: nothing entered is lost.
#[test]
fn a_save_that_fails_keeps_the_form() {
    let mut world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Paste");
    world.paste(&crate::support::sample::uri());
    world.says("your phone should show the same");
    world.fill(Role::Entry, "Name", "Mine");
    world.fill_credentials("2580", "kNj5amp1");
    world.desktop.stop_keyring();
    world.press("Save without testing");
    world.says("Nothing you entered is lost.");
    world.app().find(Role::Entry, "Name").expect_text("Mine");
    world
        .app()
        .find(Role::PasswordText, "PIN")
        .expect_text("2580");
    world.desktop.start_keyring(Keyring::Unlocked);
    world.press("Save without testing");
    world.app().find(Role::Button, CodeButton);
    assert_eq!(world.items().len(), 1);
}

/// Two windows on one keyring: what one deleted the other does not bring back,
/// and what one changed the other does not overwrite.
#[test]
fn two_windows_do_not_undo_each_other() {
    let mut world = World::open(Keyring::Unlocked);
    world.add_sample();
    world.press("More for A123456");
    world.press("Edit");
    world.fill(Role::Entry, "Name", "From the first");
    let first = world.kunji.take();
    world.start();
    // Beside the first: a window that is covered is not drawn.
    world.desktop.move_window(&world.window(), 600, 0);
    world.press("More for A123456");
    world.press("Edit");
    world.fill(Role::Entry, "Name", "From the second");
    world.press("Save");
    world.app().find(Role::Button, "More for From the second");
    let second = std::mem::replace(&mut world.kunji, first);

    world.press("Save");
    world.says("This account was changed elsewhere");
    world
        .app()
        .find(Role::Entry, "Name")
        .expect_text("From the first");
    world.press("Back");
    world.press("Discard");
    world.press("More for From the second");
    world.press("Edit");
    world.fill(Role::Entry, "Name", "Again");
    let first = std::mem::replace(&mut world.kunji, second);

    world.press("More for From the second");
    world.press("Delete…");
    world.press("Delete");
    world.app().find(Role::Button, "Choose a file");
    world.kunji = first;
    world.press("Save");
    world.says("This account was deleted elsewhere");
    assert!(world.items().is_empty());
}

/// A brand-new keyring has no collection: saving makes one, with its password.
#[test]
fn a_new_keyring_gets_its_first_collection() {
    let world = World::open(Keyring::Empty);
    world.app().find(Role::Button, "Paste");
    world.paste(&crate::support::sample::uri());
    world.says("your phone should show the same");
    world.press("Save without testing");
    assert_eq!(
        world.desktop.answer_prompt("a new password"),
        Answer::Accepted
    );
    world.app().find(Role::Button, CodeButton);
    assert_eq!(world.items().len(), 1);
}

#[track_caller]
fn assert_no_list(world: &World) {
    let app = world.app();
    for button in ["Choose a file", "+ Add account"] {
        assert!(
            app.try_find(Role::Button, button).is_none(),
            "{}",
            app.dump()
        );
    }
}
