//! The ways in, and what is brought by mistake.

use crate::support::desktop::{Containing, Keyring, Role};
use crate::support::paper::Client;
use crate::support::sample;
use crate::world::{CodeButton, World};

/// Dropped, pasted and typed: each must lead to the same form.
#[test]
fn a_code_comes_in_by_drop_paste_and_typing() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    world.drop_and_read(&sample::picture(), "sample-qr.png");
    world.press("Back");

    world.app().find(Role::Button, "Choose a file");
    world.paste(&sample::uri());
    world.says("the pasted text");
    world.press("Back");

    world.press("Type the token number instead");
    world.fill(
        Role::Entry,
        "Token number",
        "kunj isam-pleq rnot asec ret2 34",
    );
    world.press("Continue");
    world.says("your phone should show the same");
    let shown = world
        .app()
        .find(Role::Label, Containing("your phone should show the same"));
    let code = sample::codes_around_now().map(|code| sample::grouped(&code));
    assert!(
        code.iter().any(|code| shown.name().contains(code)),
        "{}",
        shown.name()
    );
}

/// Each thing that people bring by mistake gets its own words, nothing crashes,
/// and what is saved stays as it is.
#[test]
fn what_is_no_code_is_told_apart() {
    let world = World::open(Keyring::Unlocked);
    world.add_sample();
    let before = world.items();
    world.press("+ Add account");
    world.app().find(Role::Button, "Choose a file");

    let uri = sample::uri();
    let whole = std::fs::read(sample::picture()).unwrap();
    let cases = [
        (world.file("empty.png", b""), "This file is empty"),
        (
            world.file("cut.png", &whole[..whole.len() / 2]),
            "damaged or cut off",
        ),
        (
            world.file("text.png", b"hello"),
            "no file that Kunji can read",
        ),
        (world.file("bomb.png", &bomb()), "20000 × 20000 pixels"),
        (folder(&world), "None of the 2 files in this folder"),
        (blank(&world), "No QR code was found"),
        (
            world.picture("link.png", &["https://angelone.in/app"]),
            "a web link to angelone.in",
        ),
        (
            world.picture("hotp.png", &["otpauth://hotp/A?secret=MFRGGZDF&counter=1"]),
            "counts logins (HOTP)",
        ),
        (
            world.picture("none.png", &["otpauth://totp/A123456?issuer=x"]),
            "has no secret in it",
        ),
        (
            world.picture("zero.png", &[&uri.replace("period=30", "period=0")]),
            "every 0 seconds",
        ),
        (
            world.picture("nine.png", &[&uri.replace("digits=6", "digits=9")]),
            "asks for 9 digits",
        ),
        (
            world.picture("md5.png", &[&uri.replace("SHA1", "MD5")]),
            "unknown algorithm \"MD5\"",
        ),
        (
            world.picture("bad.png", &["otpauth://totp/A?secret=KUNJ0SAM"]),
            "'0' at place 5",
        ),
    ];
    for (path, words) in cases {
        world.drop_and_read(&path, words);
        world.press("Dismiss message");
        world.app().gone(Role::Label, Containing(words));
    }
    assert_eq!(world.items(), before);
    world.press("Close");
    world.app().find(Role::Button, CodeButton);
}

/// Two codes in one picture: both are offered, and both can be added.
#[test]
fn two_codes_in_one_picture_are_both_offered() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Choose a file");
    let second = sample::uri()
        .replace("A123456", "B654321")
        .replace("KUNJI", "KUNJA");
    let picture = world.picture("two.png", &[&sample::uri(), &second]);
    world.drop_and_read(&picture, "2 codes.");
    world.press("Add B654321");
    world
        .app()
        .find(Role::Entry, "Client code")
        .expect_text("B654321");
    world.press("Save without testing");
    world.press("Add A123456");
    world
        .app()
        .find(Role::Entry, "Client code")
        .expect_text("A123456");
    world.press("Save without testing");
    world.says("AngelOne · A123456");
    world.says("AngelOne · B654321");
    assert_eq!(world.items().len(), 2);
}

/// Shapes that look wrong are warned of and saved all the same; an edit changes
/// what it names; leaving with changes asks; deleting leaves nothing behind.
#[test]
fn odd_shapes_edits_and_deleting() {
    let world = World::open(Keyring::Unlocked);
    world.app().find(Role::Button, "Paste");
    world.paste(&sample::uri());
    world.says("your phone should show the same");
    world.fill(Role::PasswordText, "PIN", "Passw0rd");
    world.says("this looks like the web password");
    world.fill(Role::Entry, "Client code", "asha@example.in");
    world.says("This is an e-mail address");
    world.press("Save without testing");
    world.says("AngelOne · asha@example.in");
    assert_eq!(world.items().len(), 1);

    world.press("More for asha@example.in");
    world.press("Edit");
    world.fill(Role::Entry, "Client code", "A123456");
    world.press("Back");
    world.says("Discard what you entered?");
    world.press("Keep editing");
    world
        .app()
        .find(Role::Entry, "Client code")
        .expect_text("A123456");
    let sample = Client::sample();
    world.fill_credentials(&sample.pin, &sample.api_key);
    world.press("Save and log in");
    world.says("AngelOne accepted the login.");
    world.press("Done");
    assert_eq!(world.items().iter().filter(|i| !i.contains('.')).count(), 1);

    world.press("More for A123456");
    world.press("Delete…");
    world.says("Delete “A123456”?");
    world.press("Keep");
    assert!(!world.items().is_empty());
    world.press("More for A123456");
    world.press("Delete…");
    world.says("Delete “A123456”?");
    world.press("Delete");
    world.app().find(Role::Button, "Choose a file");
    assert_eq!(world.items(), Vec::<String>::new());
}

/// Of which nothing is ours, and one file is hidden.
fn folder(world: &World) -> std::path::PathBuf {
    let folder = world.desktop.home().join("holiday");
    std::fs::create_dir(&folder).unwrap();
    for name in ["list.txt", "notes.md", ".hidden"] {
        std::fs::write(folder.join(name), "milk and bread").unwrap();
    }
    folder
}

fn blank(world: &World) -> std::path::PathBuf {
    let path = world.desktop.home().join("blank.png");
    image::GrayImage::from_pixel(300, 200, image::Luma([255]))
        .save(&path)
        .unwrap();
    path
}

/// The header of a PNG of 20,000 × 20,000 pixels: what unfolds is never made.
fn bomb() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        png.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let start = png.len();
        png.extend(kind);
        png.extend(data);
        let crc = crc32(&png[start..]);
        png.extend(crc.to_be_bytes());
    };
    let side = 20_000_u32.to_be_bytes();
    chunk(b"IHDR", &[&side[..], &side[..], &[8, 0, 0, 0, 0]].concat());
    chunk(b"IDAT", &[0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);
    chunk(b"IEND", &[]);
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}
