//! How an account or a session is written: JSON, base64, one line of text.
//!
//! A raw newline corrupts some keyrings, hence base64. `v` is the format's
//! version: a higher one than ours is left alone, not guessed at.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::account::{Account, AccountId, BrokerKind, Credentials, Session};
use crate::otp::{Algorithm, Kind, Otp};
use crate::secret::Secret;

const VERSION: u32 = 1;

/// The item is cut off, hand-edited, or from a newer version. Says no more,
/// since anything more could be part of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct AccountWire {
    v: u32,
    revision: u32,
    label: String,
    /// `null` for a code of another service.
    #[zeroize(skip)]
    broker: Option<BrokerKind>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    issuer: String,
    client_code: String,
    secret: String,
    algorithm: String,
    digits: u8,
    period: u16,
    /// Not written for ordinary codes: an older Kunji reads those, and leaves
    /// alone what has other than 6 to 8 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api_secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    created: String,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct SessionWire {
    v: u32,
    jwt: String,
    refresh: String,
    feed: String,
    obtained: String,
}

pub fn encode_account(account: &Account) -> Result<Secret, Unreadable> {
    let text = |s: &Option<Secret>| s.as_ref().map(|s| s.expose().to_owned());
    to_line(&AccountWire {
        v: VERSION,
        revision: account.revision,
        label: account.label.clone(),
        broker: account.broker,
        issuer: account.issuer.clone(),
        client_code: account.client_code.clone(),
        secret: account.otp.secret().expose().to_owned(),
        algorithm: account.otp.algorithm().name().to_owned(),
        digits: account.otp.digits(),
        period: account.otp.period(),
        kind: match account.otp.kind() {
            Kind::Totp => None,
            kind @ Kind::Steam => Some(kind.name().to_owned()),
        },
        pin: text(&account.credentials.pin),
        api_key: text(&account.credentials.api_key),
        api_secret: text(&account.credentials.api_secret),
        redirect_url: account.credentials.redirect_url.clone(),
        created: account.created.to_string(),
    })
}

pub fn decode_account(id: AccountId, line: &Secret) -> Result<Account, Unreadable> {
    let mut wire: AccountWire = from_line(line)?;
    if wire.v != VERSION {
        return Err(Unreadable);
    }
    let otp = otp(&wire)?;
    Ok(Account {
        id,
        revision: wire.revision,
        label: std::mem::take(&mut wire.label),
        broker: wire.broker,
        issuer: std::mem::take(&mut wire.issuer),
        client_code: std::mem::take(&mut wire.client_code),
        otp,
        credentials: Credentials {
            pin: wire.pin.take().map(Secret::new),
            api_key: wire.api_key.take().map(Secret::new),
            api_secret: wire.api_secret.take().map(Secret::new),
            redirect_url: wire.redirect_url.take(),
        },
        created: timestamp(&wire.created)?,
    })
}

fn otp(wire: &AccountWire) -> Result<Otp, Unreadable> {
    let algorithm = Algorithm::from_name(&wire.algorithm).ok_or(Unreadable)?;
    let kind = wire
        .kind
        .as_deref()
        .map_or(Some(Kind::Totp), Kind::from_name);
    let otp = match kind.ok_or(Unreadable)? {
        Kind::Totp => Otp::new(&wire.secret, algorithm, wire.digits, wire.period),
        Kind::Steam => Otp::steam(&wire.secret),
    };
    otp.map_err(|_| Unreadable)
}

pub fn encode_session(session: &Session) -> Result<Secret, Unreadable> {
    to_line(&SessionWire {
        v: VERSION,
        jwt: session.jwt.expose().to_owned(),
        refresh: session.refresh.expose().to_owned(),
        feed: session.feed.expose().to_owned(),
        obtained: session.obtained.to_string(),
    })
}

pub fn decode_session(line: &Secret) -> Result<Session, Unreadable> {
    let mut wire: SessionWire = from_line(line)?;
    if wire.v != VERSION {
        return Err(Unreadable);
    }
    Ok(Session {
        obtained: timestamp(&wire.obtained)?,
        jwt: Secret::new(std::mem::take(&mut wire.jwt)),
        refresh: Secret::new(std::mem::take(&mut wire.refresh)),
        feed: Secret::new(std::mem::take(&mut wire.feed)),
    })
}

