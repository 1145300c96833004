//! Links that other programs open, from outside: a real session bus, calls as a desktop makes
//! them, and what `make install` puts in place.
#![cfg(all(target_os = "linux", feature = "gui"))]
// A helper that cannot go on fails the test that called it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desktop/mod.rs"]
mod desktop;

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use kunji::app::links::{Links, MAX_PER_CALL, MAX_WAITING, NAME, Opened, PATH};
use kunji::secret::Secret;
use serde::Serialize;
use zbus::blocking::{Connection, connection, fdo::DBusProxy};
use zbus::zvariant::{DynamicType, Value};

use desktop::{DEADLINE, Desktop, Keyring, wait_for};

const LINK: &str = "otpauth://totp/A123456?secret=KUNJISAMPLEQRNOTASECRET234&issuer=angelone.in";
const MIGRATION: &str = "otpauth-migration://offline?data=S1VOSklTQU1QTEU";
const SECRET: &str = "KUNJISAMPLEQRNOTASECRET234";

/// A window that is nothing but asked to draw itself, and one message for each time.
fn window() -> (egui::Context, Receiver<()>) {
    let ctx = egui::Context::default();
    let (sender, woken) = channel();
    ctx.set_request_repaint_callback(move |_| {
        let _ = sender.send(());
    });
    (ctx, woken)
}

fn address(desktop: &Desktop) -> String {
    desktop.variable("DBUS_SESSION_BUS_ADDRESS").expect("a bus")
}

fn start(desktop: &Desktop, ctx: &egui::Context) -> Links {
    Links::start_on(address(desktop), ctx)
}

fn is_served(bus: &Connection) -> bool {
    let bus = DBusProxy::new(bus).unwrap();
    bus.name_has_owner(NAME.try_into().unwrap()).unwrap()
}

fn wait_until_served(desktop: &Desktop) {
    let bus = desktop.session_bus();
    wait_for("the name on the bus", || is_served(bus).then_some(()));
}

/// A call as desktops make it; the error's whole text where it is refused.
fn call(bus: &Connection, method: &str, body: &(impl Serialize + DynamicType)) -> Option<String> {
    let interface = Some("org.freedesktop.Application");
    let answer = bus.call_method(Some(NAME), PATH, interface, method, body);
    answer.err().map(|error| format!("{error} {error:?}"))
}

fn open(bus: &Connection, uris: &[&str]) -> Option<String> {
    let token = Value::from("a token of the desktop's");
    call(
        bus,
        "Open",
        &(uris, HashMap::from([("activation-token", token)])),
    )
}

fn link(uri: &str) -> Opened {
    Opened::Link(Secret::from(uri))
}

/// What a browser and a file manager bring arrives whole and in its order, and the window,
/// which sleeps where nothing happens, is woken for it.
#[test]
fn links_and_files_reach_the_window_in_order() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let (ctx, woken) = window();
    let links = start(&desktop, &ctx);
    wait_until_served(&desktop);
    assert!(links.take().is_empty());
    assert!(woken.try_recv().is_err());

    let bus = desktop.session_bus();
    assert_eq!(open(bus, &[LINK, MIGRATION]), None);
    woken.recv_timeout(DEADLINE).expect("the window is woken");
    assert_eq!(links.take(), [link(LINK), link(MIGRATION)]);
    assert!(links.take().is_empty(), "each is given once");

    assert_eq!(open(bus, &["file:///tmp/a%20picture.png"]), None);
    let nothing = HashMap::<&str, Value<'_>>::new();
    assert_eq!(call(bus, "Activate", &(nothing,)), None);
    assert_eq!(open(bus, &[]), None);
    let file = Opened::File(PathBuf::from("/tmp/a picture.png"));
    assert_eq!(links.take(), [file, Opened::Raise, Opened::Raise]);
}

