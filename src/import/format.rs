//! Which program a file is from: told by what is in it, never by its name.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ImportError, Imported};
use super::{aegis, andotp, bitwarden, ente, freeotp, keepassxc, proton, text, twofas};
use crate::secret::Secret;

/// Where a backup comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    GoogleAuthenticator,
    Aegis,
    TwoFas,
    AndOtp,
    Ente,
    Proton,
    Bitwarden,
    FreeOtpPlus,
    KeePassXc,
    /// otpauth links, one to a line.
    Links,
}

impl Format {
    /// Those that make files, as a sentence has them.
    pub(super) const LIST: &str = "Aegis, 2FAS, andOTP, Ente Auth, Proton Authenticator, \
         Bitwarden, FreeOTP+ and KeePassXC";

    /// The program's own name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GoogleAuthenticator => "Google Authenticator",
            Self::Aegis => "Aegis",
            Self::TwoFas => "2FAS",
            Self::AndOtp => "andOTP",
            Self::Ente => "Ente Auth",
            Self::Proton => "Proton Authenticator",
            Self::Bitwarden => "Bitwarden",
            Self::FreeOtpPlus => "FreeOTP+",
            Self::KeePassXc => "KeePassXC",
            Self::Links => "otpauth links",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the formats have at their top, each unlike the others'.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct Top<'a> {
    /// Aegis.
    #[serde(borrow)]
    pub header: Option<&'a RawValue>,
    pub db: Option<&'a RawValue>,
    /// 2FAS.
    pub services: Option<&'a RawValue>,
    pub services_encrypted: Option<&'a RawValue>,
    /// `FreeOTP+`.
    pub tokens: Option<&'a RawValue>,
    /// Ente Auth.
    pub kdf_params: Option<&'a RawValue>,
    /// Proton Authenticator; `content` is encrypted.
    pub entries: Option<&'a RawValue>,
    pub content: Option<&'a RawValue>,
    /// Bitwarden.
    pub items: Option<&'a RawValue>,
    pub encrypted: Option<&'a RawValue>,
}

/// The names above as they stand in a file that is cut off.
const MARKS: [(&str, Format); 8] = [
    ("\"kdfParams\"", Format::Ente),
    ("\"servicesEncrypted\"", Format::TwoFas),
    ("\"services\"", Format::TwoFas),
    ("\"issuerExt\"", Format::FreeOtpPlus),
    ("\"encKeyValidation_DO_NOT_EDIT\"", Format::Bitwarden),
    ("\"items\"", Format::Bitwarden),
    ("\"key_params\"", Format::Aegis),
    ("\"db\"", Format::Aegis),
];

/// Reads a file that is no picture: a backup of another program, or links.
///
/// Deriving a key from the password may take seconds and a gibibyte.
///
/// # Errors
/// Where the file as a whole cannot be read, among them
/// [`ImportError::NeedsPassword`] and [`ImportError::WrongPassword`]. What is
/// wrong with single entries is in [`Imported::errors`].
pub fn read_bytes(bytes: &[u8], password: Option<&Secret>) -> Result<Imported, ImportError> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return andotp::read_encrypted(bytes, password);
    };
    // Some programs start a file with a mark that is no part of it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(ImportError::Nothing);
    }
    if let Some(result) = read_backup(text, password) {
        return result;
    }
    if text.contains('\0') {
        return andotp::read_encrypted(bytes, password);
    }
    text::read_file(text)
}

/// A backup that is text; `None` where this is none.
pub fn read_backup(text: &str, password: Option<&Secret>) -> Option<Result<Imported, ImportError>> {
    let text = text.trim();
    if text.starts_with('{') {
        return Some(read_object(text, password));
    }
    if text.starts_with('[') {
        return Some(andotp::read(text));
    }
    let first_line = text.lines().next().unwrap_or_default();
    bitwarden::read_csv(text, first_line).or_else(|| keepassxc::read_csv(text, first_line))
}

fn read_object(text: &str, password: Option<&Secret>) -> Result<Imported, ImportError> {
    let Ok(top) = serde_json::from_str::<Top<'_>>(text) else {
        let mark = MARKS.into_iter().find(|(mark, _)| text.contains(mark));
        return Err(mark.map_or(ImportError::Unknown, |(_, f)| ImportError::Damaged(f)));
    };
    if top.kdf_params.is_some() {
        return ente::read(text, password);
    }
    if let Some(sealed) = top.services_encrypted {
        return twofas::read_encrypted(sealed, password);
    }
    if let Some(services) = top.services {
        return twofas::read(services);
    }
    if let Some(tokens) = top.tokens {
        return freeotp::read(tokens);
    }
    if let Some(db) = top.db {
        return aegis::read(top.header, db, password);
    }
    if top.items.is_some() || top.encrypted.is_some() {
        return bitwarden::read(text, password);
    }
    if let Some(entries) = top.entries {
        return proton::read(entries);
    }
    if top.content.is_some() {
        return proton::read_encrypted(text, password);
    }
    Err(ImportError::Unknown)
}
