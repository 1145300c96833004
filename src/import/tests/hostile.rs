//! Damaged and hostile files: no panic, no secret in an error, no endless work.

use std::time::{Duration, Instant};

use super::*;

/// Numbers that look random and are the same in every run (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

const SECRETS: [&str; 8] = [
    "KUNJIMADEUPSECRETAAA2345",
    "KUNJIMADEUPBANKAAAAA2345",
    "KUNJIMADEUPCOUNTERAA2345",
    "KUNJIMADEUPBROKENA018901",
    "KUNJIMADEUPSTEAMAAAA2345",
    "KUNJIMADEUPOLDAAAAAA2345",
    "KUNJIMADEUPYANDEXAAA2345",
    "KUNJIMADEUPMOTPAAAAA2345",
];

/// Ten letters in a row are a leak; eight of a wrong value may be shown.
fn tells_no_secret(name: &str, result: &Result<Imported, ImportError>) {
    let mut lines = Vec::new();
    match result {
        Ok(imported) => {
            for error in &imported.errors {
                lines.push(format!("{error} {error:?}"));
            }
            // The codes' own Debug goes to logs just as easily.
            for draft in &imported.drafts {
                lines.push(format!("{:?}", draft.otp));
            }
        }
        Err(error) => lines.push(format!("{error} {error:?}")),
    }
    let text = lines.join("\n");
    assert!(!text.contains(PASSWORD), "{name}: {text}");
    for secret in SECRETS {
        for part in secret.as_bytes().windows(10) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!text.contains(part), "{name}: {text}");
        }
    }
}

