//! otpauth URIs, as the enable-TOTP page's QR code holds one; and `steam://`.
//!
//! Source: Google Authenticator's "Key Uri Format", and the broker's real
//! sample, whose label is the bare client code.

use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

use super::{Algorithm, Kind, Otp, OtpError};

/// Why a text is no usable otpauth URI. Never holds the URI or its secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OtpauthError {
    #[error("This is no otpauth code.")]
    NotOtpauth,
    #[error(
        "This code counts logins (HOTP) instead of time, which Kunji does not do. \
         For AngelOne, save the QR code of the enable-TOTP page: that one is time-based."
    )]
    Hotp,
    #[error(
        "This otpauth code is of the kind {0:?}, which Kunji does not do; \
         it reads the kinds \"totp\" and \"steam\"."
    )]
    Kind(String),
    #[error(
        "This otpauth code has no secret in it. Save the QR code again from the enable-TOTP page."
    )]
    NoSecret,
    #[error(
        "This otpauth code has two different values for {0:?}. \
         Save the QR code again from the enable-TOTP page."
    )]
    Twice(&'static str),
    #[error(
        "This otpauth code uses the unknown algorithm {0:?}; Kunji knows SHA1, SHA256 and SHA512."
    )]
    Algorithm(String),
    #[error("{0}")]
    Otp(#[from] OtpError),
}

/// What an otpauth URI says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedUri {
    pub otp: Otp,
    /// The `issuer` parameter, otherwise the label's prefix.
    pub issuer: Option<String>,
    /// The label without its `Issuer:` prefix; may be empty.
    pub name: String,
}

/// Reads one otpauth or `steam://` URI. Parameters that are not known are passed over.
///
/// # Errors
/// See [`OtpauthError`]; none of them holds the text.
pub fn parse_uri(text: &str) -> Result<ParsedUri, OtpauthError> {
    if let Some((scheme, secret)) = text.trim().split_once("://")
        && scheme.eq_ignore_ascii_case("steam")
    {
        return parse_steam(secret);
    }
    // `url`'s own errors are dropped: the text around them may be a secret.
    let url = Url::parse(text.trim()).map_err(|_| OtpauthError::NotOtpauth)?;
    if url.scheme() != "otpauth" {
        return Err(OtpauthError::NotOtpauth);
    }
    let host = url.host_str().unwrap_or_default();
    if host.eq_ignore_ascii_case("hotp") {
        return Err(OtpauthError::Hotp);
    }
    let kind = Kind::from_name(host).ok_or_else(|| OtpauthError::Kind(short(host)))?;

    let secret = parameter(&url, "secret")?
        .filter(|s| !s.trim().is_empty())
        .ok_or(OtpauthError::NoSecret)?;
    let (issuer, name) = label(&url)?;
    let otp = if kind == Kind::Steam || is_steam(&url, issuer.as_deref())? {
        Otp::steam(&secret)?
    } else {
        let algorithm = match parameter(&url, "algorithm")?.as_deref() {
            None | Some("") => Algorithm::default(),
            Some(name) => {
                Algorithm::from_name(name).ok_or_else(|| OtpauthError::Algorithm(short(name)))?
            }
        };
        let digits = number(&url, "digits", Otp::DEFAULT_DIGITS, OtpError::Digits)?;
        let period = number(&url, "period", Otp::DEFAULT_PERIOD, OtpError::Period)?;
        Otp::new(&secret, algorithm, digits, period)?
    };
    Ok(ParsedUri { otp, issuer, name })
}

/// `steam://SECRET`, as Bitwarden and Proton write it: nothing but the secret.
fn parse_steam(secret: &str) -> Result<ParsedUri, OtpauthError> {
    // Not by `url`: a host is no place for a secret, and may lose its case there.
    let secret = secret.split(['/', '?', '#']).next().unwrap_or_default();
    if secret.trim().is_empty() {
        return Err(OtpauthError::NoSecret);
    }
    Ok(ParsedUri {
        otp: Otp::steam(secret)?,
        issuer: Some("Steam".to_owned()),
        name: String::new(),
    })
}

/// How `KeePassXC` and others mark Steam's codes under the kind `totp`.
fn is_steam(url: &Url, issuer: Option<&str>) -> Result<bool, OtpauthError> {
    let says = |name| -> Result<bool, OtpauthError> {
        Ok(parameter(url, name)?.is_some_and(|v| v.eq_ignore_ascii_case("steam")))
    };
    let five_from_steam = issuer.is_some_and(|issuer| issuer.eq_ignore_ascii_case("steam"))
        && parameter(url, "digits")?.as_deref() == Some("5");
    Ok(five_from_steam || says("encoder")? || says("algorithm")?)
}

/// Issuer and name of any otpauth URI, even one that makes no code.
#[must_use]
pub fn label_of(text: &str) -> Option<(Option<String>, String)> {
    let url = Url::parse(text.trim()).ok()?;
    (url.scheme() == "otpauth").then(|| label(&url).ok())?
}

/// The `issuer` parameter, otherwise the label's prefix; and the label without it.
fn label(url: &Url) -> Result<(Option<String>, String), OtpauthError> {
    let label = url.path().strip_prefix('/').unwrap_or_default();
    let label = percent_decode_str(label).decode_utf8_lossy();
    let (prefix, name) = match label.split_once(':') {
        Some((prefix, name)) => (Some(prefix.trim()), name.trim()),
        None => (None, label.trim()),
    };
    let issuer = parameter(url, "issuer")?;
    let issuer = issuer.as_deref().map(str::trim).filter(|i| !i.is_empty());
    let issuer = issuer.or(prefix).filter(|i| !i.is_empty());
    Ok((issuer.map(str::to_owned), name.to_owned()))
}

