//! Text: otpauth URIs, one to a line, or the bare secret.

use url::Url;

use super::entry::{Gathered, Label, MAX_ENTRIES, Made, make_from_text};
use super::migration::{self, Part};
use super::{Draft, Format, ImportError, Imported, format};
use crate::otp::Otp;
use crate::secret::Secret;

/// The letters of 10 bytes: fewer in a file are a word.
const MIN_LETTERS: usize = 16;

/// Texts as QR codes hold them, each with the place where it stood.
pub(super) fn read_all<'a>(codes: impl IntoIterator<Item = (String, &'a str)>) -> Gathered {
    let mut gathered = Gathered::default();
    let mut parts = Vec::new();
    for (number, (place, code)) in (1..).zip(codes) {
        if number > MAX_ENTRIES {
            gathered.fail(ImportError::TooMany(MAX_ENTRIES));
            break;
        }
        if starts_with(code.trim(), "otpauth-migration:") {
            match Part::parse(code) {
                Ok(part) => parts.push(part),
                Err(error) => gathered.add(&place, (Label::default(), Err(error))),
            }
        } else {
            gathered.add(&place, read_code(code));
        }
    }
    migration::gather(parts, &mut gathered);
    gathered
}

/// One text as a QR code holds it: an otpauth URI or nothing of use.
fn read_code(text: &str) -> Made {
    let text = text.trim();
    let none = |error| (Label::default(), Err(error));
    if text.is_empty() {
        return none(ImportError::Nothing);
    }
    if starts_with(text, "otpauth:") || starts_with(text, "steam:") {
        return make_from_text(text, Label::default());
    }
    if starts_with(text, "http://") || starts_with(text, "https://") {
        let host = Url::parse(text).ok();
        let host = host.and_then(|u| u.host_str().map(str::to_owned));
        return none(ImportError::WebLink(host));
    }
    none(ImportError::NotACode)
}

/// The token number, typed or pasted.
///
/// # Errors
/// An empty text, or a letter that base32 has not (which, and where).
pub fn read_token_number(text: &str) -> Result<Draft, ImportError> {
    if text.trim().is_empty() {
        return Err(ImportError::Nothing);
    }
    Ok(Draft {
        otp: Otp::from_token_number(text)?,
        issuer: None,
        name: String::new(),
        client_code: None,
    })
}

/// Text that a person pasted: otpauth URIs one to a line, one bare secret, or
/// a backup that needs no password.
#[must_use]
pub fn read_text(text: &str) -> Imported {
    if let Some(result) = format::read_backup(text, None) {
        return result.unwrap_or_else(Imported::failed);
    }
    if has_links(text) {
        return read_links(text, "Line").done();
    }
    match read_token_number(text) {
        Ok(draft) => Imported {
            drafts: vec![draft],
            errors: Vec::new(),
        },
        // Prose is no mistyped secret: naming its first odd letter helps nobody.
        Err(ImportError::Token(_)) if !resembles_secret(text) => {
            Imported::failed(ImportError::NotACode)
        }
        Err(error) => Imported::failed(error),
    }
}

/// A file of text: otpauth URIs one to a line, or one bare secret.
pub(super) fn read_file(text: &str) -> Result<Imported, ImportError> {
    if has_links(text) {
        return read_links(text, "Line").some_of(Format::Links);
    }
    let letters = text.chars().filter(char::is_ascii_alphanumeric).count();
    if letters < MIN_LETTERS || !resembles_secret(text) {
        return Err(ImportError::Unknown);
    }
    let draft = read_token_number(text)?;
    Ok(Imported {
        drafts: vec![draft],
        errors: Vec::new(),
    })
}

/// The lines that are not empty; `what` a line is called where there are several.
pub(super) fn read_links(text: &str, what: &str) -> Gathered {
    let lines = || {
        (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty())
    };
    let several = lines().nth(1).is_some();
    read_all(lines().map(|(number, line)| {
        let place = if several {
            format!("{what} {number}")
        } else {
            String::new()
        };
        (place, line)
    }))
}

/// The texts of QR codes: of one picture, or of several, for an export may be
/// spread over them.
#[must_use]
pub fn read_codes(texts: &[Secret]) -> Imported {
    let several = texts.len() > 1;
    let codes = (1..).zip(texts).map(|(number, text)| {
        let place = if several {
            format!("Code {number}")
        } else {
            String::new()
        };
        (place, text.expose())
    });
    read_all(codes).done()
}

