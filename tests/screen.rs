//! Taking a picture of the screen, from outside: a real session bus with a stand-in for the
//! portal on it, and a real X server.
#![cfg(target_os = "linux")]
// A helper that cannot go on fails the test that called it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desktop/mod.rs"]
mod desktop;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use image::{GrayImage, Luma, Rgb, RgbImage, RgbaImage};
use kunji::qr::{self, Deadline};
use kunji::screen::{Captured, ScreenError, Shot, Surroundings, Waits, capture};
use kunji::secret::Secret;
use qrcode::QrCode;
use tokio::sync::oneshot;

use desktop::{DEADLINE, Desktop, Keyring, PortalAnswer, ShownPicture, wait_for};

const URI: &str = "otpauth://totp/A123456?secret=KUNJISAMPLEQRNOTASECRET234&issuer=angelone.in";

const WAITS: Waits = Waits {
    settle: Duration::ZERO,
    deadline: DEADLINE,
};

/// As a program on this desktop finds it.
fn surroundings(desktop: &Desktop) -> Surroundings {
    Surroundings {
        display: desktop.variable("DISPLAY"),
        wayland: false,
        bus_address: desktop.variable("DBUS_SESSION_BUS_ADDRESS"),
    }
}

fn take(surroundings: &Surroundings) -> Result<Captured, ScreenError> {
    let (_cancel, cancelled) = oneshot::channel();
    capture(surroundings, &WAITS, cancelled, &|| {})
}

/// The error of a capture that must not succeed.
#[track_caller]
fn refused(result: Result<Captured, ScreenError>) -> ScreenError {
    result.err().expect("there is no picture to be had")
}

#[track_caller]
fn encoded(captured: Captured) -> Vec<u8> {
    match captured.shots.into_iter().next() {
        Some(Shot::Encoded(bytes)) => bytes.to_vec(),
        _ => panic!("not the portal's file"),
    }
}

fn code() -> GrayImage {
    let code = QrCode::new(URI).unwrap();
    code.render::<Luma<u8>>().module_dimensions(4, 4).build()
}

/// What the person chose arrives byte by byte, and the file with their secret in it is gone.
#[test]
fn the_portals_picture_is_read_and_its_file_removed() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let picture = b"any bytes: reading them is another room's work".to_vec();
    let portal = desktop.start_portal(PortalAnswer::Picture(picture.clone()));
    let captured = take(&surroundings(&desktop)).unwrap();
    assert_eq!(captured.left_behind, None);
    assert_eq!(encoded(captured), picture);
    assert_eq!(portal.asked(), [true], "the person is to choose the area");
    let given = portal.given();
    assert_eq!(given.len(), 1);
    assert!(!given[0].exists());
}

/// A file that stays is named, so that the person can be told where their secret lies.
#[test]
fn a_picture_that_cannot_be_removed_is_named() {
    let desktop = Desktop::without_display(Keyring::Absent);
    // Readable, an ordinary file, and not even root's to remove.
    let file = Path::new("/proc/version");
    let _portal = desktop.start_portal(PortalAnswer::File(file.to_owned()));
    let captured = take(&surroundings(&desktop)).unwrap();
    assert_eq!(captured.left_behind.as_deref(), Some(file));
    assert_eq!(encoded(captured), fs::read(file).unwrap());
}

/// Changing one's mind is not an error, and a refusal is not to be got round: the screen beside
/// the portal is left alone.
#[test]
fn the_persons_and_the_portals_refusal_hold() {
    let desktop = Desktop::start(Keyring::Absent);
    let with_screen = surroundings(&desktop);
    assert!(with_screen.display.is_some());
    for (answer, expected) in [
        (PortalAnswer::Cancel, ScreenError::Cancelled),
        (PortalAnswer::Fail, ScreenError::Refused),
    ] {
        let portal = desktop.start_portal(answer);
        assert_eq!(refused(take(&with_screen)), expected);
        assert_eq!(portal.asked().len(), 1);
    }
}

/// A person who cancels in Kunji does not wait, and no dialog of the desktop's stays behind.
#[test]
fn cancelling_ends_the_wait_and_closes_the_dialog() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let portal = desktop.start_portal(PortalAnswer::Never);
    let around = surroundings(&desktop);
    let (cancel, cancelled) = oneshot::channel();
    let waiting = thread::spawn(move || capture(&around, &WAITS, cancelled, &|| {}));
    wait_for("the portal to be asked", || {
        (!portal.asked().is_empty()).then_some(())
    });
    assert!(!waiting.is_finished());
    let asked = Instant::now();
    drop(cancel);
    assert_eq!(refused(waiting.join().unwrap()), ScreenError::Cancelled);
    assert!(asked.elapsed() < Duration::from_secs(1), "{asked:?}");
    wait_for("the dialog to close", || {
        (portal.closed() == 1).then_some(())
    });
}

/// A dialog that nobody sees must not hold its thread for ever.
#[test]
fn a_dialog_without_an_answer_is_given_up() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let portal = desktop.start_portal(PortalAnswer::Never);
    let waits = Waits {
        deadline: Duration::from_millis(300),
        ..WAITS
    };
    let (_cancel, cancelled) = oneshot::channel();
    let result = capture(&surroundings(&desktop), &waits, cancelled, &|| {});
    assert_eq!(refused(result), ScreenError::Timeout);
    wait_for("the dialog to close", || {
        (portal.closed() == 1).then_some(())
    });
}

