//! Where a broker may be reached: https, or http on this computer.

use std::fmt;

use thiserror::Error;
use url::{Host, Url};

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EndpointError {
    #[error("The broker's address is no URL. It looks like https://apiconnect.angelone.in.")]
    NotAUrl,
    #[error(
        "The broker's address must start with https://; plain http would show PIN and code \
         to everybody on the way, and is taken only for this computer (127.0.0.1)."
    )]
    NotSecure,
    #[error("The broker's address must be scheme and host alone, without user, path or query.")]
    NotBare,
}

/// A broker's root, without a slash at its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    root: String,
    loopback: bool,
}

impl Endpoint {
    /// # Errors
    /// Anything but https, or http on loopback, or more than scheme and host.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text.trim()).map_err(|_| EndpointError::NotAUrl)?;
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err(EndpointError::NotAUrl),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err(EndpointError::NotSecure),
        }
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare {
            return Err(EndpointError::NotBare);
        }
        Ok(Self {
            root: url.as_str().trim_end_matches('/').to_owned(),
            loopback,
        })
    }

    /// The full address of `path`, which starts with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PIN and code must not leave this computer in the clear.
    #[test]
    fn only_https_or_this_computer() {
        for good in [
            "https://apiconnect.angelone.in",
            "https://apiconnect.angelone.in/",
            "http://127.0.0.1:4001",
            "http://localhost:4001",
            "http://[::1]:4001",
        ] {
            assert!(Endpoint::parse(good).is_ok(), "{good}");
        }
        for (bad, error) in [
            ("http://apiconnect.angelone.in", EndpointError::NotSecure),
            ("http://127.0.0.1.evil.example", EndpointError::NotSecure),
            ("http://10.0.0.1", EndpointError::NotSecure),
            ("ftp://127.0.0.1", EndpointError::NotSecure),
            ("apiconnect.angelone.in", EndpointError::NotAUrl),
            ("", EndpointError::NotAUrl),
            ("https://user:pw@host.example", EndpointError::NotBare),
            ("https://host.example/path", EndpointError::NotBare),
        ] {
            assert_eq!(Endpoint::parse(bad), Err(error), "{bad}");
        }
    }
}
