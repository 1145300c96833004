//! RFC 6238 written out from the RFC, so that a fault in the crate the program uses cannot agree with itself here.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

/// The hash a client's codes are made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

/// The code of one time step.
pub fn code(algorithm: Algorithm, secret: &[u8], digits: u32, step: u64) -> String {
    let hash = match algorithm {
        Algorithm::Sha1 => keyed_hash::<Hmac<Sha1>>(secret, step),
        Algorithm::Sha256 => keyed_hash::<Hmac<Sha256>>(secret, step),
        Algorithm::Sha512 => keyed_hash::<Hmac<Sha512>>(secret, step),
    };
    // RFC 4226, 5.3: the low four bits of the last byte say where the 31 bits start.
    let start = usize::from(hash[hash.len() - 1] & 0x0f);
    let number = hash[start..start + 4]
        .iter()
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte))
        & 0x7fff_ffff;
    let width = digits as usize;
    format!("{:0width$}", number % 10_u64.pow(digits))
}

fn keyed_hash<M: Mac + KeyInit>(secret: &[u8], step: u64) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    mac.finalize().into_bytes().to_vec()
}
