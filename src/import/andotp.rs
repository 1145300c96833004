//! andOTP: a JSON list, plain or as AES-256-GCM of two generations.
//!
//! Source: andOTP's README, "Backup format", and Aegis's importer. Encrypted it
//! is bytes without any mark: rounds (4, big-endian), salt (12), nonce (12),
//! text with tag; the key by PBKDF2 with SHA-1. Before version 0.6.3: nonce and
//! text alone, the key being the password's SHA-256.

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::crypto::{Plain, open_gcm, pbkdf2_sha1};
use super::entry::{Entry, Label, Made, gather};
use super::json::{self, Text};
use super::{Format, ImportError, Imported};
use crate::secret::Secret;

const FORMAT: Format = Format::AndOtp;
const NONCE: usize = 12;
const SALT: usize = 12;
/// andOTP draws 140,000 to 160,000; a number outside is another kind of file.
const ROUNDS: std::ops::RangeInclusive<u32> = 1_000..=5_000_000;

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    secret: Text,
    #[serde(default)]
    issuer: Option<Text>,
    #[serde(default)]
    label: Text,
    #[serde(default)]
    digits: Text,
    #[serde(default)]
    period: Text,
    #[serde(rename = "type", default)]
    kind: Text,
    #[serde(default)]
    algorithm: Text,
}

pub fn read(text: &str) -> Result<Imported, ImportError> {
    let entries: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| {
        // Any list may begin like this: only its own words tell whose it is.
        if text.contains("\"secret\"") {
            ImportError::Damaged(FORMAT)
        } else {
            ImportError::Unknown
        }
    })?;
    if !entries.is_empty()
        && !entries
            .iter()
            .any(|entry| entry.get().contains("\"secret\""))
    {
        return Err(ImportError::Unknown);
    }
    let gathered = gather(&entries, |entry| json::entry(entry, make))?;
    gathered.some_of(FORMAT)
}

pub fn read_encrypted(bytes: &[u8], password: Option<&Secret>) -> Result<Imported, ImportError> {
    let new = bytes.split_first_chunk::<4>();
    let new = new.map(|(rounds, rest)| (u32::from_be_bytes(*rounds), rest));
    let new =
        new.filter(|(rounds, rest)| ROUNDS.contains(rounds) && rest.len() > SALT + NONCE + 16);
    let password = match (password, &new) {
        (Some(password), _) => password,
        (None, Some(_)) => return Err(ImportError::NeedsPassword(FORMAT)),
        (None, None) => return Err(ImportError::Unknown),
    };
    let wrong = if new.is_some() {
        ImportError::WrongPassword(FORMAT)
    } else {
        ImportError::Unknown
    };
    let plain = match new {
        Some((rounds, rest)) => open_new(rounds, rest, password)?,
        None => None,
    };
    let plain = plain.or_else(|| open_old(bytes, password)).ok_or(wrong)?;
    read(std::str::from_utf8(&plain).map_err(|_| ImportError::Damaged(FORMAT))?)
}

fn open_new(rounds: u32, rest: &[u8], password: &Secret) -> Result<Option<Plain>, ImportError> {
    let Some((salt, rest)) = rest.split_at_checked(SALT) else {
        return Ok(None);
    };
    let key = pbkdf2_sha1(password, salt, rounds).map_err(|e| e.of(FORMAT))?;
    let parts = rest.split_at_checked(NONCE);
    Ok(parts.and_then(|(nonce, sealed)| open_gcm(&*key, nonce, sealed, &[])))
}

fn open_old(bytes: &[u8], password: &Secret) -> Option<Plain> {
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let key = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(password.expose())));
    open_gcm(&*key, nonce, sealed, &[])
}

fn make(wire: &Wire) -> Made {
    let label = wire.label.owned().unwrap_or_default();
    // Before it had issuers, andOTP wrote both into the label.
    let label = match (&wire.issuer, label.split_once(" - ")) {
        (None, Some((issuer, name))) => Label {
            issuer: Some(issuer.to_owned()),
            name: name.to_owned(),
        },
        (issuer, _) => Label {
            issuer: issuer.as_ref().and_then(Text::owned),
            name: label,
        },
    };
    let entry = Entry {
        label,
        kind: wire.kind.owned(),
        secret: wire.secret.secret(),
        algorithm: wire.algorithm.owned(),
        digits: wire.digits.owned(),
        period: wire.period.owned(),
    };
    entry.make()
}
