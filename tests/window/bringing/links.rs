//! Links that other programs open with Kunji, while it runs.

use std::collections::HashMap;

use zbus::zvariant::Value;

use crate::support::desktop::{Keyring, Role, wait_for};
use crate::support::sample;
use crate::world::World;

/// The desktop calls the running window. While that is locked the link waits,
/// unseen, and is there after unlocking.
#[test]
fn an_opened_link_reaches_the_form_and_waits_while_locked() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    open(&world, &sample::uri());
    world.says("(angelone.in) in the link. It shows");
    world.press("Save without testing");
    world.says("AngelOne · A123456");

    world.press("Lock");
    world.says("Kunji is locked");
    let second = sample::uri()
        .replace("A123456", "B654321")
        .replace("KUNJI", "KUNJA");
    open(&world, &second);
    world.says("Kunji is locked");
    assert!(!world.app().dump().contains("B654321"));
    world.press("Unlock");
    world.says("your phone should show the same");
    world
        .app()
        .find(Role::Entry, "Client code")
        .expect_text("B654321");
    world.press("Save without testing");
    world.says("AngelOne · B654321");
    assert_eq!(world.items().len(), 2);
}

/// As a desktop opens a link with the program whose entry says `DBusActivatable`.
#[track_caller]
fn open(world: &World, uri: &str) {
    let bus = world.desktop.session_bus();
    let nothing = HashMap::<&str, Value<'_>>::new();
    wait_for("Kunji to take the link", || {
        bus.call_method(
            Some("in.kunji.Kunji"),
            "/in/kunji/Kunji",
            Some("org.freedesktop.Application"),
            "Open",
            &(vec![uri], &nothing),
        )
        .ok()
    });
}
