//! The code read off the screen, without a file of one's own.

use crate::support::desktop::{Keyring, PortalAnswer, Role};
use crate::support::sample;
use crate::world::World;

/// Where the first window of a desktop without a window manager lies.
const UNDER_KUNJI: (i16, i16) = (120, 200);

/// Kunji lies over the code: only if it is out of the way when the picture is
/// taken is there a code, and only if it comes back does anybody see the form.
#[test]
fn x11_gives_the_screen_with_kunji_out_of_the_way() {
    let mut world = World::new(Keyring::Unlocked);
    let code = world.picture("shown.png", &[&sample::uri()]);
    let code = image::open(code).unwrap().into_rgb8();
    let _shown = world.desktop.show_picture(&code, UNDER_KUNJI);
    world.start();
    world.press("Capture the screen");
    world.says("your phone should show the same");
    world
        .app()
        .find(Role::Entry, "Client code")
        .expect_text("A123456");
    // And it is in sight again.
    world.window();
    world.press("Save without testing");
    world.says("AngelOne · A123456");
    assert_eq!(world.items().len(), 1);
}

/// No code on the screen is an answer too, and the window is back for it.
#[test]
fn a_screen_without_a_code_says_so() {
    let world = World::open(Keyring::Unlocked);
    world.press("Capture the screen");
    world.says("No QR code was found on the screen.");
    world.window();
    world.app().find(Role::Button, "Choose a file");
}

/// The portal leaves a file with the secret in it: it must not stay.
#[test]
fn the_portals_picture_becomes_a_form_and_its_file_goes() {
    let world = World::open(Keyring::Unlocked);
    let picture = std::fs::read(sample::picture()).unwrap();
    let portal = world.desktop.start_portal(PortalAnswer::Picture(picture));
    world.press("Capture the screen");
    world.says("your phone should show the same");
    world.window();
    let given = portal.given();
    assert_eq!(given.len(), 1);
    assert!(!given[0].exists(), "{}", given[0].display());
}

/// Changing one's mind is no fault, and the window comes back.
#[test]
fn a_cancelled_capture_is_no_error() {
    let world = World::open(Keyring::Unlocked);
    let portal = world.desktop.start_portal(PortalAnswer::Cancel);
    world.press("Capture the screen");
    world.says("Nothing was captured.");
    world.window();
    assert_eq!(portal.asked().len(), 1);
    let app = world.app();
    app.find(Role::Button, "Capture the screen");
    let shown = app.dump();
    assert!(!shown.contains("could not be read"), "{shown}");
}
