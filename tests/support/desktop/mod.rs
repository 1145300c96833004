//! A private desktop for one test: a screen, a session bus, a keyring and accessibility, all real.
//!
//! Nothing of it touches the desktop of whoever runs the tests: every process gets a home and an
//! environment of its own, and ends with the [`Desktop`].

#![allow(dead_code, unused_imports, reason = "each test binary uses a part")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a desktop that does not work fails its test"
)]

mod accessibility;
mod bus;
mod clipboard;
mod display;
mod drag;
mod file_dialog;
mod keyboard;
mod keyring;
mod offer;
mod pointer;
mod portal;
mod process;
mod prompt;
mod screenshot;
mod secrets;
mod session;
mod shown;
mod wait;
mod window;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use zbus::blocking::Connection;

pub use self::{
    accessibility::{Any, App, Containing, Extents, Name, Node, Role, State, Such},
    drag::Drag,
    keyring::{KEYRING_PASSWORD, Keyring},
    portal::{Portal, PortalAnswer},
    process::Process,
    prompt::Answer,
    secrets::Secret,
    shown::ShownPicture,
    wait::{DEADLINE, holds_within, look_for, wait_for},
    window::Window,
};

use self::{
    bus::{Bus, Service},
    display::Display,
    session::Session,
};

const ACCESSIBILITY: Service = Service {
    name: "org.a11y.Bus",
    program: "at-spi-bus-launcher",
};
const PROMPTER: Service = Service {
    name: "org.gnome.keyring.SystemPrompter",
    program: "gcr-prompter",
};

pub struct Desktop {
    // Dropped from top to bottom: each ends before what it talks to.
    keyring: Option<Process>,
    accessibility: Option<Connection>,
    bus: Bus,
    display: Option<Display>,
    session: Session,
}

impl Desktop {
    /// A whole desktop, with a screen. A locked keyring asks for its password in a real window.
    pub fn start(keyring: Keyring) -> Self {
        let mut session = Session::new();
        let display = Display::start(&mut session);
        // The bus is started last, because what it starts inherits its environment.
        let bus = Bus::start(&mut session, &[ACCESSIBILITY, PROMPTER]);
        let accessibility = accessibility::connect(&bus);
        let mut desktop = Self {
            keyring: None,
            accessibility: Some(accessibility),
            bus,
            display: Some(display),
            session,
        };
        desktop.start_keyring(keyring);
        desktop
    }

    /// Only a session bus and a keyring, as over SSH. A locked keyring cannot ask for its password.
    pub fn without_display(keyring: Keyring) -> Self {
        let mut session = Session::new();
        let bus = Bus::start(&mut session, &[]);
        let mut desktop = Self {
            keyring: None,
            accessibility: None,
            bus,
            display: None,
            session,
        };
        desktop.start_keyring(keyring);
        desktop
    }

    /// The complete environment of this desktop's programs.
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        self.session.environment().to_vec()
    }

    /// A command on this desktop, with nothing else in its environment.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        self.session.command(program.as_ref())
    }

    /// Starts a command made by [`Self::command`] that ends when the returned value is dropped.
    pub fn spawn(&self, command: &mut Command) -> Process {
        let program = PathBuf::from(command.get_program());
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        Process::start(&self.session, &name, command)
    }

    pub fn home(&self) -> PathBuf {
        self.session.home()
    }

    /// The session bus, for what a test wants to know of it.
    pub fn session_bus(&self) -> &Connection {
        self.bus.connection()
    }

    #[track_caller]
    fn display(&self) -> &Display {
        self.display
            .as_ref()
            .expect("this desktop was started without a display")
    }

    #[track_caller]
    fn accessibility(&self) -> &Connection {
        self.accessibility
            .as_ref()
            .expect("this desktop was started without a display")
    }
}