/// What is not for Kunji is refused whole, and no answer repeats it: callers log answers.
#[test]
fn what_is_refused_is_not_repeated() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let (ctx, _woken) = window();
    let links = start(&desktop, &ctx);
    wait_until_served(&desktop);
    let bus = desktop.session_bus();

    let foreign = format!("https://example.com/?secret={SECRET}");
    let elsewhere = format!("file://{SECRET}/a.png");
    let long = format!("{LINK}&x={}", "A".repeat(64 * 1024));
    let nothing = HashMap::<&str, Value<'_>>::new();
    let answers = [
        open(bus, &[&foreign]),
        open(bus, &[LINK, &foreign]),
        open(bus, &[&elsewhere]),
        open(bus, &[SECRET]),
        open(bus, &[&long]),
        open(bus, &[LINK; MAX_PER_CALL + 1]),
        call(bus, "Open", &(LINK, &nothing)), // not a list
        call(
            bus,
            "ActivateAction",
            &(SECRET, [Value::from(LINK)], &nothing),
        ),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let answer = answer.unwrap_or_else(|| panic!("the call {number} was taken"));
        assert!(
            !answer.contains(SECRET),
            "the call {number} was answered with: {answer}"
        );
    }
    assert!(links.take().is_empty());
    assert_eq!(open(bus, &[LINK]), None, "and it goes on");
    assert_eq!(links.take(), [link(LINK)]);
}

/// A program that floods a window nobody looks at fills no memory, and is told.
#[test]
fn no_more_wait_than_there_is_room_for() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let (ctx, _woken) = window();
    let links = start(&desktop, &ctx);
    wait_until_served(&desktop);
    let bus = desktop.session_bus();
    let call = [LINK; MAX_PER_CALL];
    for _ in 0..MAX_WAITING / MAX_PER_CALL {
        assert_eq!(open(bus, &call), None);
    }
    let answer = open(bus, &[LINK]).expect("there is no more room");
    assert!(!answer.contains(SECRET), "{answer}");
    assert_eq!(links.take().len(), MAX_WAITING);
    assert_eq!(open(bus, &[LINK]), None);
    assert_eq!(links.take(), [link(LINK)]);
}

/// A second window beside the first takes nothing from it; once the first is closed, the next
/// one to start has the links.
#[test]
fn a_second_window_gets_none_and_a_later_one_does() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let (ctx, _woken) = window();
    let first = start(&desktop, &ctx);
    wait_until_served(&desktop);

    let gone = departures(desktop.session_bus());
    let second = start(&desktop, &ctx);
    gone.recv_timeout(DEADLINE)
        .expect("the second gives its connection up");
    assert_eq!(open(desktop.session_bus(), &[LINK]), None);
    assert_eq!(first.take(), [link(LINK)]);
    assert!(second.take().is_empty());

    let asked = Instant::now();
    drop(first);
    assert!(asked.elapsed() < Duration::from_secs(1), "closing waits");
    let bus = desktop.session_bus();
    wait_for("the name to be free", || (!is_served(bus)).then_some(()));
    let third = start(&desktop, &ctx);
    wait_until_served(&desktop);
    assert_eq!(open(bus, &[MIGRATION]), None);
    assert_eq!(third.take(), [link(MIGRATION)]);
}

