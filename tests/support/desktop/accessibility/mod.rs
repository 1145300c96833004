//! What a screen reader sees of the desktop's programs, and can do: the AT-SPI bus.

mod app;
mod name;
mod node;
mod role;
mod tree;

pub use self::{
    app::App,
    name::{Any, Containing, Name, Such},
    node::{Extents, Node},
    role::{Role, State},
};

use zbus::{
    blocking::{Connection, fdo::DBusProxy},
    zvariant::OwnedObjectPath,
};

use super::{
    Desktop,
    bus::{self, Bus},
    process::Process,
    wait::{self, DEADLINE},
};

const STATUS: (&str, &str) = ("org.a11y.Bus", "/org/a11y/bus");
const REGISTRY: &str = "org.a11y.atspi.Registry";
const ROOT: &str = "/org/a11y/atspi/accessible/root";
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";

/// An object on the AT-SPI bus: whose it is, and its path there.
type Address = (String, OwnedObjectPath);

/// Says to all programs that a screen reader runs, without which they show it nothing,
/// and connects to the bus where it would listen.
pub fn connect(session: &Bus) -> Connection {
    let session = session.connection();
    let (service, path) = STATUS;
    for flag in ["IsEnabled", "ScreenReaderEnabled"] {
        bus::set_property(session, service, path, "org.a11y.Status", flag, true)
            .unwrap_or_else(|error| panic!("accessibility cannot be enabled: {error}"));
    }
    let address: String = bus::call(session, service, path, service, "GetAddress", &())
        .unwrap_or_else(|error| panic!("no accessibility bus: {error}"));
    bus::connect(&address)
}

impl Desktop {
    /// Waits for a program to show itself to screen readers.
    #[track_caller]
    pub fn app(&self, process: &Process) -> App {
        let bus = self.accessibility();
        let found = wait::look_for(DEADLINE, || {
            let apps = applications(bus).into_iter();
            apps.map(|(owner, _)| owner)
                .find(|owner| pid(bus, owner) == Some(process.pid()))
        });
        match found {
            Some(owner) => App::new(bus.clone(), owner),
            None => panic!(
                "{} shows no window to screen readers\n{}",
                process.name(),
                process.errors()
            ),
        }
    }

    /// Waits for a program by the name it gives itself; for those that others start.
    #[track_caller]
    pub fn app_named(&self, name: &str) -> App {
        let bus = self.accessibility();
        let found = wait::look_for(DEADLINE, || {
            applications(bus).into_iter().find(|address| {
                bus::property(bus, &address.0, &address.1, ACCESSIBLE, "Name")
                    .is_ok_and(|found: String| found == name)
            })
        });
        match found {
            Some((owner, _)) => App::new(bus.clone(), owner),
            None => panic!("no program {name} shows itself to screen readers"),
        }
    }
}

fn applications(bus: &Connection) -> Vec<Address> {
    bus::call(bus, REGISTRY, ROOT, ACCESSIBLE, "GetChildren", &())
        .unwrap_or_else(|error| panic!("the accessibility registry is silent: {error}"))
}

fn pid(bus: &Connection, owner: &str) -> Option<u32> {
    DBusProxy::new(bus)
        .ok()?
        .get_connection_unix_process_id(owner.try_into().ok()?)
        .ok()
}
