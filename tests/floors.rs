//! Who may know whom. Guards the floors of the house: a lower room that names a
//! higher one, or a screen that reaches past the engine, fails here.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may name.
const FLOORS: &[(&str, &[&str])] = &[
    ("secret", &[]),
    ("clock", &[]),
    ("otp", &["secret"]),
    ("account", &["secret", "otp"]),
    ("qr", &["secret", "account", "clock", "otp"]),
    ("import", &["secret", "account", "clock", "otp"]),
    ("screen", &["secret", "account", "clock", "otp"]),
    ("vault", &["secret", "account", "clock", "otp"]),
    ("broker", &["secret", "account", "clock", "otp"]),
    (
        "login",
        &[
            "secret", "account", "clock", "otp", "qr", "import", "screen", "vault", "broker",
        ],
    ),
    (
        "engine",
        &[
            "secret", "account", "clock", "otp", "qr", "import", "screen", "vault", "broker",
            "login",
        ],
    ),
    ("app", &["secret", "account", "clock", "otp", "engine"]),
    ("cli", &["secret", "account", "clock", "otp", "engine"]),
];

/// Crates that only some rooms may name.
const CRATES: &[(&str, &[&str])] = &[
    ("egui", &["app"]),
    ("eframe", &["app"]),
    ("rfd", &["app"]),
    ("clap", &["cli"]),
    ("keyring_core", &["vault"]),
    ("secret_service", &["vault"]),
    ("reqwest", &["broker"]),
    ("rqrr", &["qr"]),
    ("image", &["qr"]),
    ("arboard", &["engine"]),
    ("trash", &["engine"]),
    ("x11rb", &["screen"]),
    ("xcap", &["screen"]),
];

#[test]
fn no_room_names_one_above_it() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (room, file, text) in sources() {
        let allowed = FLOORS
            .iter()
            .find(|(name, _)| *name == room)
            .map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("the room `{room}` has no floor here"));
        for named in names_after(&text, "crate::") {
            seen += 1;
            if named != room && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{} names crate::{named}", file.display()));
            }
        }
    }
    assert!(
        seen > 100,
        "only {seen} uses were found: the reading is broken"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_foreign_crate_stays_in_its_room() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources() {
        for (name, rooms) in CRATES {
            let path = format!("{name}::");
            let used = text.match_indices(&path).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if used && !rooms.contains(&room.as_str()) {
                wrong.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Room, file and code of every source below a room.
fn sources() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let below = path.strip_prefix(&src).unwrap();
            let first = below.components().next().unwrap().as_os_str();
            let room = Path::new(first)
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            if room != "lib" && room != "main" {
                let text = fs::read_to_string(&path).unwrap();
                let code = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"));
                found.push((room, below.to_owned(), code.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    assert!(found.len() > 40);
    found
}

/// The word behind each `prefix`; each word of a `{…}` group behind it.
fn names_after(text: &str, prefix: &str) -> Vec<String> {
    let word = |text: &str| {
        let word: String = text
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        word
    };
    let mut names = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        match rest
            .strip_prefix('{')
            .and_then(|group| group.split_once("};"))
        {
            Some((group, _)) => names.extend(group.split(',').map(word).filter(|w| !w.is_empty())),
            None => names.push(word(rest)),
        }
    }
    names
}