/// The connections that leave the bus from now on.
fn departures(bus: &Connection) -> Receiver<String> {
    let bus = DBusProxy::new(bus).unwrap();
    let changes = bus.receive_name_owner_changed().unwrap();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for change in changes {
            let Ok(change) = change.args() else { break };
            let left = change.new_owner.is_none() && change.name.starts_with(':');
            if left && sender.send(change.name.to_string()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Over SSH, in a container, beside a bus that hangs: the window opens and closes all the same.
#[test]
fn without_a_bus_there_are_no_links_and_nothing_waits() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("bus");
    let _never_answers = UnixListener::bind(&socket).unwrap();
    let (ctx, woken) = window();
    for address in [
        String::new(),
        "no address".to_owned(),
        "unix:path=/nonexistent/bus".to_owned(),
        format!("unix:path={}", socket.display()),
    ] {
        let asked = Instant::now();
        let links = Links::start_on(address, &ctx);
        assert!(links.take().is_empty());
        drop(links);
        assert!(asked.elapsed() < Duration::from_secs(1), "{asked:?}");
    }
    assert!(woken.try_recv().is_err());
}

/// `scripts/install` with this environment and no other.
fn install(what: &str, environment: &[(&str, &Path)]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/install");
    let path = std::env::var_os("PATH").expect("a PATH");
    let done = Command::new(script)
        .arg(what)
        .env_clear()
        .env("PATH", path)
        .envs(environment.iter().copied())
        .output()
        .expect("bash");
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{errors}");
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// A program that writes down what it was started with, and fails: the bus would wait for one
/// that ends well, which may have left another to answer.
fn witness(folder: &Path) -> PathBuf {
    let program = folder.join("witness");
    let script =
        "#!/bin/sh\n{ tr '\\0' '\\n' </proc/$$/cmdline; env; } >\"$HOME/started-with\"\nexit 1\n";
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

/// Files below a folder, in order.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap();
                found.push(below.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// The value of a key in a file of groups and keys.
fn value(file: &str, key: &str) -> String {
    let mut lines = file.lines().filter_map(|line| line.split_once('='));
    let found = lines.find(|(name, _)| *name == key);
    found.unwrap_or_else(|| panic!("no {key}")).1.to_owned()
}

/// A desktop finds the program by names that must agree over three files, and starts it without
/// a link among its arguments. Removing takes those files and nothing beside them.
#[test]
fn what_is_installed_agrees_and_is_removed_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("package");
    let program = witness(folder.path());
    let beside = root.join("usr/share/applications/another.desktop");
    fs::create_dir_all(beside.parent().unwrap()).unwrap();
    fs::write(&beside, "").unwrap();
    let around = [
        ("PREFIX", Path::new("/usr")),
        ("DESTDIR", &root),
        ("BINARY", &program),
    ];
    install("install", &around);
    assert_eq!(
        files(&root),
        [
            "usr/bin/kunji".to_owned(),
            "usr/share/applications/another.desktop".to_owned(),
            format!("usr/share/applications/{NAME}.desktop"),
            format!("usr/share/dbus-1/services/{NAME}.service"),
            format!("usr/share/icons/hicolor/scalable/apps/{NAME}.svg"),
        ]
    );
    let read = |path: &str| fs::read_to_string(root.join("usr/share").join(path)).unwrap();
    let service = read(&format!("dbus-1/services/{NAME}.service"));
    assert_eq!(value(&service, "Name"), NAME);
    assert_eq!(value(&service, "Exec"), "/usr/bin/kunji");
    let entry = read(&format!("applications/{NAME}.desktop"));
    assert_eq!(value(&entry, "Exec"), "/usr/bin/kunji", "no field code");
    assert_eq!(value(&entry, "DBusActivatable"), "true");
    assert_eq!(value(&entry, "Icon"), NAME);
    assert_eq!(
        value(&entry, "MimeType"),
        "x-scheme-handler/otpauth;x-scheme-handler/otpauth-migration;"
    );
    assert_eq!(PATH.replace('/', "."), format!(".{NAME}"));
    let mode = fs::metadata(root.join("usr/bin/kunji"))
        .unwrap()
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o755);

    let said = install("uninstall", &around);
    assert_eq!(files(&root), ["usr/share/applications/another.desktop"]);
    assert!(said.contains("keyring"), "{said}");
}

/// The whole point: a bus that starts Kunji for a link, from a home with a space in its name, puts
/// the link neither into the arguments nor into the environment.
#[test]
fn a_program_started_for_a_link_has_it_in_no_argument() {
    let desktop = Desktop::without_display(Keyring::Absent);
    let home = desktop.home().join("A Person");
    fs::create_dir(&home).unwrap();
    let program = witness(&home);
    install("install", &[("HOME", &home), ("BINARY", &program)]);

    // The distribution's own configuration, as a desktop's session has it.
    let socket = desktop.home().join("bus");
    let address = format!("unix:path={}", socket.display());
    let mut command = desktop.command("dbus-daemon");
    command
        .args(["--session", "--nofork", "--address", &address])
        .env("HOME", &home)
        .env("XDG_DATA_HOME", home.join(".local/share"))
        .env("XDG_DATA_DIRS", home.join("nothing"));
    let daemon = desktop.spawn(&mut command);
    wait_for("the session's bus", || UnixStream::connect(&socket).ok());
    let builder = connection::Builder::address(address.as_str()).unwrap();
    let bus = builder.method_timeout(DEADLINE).build().unwrap();

    let answer = open(&bus, &[LINK]).expect("the witness takes no calls");
    let seen = fs::read_to_string(home.join("started-with"));
    let seen = seen.unwrap_or_else(|_| panic!("not started: {answer}\n{}", daemon.errors()));
    let installed = home.join(".local/bin/kunji");
    let expected = format!("/bin/sh\n{}\n", installed.display());
    assert!(seen.starts_with(&expected), "{seen}");
    let rest = &seen[expected.len()..];
    assert!(
        rest.lines().next().is_some_and(|line| line.contains('=')),
        "{seen}"
    );
    assert!(!seen.contains("otpauth"), "{seen}");
}
