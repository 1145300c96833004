//! What a code is: secret, algorithm, digits, period, and the code at a time.

mod base32;
mod uri;

use std::fmt;

use thiserror::Error;
use totp_rs::{Builder, Totp};

pub use base32::Base32Error;
pub use uri::{OtpauthError, ParsedUri, label_of, parse_uri};

use crate::secret::Secret;

/// The hash under the HMAC (RFC 6238, section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    #[default]
    Sha1,
    Sha256,
    Sha512,
}

impl Algorithm {
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// The name in otpauth URIs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// Reads `SHA1`, `sha-256`, `HmacSHA512`…: the spellings met in the field.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = name.to_ascii_uppercase().replace('-', "");
        let plain = plain.strip_prefix("HMAC").unwrap_or(&plain);
        Self::ALL.into_iter().find(|a| a.name() == plain)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How the number under a code is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Decimal digits (RFC 6238).
    #[default]
    Totp,
    /// Five signs of Steam's alphabet; always SHA1 and 30 seconds.
    Steam,
}

impl Kind {
    /// The name in otpauth URIs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Steam => "steam",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Totp, Self::Steam]
            .into_iter()
            .find(|kind| name.eq_ignore_ascii_case(kind.name()))
    }
}

/// Why a set of parameters makes no code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OtpError {
    #[error("{0}")]
    Secret(#[from] Base32Error),
    #[error(
        "It asks for {0} digits; Kunji shows codes of 6 to 8 digits. \
         Check that the whole QR code was captured."
    )]
    Digits(String),
    #[error(
        "It asks for a new code every {0} seconds; Kunji takes periods of 5 to 300 seconds. \
         Check that the whole QR code was captured."
    )]
    Period(String),
}

/// A time-based one-time password generator (RFC 6238).
///
/// The secret is kept as canonical base32: upper case, unpadded, no separators.
#[derive(Clone, PartialEq, Eq)]
pub struct Otp {
    secret: Secret,
    kind: Kind,
    algorithm: Algorithm,
    digits: u8,
    period: u16,
}

impl Otp {
    pub const DEFAULT_DIGITS: u8 = 6;
    pub const DEFAULT_PERIOD: u16 = 30;
    const STEAM_DIGITS: u8 = 5;

    /// Takes base32 as people bring it: lower case, spaces, dashes, `=`.
    ///
    /// # Errors
    /// A letter that base32 has not, an empty secret, `digits` outside 6 to 8,
    /// `period` outside 5 to 300 seconds.
    pub fn new(
        base32_text: &str,
        algorithm: Algorithm,
        digits: u8,
        period: u16,
    ) -> Result<Self, OtpError> {
        if !(6..=8).contains(&digits) {
            return Err(OtpError::Digits(digits.to_string()));
        }
        if !(5..=300).contains(&period) {
            return Err(OtpError::Period(period.to_string()));
        }
        Ok(Self {
            secret: base32::canonical(base32_text)?,
            kind: Kind::Totp,
            algorithm,
            digits,
            period,
        })
    }

    /// What the enable-TOTP page's "token number" stands for: SHA1, 6 digits, 30 s.
    ///
    /// # Errors
    /// See [`Otp::new`].
    pub fn from_token_number(base32_text: &str) -> Result<Self, OtpError> {
        Self::new(
            base32_text,
            Algorithm::default(),
            Self::DEFAULT_DIGITS,
            Self::DEFAULT_PERIOD,
        )
    }

    /// A code of Steam's, which has nothing to choose but the secret.
    ///
    /// # Errors
    /// A letter that base32 has not, or an empty secret.
    pub fn steam(base32_text: &str) -> Result<Self, OtpError> {
        Ok(Self {
            secret: base32::canonical(base32_text)?,
            kind: Kind::Steam,
            algorithm: Algorithm::Sha1,
            digits: Self::STEAM_DIGITS,
            period: Self::DEFAULT_PERIOD,
        })
    }

    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Canonical base32.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Signs in a code: 6 to 8 digits, or Steam's five.
    #[must_use]
    pub const fn digits(&self) -> u8 {
        self.digits
    }

    /// Seconds that one code lasts.
    #[must_use]
    pub const fn period(&self) -> u16 {
        self.period
    }

    /// RFC 6238's T: the number of the step that holds `unix_secs`.
    #[must_use]
    pub fn step_at(&self, unix_secs: u64) -> u64 {
        unix_secs / u64::from(self.period)
    }

    /// Seconds until the code of `unix_secs` is replaced: 1 to the period.
    #[must_use]
    pub fn remaining_at(&self, unix_secs: u64) -> u64 {
        let period = u64::from(self.period);
        period - unix_secs % period
    }

    /// The code at a time.
    #[must_use]
    pub fn code_at(&self, unix_secs: u64) -> Code {
        // Display, not Debug: the library's Token prints itself only this way.
        Code(Secret::new(self.totp().generate(unix_secs).to_string()))
    }

    /// The code of a step, counted as in [`Otp::step_at`].
    #[must_use]
    pub fn code_of_step(&self, step: u64) -> Code {
        self.code_at(step.saturating_mul(u64::from(self.period)))
    }

    /// Whether the secret is shorter than the 16 bytes that RFC 4226 asks for.
    #[must_use]
    pub fn is_short(&self) -> bool {
        base32::decode(&self.secret).len() < 16
    }

