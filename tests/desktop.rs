//! The private desktop is what every end-to-end test stands on, so it is tested itself,
//! with nothing of the program's.
#![cfg(target_os = "linux")]

#[path = "support/desktop/mod.rs"]
mod desktop;

use std::{collections::HashMap, os::unix::net::UnixStream, thread, time::Duration};

use desktop::{
    Answer, DEADLINE, Desktop, KEYRING_PASSWORD, Keyring, Secret, holds_within, look_for,
};

fn secret() -> Secret {
    Secret {
        label: "A label".to_owned(),
        attributes: HashMap::from([("service".to_owned(), "a test".to_owned())]),
        value: b"hunter2".to_vec(),
    }
}

/// A program's secrets must outlive a crash of the keyring, or tests of that would prove nothing.
#[test]
fn secrets_survive_a_restart_of_the_keyring() {
    let mut desktop = Desktop::without_display(Keyring::Unlocked);
    desktop.store_secret(&secret());
    desktop.stop_keyring();
    assert!(!desktop.keyring_is_there());
    desktop.start_keyring(Keyring::Unlocked);
    let stored = desktop.secrets();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].label, secret().label);
    assert_eq!(stored[0].value, secret().value);
}

/// Nothing may start a keyring behind the back of a test that wants none.
#[test]
fn an_absent_keyring_cannot_be_started() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let bus = desktop.session_bus();
    let call = bus.call_method(
        Some("org.freedesktop.secrets"),
        "/org/freedesktop/secrets",
        Some("org.freedesktop.DBus.Peer"),
        "Ping",
        &(),
    );
    assert!(call.is_err_and(|error| error.to_string().contains("ServiceUnknown")));
}

/// A frozen keyring is the provider that hangs: it neither answers nor leaves the bus.
#[test]
fn a_frozen_keyring_answers_once_it_is_thawed() {
    let desktop = Desktop::without_display(Keyring::Unlocked);
    desktop.freeze_keyring();
    assert!(desktop.keyring_is_there());
    let bus = desktop.session_bus().clone();
    let call = thread::spawn(move || {
        bus.call_method(
            Some("org.freedesktop.secrets"),
            "/org/freedesktop/secrets",
            Some("org.freedesktop.Secret.Service"),
            "ReadAlias",
            &("default",),
        )
        .is_ok()
    });
    assert!(!holds_within(Duration::from_millis(200), || call.is_finished()));
    desktop.thaw_keyring();
    assert!(call.join().unwrap());
}

/// The prompt is the system's own, so its three endings are too.
#[test]
fn a_locked_keyring_asks_for_its_password() {
    let desktop = Desktop::start(Keyring::Locked);
    desktop.ask_to_unlock();
    desktop.dismiss_prompt();
    assert!(desktop.keyring_is_locked());

    desktop.ask_to_unlock();
    assert_eq!(desktop.answer_prompt("not the password"), Answer::Refused);
    assert!(desktop.keyring_is_locked());
    assert_eq!(desktop.answer_prompt(KEYRING_PASSWORD), Answer::Accepted);
    assert!(holds_within(DEADLINE, || !desktop.keyring_is_locked()));
}

/// Over SSH there is nowhere to ask: the request ends by itself, and the keyring stays locked.
#[test]
fn a_locked_keyring_without_a_display_stays_locked() {
    let desktop = Desktop::without_display(Keyring::Locked);
    desktop.ask_to_unlock();
    assert!(desktop.keyring_is_locked());
}

/// What another program copies replaces what was in the clipboard, in every format.
#[test]
fn the_clipboard_holds_what_was_copied_last() {
    let desktop = Desktop::start(Keyring::Absent);
    assert_eq!(desktop.clipboard(), None);
    assert!(desktop.clipboard_targets().is_empty());
    desktop.set_clipboard("first");
    desktop.set_clipboard("second, ünï©ode");
    assert_eq!(desktop.clipboard().as_deref(), Some("second, ünï©ode"));
    assert!(
        desktop
            .clipboard_targets()
            .contains(&"UTF8_STRING".to_owned())
    );
    assert_eq!(desktop.clipboard_as("image/png"), None);
}

/// Programs must see this desktop only, and nothing of it may stay when the test is over.
#[test]
fn a_desktop_is_private_and_ends() {
    let desktop = Desktop::start(Keyring::Unlocked);
    let output = desktop.command("env").output().unwrap();
    let environment = String::from_utf8(output.stdout).unwrap();
    let home = desktop.home();
    assert!(environment.contains(&format!("HOME={}\n", home.display())));
    assert!(!environment.contains("WAYLAND_DISPLAY"));
    assert!(!environment.contains("CARGO"));

    let bus = home.with_file_name("run").join("bus");
    assert!(UnixStream::connect(&bus).is_ok());
    drop(desktop);
    assert!(look_for(DEADLINE, || UnixStream::connect(&bus).err()).is_some());
    assert!(!home.exists());
}
