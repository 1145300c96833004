//! The real window: the real binary on a private display, a private session bus
//! with GNOME Keyring on it, driven through AT-SPI and the keyboard, against the
//! paper broker on loopback.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod adding;
mod bringing;
mod codes;
mod keyring;
mod logging_in;
mod main_path;
mod nowhere_else;
mod world;
