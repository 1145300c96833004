//! The one story that everything else stands around.

use crate::support::desktop::{Keyring, Role, State, wait_for};
use crate::support::paper::Client;
use crate::support::sample;
use crate::world::{CodeButton, World};

/// From the picture to the session and over a restart: file dialog, form, test
/// login, code, copy, quit, start again. Catches anything that breaks the one
/// thing Kunji is for.
#[test]
fn from_the_picture_to_a_session_that_survives_a_restart() {
    let mut world = World::open(Keyring::Unlocked);
    world.press("Choose a file");
    world.desktop.choose_in_file_dialog(&sample::picture());

    world.says("sample-qr.png");
    world.app().find(Role::Entry, "Client code").expect_text("A123456");
    let sample = Client::sample();
    world.fill_credentials(&sample.pin, &sample.api_key);
    world.fill(Role::Entry, "Name", "Mine");
    world.press("Save and test login");
    world.says("AngelOne accepted the login.");
    world.press("Done");

    assert_code_is_right(&world);
    world.says("Logged in until 00:00 IST");
    let log = world.broker.log();
    assert_eq!(log.len(), 1, "one login and nothing else: {log:?}");
    assert!(log[0].accepted, "{}", log[0]);
    let code = world.shown_code();
    world.press("Copy code");
    wait_for("the code on the clipboard", || {
        let clipboard = world.desktop.clipboard()?;
        (clipboard == code || sample::codes_around_now().contains(&clipboard)).then_some(())
    });
    world.close();

    world.start();
    world.says("Mine");
    world.says("Logged in until 00:00 IST");
    assert_code_is_right(&world);
}

/// The same by keyboard alone: paste, tab, type, enter. Catches a field that
/// the keyboard cannot reach, and a focus that is lost.
#[test]
fn the_keyboard_alone_is_enough() {
    let world = World::open(Keyring::Unlocked);
    let sample = Client::sample();
    world.app().find(Role::Button, "Paste");
    world.paste(&sample::uri());
    world.says("your phone should show the same");
    tab_to(&world, Role::PasswordText, "PIN");
    world.desktop.type_text(&sample.pin);
    tab_to(&world, Role::PasswordText, "API key");
    world.desktop.type_text(&sample.api_key);
    tab_to(&world, Role::Button, "Save and test login");
    world.desktop.key("enter");
    world.says("AngelOne accepted the login.");
    tab_to(&world, Role::Button, "Done");
    world.desktop.key("enter");
    let code = world.app().find(Role::Button, CodeButton).name().to_owned();
    tab_to(&world, Role::Button, &code);
    world.desktop.key("enter");
    wait_for("the code on the clipboard", || {
        let clipboard = world.desktop.clipboard()?;
        sample::codes_around_now().contains(&clipboard).then_some(())
    });
}

/// What is shown is what RFC 6238 says, by a computation of its own.
#[track_caller]
fn assert_code_is_right(world: &World) {
    wait_for("the right code", || {
        sample::codes_around_now().contains(&world.shown_code()).then_some(())
    });
}

#[track_caller]
fn tab_to(world: &World, role: Role, name: &str) {
    world.app().find(role, name);
    for _ in 0..30 {
        let node = world.app().find_all(role, name).into_iter().next();
        // A code's name changes with its period: the first code button will do.
        let node = node.or_else(|| world.app().find_all(role, CodeButton).into_iter().next());
        if node.is_some_and(|node| node.has(State::Focused)) {
            return;
        }
        world.desktop.key("tab");
    }
    panic!("Tab never came to {role:?} {name:?}\n{}", world.app().dump());
}
