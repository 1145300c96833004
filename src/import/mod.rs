//! Whatever a person brings, as drafts of accounts and errors, entry by entry.

mod text;

use thiserror::Error;

use crate::otp::{Otp, OtpError, OtpauthError, ParsedUri};
use crate::secret::Secret;

pub use text::{read_text, read_token_number};

/// What one code says about the account it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub otp: Otp,
    pub issuer: Option<String>,
    /// The label of the code as it stood there.
    pub name: String,
    /// The label, where it looks like a client code.
    pub client_code: Option<String>,
}

impl From<ParsedUri> for Draft {
    fn from(parsed: ParsedUri) -> Self {
        let client_code = looks_like_client_code(&parsed.name).then(|| parsed.name.clone());
        Self {
            otp: parsed.otp,
            issuer: parsed.issuer,
            name: parsed.name,
            client_code,
        }
    }
}

/// The shape seen in the field: one to five capitals, three to ten digits.
#[must_use]
pub fn looks_like_client_code(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let capitals = text.len() - digits.len();
    (1..=5).contains(&capitals)
        && (3..=10).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Why one entry gave no draft. Never holds the entry.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImportError {
    #[error("Nothing was given. Bring the QR code, its otpauth link, or the token number.")]
    Nothing,
    #[error(
        "This QR code is a web link{}, not a TOTP code. \
         The right one is on the enable-TOTP page, after the client code, PIN and OTP were entered.",
        host(.0.as_ref())
    )]
    WebLink(Option<String>),
    #[error(
        "This is an export of Google Authenticator, which Kunji cannot read yet. \
         Save the QR code of AngelOne's enable-TOTP page and bring that."
    )]
    Migration,
    #[error(
        "This text is no TOTP code. Bring the QR code of AngelOne's enable-TOTP page, \
         or the token number under it."
    )]
    NotACode,
    #[error("{0}")]
    Otpauth(#[from] OtpauthError),
    #[error("{0}")]
    Token(#[from] OtpError),
}

fn host(host: Option<&String>) -> String {
    host.map(|host| format!(" to {host}")).unwrap_or_default()
}

/// What was made of everything that was brought: one bad entry stops no other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    pub drafts: Vec<Draft>,
    pub errors: Vec<ImportError>,
}

/// Reads the texts of the QR codes of one picture.
#[must_use]
pub fn read_codes(texts: &[Secret]) -> Imported {
    let mut imported = Imported::default();
    for text in texts {
        match text::read_code(text.expose()) {
            Ok(draft) if imported.drafts.contains(&draft) => {}
            Ok(draft) => imported.drafts.push(draft),
            Err(error) => imported.errors.push(error),
        }
    }
    imported
}
