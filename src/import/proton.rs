//! Proton Authenticator: JSON, plain or AES-256-GCM under Argon2id.
//!
//! Source: Proton's `proton-authenticator` crate, its exporters. The costs are
//! fixed: 19 MiB, two passes, one lane. The nonce stands before the text.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::crypto::{argon2id, base64, open_gcm};
use super::entry::{Label, Made, gather, make_from_text};
use super::json::{self, Text};
use super::{Format, ImportError, Imported};
use crate::secret::Secret;

const FORMAT: Format = Format::Proton;
const MEMORY_KIB: u64 = 19 * 1024;
const PASSES: u32 = 2;
const NONCE: usize = 12;
const BESIDE: &[u8] = b"proton.authenticator.export.v1";

#[derive(Deserialize)]
struct Encrypted {
    #[serde(default)]
    salt: Text,
    #[serde(default)]
    content: Text,
}

#[derive(Deserialize)]
struct Plain<'a> {
    #[serde(borrow)]
    entries: &'a RawValue,
}

#[derive(Deserialize)]
struct Wire {
    content: Content,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    uri: Text,
    #[serde(default)]
    name: Text,
}

pub fn read(entries: &RawValue) -> Result<Imported, ImportError> {
    let entries = json::list(entries, FORMAT)?;
    let gathered = gather(&entries, |entry| json::entry(entry, make))?;
    gathered.some_of(FORMAT)
}

pub fn read_encrypted(text: &str, password: Option<&Secret>) -> Result<Imported, ImportError> {
    let damaged = || ImportError::Damaged(FORMAT);
    let export: Encrypted = json::parse(text, FORMAT)?;
    // Many things have a "content"; without a salt it is none of Proton's.
    let salt = export.salt.get().ok_or(ImportError::Unknown)?;
    let salt = base64(salt).ok_or_else(damaged)?;
    let content = export.content.get().and_then(base64).ok_or_else(damaged)?;
    let (nonce, sealed) = content.split_at_checked(NONCE).ok_or_else(damaged)?;
    let password = password.ok_or(ImportError::NeedsPassword(FORMAT))?;
    let key = argon2id(password, &salt, MEMORY_KIB, PASSES, 1).map_err(|e| e.of(FORMAT))?;
    let plain = open_gcm(&*key, nonce, sealed, BESIDE).ok_or(ImportError::WrongPassword(FORMAT))?;
    let plain = std::str::from_utf8(&plain).map_err(|_| damaged())?;
    read(json::parse::<Plain<'_>>(plain, FORMAT)?.entries)
}

fn make(wire: &Wire) -> Made {
    let beside = Label {
        issuer: None,
        name: wire.content.name.owned().unwrap_or_default(),
    };
    match wire.content.uri.get() {
        Some(uri) => make_from_text(uri, beside),
        None => (beside, Err(ImportError::NoSecret)),
    }
}
