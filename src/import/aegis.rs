//! Aegis: plain JSON, or AES-256-GCM under a master key in slots.
//!
//! Source: Aegis, "docs/vault.md". Each slot of the kind "password" holds the
//! master key, sealed with a key that scrypt makes of the password.

use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::crypto::{Plain, base64, hex, open_gcm, scrypt};
use super::entry::{Entry, Label, Made, gather};
use super::json::{self, Text};
use super::{Format, ImportError, Imported};
use crate::secret::Secret;

const FORMAT: Format = Format::Aegis;
const PASSWORD_SLOT: u32 = 1;
/// Each costs a key derivation; Aegis itself makes one, or one more for backups.
const MAX_SLOTS: usize = 4;

#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    slots: Option<Vec<Slot>>,
    #[serde(default)]
    params: Option<Sealed>,
}

#[derive(Deserialize)]
struct Sealed {
    nonce: String,
    tag: String,
}

#[derive(Deserialize)]
struct Slot {
    #[serde(rename = "type")]
    kind: u32,
    #[serde(default)]
    key: Text,
    key_params: Option<Sealed>,
    #[serde(default)]
    n: u64,
    #[serde(default)]
    r: u32,
    #[serde(default)]
    p: u32,
    #[serde(default)]
    salt: String,
}

#[derive(Deserialize)]
struct Db<'a> {
    #[serde(borrow)]
    entries: &'a RawValue,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type", default)]
    kind: Text,
    #[serde(default)]
    name: Text,
    #[serde(default)]
    issuer: Text,
    #[serde(default)]
    info: Info,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Info {
    secret: Text,
    algo: Text,
    digits: Text,
    period: Text,
}

pub fn read(
    header: Option<&RawValue>,
    db: &RawValue,
    password: Option<&Secret>,
) -> Result<Imported, ImportError> {
    if !db.get().starts_with('"') {
        return entries(db.get());
    }
    let header = header.ok_or(ImportError::Damaged(FORMAT))?;
    let header: Header = json::parse(header.get(), FORMAT)?;
    let sealed = Zeroizing::new(json::parse::<String>(db.get(), FORMAT)?);
    let sealed = base64(&sealed).ok_or(ImportError::Damaged(FORMAT))?;
    let params = header.params.ok_or(ImportError::Damaged(FORMAT))?;
    let slots: Vec<Slot> = header.slots.unwrap_or_default();
    let slots: Vec<Slot> = slots
        .into_iter()
        .filter(|s| s.kind == PASSWORD_SLOT)
        .collect();
    if slots.is_empty() {
        return Err(ImportError::Elsewhere(FORMAT));
    }
    let password = password.ok_or(ImportError::NeedsPassword(FORMAT))?;
    for slot in slots.iter().take(MAX_SLOTS) {
        if let Some(master) = slot.open(password)? {
            let plain = open(&master, &params, &sealed).ok_or(ImportError::Damaged(FORMAT))?;
            let plain = std::str::from_utf8(&plain).map_err(|_| ImportError::Damaged(FORMAT))?;
            return entries(plain);
        }
    }
    Err(ImportError::WrongPassword(FORMAT))
}

impl Slot {
    fn open(&self, password: &Secret) -> Result<Option<Plain>, ImportError> {
        let damaged = ImportError::Damaged(FORMAT);
        let salt = hex(&self.salt).ok_or_else(|| damaged.clone())?;
        let sealed = self
            .key
            .get()
            .and_then(hex)
            .ok_or_else(|| damaged.clone())?;
        let params = self.key_params.as_ref().ok_or(damaged)?;
        let key = scrypt(password, &salt, self.n, self.r, self.p).map_err(|e| e.of(FORMAT))?;
        Ok(open(&*key, params, &sealed))
    }
}

/// The tag stands in the parameters, not behind the text.
fn open(key: &[u8], params: &Sealed, sealed: &[u8]) -> Option<Plain> {
    let with_tag = [sealed, &hex(&params.tag)?].concat();
    open_gcm(key, &hex(&params.nonce)?, &with_tag, &[])
}

fn entries(db: &str) -> Result<Imported, ImportError> {
    let db: Db<'_> = json::parse(db, FORMAT)?;
    let entries = json::list(db.entries, FORMAT)?;
    let gathered = gather(&entries, |entry| json::entry(entry, make))?;
    gathered.some_of(FORMAT)
}

fn make(wire: &Wire) -> Made {
    let entry = Entry {
        label: Label {
            issuer: wire.issuer.owned(),
            name: wire.name.owned().unwrap_or_default(),
        },
        kind: wire.kind.owned(),
        secret: wire.info.secret.secret(),
        algorithm: wire.info.algo.owned(),
        digits: wire.info.digits.owned(),
        period: wire.info.period.owned(),
    };
    entry.make()
}
