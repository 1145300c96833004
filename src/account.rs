//! The nouns: an account, what logs it in, and the session that comes of it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::otp::Otp;
use crate::secret::Secret;

/// Names an account for ever; says nothing about its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(Uuid);

impl AccountId {
    /// A new random id.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for AccountId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self)
    }
}

/// Which broker an account is with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BrokerKind {
    AngelOne,
}

impl BrokerKind {
    /// As people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AngelOne => "AngelOne",
        }
    }

    /// Two letters for the badge.
    #[must_use]
    pub const fn initials(self) -> &'static str {
        match self {
            Self::AngelOne => "A1",
        }
    }

    /// The broker that a code's issuer names, however it is spelled.
    #[must_use]
    pub fn of_issuer(issuer: &str) -> Option<Self> {
        let letters = issuer.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        let spellings = ["angelone", "angelbroking", "smartapi"];
        let is_angelone = spellings.iter().any(|name| plain.contains(name));
        is_angelone.then_some(Self::AngelOne)
    }
}

/// What the broker asks for besides the code. Each may still be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The 4-digit MPIN.
    pub pin: Option<Secret>,
    pub api_key: Option<Secret>,
    /// Not used for logging in; kept for OpenAlgo.
    pub api_secret: Option<Secret>,
    pub redirect_url: Option<String>,
}

/// One login at one broker; or, without a broker, a code and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    /// Grows by one with each change of what a login sends, so that refusals
    /// are counted against what was refused and not against its repair.
    pub revision: u32,
    /// The person's own name for it.
    pub label: String,
    /// `None` for a code of some other service, which Kunji shows and no more.
    pub broker: Option<BrokerKind>,
    /// Whose code it is, as the code itself said; empty where it did not.
    pub issuer: String,
    pub client_code: String,
    pub otp: Otp,
    pub credentials: Credentials,
    pub created: Timestamp,
}

/// Something without which no login can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It is no broker's account: no login can ever be tried.
    Broker,
    ClientCode,
    Pin,
    ApiKey,
}

impl Missing {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::ClientCode => "client code",
            Self::Pin => "PIN",
            Self::ApiKey => "API key",
        }
    }
}

impl Account {
    /// A new account at AngelOne around a code, everything else still to be filled in.
    #[must_use]
    pub fn new(otp: Otp) -> Self {
        Self {
            id: AccountId::random(),
            revision: 0,
            label: String::new(),
            broker: Some(BrokerKind::AngelOne),
            issuer: String::new(),
            client_code: String::new(),
            otp,
            credentials: Credentials::default(),
            created: Timestamp::now(),
        }
    }

    /// The label, or what else there is to call it by.
    #[must_use]
    pub fn name(&self) -> &str {
        let names = [&self.label, &self.client_code, &self.issuer];
        names
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or("Account without a name", String::as_str)
    }

    /// The broker, or whose code it is otherwise; may be empty.
    #[must_use]
    pub fn service(&self) -> &str {
        match self.broker {
            Some(broker) => broker.name(),
            None => &self.issuer,
        }
    }

    /// What a login still lacks.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        if self.broker.is_none() {
            return vec![Missing::Broker];
        }
        let lacks = [
            (self.client_code.is_empty(), Missing::ClientCode),
            (self.credentials.pin.is_none(), Missing::Pin),
            (self.credentials.api_key.is_none(), Missing::ApiKey),
        ];
        lacks
            .into_iter()
            .filter(|(l, _)| *l)
            .map(|(_, m)| m)
            .collect()
    }

    /// What can still be entered so that a login can be tried: nothing of a code of
    /// another service, which is whole as it is.
    #[must_use]
    pub fn lacking(&self) -> Vec<&'static str> {
        let missing = self.missing().into_iter();
        let missing = missing.filter(|missing| *missing != Missing::Broker);
        missing.map(Missing::name).collect()
    }

    /// Whether a login with `other` would send anything else than with `self`.
    #[must_use]
    pub fn logs_in_like(&self, other: &Self) -> bool {
        self.broker == other.broker
            && self.client_code == other.client_code
            && self.otp == other.otp
            && self.credentials.pin == other.credentials.pin
            && self.credentials.api_key == other.credentials.api_key
    }
}

