//! How long `kunji code` takes, and reading the keyring alone.

use std::{env, time::Instant};

use kunji::vault::{ItemStore as _, KeyringItems};

use crate::{
    KUNJI,
    accounts::{ACCOUNTS, ONE},
    desktop::Desktop,
    millis,
};

/// The word that has this bench read the keyring alone, as a program of the private desktop.
pub const READ_KEYRING: &str = "read-keyring";

pub fn code_ms(desktop: &Desktop) -> f64 {
    let mut command = desktop.command(KUNJI);
    command.args(["code", ONE]);
    let started = Instant::now();
    let outcome = command.output().expect("kunji code starts");
    let took = started.elapsed();
    assert!(
        outcome.status.success(),
        "{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
    millis(took)
}

pub fn keyring_ms(desktop: &Desktop) -> f64 {
    let bench = env::current_exe().expect("this bench");
    let outcome = desktop.command(bench).arg(READ_KEYRING).output();
    let outcome = outcome.expect("this bench again");
    assert!(
        outcome.status.success(),
        "{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
    let millis = String::from_utf8(outcome.stdout).expect("text");
    millis.trim().parse().expect("milliseconds")
}

/// Reads all items as `kunji code` does, and prints how many milliseconds that took.
pub fn read_keyring() {
    let started = Instant::now();
    let items = KeyringItems::new(Box::new(|_| {})).read_all();
    let took = started.elapsed();
    let items = items.expect("the keyring answers");
    assert_eq!(items.len(), ACCOUNTS, "items in the keyring");
    println!("{}", millis(took));
}
