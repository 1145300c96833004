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

#[path = "../tests/support/desktop/mod.rs"]
mod desktop;

use std::{
    env, fs,
    io::Write as _,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use desktop::{DEADLINE, Desktop, Keyring, Process, Window};
use kunji::vault::{ItemStore as _, KeyringItems};
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, ImageFormat},
    },
    rust_connection::RustConnection,
};

const KUNJI: &str = env!("CARGO_BIN_EXE_kunji");
const ACCOUNTS: u32 = 20;
const STARTS: usize = 10;
const READINGS: usize = 20;
/// The private desktop's screen.
const WIDE: u16 = 1280;
const HIGH: u16 = 1024;
const IDLE: Duration = Duration::from_secs(30);
/// What a start still does then is no part of idling.
const SETTLE: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// The word that has this bench read the keyring alone, as a program of the private desktop.
const READ_KEYRING: &str = "read-keyring";

fn main() {
    if env::args().any(|argument| argument == READ_KEYRING) {
        read_keyring();
    } else if env::args().any(|argument| argument == "--bench") {
        measure();
    }
    // `cargo test --benches` runs it without a word: there is nothing to test.
}

fn measure() {
    let desktop = Desktop::start(Keyring::Unlocked);
    disable_accessibility(&desktop);
    add_accounts(&desktop);
    println!("Kunji with {ACCOUNTS} accounts in GNOME Keyring, release build, llvmpipe\n");
    println!("{:30}{:>9}{:>9}{:>9}   goal", "", "least", "median", "most");

    let screen = Screen::of(&desktop);
    let _warm = screen.start(&desktop);
    let (windows, first_codes) = (0..STARTS).map(|_| screen.start(&desktop)).unzip();
    range("window, ms", windows, "");
    range("first code, ms", first_codes, "250");

    let (kunji, window) = open(&desktop);
    thread::sleep(SETTLE);
    single("memory (PSS), MiB", pss_mib(&kunji), "90");
    single("idle, % of a core", idle_percent(&kunji), "1");
    desktop.resize_window(&window, WIDE, HIGH);
    thread::sleep(SETTLE);
    single("memory, filling the screen", pss_mib(&kunji), "");
    single("idle, filling the screen", idle_percent(&kunji), "");
    close(&desktop, kunji, &window);

    // In turn, so that both meet the keyring in the same moods.
    let (codes, keyring): (Vec<f64>, Vec<f64>) = (0..READINGS)
        .map(|_| (code_ms(&desktop), keyring_ms(&desktop)))
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

// --- what everything is measured on ----------------------------------------

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

/// Imports accounts with secrets of their own, as a person would from a backup.
fn add_accounts(desktop: &Desktop) {
    let letters = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"];
    let uris: Vec<String> = (0..ACCOUNTS as usize)
        .map(|number| {
            let (tens, ones) = (letters[number / 10], letters[number % 10]);
            format!(
                "otpauth://totp/A{}?secret=KUNJIBENCH{tens}{ones}NOTASECRETAT&issuer=angelone.in\n",
                100_000 + number
            )
        })
        .collect();
    let mut import = desktop
        .command(KUNJI)
        .args(["import", "-", "--yes"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("kunji import starts");
    let mut input = import.stdin.take().expect("its standard input");
    input.write_all(uris.concat().as_bytes()).expect("it reads");
    drop(input);
    let outcome = import.wait_with_output().expect("kunji import ends");
    assert!(
        outcome.status.success(),
        "{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
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

// --- starting --------------------------------------------------------------

/// A connection of the bench's own, for looking more often than tests do.
struct Screen {
    x: RustConnection,
}

/// Where the first card's code is, within the window.
const CODE_LEFT: i16 = 34;
const CODE_TOP: i16 = 118;
const CODE_WIDTH: u16 = 150;
const CODE_HEIGHT: u16 = 36;

impl Screen {
    fn of(desktop: &Desktop) -> Self {
        let variables = desktop.env();
        let display = variables.iter().rfind(|(name, _)| name == "DISPLAY");
        let display = display
            .and_then(|(_, value)| value.to_str())
            .expect("a display");
        let (x, screen) = RustConnection::connect(Some(display)).expect("the display answers");
        let root = x.setup().roots[screen].root;
        let events = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        x.change_window_attributes(root, &events)
            .expect("the display answers")
            .check()
            .expect("news of windows");
        Self { x }
    }

    /// Milliseconds from the start to the window, and to the first code.
    fn start(&self, desktop: &Desktop) -> (f64, f64) {
        // What the window before had to tell.
        while self
            .x
            .poll_for_event()
            .expect("the display answers")
            .is_some()
        {}
        let started = Instant::now();
        let kunji = desktop.spawn(&mut desktop.command(KUNJI));
        let window = look(started, "a window", || self.mapped());
        let mapped = started.elapsed();
        look(started, "a code", || self.shows_code(window).then_some(()));
        let readable = started.elapsed();
        close(
            desktop,
            kunji,
            &desktop.window("of Kunji", |window| window.title == "Kunji"),
        );
        (millis(mapped), millis(readable))
    }

    fn mapped(&self) -> Option<u32> {
        match self.x.poll_for_event().expect("the display answers")? {
            Event::MapNotify(news) => {
                let geometry = self.x.get_geometry(news.window).ok()?.reply().ok()?;
                // Libraries map windows too, of one pixel.
                (geometry.width > 1).then_some(news.window)
            }
            _ => None,
        }
    }

    /// Whether there is dark on white where the code belongs; what is drawn there before is neither.
    fn shows_code(&self, window: u32) -> bool {
        let picture = self.x.get_image(
            ImageFormat::Z_PIXMAP,
            window,
            CODE_LEFT,
            CODE_TOP,
            CODE_WIDTH,
            CODE_HEIGHT,
            u32::MAX,
        );
        let Some(picture) = picture.ok().and_then(|cookie| cookie.reply().ok()) else {
            return false;
        };
        let (pixels, _) = picture.data.as_chunks::<4>();
        let share = |is: fn(&[u8]) -> bool| {
            let count = pixels.iter().filter(|pixel| is(&pixel[..3])).count();
            100 * count / pixels.len().max(1)
        };
        let white = share(|pixel| pixel.iter().all(|&value| value == 0xff));
        let dark = share(|pixel| pixel.iter().all(|&value| value < 0x50));
        white > 50 && dark > 3
    }
}

fn look<T>(started: Instant, what: &str, mut see: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(seen) = see() {
            return seen;
        }
        assert!(
            started.elapsed() < DEADLINE,
            "{what} did not come within {DEADLINE:?}"
        );
        thread::sleep(LOOK_EVERY);
    }
}

// --- standing open ---------------------------------------------------------

/// The processor time of a while, in percent of one core.
fn idle_percent(kunji: &Process) -> f64 {
    let (before, started) = (processor_secs(kunji), Instant::now());
    thread::sleep(IDLE);
    100.0 * (processor_secs(kunji) - before) / started.elapsed().as_secs_f64()
}

/// What the process used so far, in user space and in the kernel.
fn processor_secs(kunji: &Process) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", kunji.pid())).expect("it runs");
    // The fields after the name, which may hold spaces: proc(5) counts them from 3.
    let (_, fields) = stat.rsplit_once(')').expect("the program's name");
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = [14, 15].map(|field| fields[field - 3].parse::<f64>().expect("a number"));
    // Linux tells every program of 100 ticks per second, whatever its own are.
    ticks.iter().sum::<f64>() / 100.0
}

fn pss_mib(kunji: &Process) -> f64 {
    let memory = fs::read_to_string(format!("/proc/{}/smaps_rollup", kunji.pid()));
    let memory = memory.expect("it runs");
    let line = memory
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .expect("its PSS");
    let kib: f64 = line
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number");
    kib / 1024.0
}

// --- the command line ------------------------------------------------------

fn code_ms(desktop: &Desktop) -> f64 {
    let mut command = desktop.command(KUNJI);
    command.args(["code", "A100007"]);
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

fn keyring_ms(desktop: &Desktop) -> f64 {
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
fn read_keyring() {
    let started = Instant::now();
    let items = KeyringItems::new(Box::new(|_| {})).read_all();
    let took = started.elapsed();
    let items = items.expect("the keyring answers");
    assert_eq!(items.len(), ACCOUNTS as usize, "items in the keyring");
    println!("{}", millis(took));
}
