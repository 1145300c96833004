//! FreeOTP+: JSON, never encrypted.
//!
//! Source: its `Token.kt` and Aegis's importer. The secret is a list of
//! signed bytes; Steam's codes are told by their issuer.

use data_encoding::BASE32_NOPAD;
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::entry::{Entry, Label, Made, gather};
use super::json::{self, Text};
use super::{Format, ImportError, Imported};
use crate::secret::Secret;

const FORMAT: Format = Format::FreeOtpPlus;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow, default)]
    secret: Option<&'a RawValue>,
    /// The issuer that is shown, and the one of the code itself.
    #[serde(default)]
    issuer_ext: Text,
    #[serde(default)]
    issuer_int: Text,
    #[serde(default)]
    label: Text,
    #[serde(default)]
    algo: Text,
    #[serde(default)]
    digits: Text,
    #[serde(default)]
    period: Text,
    #[serde(rename = "type", default)]
    kind: Text,
}

pub fn read(tokens: &RawValue) -> Result<Imported, ImportError> {
    let tokens = json::list(tokens, FORMAT)?;
    let gathered = gather(&tokens, |token| json::entry(token, make))?;
    gathered.some_of(FORMAT)
}

fn make(wire: &Wire<'_>) -> Made {
    let is_steam = [&wire.issuer_ext, &wire.issuer_int]
        .into_iter()
        .any(|issuer| issuer.get() == Some("Steam"));
    let kind = wire.kind.owned();
    let is_totp = kind
        .as_deref()
        .is_none_or(|kind| kind.eq_ignore_ascii_case("totp"));
    let label = Label {
        issuer: wire.issuer_ext.owned().or_else(|| wire.issuer_int.owned()),
        name: wire.label.owned().unwrap_or_default(),
    };
    let Ok(secret) = base32(wire.secret) else {
        return (label, Err(ImportError::Entry));
    };
    let entry = Entry {
        label,
        kind: if is_steam && is_totp {
            Some("steam".to_owned())
        } else {
            kind
        },
        secret,
        algorithm: wire.algo.owned(),
        digits: wire.digits.owned(),
        period: wire.period.owned(),
    };
    entry.make()
}

/// Of signed bytes, −128 to 127; unsigned ones are taken as well.
fn base32(bytes: Option<&RawValue>) -> Result<Secret, ImportError> {
    let Some(bytes) = bytes else {
        return Ok(Secret::default());
    };
    let bytes = serde_json::from_str::<Vec<i16>>(bytes.get()).map_err(|_| ImportError::Entry)?;
    let bytes = Zeroizing::new(bytes);
    let bytes = bytes.iter().map(|byte| u8::try_from(byte.rem_euclid(256)));
    let bytes: Result<Vec<u8>, _> = bytes.collect();
    let bytes = Zeroizing::new(bytes.map_err(|_| ImportError::Entry)?);
    Ok(Secret::new(BASE32_NOPAD.encode(&bytes)))
}
