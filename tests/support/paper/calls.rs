//! The calls of the contract: where each lives and how often it may be made.

use std::fmt;
use std::str::FromStr;

use axum::http::Method;

/// One call of the contract, or `Any` of them where a misbehaviour is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    Login,
    GenerateTokens,
    Profile,
    Funds,
    Logout,
    Any,
}

impl Call {
    pub const EVERY: [Self; 5] = [
        Self::Login,
        Self::GenerateTokens,
        Self::Profile,
        Self::Funds,
        Self::Logout,
    ];

    /// The call that lives at exactly this path.
    pub fn at(path: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|call| call.path() == path)
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Login => "/rest/auth/angelbroking/user/v1/loginByPassword",
            Self::GenerateTokens => "/rest/auth/angelbroking/jwt/v1/generateTokens",
            Self::Profile => "/rest/secure/angelbroking/user/v1/getProfile",
            Self::Funds => "/rest/secure/angelbroking/user/v1/getRMS",
            Self::Logout => "/rest/secure/angelbroking/user/v1/logout",
            Self::Any => "*",
        }
    }

    pub fn method(self) -> Method {
        match self {
            Self::Profile | Self::Funds => Method::GET,
            _ => Method::POST,
        }
    }

    /// Whether it needs a session's token; logging in is the only call that must not carry one.
    pub fn is_secured(self) -> bool {
        self != Self::Login
    }

    /// Requests a second. The 1,000 an hour of two calls are left out: no test or demo comes near.
    pub fn allowance(self) -> usize {
        match self {
            Self::Profile => 3,
            Self::Funds => 2,
            _ => 1,
        }
    }

    /// Whether something asked for on `self` concerns a request for `call` (none: at no known path).
    pub fn covers(self, call: Option<Self>) -> bool {
        self == Self::Any || Some(self) == call
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl FromStr for Call {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let plain = name.replace('-', "");
        Self::EVERY
            .into_iter()
            .chain([Self::Any])
            .find(|call| call.to_string().eq_ignore_ascii_case(&plain))
            .ok_or_else(|| format!("no call named {name}; there are {:?} and Any", Self::EVERY))
    }
}