fn has_links(text: &str) -> bool {
    text.lines()
        .any(|line| line.contains("://") || starts_with(line.trim(), "otpauth"))
}

/// Long enough for a secret and nothing but letters, digits and separators,
/// or one odd character among them.
fn resembles_secret(text: &str) -> bool {
    let text = text.trim();
    let odd = |c: &char| !(c.is_ascii_alphanumeric() || c.is_whitespace() || "-=".contains(*c));
    let groups_are_short = text.split_whitespace().count() <= 16;
    (6..=200).contains(&text.len()) && text.chars().filter(odd).count() <= 1 && groups_are_short
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::super::looks_like_client_code;
    use super::*;
    use crate::otp::{Base32Error, OtpError};

    const URI: &str = "otpauth://totp/A123456?secret=KUNJISAMPLEQRNOTASECRET234&issuer=angelone.in";

    #[test]
    fn the_label_becomes_the_client_code_only_where_it_looks_like_one() {
        let read = |uri: &str| read_code(uri).1.unwrap().client_code;
        assert_eq!(read(URI).as_deref(), Some("A123456"));
        let mail = URI.replace("A123456", "asha%40example.in");
        assert_eq!(read(&mail), None);
        for (text, is) in [
            ("A1", false),
            ("ABCDEF123", false),
            ("a123456", false),
            ("ABCDE123", true),
        ] {
            assert_eq!(looks_like_client_code(text), is, "{text}");
        }
    }

    /// Two codes in one picture are both offered, and a link beside them is told of.
    #[test]
    fn codes_and_errors_stand_side_by_side() {
        let second = URI.replace("A123456", "B654321");
        let texts = [URI, "https://angelone.in/app", &second, URI].map(Secret::from);
        let imported = read_codes(&texts);
        assert_eq!(imported.drafts.len(), 2);
        let [error] = imported.errors.as_slice() else {
            panic!("{:?}", imported.errors);
        };
        assert_eq!(error.entry, "Code 2");
        assert_eq!(
            error.error,
            ImportError::WebLink(Some("angelone.in".into()))
        );
    }

    #[test]
    fn pasted_text_may_be_uris_or_a_secret() {
        let lines = format!("\n{URI}\n\n{}\n", URI.replace("A123456", "B1234"));
        assert_eq!(read_text(&lines).drafts.len(), 2);
        let secret = read_text("kunj isam pleq rnot asec ret2 34");
        assert_eq!(secret.drafts[0].otp, read_code(URI).1.unwrap().otp);
    }

    /// Lines are named by their number and, where it can be read, their label.
    #[test]
    fn each_fault_has_its_own_error() {
        let error = |text: &str| {
            let mut errors = read_text(text).errors;
            let error = errors.remove(0);
            (error.entry, error.error)
        };
        let whole = |error| (String::new(), error);
        assert_eq!(error("  \n "), whole(ImportError::Nothing));
        assert_eq!(
            error("otpauth-migration://offline?data=CjE"),
            whole(ImportError::Damaged(Format::GoogleAuthenticator))
        );
        assert_eq!(
            error("Dear sir, I could not log in today!"),
            whole(ImportError::NotACode)
        );
        let bad = OtpError::Secret(Base32Error::Letter {
            letter: '0',
            position: 5,
        });
        assert_eq!(
            error("KUNJ0SAMPLEQRNOTASECRET234"),
            whole(ImportError::Token(bad))
        );
        let lines = format!("{URI}\n\notpauth://totp/GitHub:asha?digits=6");
        assert_eq!(error(&lines).0, "Line 3, GitHub (asha)");
    }

    /// A word in a text file is no secret, though base32 has all its letters.
    #[test]
    fn a_file_of_prose_is_unknown() {
        for text in ["hello", "Remember the milk", "name,login\na,b"] {
            assert_eq!(read_file(text), Err(ImportError::Unknown), "{text}");
        }
        assert_eq!(
            read_file("KUNJISAMPLEQRNOTASECRET234\n")
                .unwrap()
                .drafts
                .len(),
            1
        );
    }
}
