//! Bitwarden: JSON, plain or with a password; and CSV.
//!
//! Source: Bitwarden, "Encrypted exports" and its security whitepaper. The
//! master key comes of PBKDF2 (SHA-256) or Argon2id, is stretched by HKDF into
//! a key for AES-256-CBC and one for HMAC-SHA256. Exports that are bound to an
//! account are opened by Bitwarden alone.

use aes::Aes256;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::crypto::{Key, Plain, argon2id, base64, pbkdf2_sha256};
use super::entry::{Gathered, Label, MAX_ENTRIES, make_from_text};
use super::json::{self, Text};
use super::table::Table;
use super::{Format, ImportError, Imported};
use crate::secret::Secret;

const FORMAT: Format = Format::Bitwarden;
const PBKDF2: u32 = 0;
const ARGON2ID: u32 = 1;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Export<'a> {
    #[serde(default)]
    encrypted: Option<bool>,
    #[serde(default)]
    password_protected: Option<bool>,
    /// Base64, but taken as the text it is.
    #[serde(default)]
    salt: Text,
    #[serde(default)]
    kdf_type: Option<u32>,
    #[serde(default)]
    kdf_iterations: Option<u32>,
    /// MiB.
    #[serde(default)]
    kdf_memory: Option<u64>,
    #[serde(default)]
    kdf_parallelism: Option<u32>,
    #[serde(default)]
    data: Text,
    #[serde(borrow, default)]
    items: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    login: Option<Login>,
}

#[derive(Deserialize)]
struct Login {
    #[serde(default)]
    username: Text,
    #[serde(default)]
    totp: Text,
}

pub fn read(text: &str, password: Option<&Secret>) -> Result<Imported, ImportError> {
    let export: Export<'_> = json::parse(text, FORMAT)?;
    if export.encrypted != Some(true) {
        return items(export.items.ok_or(ImportError::Damaged(FORMAT))?);
    }
    if export.password_protected != Some(true) {
        return Err(ImportError::Elsewhere(FORMAT));
    }
    let sealed = EncString::parse(export.data.get()).ok_or(ImportError::Damaged(FORMAT))?;
    let password = password.ok_or(ImportError::NeedsPassword(FORMAT))?;
    let master = master_key(&export, password)?;
    let plain = sealed
        .open(&master)
        .ok_or(ImportError::WrongPassword(FORMAT))?;
    let plain = std::str::from_utf8(&plain).map_err(|_| ImportError::Damaged(FORMAT))?;
    let export: Export<'_> = json::parse(plain, FORMAT)?;
    items(export.items.ok_or(ImportError::Damaged(FORMAT))?)
}

fn master_key(export: &Export<'_>, password: &Secret) -> Result<Key, ImportError> {
    let damaged = ImportError::Damaged(FORMAT);
    let salt = export.salt.get().unwrap_or_default().as_bytes();
    let rounds = export.kdf_iterations.ok_or_else(|| damaged.clone())?;
    let key = match export.kdf_type {
        Some(PBKDF2) => pbkdf2_sha256(password, salt, rounds),
        Some(ARGON2ID) => {
            let (Some(mib), Some(lanes)) = (export.kdf_memory, export.kdf_parallelism) else {
                return Err(damaged);
            };
            let salt = Sha256::digest(salt);
            argon2id(password, &salt, mib.saturating_mul(1024), rounds, lanes)
        }
        _ => return Err(damaged),
    };
    key.map_err(|e| e.of(FORMAT))
}

/// `2.iv|text|mac`, each base64.
struct EncString {
    iv: Plain,
    text: Plain,
    mac: Plain,
}

impl EncString {
    fn parse(text: Option<&str>) -> Option<Self> {
        let mut parts = text?.strip_prefix("2.")?.split('|').map(base64);
        Some(Self {
            iv: parts.next()??,
            text: parts.next()??,
            mac: parts.next()??,
        })
    }

    fn open(&self, master: &Key) -> Option<Plain> {
        let stretched = Hkdf::<Sha256>::from_prk(&**master).ok()?;
        let (mut key, mut mac_key) = (Key::default(), Key::default());
        stretched.expand(b"enc", &mut *key).ok()?;
        stretched.expand(b"mac", &mut *mac_key).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&*mac_key).ok()?;
        mac.update(&self.iv);
        mac.update(&self.text);
        mac.verify_slice(&self.mac).ok()?;
        let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&*key, &self.iv).ok()?;
        let plain = cipher.decrypt_padded_vec::<Pkcs7>(&self.text).ok()?;
        Some(Zeroizing::new(plain))
    }
}

/// Most have no TOTP secret, and are no errors.
fn items(items: &RawValue) -> Result<Imported, ImportError> {
    let items = json::list(items, FORMAT)?;
    let mut gathered = Gathered::default();
    let mut found = 0;
    for (number, item) in (1..).zip(items) {
        let place = format!("Entry {number}");
        let Ok(item) = serde_json::from_str::<Item>(item.get()) else {
            gathered.add(&place, (Label::default(), Err(ImportError::Entry)));
            continue;
        };
        let Some(login) = item.login else {
            continue;
        };
        let Some(totp) = login.totp.get() else {
            continue;
        };
        found += 1;
        if found > MAX_ENTRIES {
            return Err(ImportError::TooMany(MAX_ENTRIES));
        }
        let beside = Label {
            issuer: item.name.owned(),
            name: login.username.owned().unwrap_or_default(),
        };
        gathered.add(&place, make_from_text(totp, beside));
    }
    gathered.some_of(FORMAT)
}

/// `None` where this is no CSV of Bitwarden's.
pub fn read_csv(text: &str, first_line: &str) -> Option<Result<Imported, ImportError>> {
    let columns = ["name", "login_username", "login_totp"];
    first_line
        .contains("login_totp")
        .then(|| Table::read(text, columns, FORMAT))?
        .transpose()
}
