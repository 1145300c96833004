//! The sample account of `assets/sample-qr.png`, and what a test says of codes.

use std::path::PathBuf;

use super::paper::Client;

/// Everything about the sample account that must never show up anywhere.
pub fn secrets() -> Vec<String> {
    let sample = Client::sample();
    vec![sample.secret_base32, sample.pin, sample.api_key]
}

pub fn uri() -> String {
    format!(
        "otpauth://totp/A123456?secret={}&issuer=angelone.in&algorithm=SHA1&digits=6&period=30",
        Client::sample().secret_base32
    )
}

pub fn picture() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/sample-qr.png")
}

/// The codes that may be on screen around now, by a computation of RFC 6238
/// that shares nothing with the program's.
pub fn codes_around_now() -> [String; 2] {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let sample = Client::sample();
    [sample.code_at(now - 2), sample.code_at(now)]
}

pub fn grouped(code: &str) -> String {
    format!("{} {}", &code[..3], &code[3..])
}
