//! Copying: what lands on the clipboard, and how it leaves again.

use std::time::Duration;

use crate::support::desktop::{Keyring, Role, holds_within, wait_for};
use crate::support::sample;
use crate::world::{CodeButton, World};

/// Guards the promise that a code does not stay on the clipboard: gone after
/// 30 s, with the hint that keeps clipboard managers off it.
#[test]
fn a_copied_code_carries_the_hint_and_is_gone_after_30_seconds() {
    let world = World::open(Keyring::Unlocked);
    world.add_sample();
    copy(&world);
    let targets = world.desktop.clipboard_targets();
    assert!(
        targets.iter().any(|t| t == "x-kde-passwordManagerHint"),
        "{targets:?}"
    );
    let hint = world.desktop.clipboard_as("x-kde-passwordManagerHint");
    assert_eq!(hint.as_deref(), Some(&b"secret"[..]));
    assert!(
        !holds_within(Duration::from_secs(27), || !is_code(&world)),
        "gone too soon"
    );
    assert!(
        holds_within(Duration::from_secs(10), || !is_code(&world)),
        "still there"
    );
}

/// On lock and on exit the code goes at once; what another program has put
/// there meanwhile stays.
#[test]
fn locking_and_leaving_clear_only_what_kunji_put_there() {
    let mut world = World::open(Keyring::Unlocked);
    world.add_sample();
    copy(&world);
    world.desktop.key("ctrl+l");
    world.says("Kunji is locked");
    wait_for("the clipboard to be cleared", || {
        (!is_code(&world)).then_some(())
    });
    world.press("Unlock");

    copy(&world);
    world.desktop.set_clipboard("mine");
    world.desktop.key("ctrl+l");
    world.says("Kunji is locked");
    assert_eq!(world.desktop.clipboard().as_deref(), Some("mine"));
    world.press("Unlock");

    copy(&world);
    world.close();
    assert!(!is_code(&world));
}

/// Locked means that no code is on screen, nor its account's name.
#[test]
fn a_locked_window_shows_nothing() {
    let world = World::open(Keyring::Unlocked);
    world.add_sample();
    world.press("Lock");
    world.says("Kunji is locked");
    world.app().gone(Role::Button, CodeButton);
    assert!(
        !world.app().dump().contains("A123456"),
        "{}",
        world.app().dump()
    );
}

/// A secret that is shown in a field leaves it neither by copying nor, through
/// the primary selection, by being selected.
#[test]
fn a_shown_secret_cannot_be_copied_out_of_its_field() {
    let world = World::open(Keyring::Unlocked);
    world.add_sample();
    world.press("More for A123456");
    world.press("Edit");
    world.press("Show API key");
    world.app().find(Role::Entry, "API key").focus();
    world.desktop.set_clipboard("untouched");
    world.desktop.focus(&world.window());
    for chord in ["ctrl+a", "ctrl+c", "ctrl+x"] {
        world.desktop.key(chord);
    }
    // Ctrl+X took the text out of the field: so the keys have arrived.
    world.app().find(Role::Entry, "API key").expect_text("");
    assert_eq!(world.desktop.clipboard().as_deref(), Some("untouched"));
    assert_eq!(world.desktop.primary(), None);
}

fn copy(world: &World) {
    world.app().find(Role::Button, CodeButton).press();
    wait_for("the code on the clipboard", || is_code(world).then_some(()));
}

/// Six digits are a code of this minute at the most: any will do here.
fn is_code(world: &World) -> bool {
    let text = world.desktop.clipboard().unwrap_or_default();
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
        || sample::codes_around_now().contains(&text)
}