/// The tokens of one login. All three are replaced together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Without a `Bearer ` prefix.
    pub jwt: Secret,
    pub refresh: Secret,
    pub feed: Secret,
    pub obtained: Timestamp,
}

/// Indian Standard Time has no daylight saving and one offset.
#[must_use]
pub fn ist() -> TimeZone {
    // 5 h 30 min is within an offset's range, so the other value never shows.
    TimeZone::fixed(Offset::from_seconds(19_800).unwrap_or(Offset::constant(5)))
}

impl Session {
    /// The conservative end: the midnight in India that follows the login.
    /// The broker documents midnight; longer lives have been seen.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        let obtained = self.obtained.to_zoned_datetime(ist());
        obtained
            .tomorrow()
            .and_then(|t| t.start_of_day())
            .map_or(self.obtained, |midnight| midnight.timestamp())
    }

    #[must_use]
    pub fn is_live_at(&self, now: Timestamp) -> bool {
        now < self.expires()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(obtained: &str) -> Session {
        Session {
            jwt: Secret::from("j"),
            refresh: Secret::from("r"),
            feed: Secret::from("f"),
            obtained: obtained.parse().unwrap(),
        }
    }

    /// 18:30 UTC is midnight in India: a session ends at the next one.
    #[test]
    fn sessions_end_at_the_next_indian_midnight() {
        let expires = |obtained: &str| session(obtained).expires().to_string();
        assert_eq!(expires("2026-11-23T03:25:00Z"), "2026-11-23T18:30:00Z");
        assert_eq!(expires("2026-11-23T18:29:59Z"), "2026-11-23T18:30:00Z");
        assert_eq!(expires("2026-11-23T18:30:00Z"), "2026-11-24T18:30:00Z");
        let live = |now: &str| session("2026-11-23T03:25:00Z").is_live_at(now.parse().unwrap());
        assert!(live("2026-11-23T18:29:59Z"));
        assert!(!live("2026-11-23T18:30:00Z"));
    }

    #[test]
    fn missing_names_what_a_login_lacks() {
        let mut account = Account::new(Otp::from_token_number("MFRGGZDF").unwrap());
        assert_eq!(
            account.missing(),
            [Missing::ClientCode, Missing::Pin, Missing::ApiKey]
        );
        account.client_code = "A123456".into();
        account.credentials.pin = Some(Secret::from("1234"));
        account.credentials.api_key = Some(Secret::from("abcd1234"));
        assert_eq!(account.missing(), []);
    }

    /// A code of another service must never be taken for a login.
    #[test]
    fn a_code_without_a_broker_lacks_one() {
        let mut account = Account::new(Otp::from_token_number("MFRGGZDF").unwrap());
        account.client_code = "A123456".into();
        account.credentials.pin = Some(Secret::from("1234"));
        account.credentials.api_key = Some(Secret::from("abcd1234"));
        account.broker = None;
        assert_eq!(account.missing(), [Missing::Broker]);
        account.issuer = "GitHub".into();
        assert_eq!(account.service(), "GitHub");
    }

    #[test]
    fn issuers_name_the_broker_however_spelled() {
        for (issuer, broker) in [
            ("AngelOne", Some(BrokerKind::AngelOne)),
            ("Angel One", Some(BrokerKind::AngelOne)),
            ("angelone.in", Some(BrokerKind::AngelOne)),
            ("Angel Broking", Some(BrokerKind::AngelOne)),
            ("GitHub", None),
            ("Los Angeles Times", None),
            ("", None),
        ] {
            assert_eq!(BrokerKind::of_issuer(issuer), broker, "{issuer}");
        }
    }

    #[test]
    fn names_fall_back() {
        let mut account = Account::new(Otp::from_token_number("MFRGGZDF").unwrap());
        assert_eq!(account.name(), "Account without a name");
        account.issuer = "GitHub".into();
        assert_eq!(account.name(), "GitHub");
        account.client_code = "A1".into();
        assert_eq!(account.name(), "A1");
        account.label = "Mine".into();
        assert_eq!(account.name(), "Mine");
    }
}
