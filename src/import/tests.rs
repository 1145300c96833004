//! Each format as its program writes it: `tests/data/import/README.md` says how
//! the fixtures were made, and by what.

use super::{Draft, EntryError, Format, ImportError, Imported, read_bytes, read_codes, read_text};
use crate::secret::Secret;

macro_rules! fixture {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/data/import/",
                $name
            ))
            .as_slice(),
        )
    };
}

mod hostile;

type Fixture = (&'static str, &'static [u8]);

const PASSWORD: &str = "made up password";

const GITHUB: &str = "GitHub, asha: totp SHA1 6 30 KUNJIMADEUPSECRETAAA2345";
const BANK: &str = "Bank, B123456: totp SHA256 8 60 KUNJIMADEUPBANKAAAAA2345";
const STEAM: &str = "Steam, ravi: steam SHA1 5 30 KUNJIMADEUPSTEAMAAAA2345";
const SHOP: &str = "Shop, meera: totp SHA1 6 30 KUNJIMADEUPOLDAAAAAA2345";
/// Google Authenticator has no periods.
const GOOGLE_BANK: &str = "Bank, B123456: totp SHA256 8 30 KUNJIMADEUPBANKAAAAA2345";

const PLAIN: [Fixture; 13] = [
    fixture!("aegis.json"),
    fixture!("2fas.2fas"),
    fixture!("andotp.json"),
    fixture!("ente.txt"),
    fixture!("proton.json"),
    fixture!("bitwarden.json"),
    fixture!("bitwarden.csv"),
    fixture!("freeotpplus.json"),
    fixture!("keepassxc.csv"),
    fixture!("google.txt"),
    fixture!("otpclient-aegis.json"),
    fixture!("otpclient-andotp.json"),
    fixture!("otpclient-links.txt"),
];

/// With the program that an error names.
const ENCRYPTED: [(Fixture, Format); 8] = [
    (fixture!("aegis-encrypted.json"), Format::Aegis),
    (fixture!("2fas-encrypted.2fas"), Format::TwoFas),
    (fixture!("andotp.json.aes"), Format::AndOtp),
    (fixture!("otpclient-andotp.json.aes"), Format::AndOtp),
    (fixture!("ente-encrypted.txt"), Format::Ente),
    (fixture!("proton-encrypted.json"), Format::Proton),
    (fixture!("bitwarden-pbkdf2.json"), Format::Bitwarden),
    (fixture!("bitwarden-argon2.json"), Format::Bitwarden),
];

const PARTS: &str = include_str!("../../tests/data/import/google-3-parts.txt");

fn shown(draft: &Draft) -> String {
    let otp = &draft.otp;
    format!(
        "{}, {}: {} {} {} {} {}",
        draft.issuer.as_deref().unwrap_or_default(),
        draft.name,
        otp.kind().name(),
        otp.algorithm(),
        otp.digits(),
        otp.period(),
        otp.secret().expose()
    )
}

/// The drafts must be these, and each error name its entry and its reason.
fn holds(name: &str, imported: &Imported, drafts: &[&str], errors: &[(&str, &str)]) {
    let found: Vec<String> = imported.drafts.iter().map(shown).collect();
    assert_eq!(found, drafts, "{name}");
    assert_eq!(
        imported.errors.len(),
        errors.len(),
        "{name}: {:?}",
        imported.errors
    );
    for (error, (entry, words)) in imported.errors.iter().zip(errors) {
        assert_eq!(&error.entry, entry, "{name}");
        assert!(error.to_string().contains(words), "{name}: {error}");
    }
}

const HOTP: &str = "counts logins (HOTP)";
const LETTER: &str = "The secret has '0' at place 19";