fn timestamp(text: &str) -> Result<Timestamp, Unreadable> {
    text.parse().map_err(|_| Unreadable)
}

fn to_line(wire: &impl Serialize) -> Result<Secret, Unreadable> {
    // Room for all of it at once: growing would leave copies behind.
    let mut json = Zeroizing::new(Vec::with_capacity(8 * 1024));
    serde_json::to_writer(&mut *json, wire).map_err(|_| Unreadable)?;
    Ok(Secret::new(STANDARD.encode(&*json)))
}

fn from_line<T: DeserializeOwned>(line: &Secret) -> Result<T, Unreadable> {
    let json = STANDARD
        .decode(line.expose().trim())
        .map_err(|_| Unreadable)?;
    let json = Zeroizing::new(json);
    // serde's own error quotes what it read: it is dropped.
    serde_json::from_slice(&json).map_err(|_| Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn account() -> Account {
        let mut account = Account::new(Otp::new("MFRGGZDF", Algorithm::Sha256, 8, 60).unwrap());
        account.label = "Asha's account ✓".into();
        account.client_code = "A123456".into();
        account.revision = 7;
        account.credentials = Credentials {
            pin: Some(Secret::from("0042")),
            api_key: Some(Secret::from("kNj5amp1")),
            api_secret: None,
            redirect_url: Some("http://127.0.0.1:5000/angel/callback".into()),
        };
        account
    }

    #[test]
    fn accounts_come_back_whole() {
        let account = account();
        let line = encode_account(&account).unwrap();
        assert!(!line.expose().contains('\n'));
        assert_eq!(decode_account(account.id, &line).unwrap(), account);
    }

    /// What was saved before Steam's codes were known is read, and ordinary
    /// accounts are written as they were then, to the byte.
    #[test]
    fn the_kind_is_written_for_steam_alone() {
        let account = account();
        let before = format!(
            "{{\"v\":1,\"revision\":7,\"label\":\"Asha's account ✓\",\"broker\":\"angelone\",\
             \"client_code\":\"A123456\",\"secret\":\"MFRGGZDF\",\"algorithm\":\"SHA256\",\
             \"digits\":8,\"period\":60,\"pin\":\"0042\",\"api_key\":\"kNj5amp1\",\
             \"redirect_url\":\"http://127.0.0.1:5000/angel/callback\",\"created\":\"{}\"}}",
            account.created
        );
        let line = encode_account(&account).unwrap();
        assert_eq!(line.expose(), STANDARD.encode(&before));

        let mut steam = account;
        steam.otp = Otp::steam("MFRGGZDF").unwrap();
        let line = encode_account(&steam).unwrap();
        assert_eq!(decode_account(steam.id, &line).unwrap(), steam);
        let json = String::from_utf8(STANDARD.decode(line.expose()).unwrap()).unwrap();
        assert!(json.contains("\"digits\":5,\"period\":30,\"kind\":\"steam\""));
        let unknown = STANDARD.encode(json.replace("steam", "motp"));
        let unknown = decode_account(steam.id, &Secret::from(unknown.as_str()));
        assert_eq!(unknown, Err(Unreadable));
    }

    #[test]
    fn sessions_come_back_whole() {
        let session = Session {
            jwt: Secret::from("a.b.c"),
            refresh: Secret::from("d.e.f"),
            feed: Secret::from("123"),
            obtained: Timestamp::from_second(1_800_000_000).unwrap(),
        };
        let line = encode_session(&session).unwrap();
        assert_eq!(decode_session(&line).unwrap(), session);
    }

    /// A record from a newer Kunji is not guessed at, nor a cut one panicked over.
    #[test]
    fn newer_and_damaged_records_are_unreadable() {
        let id = AccountId::random();
        let line = encode_account(&account()).unwrap();
        let json = String::from_utf8(STANDARD.decode(line.expose()).unwrap()).unwrap();
        let newer = STANDARD.encode(json.replacen("\"v\":1", "\"v\":2", 1));
        for bad in [
            newer.as_str(),
            &line.expose()[..40],
            "",
            "not base64!",
            "e30=",
        ] {
            assert_eq!(decode_account(id, &Secret::from(bad)), Err(Unreadable));
        }
    }
}
