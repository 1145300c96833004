//! What can be wrong with a source, or with one entry of it.

use std::fmt;

use thiserror::Error;

use super::Format;
use crate::otp::{OtpError, OtpauthError};

/// Why a source, or one entry of it, gave no draft. Never holds the entry.
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
        "This text is no TOTP code. Bring the QR code of AngelOne's enable-TOTP page, \
         or the token number under it."
    )]
    NotACode,
    #[error("{0}")]
    Otpauth(OtpauthError),
    #[error("{0}")]
    Token(#[from] OtpError),
    #[error("This is {0}, which Kunji does not do. Keep it in the program that it comes from.")]
    NotDone(NotDone),
    #[error("This entry has no secret in it. Look at it in the program that it comes from.")]
    NoSecret,
    #[error(
        "This entry is damaged, or written in a way that Kunji does not know. \
         Look at it in the program that it comes from, and export again."
    )]
    Entry,
    #[error(
        "This is no file that Kunji can read. It reads pictures of QR codes, lists of otpauth \
         links, and the backups of {}.",
        Format::LIST
    )]
    Unknown,
    #[error("This backup of {0} is damaged or cut off. Export it again.")]
    Damaged(Format),
    #[error("This backup of {0} has no TOTP code in it.")]
    NoCodes(Format),
    #[error("This backup of {0} is encrypted. Enter the password that it was made with.")]
    NeedsPassword(Format),
    #[error(
        "The password does not open this backup of {0}. Try again; if it is surely right, \
         the file is damaged: export it again."
    )]
    WrongPassword(Format),
    #[error(
        "This backup of {0} can be opened only where it was made: it is locked with that \
         account or device, and no password opens it. Export it again with a password, or \
         unencrypted."
    )]
    Elsewhere(Format),
    #[error(
        "This backup of {0} asks for more memory or time to open it than any such backup needs. \
         Kunji has not opened it. Export it again, or unencrypted."
    )]
    TooCostly(Format),
    #[error(
        "There is not enough memory to open this backup of {0}. \
         Close other programs and try again."
    )]
    NoMemory(Format),
    #[error("This holds more than {0} entries, which no authenticator does. Nothing was read.")]
    TooMany(usize),
    #[error(
        "{} of the export of Google Authenticator {}. Bring every QR code that the \
         phone shows for it.",
        parts(.missing, *.of),
        if .missing.len() == 1 { "is missing" } else { "are missing" }
    )]
    PartsMissing {
        /// Counted from 1, as the phone does.
        missing: Vec<u32>,
        of: u32,
    },
}

/// The kinds of code that other programs have and Kunji has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDone {
    Hotp,
    Motp,
    Yandex,
    /// The first letters of whatever it calls itself.
    Other(String),
}

impl fmt::Display for NotDone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hotp => f.write_str("a code that counts logins (HOTP) instead of time"),
            Self::Motp => f.write_str("a Mobile-OTP code (mOTP)"),
            Self::Yandex => f.write_str("a code of Yandex Key"),
            Self::Other(kind) => write!(f, "a code of the kind {kind:?}"),
        }
    }
}

impl From<OtpauthError> for ImportError {
    fn from(error: OtpauthError) -> Self {
        match error {
            OtpauthError::Hotp => Self::NotDone(NotDone::Hotp),
            OtpauthError::Kind(kind) => Self::NotDone(NotDone::of(&kind)),
            other => Self::Otpauth(other),
        }
    }
}

impl NotDone {
    /// By the word that the programs have for it.
    pub(super) fn of(kind: &str) -> Self {
        match kind.to_ascii_lowercase().as_str() {
            "hotp" => Self::Hotp,
            "motp" => Self::Motp,
            "yandex" | "yaotp" => Self::Yandex,
            _ => Self::Other(kind.chars().take(8).collect()),
        }
    }
}

/// What is wrong with one entry, and which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryError {
    /// As a person would say it: "Entry 3, GitHub (asha)". Empty where the
    /// whole source is meant. Never the entry's secret.
    pub entry: String,
    pub error: ImportError,
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.entry.is_empty() {
            write!(f, "{}: ", self.entry)?;
        }
        self.error.fmt(f)
    }
}

impl std::error::Error for EntryError {}

impl From<ImportError> for EntryError {
    fn from(error: ImportError) -> Self {
        Self {
            entry: String::new(),
            error,
        }
    }
}

fn host(host: Option<&String>) -> String {
    host.map(|host| format!(" to {host}")).unwrap_or_default()
}

/// `Part 2 of 3`, `Parts 2 and 3 of 5`, `Parts 1, 2 and 4 of 5`.
fn parts(missing: &[u32], of: u32) -> String {
    let numbers: Vec<String> = missing.iter().map(u32::to_string).collect();
    match numbers.split_last() {
        Some((last, [])) => format!("Part {last} of {of}"),
        Some((last, rest)) => format!("Parts {} and {last} of {of}", rest.join(", ")),
        None => format!("A part of {of}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_parts_are_told_as_a_person_would() {
        let text = |missing: &[u32]| {
            ImportError::PartsMissing {
                missing: missing.to_vec(),
                of: 5,
            }
            .to_string()
        };
        assert!(
            text(&[2]).starts_with("Part 2 of 5 of the export of Google Authenticator is missing.")
        );
        assert!(text(&[2, 3]).starts_with("Parts 2 and 3 of 5 of the export"));
        assert!(text(&[1, 2, 4]).contains("Parts 1, 2 and 4 of 5"));
    }

    #[test]
    fn an_entry_is_named_before_its_error() {
        let mut error = EntryError::from(ImportError::NotDone(NotDone::Hotp));
        assert!(
            error
                .to_string()
                .starts_with("This is a code that counts logins")
        );
        error.entry = "Entry 3, GitHub (asha)".to_owned();
        assert!(
            error
                .to_string()
                .starts_with("Entry 3, GitHub (asha): This is a code")
        );
    }
}
