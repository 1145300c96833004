//! What a broker can be asked, and how it can fail; one folder per broker.

pub mod angelone;
mod endpoint;
mod http;
mod words;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use thiserror::Error;

use crate::account::Session;
use crate::otp::Code;
use crate::secret::Secret;

pub use endpoint::{Endpoint, EndpointError};

/// What one login sends.
#[derive(Debug, Clone)]
pub struct LoginRequest {
    pub client_code: String,
    pub pin: Secret,
    pub api_key: Secret,
    pub code: Code,
    /// After this the code has too little time left: then it is not sent.
    pub connect_within: Duration,
}

/// What a call on a live session needs besides the tokens.
#[derive(Debug, Clone)]
pub struct SessionRequest {
    pub client_code: String,
    pub api_key: Secret,
    pub session: Session,
}

/// Who the broker says the session belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub client_code: String,
    pub name: String,
}

/// A broker's answer, and what it told about its clock.
#[derive(Debug)]
pub struct Answer<T> {
    pub result: Result<T, BrokerError>,
    /// The broker's clock minus ours in milliseconds, good to about a second.
    pub skew_ms: Option<i64>,
}

pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Answer<T>> + Send + 'a>>;

/// A broker that logs in with a PIN and a time-based code.
pub trait Broker: Send + Sync {
    /// Sends the code once; never retries by itself.
    fn log_in(&self, request: LoginRequest) -> Reply<'_, Session>;
    fn profile(&self, request: SessionRequest) -> Reply<'_, Profile>;
    fn log_out(&self, request: SessionRequest) -> Reply<'_, ()>;
}

/// What a refusal is about, as far as the broker's code tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// Code, PIN or client code: the broker does not tell which.
    CodeOrPin,
    /// The web password was sent where the PIN is wanted.
    WebPassword,
    /// Client code or PIN.
    ClientCodeOrPin,
    ApiKey,
    Blocked,
    /// One code for many faults: only the message helps.
    Unclear,
    SessionEnded,
    UnregisteredIp,
    /// The broker's own trouble: nothing the person sent is at fault.
    BrokerTrouble,
}

impl RefusalKind {
    /// Whether something that the account holds must have been wrong.
    #[must_use]
    pub const fn blames_account(self) -> bool {
        match self {
            Self::CodeOrPin
            | Self::WebPassword
            | Self::ClientCodeOrPin
            | Self::ApiKey
            | Self::Unclear => true,
            Self::Blocked | Self::SessionEnded | Self::UnregisteredIp | Self::BrokerTrouble => {
                false
            }
        }
    }
}

/// The broker said no, in an envelope of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    /// `AB1050`; may be empty.
    pub code: String,
    /// The broker's own words, cleaned and shortened; may be empty.
    pub message: String,
}

/// Why no connection was made. In each case nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoConnection {
    /// The name was not found, the port is closed, the network is down.
    Unreachable,
    /// The certificate is not the broker's, or has expired.
    Certificate,
    Timeout,
}

/// How a call can fail. Never holds anything that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BrokerError {
    #[error("refused ({})", .0.code)]
    Refused(Refusal),
    #[error("rate limited")]
    RateLimited,
    #[error("turned away by the firewall")]
    Firewall { support_id: Option<String> },
    /// Empty, HTML, or a 5xx: with the HTTP status.
    #[error("the broker is unwell (HTTP {0})")]
    Unwell(u16),
    #[error("an answer that is no answer (HTTP {0})")]
    BadAnswer(u16),
    #[error("an answer of more than a mebibyte")]
    TooLarge,
    #[error("redirected")]
    Redirected { host: Option<String> },
    #[error("no connection")]
    NoConnection(NoConnection),
    /// Sent, and no answer within the deadline.
    #[error("no answer in time")]
    NoAnswer,
    /// Sent, and the connection broke before the answer was whole.
    #[error("connection broken")]
    Interrupted,
    #[error("a value that cannot be sent")]
    Unsendable(&'static str),
}

impl BrokerError {
    /// Whether the broker certainly got nothing.
    #[must_use]
    pub const fn was_not_sent(&self) -> bool {
        matches!(self, Self::NoConnection(_) | Self::Unsendable(_))
    }
}

/// What happened in the person's words: a bold start, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    pub text: String,
}
