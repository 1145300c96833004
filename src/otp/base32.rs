//! Base32 (RFC 4648) as people bring it.

use std::sync::LazyLock;

use data_encoding::{BASE32_NOPAD, Encoding};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Why a text is no base32 secret. Holds at most one letter of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Base32Error {
    #[error("The secret is empty. Type or paste the token number shown under the QR code.")]
    Empty,
    #[error(
        "The secret has {letter:?} at place {position}; base32 has only the letters A to Z \
         and the digits 2 to 7. Compare it with the token number under the QR code."
    )]
    Letter {
        letter: char,
        /// Counted from 1, spaces and dashes included, as a person counts.
        position: usize,
    },
    #[error(
        "The secret has {0} letters, which is no whole number of bytes: \
         a letter is missing or one too many. Copy the token number again."
    )]
    Length(usize),
    #[error("The secret has {0} letters; no broker uses more than {MAX_LETTERS}. Copy it again.")]
    TooLong(usize),
}

/// More than ten times the longest in use.
const MAX_LETTERS: usize = 1_024;

/// Unpadded, and with spare bits allowed: the broker's own 26 letters hold
/// 16 bytes and two bits to spare.
static LENIENT: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = BASE32_NOPAD.specification();
    spec.check_trailing_bits = false;
    spec.encoding().unwrap_or(BASE32_NOPAD)
});

/// Upper case, unpadded, nothing between.
pub fn canonical(text: &str) -> Result<Secret, Base32Error> {
    let mut letters = Secret::default();
    // One allocation: growing would leave copies behind that nobody wipes.
    letters.expose_mut().reserve_exact(text.len());
    for (index, letter) in text.chars().enumerate() {
        match letter.to_ascii_uppercase() {
            c if c.is_whitespace() || matches!(c, '-' | '=') => {}
            upper @ ('A'..='Z' | '2'..='7') => letters.expose_mut().push(upper),
            _ => {
                let position = index + 1;
                return Err(Base32Error::Letter { letter, position });
            }
        }
    }
    if letters.is_empty() {
        return Err(Base32Error::Empty);
    }
    let length = letters.expose().len();
    if length > MAX_LETTERS {
        return Err(Base32Error::TooLong(length));
    }
    // One letter holds no whole byte, 3 and 6 more than 8 leave half a byte.
    LENIENT
        .decode_len(length)
        .map_err(|_| Base32Error::Length(length))?;
    // Written anew: the same bytes are the same text, whatever the spare bits.
    Ok(Secret::new(BASE32_NOPAD.encode(&decode(&letters))))
}

/// The bytes of a secret that [`canonical`] made.
pub fn decode(canonical: &Secret) -> Zeroizing<Vec<u8>> {
    let bytes = LENIENT.decode(canonical.expose().as_bytes());
    Zeroizing::new(bytes.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A person must be able to find the bad letter in what they pasted.
    #[test]
    fn a_bad_letter_is_named_with_its_place() {
        let letter = |text| match canonical(text) {
            Err(Base32Error::Letter { letter, position }) => (letter, position),
            other => panic!("{other:?}"),
        };
        assert_eq!(letter("KUNJ0SAM"), ('0', 5));
        assert_eq!(letter("kunj isa1"), ('1', 9));
        assert_eq!(letter("é"), ('é', 1));
    }

    #[test]
    fn no_letters_and_odd_lengths_are_told_apart() {
        assert_eq!(canonical(" - = "), Err(Base32Error::Empty));
        assert_eq!(canonical("A"), Err(Base32Error::Length(1)));
        assert_eq!(canonical("ABC"), Err(Base32Error::Length(3)));
        let long = "A".repeat(200_000);
        assert_eq!(canonical(&long), Err(Base32Error::TooLong(200_000)));
    }

    #[test]
    fn spare_bits_are_passed_over() {
        let loose = canonical("KUNJISAMPLEQRNOTASECRET237").unwrap();
        assert_eq!(decode(&loose).len(), 16);
        assert_eq!(loose, canonical("KUNJISAMPLEQRNOTASECRET234").unwrap());
    }
}
