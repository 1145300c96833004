//! A screen that nobody sees: Xvfb, and this test's own connection to it.

use x11rb::{
    connection::Connection as _,
    protocol::xproto::{Atom, ConnectionExt as _, Screen},
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use super::{keyboard::Layout, process::Process, session::Session, wait::wait_for};

pub const WIDTH: u16 = 1280;
pub const HEIGHT: u16 = 1024;

pub struct Display {
    // First, so that the connection is closed before its server ends.
    pub(super) x: RustConnection,
    pub(super) layout: Layout,
    screen: usize,
    name: String,
    _server: Process,
}

impl Display {
    pub fn start(session: &mut Session) -> Self {
        let mut command = session.command("Xvfb");
        command
            // The server finds a free number itself and writes it once it takes connections.
            .args(["-displayfd", "1"])
            .args(["-screen", "0", &format!("{WIDTH}x{HEIGHT}x24")])
            .args(["-nolisten", "tcp", "-noreset"]);
        let mut server = Process::start(session, "Xvfb", &mut command);
        let number = wait_for("Xvfb to choose its display", || {
            assert!(
                server.has_ended().is_none(),
                "Xvfb ended: {}",
                server.errors()
            );
            server.output().strip_suffix('\n').map(str::to_owned)
        });
        let name = format!(":{number}");
        session.set("DISPLAY", &name);
        let (x, screen) = connect(&name);
        Self {
            x,
            layout: Layout::default(),
            screen,
            name,
            _server: server,
        }
    }

    /// A second connection, for what has to answer other programs from a thread of its own.
    pub fn another_connection(&self) -> RustConnection {
        connect(&self.name).0
    }

    pub fn screen(&self) -> &Screen {
        &self.x.setup().roots[self.screen]
    }

    pub fn atom(&self, name: &str) -> Atom {
        atom(&self.x, name)
    }

    /// Returns once the server has done all it was asked, and said so.
    pub fn sync(&self) {
        self.x.sync().expect("the display answers");
    }
}

pub fn atom(x: &RustConnection, name: &str) -> Atom {
    x.intern_atom(false, name.as_bytes())
        .expect("a connection to the display")
        .reply()
        .expect("an atom for every name")
        .atom
}

fn connect(name: &str) -> (RustConnection, usize) {
    RustConnection::connect(Some(name))
        .unwrap_or_else(|error| panic!("no connection to display {name}: {error}"))
}
