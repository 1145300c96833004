//! The accounts that everything is measured with.

use std::{
    fs::OpenOptions, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path, process::Stdio,
};

use crate::{KUNJI, desktop::Desktop};

pub const ACCOUNTS: usize = 20;
const FIRST_CLIENT_CODE: usize = 100_000;
/// The client code of one in the middle.
pub const ONE: &str = "A100007";

/// Imports accounts that lack nothing, each with a secret of its own.
pub fn add(desktop: &Desktop) {
    let details = desktop.home().join("details.json");
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&details)
        .and_then(|mut file| file.write_all(br#"{"pin": "2580", "api_key": "kNj5amp1"}"#))
        .expect("a file that nobody else reads");
    for (number, letter) in ('A'..='Z').take(ACCOUNTS).enumerate() {
        let code = FIRST_CLIENT_CODE + number;
        let uri = format!(
            "otpauth://totp/A{code}?secret=KUNJIBENCH{letter}NOTASECRETATALL&issuer=angelone.in"
        );
        import(desktop, &details, &uri);
    }
}

fn import(desktop: &Desktop, details: &Path, uri: &str) {
    let mut import = desktop
        .command(KUNJI)
        .args(["import", "-", "--yes", "--secret-file"])
        .arg(details)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("kunji import starts");
    let mut input = import.stdin.take().expect("its standard input");
    input.write_all(uri.as_bytes()).expect("it reads");
    drop(input);
    let outcome = import.wait_with_output().expect("kunji import ends");
    assert!(
        outcome.status.success(),
        "{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
}
