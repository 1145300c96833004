//! Text: otpauth URIs, one to a line, or the bare secret.

use url::Url;

use super::{Draft, ImportError, Imported};
use crate::otp::{Otp, parse_uri};

/// One text as a QR code holds it: an otpauth URI or nothing of use.
pub(super) fn read_code(text: &str) -> Result<Draft, ImportError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ImportError::Nothing);
    }
    if starts_with(text, "otpauth-migration:") {
        return Err(ImportError::Migration);
    }
    if starts_with(text, "otpauth:") {
        return Ok(parse_uri(text)?.into());
    }
    if starts_with(text, "http://") || starts_with(text, "https://") {
        let host = Url::parse(text).ok();
        let host = host.and_then(|u| u.host_str().map(str::to_owned));
        return Err(ImportError::WebLink(host));
    }
    Err(ImportError::NotACode)
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

/// Text that a person pasted: otpauth URIs one to a line, or one bare secret.
#[must_use]
pub fn read_text(text: &str) -> Imported {
    let mut imported = Imported::default();
    let is_uri = |line: &str| line.contains("://") || starts_with(line.trim(), "otpauth");
    if !text.lines().any(is_uri) {
        match read_token_number(text) {
            Ok(draft) => imported.drafts.push(draft),
            // Prose is no mistyped secret: naming its first odd letter helps nobody.
            Err(ImportError::Token(_)) if !resembles_secret(text) => {
                imported.errors.push(ImportError::NotACode);
            }
            Err(error) => imported.errors.push(error),
        }
        return imported;
    }
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        match read_code(line) {
            Ok(draft) if imported.drafts.contains(&draft) => {}
            Ok(draft) => imported.drafts.push(draft),
            Err(error) => imported.errors.push(error),
        }
    }
    imported
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
    use super::super::{looks_like_client_code, read_codes};
    use super::*;
    use crate::otp::{Base32Error, OtpError};
    use crate::secret::Secret;

    const URI: &str = "otpauth://totp/A123456?secret=KUNJISAMPLEQRNOTASECRET234&issuer=angelone.in";

    #[test]
    fn the_label_becomes_the_client_code_only_where_it_looks_like_one() {
        let read = |uri: &str| read_code(uri).unwrap().client_code;
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
        assert_eq!(
            imported.errors,
            [ImportError::WebLink(Some("angelone.in".into()))]
        );
    }

    #[test]
    fn pasted_text_may_be_uris_or_a_secret() {
        let lines = format!("\n{URI}\n\n{}\n", URI.replace("A123456", "B1234"));
        assert_eq!(read_text(&lines).drafts.len(), 2);
        let secret = read_text("kunj isam pleq rnot asec ret2 34");
        assert_eq!(secret.drafts[0].otp, read_code(URI).unwrap().otp);
    }

    #[test]
    fn each_fault_has_its_own_error() {
        let error = |text| read_text(text).errors.remove(0);
        assert_eq!(error("  \n "), ImportError::Nothing);
        assert_eq!(
            error("otpauth-migration://offline?data=CjE"),
            ImportError::Migration
        );
        assert_eq!(
            error("Dear sir, I could not log in today!"),
            ImportError::NotACode
        );
        let bad = OtpError::Secret(Base32Error::Letter {
            letter: '0',
            position: 5,
        });
        assert_eq!(error("KUNJ0SAMPLEQRNOTASECRET234"), ImportError::Token(bad));
    }
}
