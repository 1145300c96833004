//! Every way the broker can misbehave, by name.

use std::fmt;
use std::str::FromStr;

use axum::http::HeaderValue;

/// What to do instead of answering well. Three kinds, told apart by where things go wrong: in front of the backend,
/// which then never sees the request (`instead.rs`); in the answer's words (`bend.rs`); or on the wire (`wire.rs`).
/// For the last two the backend has done its work: the code is used up, the session is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misbehaviour {
    // In front of the backend.
    RateLimited403Text,
    RateLimitedJson200,
    RateLimited429,
    /// HTTP 200 with the firewall's page.
    FirewallHtml,
    Forbidden403Html,
    Empty400,
    Html500,
    /// A page that is not the firewall's.
    Html200,
    ServerError503,
    /// No status at all, as some reports show it.
    NoStatus,
    /// 307, which asks a client to send the same body there, credentials and all.
    Redirect(String),
    /// A refusal in the gateway's envelope.
    Gateway {
        code: String,
        message: String,
    },
    /// A refusal in the backend's envelope.
    Refuse {
        code: String,
        message: String,
    },

    // In the words.
    EmptyBody200,
    NotJson,
    StatusAsString,
    DataNullAsString,
    SuccessWithoutTokens,
    /// `jwtToken` already starts with `Bearer `.
    TokenWithBearer,
    /// Numbers where strings are due.
    WrongTypes,
    /// The profile's lists as arrays; one SDK expects them so, the documentation quotes them.
    ListsAsArrays,

    // On the wire.
    /// JSON that ends in the middle, though HTTP says it is whole.
    HalfJson,
    /// Promises a whole body, sends half, closes.
    CutOff,
    NeverAnswers,
    /// The right answer, a byte a second.
    SlowLoris,
    /// TCP reset without a byte.
    ResetBeforeAnswer,
    /// An orderly close without a byte.
    CloseBeforeAnswer,
    /// 10 MB of JSON, with no length given beforehand.
    HugeBody,
    BadDate,
    NoDate,
}

impl Misbehaviour {
    /// All of them, for tests and for the runnable broker's command line; with samples where something is to be said.
    pub fn every() -> Vec<Self> {
        let (code, message) = ("AG8001".to_owned(), "Invalid Token".to_owned());
        vec![
            Self::RateLimited403Text,
            Self::RateLimitedJson200,
            Self::RateLimited429,
            Self::FirewallHtml,
            Self::Forbidden403Html,
            Self::Empty400,
            Self::Html500,
            Self::Html200,
            Self::ServerError503,
            Self::NoStatus,
            Self::Redirect("http://127.0.0.1:9/".into()),
            Self::Gateway { code, message },
            Self::Refuse {
                code: "AB1006".into(),
                message: "Client is blocked for trading".into(),
            },
            Self::EmptyBody200,
            Self::NotJson,
            Self::StatusAsString,
            Self::DataNullAsString,
            Self::SuccessWithoutTokens,
            Self::TokenWithBearer,
            Self::WrongTypes,
            Self::ListsAsArrays,
            Self::HalfJson,
            Self::CutOff,
            Self::NeverAnswers,
            Self::SlowLoris,
            Self::ResetBeforeAnswer,
            Self::CloseBeforeAnswer,
            Self::HugeBody,
            Self::BadDate,
            Self::NoDate,
        ]
    }

    /// The variant's own name.
    pub fn name(&self) -> String {
        let debug = format!("{self:?}");
        debug
            .split(['(', ' '])
            .next()
            .unwrap_or_default()
            .to_owned()
    }
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redirect(to) => write!(f, "Redirect={to}"),
            Self::Gateway { code, message } => write!(f, "Gateway={code}:{message}"),
            Self::Refuse { code, message } => write!(f, "Refuse={code}:{message}"),
            _ => f.write_str(&self.name()),
        }
    }
}

/// Reads what `Display` writes; hyphens and case do not matter in the name, and an argument left out is the sample's.
impl FromStr for Misbehaviour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, argument) = text
            .split_once('=')
            .map_or((text, None), |(name, rest)| (name, Some(rest)));
        let plain = name.replace('-', "");
        let found = Self::every()
            .into_iter()
            .find(|how| how.name().eq_ignore_ascii_case(&plain));
        let Some(found) = found else {
            let names: Vec<_> = Self::every().iter().map(Self::name).collect();
            return Err(format!(
                "no misbehaviour named {name}; there are {}",
                names.join(", ")
            ));
        };
        let Some(argument) = argument else {
            return Ok(found);
        };
        let (code, message) = argument.split_once(':').unwrap_or((argument, "As told"));
        let (code, message) = (code.to_owned(), message.to_owned());
        match found {
            Self::Redirect(_) if HeaderValue::from_str(argument).is_err() => {
                Err("an address that no header can hold".into())
            }
            Self::Redirect(_) => Ok(Self::Redirect(argument.to_owned())),
            Self::Gateway { .. } => Ok(Self::Gateway { code, message }),
            Self::Refuse { .. } => Ok(Self::Refuse { code, message }),
            _ => Err(format!("{name} takes no argument")),
        }
    }
}
