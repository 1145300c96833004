//! Secrets among the arguments. They are looked for before anything else reads
//! the arguments: most error messages repeat what they are about.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs;

use percent_encoding::percent_decode_str;
use uuid::Uuid;

/// Fewer letters than this are no token number.
const MIN_LETTERS: usize = 16;
/// A link inside a link inside a link is encoded as often.
const MAX_ENCODINGS: usize = 4;

/// Whether one of them is a secret; the name of the program is not among them.
pub fn any(arguments: impl IntoIterator<Item = OsString>) -> bool {
    let mut has_command = false;
    let mut accounts = 0;
    let mut options = true;
    for argument in arguments {
        let argument = argument.to_string_lossy();
        if has_link(&argument) {
            return true;
        }
        if options && argument.starts_with('-') {
            options = argument != "--";
            if let Some((_, value)) = argument.split_once('=')
                && is_stray(value)
            {
                return true;
            }
        } else if accounts > 0 {
            accounts -= 1;
            if is_surely_a_token_number(&argument) {
                return true;
            }
        } else if is_stray(&argument) {
            return true;
        } else if !has_command {
            accounts = match &*argument {
                "code" | "status" => 1,
                "login" => usize::MAX,
                _ => 0,
            };
            has_command = true;
        }
    }
    false
}

/// Whether an error must not repeat it. Wider than what is refused: ordinary
/// words of that length are not repeated either.
pub fn is_private(text: &str) -> bool {
    has_link(text) || is_long_base32(text)
}

/// Any of otpauth's links, in any case, percent-encoded or not.
fn has_link(text: &str) -> bool {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MAX_ENCODINGS {
        let lower = text.to_ascii_lowercase();
        if lower.contains("otpauth:") || lower.contains("otpauth-migration:") {
            return true;
        }
        let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == *text {
            break;
        }
        text = Cow::Owned(decoded);
    }
    false
}

/// Where no account belongs: a token number, mistyped perhaps, and no file.
fn is_stray(text: &str) -> bool {
    resembles_token_number(text) && fs::symlink_metadata(text).is_err()
}

/// Where an account belongs: people call accounts what they like, so only what
/// is hardly a name.
fn is_surely_a_token_number(text: &str) -> bool {
    let text = text.trim().trim_end_matches('=');
    text.len() >= MIN_LETTERS
        && text.chars().all(is_base32)
        && !is_uuid(text)
        && (is_upper(text) || is_lower(text) && has_digit(text))
}

fn resembles_token_number(text: &str) -> bool {
    if !is_long_base32(text) {
        return false;
    }
    let text = text.trim().trim_end_matches(is_separator);
    let in_words = text.contains(is_separator);
    is_upper(text) || is_in_groups(text) || !in_words && has_digit(text)
}

/// Long enough, and at most one character that no token number has.
fn is_long_base32(text: &str) -> bool {
    let letters = text.chars().filter(|&c| !is_separator(c));
    let wrong = letters.clone().filter(|&c| !is_base32(c)).count();
    letters.count() >= MIN_LETTERS
        && wrong <= 1
        && !text.contains(['.', '/', '\\'])
        && !is_uuid(text)
}

/// `KUNJ ISAM PLEQ 23`: as authenticators show secrets, and nobody writes words.
fn is_in_groups(text: &str) -> bool {
    let mut lengths = text.split(is_separator).map(|group| group.chars().count());
    let first = lengths.next().unwrap_or(0);
    let rest: Vec<usize> = lengths.collect();
    let Some((last, middle)) = rest.split_last() else {
        return false;
    };
    middle.iter().all(|&length| length == first) && (1..=first).contains(last) && rest.len() >= 2
}

const fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '=')
}

const fn is_base32(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '2'..='7')
}

fn is_upper(text: &str) -> bool {
    !text.contains(char::is_lowercase)
}

fn is_lower(text: &str) -> bool {
    !text.contains(char::is_uppercase)
}

fn has_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

fn is_uuid(text: &str) -> bool {
    text.trim().parse::<Uuid>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "KUNJISAMPLEQRNOTASECRET234";

    fn refused(arguments: &[&str]) -> bool {
        any(arguments.iter().map(OsString::from))
    }

    #[test]
    fn links_are_known_in_any_spelling() {
        for link in [
            "otpauth://totp/A",
            "OTPAUTH://totp",
            "otpauth:totp/A?secret=MFRGGZDF",
            "--x=otpauth://totp/A",
            "otpauth-migration://o",
            "otpauth%3A%2F%2Ftotp%2FA",
            "OTPAUTH%3a//totp",
            "%6Ftpauth%253A%252F%252Ftotp",
            "https://example.com/?chl=otpauth%3A%2F%2Ftotp",
        ] {
            assert!(refused(&[link]), "{link}");
            assert!(refused(&["code", link]), "{link}");
            assert!(is_private(link), "{link}");
        }
        assert!(!refused(&["otpauth.png"]));
        assert!(!refused(&["100%.png"]));
    }

    #[test]
    fn token_numbers_are_known_wherever_they_stand() {
        for arguments in [
            &[SECRET][..],
            &["help", SECRET],
            &["code", SECRET],
            &["login", "A123456", SECRET],
            &["status", "--check", SECRET],
            &["code", "--", SECRET],
            &["code", "A123456", "KUNJ0SAMPLEQRNOTASECRET234"],
            &["import", "--secret-file", SECRET],
            &["import", "a.png", &format!("--secret-file={SECRET}")],
            &["code", "A123456", &format!("--copy={SECRET}")],
        ] {
            assert!(refused(arguments), "{arguments:?}");
        }
    }

    #[test]
    fn token_numbers_are_told_from_file_names() {
        for text in [
            SECRET,
            "kunjisampleqrnotasecret234",
            "KUNJ0SAMPLEQRNOTASECRET234",
            "KUNJISAMPLEQRNOTASECRÉT",
            "kunj isam pleq rnot asec ret2 34",
            "Kunj-isam-pleq-rnot",
            "MFRGGZDFMFRGGZDF====",
        ] {
            assert!(refused(&["import", text]), "{text}");
            assert!(is_private(text), "{text}");
        }
        for name in [
            "shot.png",
            "Screenshot 2026-11-23 at 10.00.png",
            "/tmp/AAAAAAAAAAAAAAAAAAAA",
            "MFRGGZDF",
            "a picture of the page",
            "screenshot-of-the-page",
            "screenshotofthepage",
            "67e55044-22b1-426f-a27d-b2f75666cd75",
            "--some-option-that-is-not",
            "-",
        ] {
            assert!(!refused(&["import", name]), "{name}");
        }
        let there = tempfile::Builder::new()
            .prefix("KUNJISAMPLEFILENAME")
            .rand_bytes(0)
            .tempfile_in(".")
            .unwrap();
        let name = there.path().file_name().unwrap().to_owned();
        assert!(!any(["qr".into(), name]));
    }

    #[test]
    fn accounts_keep_the_names_that_people_give_them() {
        for name in [
            "A123456",
            "Asha Sharma of Pune",
            "ASHA SHARMA AND SONS",
            "asha-sharma-trading-2",
            "ashasharmatrading",
            "AshaSharmaTrading2",
            "67e55044-22b1-426f-a27d-b2f75666cd75",
            "67e5504422b1426fa27db2f75666cd75",
            "आशा शर्मा का अपना दूसरा खाता",
        ] {
            for command in ["code", "login", "status"] {
                assert!(!refused(&[command, name]), "{name}");
            }
            assert!(!refused(&["login", "A123456", name]), "{name}");
        }
    }
}
