//! `kunji doctor`: what works, what does not, and what to do. Nothing secret,
//! and no request to anyone but, with `--network`, an empty connection.
//!
//! JSON: `{"checks": […]}`, each `{"name", "result", "text", "advice"}`. `name` is
//! `keyring`, `accounts`, `clock`, `display`, `broker`, `state` or `network`;
//! `result` is `works`, `fails`, `note` or `unknown`; `advice` is null where
//! there is nothing to do.

use std::env;
use std::fmt::Write as _;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use url::Url;

use super::error::{CliError, Status};
use super::list::unreadable;
use super::output::{out, out_json, plain};
use super::running::{Running, VAULT_DEADLINE};
use crate::account::ist;
use crate::engine::{Command, DEFAULT_ENDPOINT, Endpoint, Event, Snapshot, VaultError};

const CONNECT_DEADLINE: Duration = Duration::from_secs(5);

/// Check keyring, clock, display and broker address
#[derive(Args)]
pub struct DoctorArgs {
    /// Connect to the broker's address too, sending nothing
    #[arg(long)]
    network: bool,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct DoctorJson {
    checks: Vec<Check>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Finding {
    Works,
    Fails,
    /// Neither good nor bad.
    Note,
    Unknown,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    result: Finding,
    text: String,
    advice: Option<String>,
}

impl Check {
    const fn new(name: &'static str, result: Finding, text: String) -> Self {
        Self {
            name,
            result,
            text,
            advice: None,
        }
    }

    fn advised(self, advice: &str) -> Self {
        Self {
            advice: Some(advice.to_owned()),
            ..self
        }
    }
}

impl DoctorArgs {
    pub fn run(&self) -> Result<Status, CliError> {
        let kunji = Running::start()?;
        let mut checks = vault(&kunji)?;
        checks.push(clock(&kunji));
        checks.push(display());
        checks.push(broker(kunji.endpoint()));
        checks.push(state(kunji.state_dir()));
        if self.network {
            checks.push(network(kunji.endpoint()));
        }
        let status = status(&checks);
        if self.json {
            out_json(&DoctorJson { checks })?;
        } else {
            out(&text(&checks))?;
        }
        Ok(status)
    }
}

fn status(checks: &[Check]) -> Status {
    let failing = checks.iter().filter(|check| check.result == Finding::Fails);
    let status = |check: &Check| match check.name {
        "keyring" => Status::Keyring,
        _ => Status::Failed,
    };
    failing.map(status).max().unwrap_or(Status::Done)
}

fn text(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let result = match check.result {
            Finding::Works => "works",
            Finding::Fails => "DOES NOT WORK",
            Finding::Note => "note",
            Finding::Unknown => "not known",
        };
        let _ = writeln!(
            text,
            "{:<9} {result:<14} {}",
            check.name,
            plain(&check.text)
        );
        if let Some(advice) = &check.advice {
            let _ = writeln!(text, "{:<24} {}", "", plain(advice));
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// Opens the vault, and writes, reads and deletes an item of no meaning.
fn vault(kunji: &Running) -> Result<Vec<Check>, CliError> {
    let snapshot = match kunji.open_vault() {
        Ok(snapshot) => snapshot,
        Err(CliError::Vault(error)) => return Ok(vec![no_vault(&error), no_accounts()]),
        Err(other) => return Err(other),
    };
    kunji.send(Command::ProbeVault)?;
    let probed = kunji.wait(VAULT_DEADLINE, |event| match event {
        Event::VaultProbed(result) => Some(result),
        _ => None,
    })?;
    let keyring = match probed.unwrap_or(Err(VaultError::Timeout)) {
        Ok(provider) => {
            let text = format!("{provider}, unlocked; a test item was written, read and deleted");
            Check::new("keyring", Finding::Works, text)
        }
        Err(error) => {
            let text = format!(
                "{} can be read, but not written. {error}",
                snapshot.provider
            );
            Check::new("keyring", Finding::Fails, text).advised(error.advice())
        }
    };
    Ok(vec![keyring, accounts(&snapshot)])
}

fn no_vault(error: &VaultError) -> Check {
    Check::new("keyring", Finding::Fails, error.to_string()).advised(error.advice())
}

fn no_accounts() -> Check {
    Check::new(
        "accounts",
        Finding::Unknown,
        "the keyring tells once it works".to_owned(),
    )
}

fn accounts(snapshot: &Snapshot) -> Check {
    let text = match snapshot.accounts.len() {
        0 => "none saved yet".to_owned(),
        1 => "1 saved".to_owned(),
        count => format!("{count} saved"),
    };
    match unreadable(snapshot.unreadable) {
        Some(note) => Check::new("accounts", Finding::Note, text).advised(&note),
        None => Check::new("accounts", Finding::Works, text),
    }
}

fn clock(kunji: &Running) -> Check {
    let now = kunji
        .now()
        .to_zoned_datetime(ist())
        .strftime("%H:%M:%S on %-d %b %Y (IST)")
        .to_string();
    match kunji.snapshot().skew_ms {
        Some(skew_ms) => {
            let text = format!("{now}, {:+} s from the broker's", -skew_ms / 1_000);
            Check::new("clock", Finding::Works, text)
        }
        None => Check::new("clock", Finding::Unknown, format!("{now} by this computer"))
            .advised("It is compared with the broker's at the next login; Kunji asks nobody else."),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn display() -> Check {
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    match (set("WAYLAND_DISPLAY"), set("DISPLAY")) {
        (Some(wayland), _) => Check::new("display", Finding::Works, format!("Wayland, {wayland}")),
        (None, Some(x11)) => Check::new("display", Finding::Works, format!("X11, {x11}")),
        (None, None) => {
            let text = "none (neither WAYLAND_DISPLAY nor DISPLAY is set)".to_owned();
            Check::new("display", Finding::Note, text)
                .advised("The window and `kunji code --copy` need one; the other commands do not.")
        }
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn display() -> Check {
    let _ = env::consts::OS;
    Check::new("display", Finding::Works, "the system's own".to_owned())
}

fn broker(endpoint: &Endpoint) -> Check {
    let address = endpoint.to_string();
    if address == DEFAULT_ENDPOINT {
        Check::new("broker", Finding::Works, format!("{address}, the default"))
    } else {
        Check::new(
            "broker",
            Finding::Note,
            format!("{address}, not the default"),
        )
        .advised("KUNJI_SMARTAPI_URL says so. Unset it to log in to AngelOne.")
    }
}

/// Without it no login is sent: which codes were sent must outlast the program.
fn state(folder: &Path) -> Check {
    let shown = folder.display();
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| tempfile::NamedTempFile::new_in(folder))
        .and_then(tempfile::NamedTempFile::close);
    match written {
        Ok(()) => Check::new("state", Finding::Works, format!("{shown} can be written")),
        Err(error) => {
            let text = format!("{shown} cannot be written ({})", error.kind());
            Check::new("state", Finding::Fails, text)
                .advised("Kunji logs in only where it can note there which codes were sent. Check its permissions and free space.")
        }
    }
}

fn network(endpoint: &Endpoint) -> Check {
    let started = Instant::now();
    match connect(endpoint) {
        Ok(()) => {
            let text = format!(
                "connected to {endpoint} in {} ms",
                started.elapsed().as_millis()
            );
            Check::new("network", Finding::Works, text)
        }
        Err(error) => {
            let text = format!("{endpoint} could not be reached ({})", error.kind());
            Check::new("network", Finding::Fails, text).advised(
                "Check the internet connection, and whether a firewall or proxy is in the way.",
            )
        }
    }
}

/// On a thread of its own: looking up a name knows no deadline.
fn connect(endpoint: &Endpoint) -> io::Result<()> {
    let url = Url::parse(&endpoint.to_string()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let until = Instant::now() + CONNECT_DEADLINE;
    let (done, wait) = sync_channel(1);
    thread::Builder::new()
        .name("kunji-connect".into())
        .spawn(move || {
            let outcome = url
                .socket_addrs(|| None)
                .and_then(|found| first_of(&found, until));
            // Whoever gave up on it hears it no more.
            let _ = done.send(outcome);
        })?;
    wait.recv_timeout(CONNECT_DEADLINE)
        .unwrap_or(Err(io::ErrorKind::TimedOut.into()))
}

fn first_of(addresses: &[SocketAddr], until: Instant) -> io::Result<()> {
    let mut outcome = Err(io::ErrorKind::NotFound.into());
    for address in addresses {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        outcome = TcpStream::connect_timeout(address, left).map(drop);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn json_has_the_documented_shape() {
        let checks = vec![no_vault(&VaultError::NoService), no_accounts()];
        let value = serde_json::to_value(DoctorJson { checks }).unwrap();
        let first = &value["checks"][0];
        assert_eq!(
            (&first["name"], &first["result"]),
            (&"keyring".into(), &"fails".into())
        );
        assert!(first["advice"].as_str().unwrap().contains("gnome-keyring"));
        assert_eq!(value["checks"][1]["advice"], serde_json::Value::Null);
    }

    #[test]
    fn exit_codes_follow_the_worst() {
        let fine = || Check::new("state", Finding::Works, String::new());
        let note = || Check::new("display", Finding::Note, String::new());
        let state = || Check::new("state", Finding::Fails, String::new());
        assert_eq!(status(&[fine(), note()]), Status::Done);
        assert_eq!(status(&[fine(), state()]), Status::Failed);
        assert_eq!(
            status(&[no_vault(&VaultError::Locked), state()]),
            Status::Keyring
        );
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(state(&folder.path().join("new")).result, Finding::Works);
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(state(&file.join("below")).result, Finding::Fails);
    }

    #[test]
    fn the_network_is_an_open_port_or_none() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let endpoint = Endpoint::parse(&address).unwrap();
        assert_eq!(network(&endpoint).result, Finding::Works);
        drop(listener);
        assert_eq!(network(&endpoint).result, Finding::Fails);
        assert_eq!(broker(&endpoint).result, Finding::Note);
        assert_eq!(
            broker(&Endpoint::parse(DEFAULT_ENDPOINT).unwrap()).result,
            Finding::Works
        );
    }
}
