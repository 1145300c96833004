//! The one message of a libsodium secretstream (XChaCha20-Poly1305).
//!
//! Source: libsodium, "Encrypted streams", and its
//! `crypto_secretstream_xchacha20poly1305.c`. Ours because `crypto_secretstream`
//! stands on the ciphers' former generation, which would come in a second time,
//! and `dryoc` brings all of libsodium with primitives of its own.

use chacha20::cipher::{KeyIvInit as _, StreamCipher as _};
use chacha20::{ChaCha20, R20, hchacha};
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit as _;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::crypto::{Key, Plain};

const BLOCK: usize = 64;

/// Opens the first message: one byte of tag, the text, 16 bytes of MAC.
/// `None`: wrong key, or not what was written.
pub fn open(key: &Key, header: &[u8], message: &[u8]) -> Option<Plain> {
    let (outer, inner) = header.split_first_chunk::<16>()?;
    let inner = <[u8; 8]>::try_from(inner).ok()?;
    let (tag, rest) = message.split_first()?;
    let (text, mac) = rest.split_last_chunk::<16>()?;

    let subkey = hchacha::<R20>(&(**key).into(), &(*outer).into());
    // The stream's counter stands at 1 before its first message.
    let mut nonce = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    *nonce.last_chunk_mut::<8>()? = inner;
    let mut stream = ChaCha20::new(&subkey, &nonce.into());

    let mut first = Zeroizing::new([0; BLOCK]);
    stream.apply_keystream(&mut *first);
    let (mac_key, _) = first.split_first_chunk::<32>()?;
    // The tag fills a block of its own, whose first byte travels with the message.
    let mut block = [0; BLOCK];
    stream.apply_keystream(&mut block);
    if let Some(first) = block.first_mut() {
        *first = *tag;
    }

    let mut signed = Vec::with_capacity(BLOCK + text.len() + 32);
    signed.extend_from_slice(&block);
    signed.extend_from_slice(text);
    // libsodium's own padding: by the text's length, not up to the next 16.
    signed.extend(std::iter::repeat_n(0, text.len() % 16));
    signed.extend_from_slice(&0_u64.to_le_bytes());
    let length = u64::try_from(BLOCK + text.len()).ok()?;
    signed.extend_from_slice(&length.to_le_bytes());
    let computed = Poly1305::new(&(*mac_key).into()).compute_unpadded(&signed);
    if !bool::from(computed.as_slice().ct_eq(mac)) {
        return None;
    }
    let mut plain = Zeroizing::new(text.to_vec());
    stream.apply_keystream(&mut plain);
    Some(plain)
}
