//! Google Authenticator's export: `otpauth-migration://offline?data=…`, one or
//! several QR codes of base64 of protobuf.
//!
//! Source: the messages as they were worked out by dim13/otpauth and others;
//! Google publishes none.

use data_encoding::BASE32_NOPAD;
use percent_encoding::percent_decode_str;
use prost::Message;
use zeroize::{Zeroize as _, Zeroizing};

use super::crypto::{Plain, base64};
use super::entry::{Entry, Gathered, Label, MAX_ENTRIES, Made};
use super::{Format, ImportError};
use crate::secret::Secret;

const FORMAT: Format = Format::GoogleAuthenticator;
const MAX_PARTS: u32 = 1_000;

/// The entries stay bytes: each is decoded by itself, so that one bad one
/// costs no other.
#[derive(Clone, PartialEq, Message)]
struct Payload {
    #[prost(bytes = "vec", repeated, tag = "1")]
    entries: Vec<Vec<u8>>,
    #[prost(int32, tag = "3")]
    batch_size: i32,
    #[prost(int32, tag = "4")]
    batch_index: i32,
    #[prost(int32, tag = "5")]
    batch_id: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Parameters {
    #[prost(bytes = "vec", tag = "1")]
    secret: Vec<u8>,
    /// Bytes, for a name that is no UTF-8 is still a name.
    #[prost(bytes = "vec", tag = "2")]
    name: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    issuer: Vec<u8>,
    #[prost(int32, tag = "4")]
    algorithm: i32,
    #[prost(int32, tag = "5")]
    digits: i32,
    #[prost(int32, tag = "6")]
    kind: i32,
}

/// One QR code of an export.
pub struct Part {
    entries: Vec<Vec<u8>>,
    batch: i32,
    /// Counted from 0.
    index: u32,
    of: u32,
}

impl Part {
    pub fn parse(uri: &str) -> Result<Self, ImportError> {
        let data = data(uri).ok_or(ImportError::Damaged(FORMAT))?;
        let payload = Payload::decode(data.as_slice()).map_err(|_| ImportError::Damaged(FORMAT))?;
        let of = u32::try_from(payload.batch_size.max(1)).unwrap_or(1);
        let index = u32::try_from(payload.batch_index).unwrap_or(u32::MAX);
        if index >= of || of > MAX_PARTS {
            return Err(ImportError::Damaged(FORMAT));
        }
        Ok(Self {
            entries: payload.entries,
            batch: payload.batch_id,
            index,
            of,
        })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.entries.zeroize();
    }
}

/// The parameter as the phones write it (percent-encoded base64), and as other
/// programs pass it on: bare, with spaces for `+`, in the alphabet for URLs.
fn data(uri: &str) -> Option<Plain> {
    let (_, query) = uri.split_once('?')?;
    let value = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("data="))?;
    let text = Zeroizing::new(percent_decode_str(value).collect::<Vec<u8>>());
    let text = std::str::from_utf8(&text).ok()?.trim();
    let plain = |c| match c {
        ' ' | '-' => '+',
        '_' => '/',
        c => c,
    };
    let text = Zeroizing::new(text.chars().map(plain).collect::<String>());
    base64(&text).filter(|data| !data.is_empty())
}

/// Takes the parts of one or several exports into `gathered`, in their order,
/// and tells which are missing.
pub fn gather(mut parts: Vec<Part>, gathered: &mut Gathered) {
    parts.sort_by_key(|part| (part.batch, part.of, part.index));
    // The same picture may have been brought twice.
    parts.dedup_by(|a, b| {
        (a.batch, a.of, a.index) == (b.batch, b.of, b.index) && a.entries == b.entries
    });
    if parts.iter().map(|part| part.entries.len()).sum::<usize>() > MAX_ENTRIES {
        return gathered.fail(ImportError::TooMany(MAX_ENTRIES));
    }
    for export in parts.chunk_by(|a, b| (a.batch, a.of) == (b.batch, b.of)) {
        let of = export.first().map_or(1, |part| part.of);
        for part in export {
            for (number, entry) in (1..).zip(&part.entries) {
                let place = if of > 1 {
                    format!("Part {}, entry {number}", part.index + 1)
                } else {
                    format!("Entry {number}")
                };
                gathered.add(&place, make(entry));
            }
        }
        let there = |index: &u32| export.iter().any(|part| part.index == *index);
        let missing: Vec<u32> = (0..of).filter(|i| !there(i)).map(|i| i + 1).collect();
        if !missing.is_empty() {
            gathered.fail(ImportError::PartsMissing { missing, of });
        } else if export.iter().all(|part| part.entries.is_empty()) {
            gathered.fail(ImportError::NoCodes(FORMAT));
        }
    }
}

fn make(entry: &Vec<u8>) -> Made {
    let Ok(wire) = Parameters::decode(entry.as_slice()) else {
        return (Label::default(), Err(ImportError::Entry));
    };
    let secret = Zeroizing::new(wire.secret);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let (issuer, name) = (text(&wire.issuer), text(&wire.name));
    // As in otpauth URIs, the name may begin with the issuer.
    let (prefix, name) = match name.split_once(':') {
        Some((prefix, rest)) => (prefix.trim().to_owned(), rest.trim().to_owned()),
        None => (String::new(), name),
    };
    let issuer = Some(issuer).filter(|i| !i.is_empty());
    let label = Label {
        issuer: issuer.or_else(|| Some(prefix).filter(|p| !p.is_empty())),
        name,
    };
    let entry = Entry {
        label,
        kind: match wire.kind {
            0 | 2 => None,
            1 => Some("HOTP".to_owned()),
            other => Some(other.to_string()),
        },
        secret: Secret::new(BASE32_NOPAD.encode(&secret)),
        algorithm: match wire.algorithm {
            0 => None,
            1 => Some("SHA1".to_owned()),
            2 => Some("SHA256".to_owned()),
            3 => Some("SHA512".to_owned()),
            4 => Some("MD5".to_owned()),
            other => Some(other.to_string()),
        },
        digits: match wire.digits {
            0 => None,
            1 => Some("6".to_owned()),
            2 => Some("8".to_owned()),
            // An unknown sign for a number, not the number itself.
            other => Some(format!("kind {other}")),
        },
        period: None,
    };
    entry.make()
}
