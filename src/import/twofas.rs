//! 2FAS: JSON, its list of services plain or AES-256-GCM under PBKDF2.
//!
//! Source: 2FAS's backup files and Aegis's importer of them. Encrypted, the
//! list is `ciphertext:salt:nonce`, each base64; PBKDF2 with SHA-256, 10,000
//! rounds.

use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::crypto::{base64, open_gcm, pbkdf2_sha256};
use super::entry::{Entry, Label, Made, gather};
use super::json::{self, Text};
use super::{Format, ImportError, Imported};
use crate::secret::Secret;

const FORMAT: Format = Format::TwoFas;
const ROUNDS: u32 = 10_000;

#[derive(Deserialize)]
struct Wire {
    /// The service's name, which a person may have changed.
    #[serde(default)]
    name: Text,
    #[serde(default)]
    secret: Text,
    #[serde(default)]
    otp: Otp,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Otp {
    label: Text,
    account: Text,
    issuer: Text,
    digits: Text,
    period: Text,
    algorithm: Text,
    token_type: Text,
}

pub fn read(services: &RawValue) -> Result<Imported, ImportError> {
    let services = json::list(services, FORMAT)?;
    let gathered = gather(&services, |service| json::entry(service, make))?;
    gathered.some_of(FORMAT)
}

pub fn read_encrypted(
    sealed: &RawValue,
    password: Option<&Secret>,
) -> Result<Imported, ImportError> {
    let damaged = || ImportError::Damaged(FORMAT);
    let sealed = Zeroizing::new(json::parse::<String>(sealed.get(), FORMAT)?);
    let mut parts = sealed.split(':').map(base64);
    let mut next = || parts.next().flatten().ok_or_else(damaged);
    let (sealed, salt, nonce) = (next()?, next()?, next()?);
    let password = password.ok_or(ImportError::NeedsPassword(FORMAT))?;
    let key = pbkdf2_sha256(password, &salt, ROUNDS).map_err(|e| e.of(FORMAT))?;
    let plain = open_gcm(&*key, &nonce, &sealed, &[]).ok_or(ImportError::WrongPassword(FORMAT))?;
    let plain = std::str::from_utf8(&plain).map_err(|_| damaged())?;
    read(json::parse(plain, FORMAT)?)
}

fn make(wire: &Wire) -> Made {
    let otp = &wire.otp;
    let entry = Entry {
        label: Label {
            issuer: otp.issuer.owned().or_else(|| wire.name.owned()),
            name: otp
                .account
                .owned()
                .or_else(|| otp.label.owned())
                .unwrap_or_default(),
        },
        kind: otp.token_type.owned(),
        secret: wire.secret.secret(),
        algorithm: otp.algorithm.owned(),
        digits: otp.digits.owned(),
        period: otp.period.owned(),
    };
    entry.make()
}