/// What each program's file has in it, good and bad side by side.
fn check(name: &str, imported: &Imported) {
    let usual = [GITHUB, BANK, STEAM];
    let hotp = |entry| [(entry, HOTP)];
    let two = |hotp, broken| [(hotp, HOTP), (broken, LETTER)];
    let (third, fourth) = ("Entry 3, Old VPN (counter)", "Entry 4, Broken (kiran)");
    match name {
        "aegis.json" | "aegis-encrypted.json" => {
            let errors = [
                (third, HOTP),
                (fourth, LETTER),
                ("Entry 6, Yandex (asha)", "Yandex Key"),
            ];
            holds(name, imported, &usual, &errors);
        }
        "andotp.json" | "andotp.json.aes" | "andotp-old.json.aes" => {
            let errors = [
                (third, HOTP),
                (fourth, LETTER),
                ("Entry 7, Pin (mobile)", "mOTP"),
            ];
            holds(name, imported, &[GITHUB, BANK, STEAM, SHOP], &errors);
        }
        "ente.txt" => {
            let errors = two("Line 3, Old VPN (counter)", "Line 4, Broken (kiran)");
            holds(name, imported, &usual, &errors);
        }
        // A note without a login stands before them.
        "bitwarden.json" | "bitwarden.csv" | "bitwarden-pbkdf2.json" | "bitwarden-argon2.json" => {
            let errors = two("Entry 4, Old VPN (counter)", "Entry 5, Broken (kiran)");
            holds(name, imported, &usual, &errors);
        }
        "freeotpplus.json" => {
            let errors = [(third, HOTP), (fourth, "This entry is damaged")];
            holds(name, imported, &usual, &errors);
        }
        "keepassxc.csv" => holds(name, imported, &[GITHUB, BANK, STEAM, SHOP], &[]),
        "google.txt" => {
            let errors = [(third, HOTP), (fourth, "no secret in it")];
            holds(name, imported, &[GITHUB, GOOGLE_BANK], &errors);
        }
        "otpclient-links.txt" => {
            holds(name, imported, &usual, &hotp("Line 3, Old VPN (counter)"));
        }
        name if name.starts_with("otpclient") => holds(name, imported, &usual, &hotp(third)),
        _ => holds(name, imported, &usual, &two(third, fourth)),
    }
}

/// One bad entry stops no other, and is told of by name, in every format.
#[test]
fn plain_backups_are_read_entry_by_entry() {
    for (name, bytes) in PLAIN {
        check(name, &read_bytes(bytes, None).unwrap());
    }
}

/// A backup is opened by its password, asked for where none was given, and a
/// wrong one is told from a damaged file.
#[test]
fn encrypted_backups_open_with_their_password_alone() {
    for ((name, bytes), format) in ENCRYPTED {
        let read = |password: Option<&str>| read_bytes(bytes, password.map(Secret::from).as_ref());
        check(name, &read(Some(PASSWORD)).unwrap());
        assert_eq!(
            read(None),
            Err(ImportError::NeedsPassword(format)),
            "{name}"
        );
        let wrong = Err(ImportError::WrongPassword(format));
        assert_eq!(read(Some("Made up password")), wrong, "{name}");
        assert_eq!(read(Some("")), wrong, "{name}");
    }
}

/// andOTP's old encryption has no mark at all: only a password that opens it
/// tells it from any other file.
#[test]
fn the_old_andotp_encryption_is_known_by_opening() {
    let (name, bytes) = fixture!("andotp-old.json.aes");
    let read = |password: Option<&str>| read_bytes(bytes, password.map(Secret::from).as_ref());
    check(name, &read(Some(PASSWORD)).unwrap());
    assert_eq!(read(None), Err(ImportError::Unknown));
    assert_eq!(read(Some("wrong")), Err(ImportError::Unknown));
}

/// No password opens these, so none is asked for.
#[test]
fn backups_bound_to_a_device_or_account_say_so() {
    for ((name, bytes), format) in [
        (fixture!("aegis-biometric.json"), Format::Aegis),
        (fixture!("bitwarden-account.json"), Format::Bitwarden),
    ] {
        let result = read_bytes(bytes, Some(&Secret::from(PASSWORD)));
        assert_eq!(result, Err(ImportError::Elsewhere(format)), "{name}");
    }
}