fn mutated(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(2) {
        let at = dice.below(bytes.len());
        match dice.below(5) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => {
                bytes.remove(at);
            }
            2 => bytes.insert(at, bytes[at]),
            3 => bytes[at] = b"\"\\{}[],:0-\n\xff"[dice.below(12)],
            _ => {
                let end = (at + dice.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// Cut off anywhere, a file gives what is whole, or an error.
#[test]
fn cut_off_files_tell_no_secret() {
    let encrypted = ENCRYPTED.into_iter().map(|(fixture, _)| fixture);
    for (name, bytes) in PLAIN.into_iter().chain(encrypted) {
        for end in (0..bytes.len()).step_by(3) {
            let result = read_bytes(&bytes[..end], None);
            tells_no_secret(name, &result);
            let text = String::from_utf8_lossy(&bytes[..end]);
            tells_no_secret(name, &Ok(read_text(&text)));
        }
    }
}

/// Of a JSON backup cut in the middle, the program is still told.
#[test]
fn a_backup_cut_in_half_is_called_damaged() {
    for ((name, bytes), format) in [
        (fixture!("aegis.json"), Format::Aegis),
        (fixture!("2fas.2fas"), Format::TwoFas),
        (fixture!("andotp.json"), Format::AndOtp),
        (fixture!("bitwarden.json"), Format::Bitwarden),
        (fixture!("freeotpplus.json"), Format::FreeOtpPlus),
        (fixture!("ente-encrypted.txt"), Format::Ente),
    ] {
        let half = read_bytes(&bytes[..bytes.len() * 2 / 3], None);
        assert_eq!(half, Err(ImportError::Damaged(format)), "{name}");
    }
}

/// Bits turned, bytes gone, doubled or replaced: no panic, no secret told.
#[test]
fn changed_files_tell_no_secret() {
    let mut dice = Dice(2_026);
    let encrypted = ENCRYPTED.into_iter().map(|(fixture, _)| fixture);
    for (name, bytes) in PLAIN.into_iter().chain(encrypted) {
        for _ in 0..500 {
            let changed = mutated(bytes, &mut dice);
            tells_no_secret(name, &read_bytes(&changed, None));
        }
    }
}

/// The same for the bytes of an export's protobuf, and for encrypted files
/// that are opened in earnest.
#[test]
fn changed_insides_tell_no_secret() {
    let mut dice = Dice(77);
    for code in PARTS.lines() {
        let (head, data) = code.split_once("data=").unwrap();
        let data = data
            .replace("%3D", "=")
            .replace("%2B", "+")
            .replace("%2F", "/");
        let data = data_encoding::BASE64.decode(data.as_bytes()).unwrap();
        for _ in 0..1_000 {
            let changed = data_encoding::BASE64.encode(&mutated(&data, &mut dice));
            let code = Secret::new(format!("{head}data={changed}"));
            tells_no_secret("part", &Ok(read_codes(&[code])));
        }
    }
    let password = Secret::from(PASSWORD);
    for (name, bytes) in [
        fixture!("2fas-encrypted.2fas"),
        fixture!("proton-encrypted.json"),
    ] {
        for _ in 0..20 {
            let changed = mutated(bytes, &mut dice);
            tells_no_secret(name, &read_bytes(&changed, Some(&password)));
        }
    }
}

/// The password was right and what it opened is not whole: no wrong password.
#[test]
fn a_damaged_vault_is_told_from_a_wrong_password() {
    let (_, bytes) = fixture!("aegis-encrypted.json");
    let text = std::str::from_utf8(bytes).unwrap();
    let start = text.find("\"db\": \"").unwrap() + 7;
    let mut damaged = bytes.to_vec();
    damaged[start + 100] = if damaged[start + 100] == b'A' {
        b'B'
    } else {
        b'A'
    };
    let result = read_bytes(&damaged, Some(&Secret::from(PASSWORD)));
    assert_eq!(result, Err(ImportError::Damaged(Format::Aegis)));
}

/// A file that asks for a terabyte, or for a year, is refused at once.
#[test]
fn costly_files_are_not_opened() {
    let password = Secret::from(PASSWORD);
    let started = Instant::now();
    for ((name, bytes), from, to, format) in [
        (
            fixture!("aegis-encrypted.json"),
            "\"n\": 32768",
            "\"n\": 1099511627776",
            Format::Aegis,
        ),
        (
            fixture!("aegis-encrypted.json"),
            "\"p\": 1",
            "\"p\": 1000000",
            Format::Aegis,
        ),
        (
            fixture!("ente-encrypted.txt"),
            "67108864",
            "1099511627776",
            Format::Ente,
        ),
        (
            fixture!("ente-encrypted.txt"),
            "\"opsLimit\": 3",
            "\"opsLimit\": 4000000000",
            Format::Ente,
        ),
        (
            fixture!("bitwarden-pbkdf2.json"),
            "600000",
            "4000000000",
            Format::Bitwarden,
        ),
        (
            fixture!("bitwarden-argon2.json"),
            "\"kdfMemory\": 64",
            "\"kdfMemory\": 1000000",
            Format::Bitwarden,
        ),
    ] {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.contains(from), "{name}");
        let costly = text.replace(from, to);
        let result = read_bytes(costly.as_bytes(), Some(&password));
        assert_eq!(result, Err(ImportError::TooCostly(format)), "{name}");
    }
    assert!(started.elapsed() < Duration::from_secs(2));
}

/// Protobuf by hand: a field of bytes, shorter than 128.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).unwrap();
    assert!(length < 128);
    [&[number << 3 | 2, length], bytes].concat()
}

/// As many accounts as anybody has are there before the person looks.
#[test]
fn three_hundred_accounts_are_read_at_once() {
    let name = |n: usize| format!("account{n}");
    let secret =
        |n: usize| data_encoding::BASE32_NOPAD.encode(format!("made up {n:08}").as_bytes());
    let aegis = (0..300).map(|n| {
        format!(
            r#"{{"type":"totp","name":"{}","issuer":"Bank","info":{{"secret":"{}"}}}}"#,
            name(n),
            secret(n)
        )
    });
    let aegis: Vec<String> = aegis.collect();
    let aegis = format!(
        r#"{{"version":1,"db":{{"entries":[{}]}}}}"#,
        aegis.join(",")
    );
    let google = (0..300).flat_map(|n| {
        let bytes = format!("made up {n:08}");
        field(
            1,
            &[field(1, bytes.as_bytes()), field(2, name(n).as_bytes())].concat(),
        )
    });
    let google: Vec<u8> = google.collect();
    let google = format!(
        "otpauth-migration://offline?data={}",
        data_encoding::BASE64URL.encode(&google)
    );
    for source in [aegis, google] {
        let started = Instant::now();
        let imported = read_bytes(source.as_bytes(), None).unwrap();
        assert_eq!((imported.drafts.len(), imported.errors.len()), (300, 0));
        // The whole preview has 200 ms in the release build; this one is slower.
        assert!(
            started.elapsed() < Duration::from_millis(500),
            "{:?}",
            started.elapsed()
        );
    }
}

/// A list that nobody has is refused before it costs anything.
#[test]
fn endless_lists_are_refused() {
    let many = format!("[{}]", vec![r#"{"secret":"MFRGGZDF"}"#; 5_001].join(","));
    let result = read_bytes(many.as_bytes(), None);
    assert_eq!(result, Err(ImportError::TooMany(5_000)));
}