    fn totp(&self) -> Totp {
        let algorithm = match (self.kind, self.algorithm) {
            (Kind::Steam, _) => totp_rs::Algorithm::Steam,
            (Kind::Totp, Algorithm::Sha1) => totp_rs::Algorithm::SHA1,
            (Kind::Totp, Algorithm::Sha256) => totp_rs::Algorithm::SHA256,
            (Kind::Totp, Algorithm::Sha512) => totp_rs::Algorithm::SHA512,
        };
        let bytes = base32::decode(&self.secret);
        // Short secrets exist, so the library's own length check is passed by;
        // `new` has refused everything that would make it panic.
        Builder::new()
            .with_algorithm(algorithm)
            .with_digits(self.digits)
            .with_step_duration(u64::from(self.period))
            .with_secret(bytes.as_slice())
            .build_noncompliant()
    }
}

impl fmt::Debug for Otp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Otp")
            .field("kind", &self.kind)
            .field("algorithm", &self.algorithm)
            .field("digits", &self.digits)
            .field("period", &self.period)
            .finish_non_exhaustive()
    }
}

/// A one-time code. As secret as the secret while it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code(Secret);

impl Code {
    /// The digits without separators, as they are sent and copied.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// For the clipboard, which takes it over.
    #[must_use]
    pub fn into_secret(self) -> Secret {
        self.0
    }

    /// Grouped for reading: `123 456`, `1234 567`, `1234 5678`; Steam's five stay together.
    #[must_use]
    pub fn grouped(&self) -> String {
        let digits = self.0.expose();
        if digits.len() <= usize::from(Otp::STEAM_DIGITS) {
            return digits.to_owned();
        }
        let (left, right) = digits.split_at(digits.len().div_ceil(2));
        format!("{left} {right}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn otp(ascii: &[u8], algorithm: Algorithm, digits: u8) -> Otp {
        let text = data_encoding::BASE32_NOPAD.encode(ascii);
        Otp::new(&text, algorithm, digits, 30).unwrap()
    }

    /// RFC 6238, Appendix B, with the key lengths of its errata.
    #[test]
    fn rfc_6238_appendix_b() {
        let seed = b"1234567890123456789012345678901234567890123456789012345678901234";
        let rows = [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ];
        for (time, sha1, sha256, sha512) in rows {
            let code = |len, algorithm| {
                let code = otp(&seed[..len], algorithm, 8).code_at(time);
                code.expose().to_owned()
            };
            assert_eq!(code(20, Algorithm::Sha1), sha1, "at {time}");
            assert_eq!(code(32, Algorithm::Sha256), sha256, "at {time}");
            assert_eq!(code(64, Algorithm::Sha512), sha512, "at {time}");
        }
    }

    /// RFC 4226, Appendix D: counters 0 to 9 at 6 digits.
    #[test]
    fn rfc_4226_appendix_d() {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        let otp = otp(b"12345678901234567890", Algorithm::Sha1, 6);
        for (counter, code) in (0_u64..).zip(expected) {
            assert_eq!(otp.code_of_step(counter).expose(), code);
        }
    }

    #[test]
    fn limits_are_refused_and_edges_taken() {
        let new = |digits, period| Otp::new("MFRGGZDF", Algorithm::Sha1, digits, period);
        assert!(new(6, 5).is_ok() && new(8, 300).is_ok());
        assert_eq!(new(9, 30), Err(OtpError::Digits("9".into())));
        assert_eq!(new(5, 30), Err(OtpError::Digits("5".into())));
        assert_eq!(new(6, 0), Err(OtpError::Period("0".into())));
        assert_eq!(new(6, 301), Err(OtpError::Period("301".into())));
    }

    #[test]
    fn steps_and_remaining_time() {
        let otp = Otp::from_token_number("MFRGGZDF").unwrap();
        assert_eq!(otp.step_at(59), 1);
        assert_eq!(otp.remaining_at(59), 1);
        assert_eq!(otp.remaining_at(60), 30);
        assert_eq!(otp.code_at(59), otp.code_of_step(1));
    }

    #[test]
    fn grouping_splits_in_the_middle() {
        let code = |digits: &str| Code(Secret::from(digits)).grouped();
        assert_eq!(code("123456"), "123 456");
        assert_eq!(code("1234567"), "1234 567");
        assert_eq!(code("12345678"), "1234 5678");
        assert_eq!(code("2BCDF"), "2BCDF");
    }

    /// Computed with Python's hmac and the alphabet as Aegis and others have it:
    /// the number of RFC 4226's truncation, its last place of base 26 first.
    #[test]
    fn steam_codes_are_five_signs_of_its_alphabet() {
        let otp = Otp::steam("KUNJISAMPLEQRNOTASECRET234").unwrap();
        let rows = [
            (0, "5D8RG"),
            (59, "BP5N8"),
            (1_111_111_109, "QPMG3"),
            (1_800_000_000, "G3MV4"),
        ];
        for (time, code) in rows {
            assert_eq!(otp.code_at(time).expose(), code, "at {time}");
        }
        assert_eq!((otp.digits(), otp.period()), (5, 30));
        assert_ne!(
            otp,
            Otp::from_token_number("KUNJISAMPLEQRNOTASECRET234").unwrap()
        );
    }

    /// The same secret in every spelling that people paste gives one code.
    #[test]
    fn spellings_of_one_secret_agree() {
        let reference = Otp::from_token_number("KUNJISAMPLEQRNOTASECRET234").unwrap();
        for spelling in [
            "kunjisampleqrnotasecret234",
            "KUNJ ISAM PLEQ RNOT ASEC RET2 34",
            "kunj-isam-pleq-rnot-asec-ret2-34",
            "KUNJISAMPLEQRNOTASECRET234======",
            " \tKUNJISAMPLEQRNOTASECRET234\r\n",
        ] {
            assert_eq!(Otp::from_token_number(spelling).unwrap(), reference);
        }
        assert!(!reference.is_short());
        assert!(Otp::from_token_number("MFRGGZDF").unwrap().is_short());
    }
}
