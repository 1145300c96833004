//! How soon the window shows codes, and what it costs to leave open; how long `kunji code` takes.
//!
//! On a private desktop under llvmpipe, with 20 accounts in GNOME Keyring, none of them logged in.
//! Accessibility is switched off on its bus first (`org.a11y.Status.IsEnabled`, which is what the
//! window asks for), as on most desktops: nobody reads the window but this bench, by its pixels.
//!
//! What is measured:
//! - window: from before the program is started to the server's word that a window is mapped.
//! - first code: from the same moment to dark digits on the white of the first card, looked for
//!   every millisecond. One start before the others is not measured: it fills the page cache.
//! - memory: the proportional set size, 3 s after a start.
//! - idle: the processor time of all its threads in the 30 s after that. Nobody touches it; of the
//!   20 cards as many are in view as the window has room for.
//! - `kunji code`: from before its start to its end; and beside it what the same reading of the
//!   keyring takes in a process that does nothing else: connecting, looking whether it is
//!   unlocked, reading every item.

#![allow(
    clippy::expect_used,
    reason = "a bench that cannot be set up has nothing to measure"
)]
#![allow(clippy::print_stdout, reason = "its figures are for standard output")]

#[path = "../../tests/support/desktop/mod.rs"]
mod desktop;

mod accounts;
mod command;
mod opening;
mod standing;

use std::{env, thread, time::Duration};

use accounts::ACCOUNTS;
use desktop::{Desktop, Keyring, Process, Window};

const KUNJI: &str = env!("CARGO_BIN_EXE_kunji");
const STARTS: usize = 10;
const READINGS: usize = 20;
/// The private desktop's screen.
const WIDE: u16 = 1280;
const HIGH: u16 = 1024;
/// What a start still does then is no part of idling.
const SETTLE: Duration = Duration::from_secs(3);

fn main() {
    if env::args().any(|argument| argument == command::READ_KEYRING) {
        command::read_keyring();
    } else if env::args().any(|argument| argument == "--bench") {
        measure();
    }
    // `cargo test --benches` runs it without a word: there is nothing to test.
}

fn measure() {
    let desktop = Desktop::start(Keyring::Unlocked);
    disable_accessibility(&desktop);
    accounts::add(&desktop);
    println!("Kunji with {ACCOUNTS} accounts in GNOME Keyring, release build, llvmpipe\n");
    println!("{:30}{:>9}{:>9}{:>9}   goal", "", "least", "median", "most");

    let screen = opening::Screen::of(&desktop);
    let _warm = screen.start(&desktop);
    let (windows, first_codes) = (0..STARTS).map(|_| screen.start(&desktop)).unzip();
    range("window, ms", windows, "");
    range("first code, ms", first_codes, "250");

    let (kunji, window) = open(&desktop);
    thread::sleep(SETTLE);
    single("memory (PSS), MiB", standing::pss_mib(&kunji), "90");
    single("idle, % of a core", standing::idle_percent(&kunji), "1");
    desktop.resize_window(&window, WIDE, HIGH);
    thread::sleep(SETTLE);
    single("memory, filling the screen", standing::pss_mib(&kunji), "");
    let wide = standing::idle_percent(&kunji);
    single("idle, filling the screen", wide, "");
    close(&desktop, kunji, &window);

    // In turn, so that both meet the keyring in the same moods.
    let (codes, keyring): (Vec<f64>, Vec<f64>) = (0..READINGS)
        .map(|_| (command::code_ms(&desktop), command::keyring_ms(&desktop)))
        .unzip();
    let beyond = median(&codes) - median(&keyring);
    range("kunji code, ms", codes, "");
    range("the keyring alone, ms", keyring, "");
    single("kunji code beyond that, ms", beyond, "30");
}

fn range(what: &str, mut values: Vec<f64>, goal: &str) {
    values.sort_by(f64::total_cmp);
    let (least, most) = (values[0], values[values.len() - 1]);
    let middle = median(&values);
    println!("{what:30}{least:9.1}{middle:9.1}{most:9.1}   {goal}");
}

fn single(what: &str, value: f64, goal: &str) {
    println!("{what:30}{:9}{value:9.2}{:9}   {goal}", "", "");
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        f64::midpoint(values[middle - 1], values[middle])
    } else {
        values[middle]
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn disable_accessibility(desktop: &Desktop) {
    let status = zbus::blocking::fdo::PropertiesProxy::builder(desktop.session_bus())
        .destination("org.a11y.Bus")
        .and_then(|builder| builder.path("/org/a11y/bus"))
        .and_then(zbus::blocking::proxy::Builder::build)
        .expect("the accessibility bus");
    for flag in ["ScreenReaderEnabled", "IsEnabled"] {
        let interface = "org.a11y.Status".try_into().expect("an interface's name");
        status
            .set(interface, flag, false.into())
            .expect("accessibility can be disabled");
    }
}

fn open(desktop: &Desktop) -> (Process, Window) {
    let kunji = desktop.spawn(&mut desktop.command(KUNJI));
    let window = desktop.window_of(&kunji);
    desktop.focus(&window);
    (kunji, window)
}

fn close(desktop: &Desktop, mut kunji: Process, window: &Window) {
    desktop.close_window(window);
    let status = kunji.wait();
    assert!(status.success(), "{status}\n{}", kunji.errors());
}
