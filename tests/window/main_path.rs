//! The one story that everything else stands around.

use crate::support::desktop::{Any, Keyring, Name, Role, State, wait_for};
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
    world
        .app()
        .find(Role::Entry, "Client code")
        .expect_text("A123456");
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
    tab_to(&world, Role::Button, CodeButton);
    world.desktop.key("enter");
    wait_for("the code on the clipboard", || {
        let clipboard = world.desktop.clipboard()?;
        sample::codes_around_now()
            .contains(&clipboard)
            .then_some(())
    });
}

/// What is shown is what RFC 6238 says, by a computation of its own.
#[track_caller]
fn assert_code_is_right(world: &World) {
    wait_for("the right code", || {
        sample::codes_around_now()
            .contains(&world.shown_code())
            .then_some(())
    });
}

/// Presses Tab until the control has the keyboard, as a person does who looks
/// where it went before pressing again.
#[track_caller]
fn tab_to(world: &World, role: Role, name: impl Name) {
    world.app().find(role, &name);
    for _ in 0..30 {
        if world
            .app()
            .find_all(role, &name)
            .iter()
            .any(|node| node.has(State::Focused))
        {
            return;
        }
        let before = focused(world);
        world.desktop.key("tab");
        wait_for("the keyboard to move on", || {
            let now = focused(world);
            (now.is_some() && now != before).then_some(())
        });
    }
    panic!(
        "Tab never came to {}\n{}",
        name.describe(),
        world.app().dump()
    );
}

/// Role and name of what has the keyboard; a code's name without its digits.
fn focused(world: &World) -> Option<String> {
    let kinds = [
        Role::Button,
        Role::Entry,
        Role::PasswordText,
        Role::RadioButton,
    ];
    let nodes = kinds
        .into_iter()
        .flat_map(|role| world.app().find_all(role, Any));
    let mut nodes = nodes.filter(|node| node.has(State::Focused));
    let letters = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
    nodes
        .next()
        .map(|node| format!("{:?} {}", node.role(), letters(node.name())))
}
