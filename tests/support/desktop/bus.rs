//! A private session bus that can start only what the desktop offers.

use std::{
    fs,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use zbus::{
    blocking::{Connection, connection, fdo::DBusProxy},
    zvariant::{DynamicType, OwnedValue, Type, Value},
};

use super::{process::Process, session::Session, wait::wait_for};

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// No call of the tests themselves waits for a human, so none may take longer.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

pub struct Bus {
    // First, so that the connection is closed before its daemon ends.
    connection: Connection,
    _daemon: Process,
}

impl Bus {
    /// Starts the bus; it activates the named services as the system's own files describe them.
    pub fn start(session: &mut Session, services: &[Service]) -> Self {
        let socket = session.root().join("run/bus");
        let directory = session.root().join("services");
        fs::create_dir(&directory).expect("a directory for service files");
        for service in services {
            service.install(&directory);
        }
        let config = session.root().join("bus.conf");
        fs::write(&config, configuration(&socket, &directory)).expect("the bus's configuration");

        let address = format!("unix:path={}", socket.display());
        session.set("DBUS_SESSION_BUS_ADDRESS", &address);
        let mut command = session.command("dbus-daemon");
        command.arg("--nofork").arg("--config-file").arg(config);
        let daemon = Process::start(session, "dbus-daemon", &mut command);
        wait_for("the session bus", || UnixStream::connect(&socket).ok());
        Self {
            connection: connect(&address),
            _daemon: daemon,
        }
    }

    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether some process on the bus provides this service now.
    pub fn has(&self, service: &str) -> bool {
        DBusProxy::new(&self.connection)
            .and_then(|bus| Ok(bus.name_has_owner(service.try_into()?)?))
            .expect("the session bus answers")
    }
}

/// A service that the bus may start when somebody asks for it.
pub struct Service {
    pub name: &'static str,
    pub program: &'static str,
}

impl Service {
    /// Takes over the system's description, so that the distribution decides where the program is.
    fn install(&self, directory: &Path) {
        let file = format!("{}.service", self.name);
        let found = ["/usr/local/share", "/usr/share"]
            .map(|share| PathBuf::from(share).join("dbus-1/services").join(&file))
            .into_iter()
            .find(|path| path.exists());
        let Some(system) = found else {
            panic!("{}", super::process::missing(self.program));
        };
        fs::copy(system, directory.join(file)).expect("a readable service file");
    }
}

pub fn connect(address: &str) -> Connection {
    connection::Builder::address(address)
        .and_then(|builder| builder.method_timeout(CALL_TIMEOUT).build())
        .unwrap_or_else(|error| panic!("no connection to the bus at {address}: {error}"))
}

fn configuration(socket: &Path, services: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        socket.display(),
        services.display()
    )
}

/// Calls a method of an object on the bus and returns its answer.
pub fn call<T>(
    bus: &Connection,
    service: &str,
    path: &str,
    interface: &str,
    method: &str,
    body: &(impl Serialize + DynamicType),
) -> zbus::Result<T>
where
    T: for<'a> Deserialize<'a> + Type,
{
    bus.call_method(Some(service), path, Some(interface), method, body)?
        .body()
        .deserialize()
}

/// Reads one property of an object on the bus.
pub fn property<T>(
    bus: &Connection,
    service: &str,
    path: &str,
    interface: &str,
    name: &str,
) -> zbus::Result<T>
where
    T: TryFrom<OwnedValue>,
    zbus::Error: From<T::Error>,
{
    let value: OwnedValue = call(bus, service, path, PROPERTIES, "Get", &(interface, name))?;
    Ok(value.try_into()?)
}

/// Sets one property of an object on the bus.
pub fn set_property(
    bus: &Connection,
    service: &str,
    path: &str,
    interface: &str,
    name: &str,
    value: impl Into<Value<'static>>,
) -> zbus::Result<()> {
    call(
        bus,
        service,
        path,
        PROPERTIES,
        "Set",
        &(interface, name, value.into()),
    )
}