/// A parameter's value; its name in any case, as seen in the field.
fn parameter(url: &Url, name: &'static str) -> Result<Option<String>, OtpauthError> {
    let mut values = url
        .query_pairs()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.into_owned());
    let first = values.next();
    if values.any(|v| Some(&v) != first.as_ref()) {
        return Err(OtpauthError::Twice(name));
    }
    Ok(first)
}

fn number<T: std::str::FromStr>(
    url: &Url,
    name: &'static str,
    default: T,
    error: impl FnOnce(String) -> OtpError,
) -> Result<T, OtpauthError> {
    match parameter(url, name)?.as_deref().map(str::trim) {
        None | Some("") => Ok(default),
        Some(value) => value.parse().map_err(|_| error(short(value)).into()),
    }
}

/// Enough of a wrong value to recognize it, and not a whole secret by accident.
fn short(value: &str) -> String {
    value.chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "KUNJISAMPLEQRNOTASECRET234";

    fn with(rest: &str) -> Result<ParsedUri, OtpauthError> {
        parse_uri(&format!("otpauth://totp/A123456?secret={SECRET}{rest}"))
    }

    /// The shape of the broker's one real sample: a bare client code as label.
    #[test]
    fn the_brokers_own_shape() {
        let parsed = with("&issuer=angelone.in&algorithm=SHA1&digits=6&period=30").unwrap();
        assert_eq!(parsed.name, "A123456");
        assert_eq!(parsed.issuer.as_deref(), Some("angelone.in"));
        assert_eq!(parsed.otp, Otp::from_token_number(SECRET).unwrap());
    }

    #[test]
    fn labels_with_issuers_and_escapes() {
        for label in ["Angel%20One:A1", "Angel%20One%3AA1", "Angel%20One:%20A1"] {
            let uri = format!("OTPAUTH://TOTP/{label}?Secret={SECRET}");
            let parsed = parse_uri(&uri).unwrap();
            assert_eq!(parsed.name, "A1", "{label}");
            assert_eq!(parsed.issuer.as_deref(), Some("Angel One"), "{label}");
        }
        let bare = parse_uri(&format!("otpauth://totp?secret={SECRET}")).unwrap();
        assert_eq!((bare.name.as_str(), bare.issuer), ("", None));
    }

    #[test]
    fn every_parameter_is_read() {
        let parsed = with("&algorithm=sha-256&digits=8&period=60&image=x").unwrap();
        let expected = Otp::new(SECRET, Algorithm::Sha256, 8, 60).unwrap();
        assert_eq!(parsed.otp, expected);
    }

    /// Every way in which other programs write Steam's codes.
    #[test]
    fn steam_is_read_in_all_its_spellings() {
        let expected = Otp::steam(SECRET).unwrap();
        for uri in [
            format!("steam://{SECRET}"),
            format!("Steam://{}/", SECRET.to_lowercase()),
            format!("otpauth://steam/Steam:asha?secret={SECRET}"),
            format!("otpauth://totp/Steam:asha?secret={SECRET}&digits=5&issuer=Steam"),
            format!("otpauth://totp/A?secret={SECRET}&digits=5&encoder=steam"),
            format!("otpauth://totp/A?secret={SECRET}&algorithm=STEAM"),
        ] {
            assert_eq!(parse_uri(&uri).unwrap().otp, expected, "{uri}");
        }
        assert_eq!(parse_uri("steam://").unwrap_err(), OtpauthError::NoSecret);
        let ordinary = format!("otpauth://totp/Steam:asha?secret={SECRET}&issuer=Steam");
        assert_eq!(parse_uri(&ordinary).unwrap().otp.digits(), 6);
    }

    #[test]
    fn each_fault_has_its_own_error() {
        let hotp = parse_uri(&format!("otpauth://hotp/A?secret={SECRET}&counter=1"));
        assert_eq!(hotp, Err(OtpauthError::Hotp));
        assert_eq!(parse_uri("otpauth://totp/A"), Err(OtpauthError::NoSecret));
        assert_eq!(
            parse_uri("otpauth://totp/A?secret="),
            Err(OtpauthError::NoSecret)
        );
        assert_eq!(
            with("&algorithm=MD5"),
            Err(OtpauthError::Algorithm("MD5".into()))
        );
        assert_eq!(with("&digits=9"), Err(OtpError::Digits("9".into()).into()));
        assert_eq!(
            with("&digits=six"),
            Err(OtpError::Digits("six".into()).into())
        );
        assert_eq!(with("&period=0"), Err(OtpError::Period("0".into()).into()));
        assert_eq!(
            with("&period=99999"),
            Err(OtpError::Period("99999".into()).into())
        );
        assert_eq!(with("&secret=MFRGGZDF"), Err(OtpauthError::Twice("secret")));
        assert_eq!(
            parse_uri("https://angelone.in"),
            Err(OtpauthError::NotOtpauth)
        );
        assert_eq!(
            parse_uri("otpauth://yaotp/A"),
            Err(OtpauthError::Kind("yaotp".into()))
        );
        let bad = parse_uri("otpauth://totp/A?secret=ABC1");
        assert!(matches!(bad, Err(OtpauthError::Otp(OtpError::Secret(_)))));
    }

    /// Errors reach logs and screens: none may carry the secret.
    #[test]
    fn no_error_holds_the_secret() {
        for rest in [
            "&algorithm=MD5",
            "&digits=9",
            "&period=0",
            "&secret=MFRGGZDF",
            "1",
        ] {
            let error = with(rest).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(
                !shown.contains(SECRET) && !shown.contains("MFRGGZDF"),
                "{shown}"
            );
        }
    }
}