/// Chosen and cancelled in the same moment: the file would stay with nobody knowing of it.
#[test]
fn a_picture_that_comes_too_late_is_removed() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let portal = desktop.start_portal(PortalAnswer::PictureAtClose(b"late".to_vec()));
    let waits = Waits {
        deadline: Duration::from_millis(300),
        ..WAITS
    };
    let (_cancel, cancelled) = oneshot::channel();
    let result = capture(&surroundings(&desktop), &waits, cancelled, &|| {});
    assert_eq!(refused(result), ScreenError::Timeout);
    let given = portal.given();
    assert_eq!(given.len(), 1);
    assert!(!given[0].exists());
}

/// Without a portal, and with one that has no backend for pictures, X11 gives the whole screen;
/// a code in a window there is read out of it.
#[test]
fn without_a_portal_x11_gives_the_screen() {
    let desktop = Desktop::start(Keyring::Absent);
    let around = surroundings(&desktop);
    let code = code();
    let shown = show(&desktop, &code);
    assert_screen_shows(take(&around).unwrap(), &code);
    let _portal = desktop.start_portal(PortalAnswer::NoBackend);
    assert_screen_shows(take(&around).unwrap(), &code);
    let no_bus = Surroundings {
        bus_address: None,
        ..around
    };
    assert_screen_shows(take(&no_bus).unwrap(), &code);
    drop(shown);
}

/// Waiting for Kunji's own window to hide can be cancelled too.
#[test]
fn the_wait_before_the_picture_can_be_cancelled() {
    let nowhere = Surroundings {
        display: Some(":0".to_owned()),
        ..Surroundings::default()
    };
    let waits = Waits {
        settle: Duration::from_hours(1),
        ..WAITS
    };
    let (cancel, cancelled) = oneshot::channel();
    drop(cancel);
    let result = capture(&nowhere, &waits, cancelled, &|| {});
    assert_eq!(refused(result), ScreenError::Cancelled);
}

/// Each kind of nothing has its own text: what to install, where to go instead.
#[test]
fn where_there_is_no_picture_the_reason_is_said() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let bus_only = surroundings(&desktop);
    assert_eq!(bus_only.display, None);
    assert_eq!(refused(take(&bus_only)), ScreenError::NoScreen);
    let nothing = Surroundings::default();
    assert_eq!(refused(take(&nothing)), ScreenError::NoScreen);
    // Under Wayland there is a DISPLAY too, and nothing to be seen on it.
    let wayland = Surroundings {
        display: Some(":0".to_owned()),
        wayland: true,
        ..bus_only
    };
    assert_eq!(refused(take(&wayland)), ScreenError::NoPortal);
    assert!(
        ScreenError::NoPortal
            .to_string()
            .contains("xdg-desktop-portal")
    );
    let dead = Surroundings {
        display: Some(":4095".to_owned()),
        bus_address: Some("unix:path=/nonexistent/bus".to_owned()),
        wayland: false,
    };
    assert_eq!(refused(take(&dead)), ScreenError::Display);
}

const LEFT: u16 = 300;
const TOP: u16 = 400; // over the edge of a band of rows
const ORANGE: [u8; 3] = [0xff, 0x7f, 0x00];
const STRIPE: u16 = 16;

/// Shows the code with an orange stripe at its left.
fn show(desktop: &Desktop, code: &GrayImage) -> ShownPicture {
    let stripe = u32::from(STRIPE);
    let picture = RgbImage::from_fn(code.width() + stripe, code.height(), |x, y| {
        let in_code = x.checked_sub(stripe);
        Rgb(in_code.map_or(ORANGE, |x| [code.get_pixel(x, y).0[0]; 3]))
    });
    desktop.show_picture(&picture, (LEFT.cast_signed(), TOP.cast_signed()))
}

#[track_caller]
fn assert_screen_shows(captured: Captured, code: &GrayImage) {
    assert_eq!(captured.left_behind, None);
    assert_eq!(captured.shots.len(), 1);
    let Some(Shot::Pixels {
        width,
        height,
        rgba,
    }) = captured.shots.into_iter().next()
    else {
        panic!("not the screen's pixels");
    };
    let screen = RgbaImage::from_raw(width, height, rgba.to_vec()).expect("as many as it says");
    assert_eq!((width, height), (1280, 1024));
    let (left, top) = (u32::from(LEFT), u32::from(TOP));
    let [red, green, blue] = ORANGE;
    assert_eq!(screen.get_pixel(left, top).0, [red, green, blue, 255]);
    for (x, y, Luma([grey])) in code.enumerate_pixels() {
        let seen = screen.get_pixel(left + u32::from(STRIPE) + x, top + y);
        assert_eq!(seen.0, [*grey, *grey, *grey, 255], "at {x}, {y}");
    }
    let reading = qr::read_pixels(width, height, screen.into_raw(), &Deadline::never()).unwrap();
    let texts: Vec<_> = reading.codes.into_iter().map(|code| code.text).collect();
    assert_eq!(texts, [Secret::from(URI)]);
}
