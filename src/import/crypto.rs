//! How the encrypted backups are opened: a key from the password, and a cipher
//! that tells whether the key was right.
//!
//! What a key derivation costs is written in the file. It is bounded here, so
//! that no file takes all memory or hours; the bounds are far above what the
//! programs use.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Format, ImportError};
use crate::secret::Secret;

pub type Key = Zeroizing<[u8; 32]>;
pub type Plain = Zeroizing<Vec<u8>>;

/// PBKDF2: Bitwarden lets people choose up to 2 million.
const MAX_ROUNDS: u32 = 10_000_000;
/// Of scrypt and Argon2, in bytes: as much as Ente's highest.
const MAX_MEMORY: u64 = 1 << 30;
/// Memory times passes over it, in bytes: four times Ente's highest.
const MAX_WORK: u64 = 16 << 30;
const MAX_LANES: u32 = 16;

/// Why no key was derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KdfError {
    TooCostly,
    Nonsense,
    NoMemory,
}

impl KdfError {
    pub const fn of(self, format: Format) -> ImportError {
        match self {
            Self::TooCostly => ImportError::TooCostly(format),
            Self::Nonsense => ImportError::Damaged(format),
            Self::NoMemory => ImportError::NoMemory(format),
        }
    }
}

pub fn pbkdf2_sha256(password: &Secret, salt: &[u8], rounds: u32) -> Result<Key, KdfError> {
    let mut key = Key::default();
    let rounds = bounded(rounds)?;
    pbkdf2::pbkdf2_hmac::<Sha256>(password.expose().as_bytes(), salt, rounds, &mut *key);
    Ok(key)
}

pub fn pbkdf2_sha1(password: &Secret, salt: &[u8], rounds: u32) -> Result<Key, KdfError> {
    let mut key = Key::default();
    let rounds = bounded(rounds)?;
    pbkdf2::pbkdf2_hmac::<Sha1>(password.expose().as_bytes(), salt, rounds, &mut *key);
    Ok(key)
}

fn bounded(rounds: u32) -> Result<u32, KdfError> {
    match rounds {
        0 => Err(KdfError::Nonsense),
        1..=MAX_ROUNDS => Ok(rounds),
        _ => Err(KdfError::TooCostly),
    }
}

/// RFC 7914, its N, r and p.
pub fn scrypt(password: &Secret, salt: &[u8], n: u64, r: u32, p: u32) -> Result<Key, KdfError> {
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
        return Err(KdfError::Nonsense);
    }
    let memory = n.saturating_mul(128).saturating_mul(r.into());
    let beside = 128 * u64::from(r) * u64::from(p);
    if memory.saturating_add(beside) > MAX_MEMORY || memory.saturating_mul(p.into()) > MAX_WORK {
        return Err(KdfError::TooCostly);
    }
    let log_n = u8::try_from(n.ilog2()).map_err(|_| KdfError::Nonsense)?;
    let params = scrypt::Params::new(log_n, r, p).map_err(|_| KdfError::Nonsense)?;
    // The library would end the program where it gets no memory: asked before.
    let mut probe = Vec::<u8>::new();
    usize::try_from(memory)
        .ok()
        .and_then(|bytes| probe.try_reserve_exact(bytes).ok())
        .ok_or(KdfError::NoMemory)?;
    drop(probe);
    let mut key = Key::default();
    scrypt::scrypt(password.expose().as_bytes(), salt, &params, &mut *key)
        .map_err(|_| KdfError::Nonsense)?;
    Ok(key)
}

/// RFC 9106, version 1.3.
pub fn argon2id(
    password: &Secret,
    salt: &[u8],
    memory_kib: u64,
    passes: u32,
    lanes: u32,
) -> Result<Key, KdfError> {
    let memory = memory_kib.saturating_mul(1024);
    if memory > MAX_MEMORY || memory.saturating_mul(passes.into()) > MAX_WORK || lanes > MAX_LANES {
        return Err(KdfError::TooCostly);
    }
    let memory_kib = u32::try_from(memory_kib).map_err(|_| KdfError::TooCostly)?;
    let params = argon2::Params::new(memory_kib, passes, lanes, None);
    let params = params.map_err(|_| KdfError::Nonsense)?;
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let mut key = Key::default();
    argon2
        .hash_password_into(password.expose().as_bytes(), salt, &mut *key)
        .map_err(|error| match error {
            argon2::Error::OutOfMemory => KdfError::NoMemory,
            _ => KdfError::Nonsense,
        })?;
    Ok(key)
}

/// AES-256-GCM, 12 bytes of nonce, the tag behind the text. `None`: wrong key,
/// or not what was written.
pub fn open_gcm(key: &[u8], nonce: &[u8], sealed: &[u8], beside: &[u8]) -> Option<Plain> {
    let cipher = Aes256Gcm::new_from_slice(key).ok()?;
    let nonce = Nonce::try_from(nonce).ok()?;
    let payload = Payload {
        msg: sealed,
        aad: beside,
    };
    cipher.decrypt(&nonce, payload).ok().map(Zeroizing::new)
}

/// Base64 with or without its padding, white space passed over.
pub fn base64(text: &str) -> Option<Plain> {
    let mut clean: Zeroizing<Vec<u8>> = Zeroizing::new(Vec::with_capacity(text.len() + 2));
    clean.extend(text.bytes().filter(|b| !b.is_ascii_whitespace()));
    while !clean.len().is_multiple_of(4) {
        clean.push(b'=');
    }
    BASE64.decode(&clean).ok().map(Zeroizing::new)
}

pub fn hex(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hostile file must take neither all memory nor hours.
    #[test]
    fn what_a_file_may_ask_for_is_bounded() {
        let password = Secret::from("x");
        let salt = [0; 16];
        let costly = Some(KdfError::TooCostly);
        let pbkdf2 = |rounds| pbkdf2_sha256(&password, &salt, rounds).err();
        assert_eq!(
            (pbkdf2(u32::MAX), pbkdf2(0)),
            (costly, Some(KdfError::Nonsense))
        );
        let scrypt = |n, r, p| scrypt(&password, &salt, n, r, p).err();
        assert_eq!(scrypt(1 << 40, 8, 1), costly);
        assert_eq!(scrypt(1 << 63, u32::MAX, u32::MAX), costly);
        assert_eq!(scrypt(2, 8, u32::MAX), costly);
        assert_eq!(scrypt(32_767, 8, 1), Some(KdfError::Nonsense));
        let argon2 = |kib, passes, lanes| argon2id(&password, &salt, kib, passes, lanes).err();
        assert_eq!(argon2(u64::MAX, 1, 1), costly);
        assert_eq!(argon2(64, u32::MAX, 1), costly);
        assert_eq!(argon2(1 << 20, 4, u32::MAX), costly);
        assert_eq!(argon2(0, 1, 1), Some(KdfError::Nonsense));
    }

    /// RFC 7914's third vector, cut to our length.
    #[test]
    fn scrypt_is_rfc_7914s() {
        let key = scrypt(
            &Secret::from("pleaseletmein"),
            b"SodiumChloride",
            16_384,
            8,
            1,
        );
        let expected = hex("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
        assert_eq!(key.ok().map(|key| key.to_vec()), expected);
    }
}
