//! Ente Auth, encrypted: Argon2id and a secretstream. Plain, it is otpauth
//! links, one to a line.
//!
//! Source: Ente, "Auth Encrypted Export format", version 1. `memLimit` is bytes,
//! `opsLimit` passes, as libsodium has them.

use serde::Deserialize;

use super::crypto::{argon2id, base64};
use super::json::{self, Text};
use super::{Format, ImportError, Imported, secretstream, text};
use crate::secret::Secret;

const FORMAT: Format = Format::Ente;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Export {
    kdf_params: KdfParams,
    #[serde(default)]
    encrypted_data: Text,
    #[serde(default)]
    encryption_nonce: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KdfParams {
    mem_limit: u64,
    ops_limit: u32,
    salt: Text,
}

pub fn read(text: &str, password: Option<&Secret>) -> Result<Imported, ImportError> {
    let damaged = || ImportError::Damaged(FORMAT);
    let export: Export = json::parse(text, FORMAT)?;
    let bytes = |text: &Text| text.get().and_then(base64).ok_or_else(damaged);
    let salt = bytes(&export.kdf_params.salt)?;
    let sealed = bytes(&export.encrypted_data)?;
    let header = bytes(&export.encryption_nonce)?;
    let password = password.ok_or(ImportError::NeedsPassword(FORMAT))?;
    let KdfParams {
        mem_limit,
        ops_limit,
        ..
    } = export.kdf_params;
    let key = argon2id(password, &salt, mem_limit / 1024, ops_limit, 1);
    let key = key.map_err(|e| e.of(FORMAT))?;
    let plain =
        secretstream::open(&key, &header, &sealed).ok_or(ImportError::WrongPassword(FORMAT))?;
    let plain = std::str::from_utf8(&plain).map_err(|_| damaged())?;
    text::read_links(plain, "Entry").some_of(FORMAT)
}
