//! What lies on the clipboard, whoever put it there.

use crate::support::desktop::{Containing, Keyring, Role, State};
use crate::support::sample;
use crate::world::World;

/// A screenshot goes to the clipboard as a picture, and a file manager puts files
/// there, without any text: both must be taken, by key and by button.
#[test]
fn pictures_and_files_are_pasted() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Paste");
    let picture = std::fs::read(sample::picture()).unwrap();
    let file = world.file("my code.png", &picture);

    let by_key = || world.desktop.key("ctrl+v");
    let by_a_hasty_key = || world.desktop.hasty_key("ctrl+v");
    let by_button = || world.press("Paste");
    for paste in [&by_key as &dyn Fn(), &by_a_hasty_key, &by_button] {
        let take = |source: &str| {
            world.desktop.focus(&world.window());
            paste();
            world.says(source);
            world.says("your phone should show the same");
            world
                .app()
                .find(Role::Entry, "Client code")
                .expect_text("A123456");
            world.press("Back");
            world.app().find(Role::Button, "Choose a file");
        };
        world.desktop.set_clipboard_picture(&picture);
        take("the pasted picture");
        world.desktop.set_clipboard_files(&[&file]);
        take("my code.png");
        // The same from a file manager that gives paths as text.
        world.desktop.set_clipboard(file.to_str().unwrap());
        take("my code.png");
    }
}

/// Several files that were copied are one preview, as if they were dropped.
#[test]
fn copied_files_are_one_preview() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Paste");
    let second = sample::uri().replace("KUNJI", "KUNJA");
    let files = [
        world.picture("one.png", &[&sample::uri()]),
        world.picture("two.png", &[&second]),
    ];
    world.desktop.set_clipboard_files(&[&files[0], &files[1]]);
    world.press("Paste");
    world.says("2 codes.");
}

/// Pressing a key that does nothing looks like a window that hangs. And the answer
/// must not take the keyboard away from where it was.
#[test]
fn an_empty_clipboard_says_so() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Paste");
    let words = "The clipboard holds neither a picture, a file, nor a text.";
    world.desktop.focus(&world.window());
    world.desktop.key("ctrl+v");
    world.says(words);
    world.press("Dismiss message");
    world.app().gone(Role::Label, Containing(words));
    let paste = world.app().find(Role::Button, "Paste");
    paste.focus();
    world.desktop.key("enter");
    world.says(words);
    assert!(paste.has(State::Focused), "{}", world.app().dump());
}