/// What an editor or a mail program does to a file must not matter.
#[test]
fn marks_and_line_ends_do_not_matter() {
    for (name, bytes) in PLAIN {
        let text = std::str::from_utf8(bytes).unwrap();
        let windows = format!("\u{feff}{}\r\n", text.trim().replace('\n', "\r\n"));
        check(name, &read_bytes(windows.as_bytes(), None).unwrap());
        let utf16 = windows.encode_utf16().flat_map(u16::to_le_bytes);
        check(name, &read_bytes(&utf16.collect::<Vec<_>>(), None).unwrap());
    }
}

/// Pasted into the window or piped into the command, without a file.
#[test]
fn a_pasted_backup_is_read_as_well() {
    let text = |bytes| std::str::from_utf8(bytes).unwrap();
    let (name, bytes) = fixture!("aegis.json");
    check(name, &read_text(text(bytes)));
    let (_, bytes) = fixture!("aegis-encrypted.json");
    let error = EntryError::from(ImportError::NeedsPassword(Format::Aegis));
    assert_eq!(read_text(text(bytes)).errors, [error]);
}

/// The three pictures of one export come in any order, some perhaps twice.
#[test]
fn an_export_in_parts_is_put_together() {
    let all = [GITHUB, GOOGLE_BANK, SHOP];
    let codes: Vec<Secret> = PARTS.lines().map(Secret::from).collect();
    let read = |order: &[usize]| {
        let codes: Vec<Secret> = order.iter().map(|index| codes[*index].clone()).collect();
        read_codes(&codes)
    };
    holds("in order", &read(&[0, 1, 2]), &all, &[]);
    holds("out of order", &read(&[2, 0, 1, 2]), &all, &[]);
    holds(
        "as a file",
        &read_bytes(PARTS.as_bytes(), None).unwrap(),
        &all,
        &[],
    );
    let words = "Part 2 of 3 of the export of Google Authenticator is missing";
    holds("two", &read(&[0, 2]), &[GITHUB, SHOP], &[("", words)]);
    let words = "Parts 2 and 3 of 3";
    holds("one", &read(&[0]), &[GITHUB], &[("", words)]);
}

/// What other programs make of the data on its way.
#[test]
fn an_export_is_read_in_every_spelling_of_base64() {
    let code = PARTS.lines().nth(1).unwrap();
    let bare = code
        .replace("%3D", "")
        .replace("%2B", "+")
        .replace("%2F", "/");
    let safe = bare.replace('+', "-").replace('/', "_");
    for spelling in [code, &bare, &bare.replace('+', " "), &safe] {
        let drafts = read_codes(&[Secret::from(spelling)]).drafts;
        assert_eq!(drafts.iter().map(shown).collect::<Vec<_>>(), [GOOGLE_BANK]);
    }
}

/// Sources read one by one become one list, without what both had.
#[test]
fn sources_are_put_together_without_doubles() {
    let mut all = Imported::default();
    for (_, bytes) in [fixture!("keepassxc.csv"), fixture!("aegis.json")] {
        all.append(read_bytes(bytes, None).unwrap());
    }
    assert_eq!((all.drafts.len(), all.errors.len()), (4, 3));
}

/// What is no backup is called neither damaged nor encrypted.
#[test]
fn other_files_are_unknown() {
    for bytes in [
        &b"{}"[..],
        b"[]x",
        b"[1, 2]",
        b"{\"content\": \"x\"}",
        b"{\"name\": 1",
        b"Hello, world!\n",
        b"a,b\n1,2\n",
        b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n",
        b"PK\x03\x04\x14\0\0\0\x08\0\xff\xff",
        b"\0\0\0\x20ftypisom\0\0\x02\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    ] {
        let result = read_bytes(bytes, None);
        assert_eq!(result, Err(ImportError::Unknown), "{}", bytes.escape_ascii());
    }
    assert_eq!(read_bytes(b" \n", None), Err(ImportError::Nothing));
    let empty = b"{\"schemaVersion\": 4, \"services\": []}";
    assert_eq!(
        read_bytes(empty, None),
        Err(ImportError::NoCodes(Format::TwoFas))
    );
}
