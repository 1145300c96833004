//! `otpauth://` links that other programs open, over D-Bus.
//!
//! A desktop starts a program for a link with the link among its arguments,
//! where every user of the computer can read it (`/proc/PID/cmdline`). A desktop
//! entry with `DBusActivatable=true` has it call the program instead, starting it
//! first where it does not run: a message between two programs of one person.
//! Source: the Desktop Entry Specification, "D-Bus Activation", the interface
//! `org.freedesktop.Application`. `assets/in.kunji.Kunji.desktop` is the entry;
//! `make install` puts it and the bus's service file in place.
//!
//! One Kunji has the name; a second one beside it gets no links. What zbus and
//! the bus hold of a message is freed and not wiped: no program can see to that.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use egui::Context;
use url::Url;
use zbus::blocking::{Connection, connection};
use zbus::fdo::Error;
use zbus::interface;
use zbus::zvariant::Value;

use crate::secret::Secret;

/// The desktop entry's name without its ending, as the specification has it.
pub const NAME: &str = "in.kunji.Kunji";
/// The name with slashes for dots.
pub const PATH: &str = "/in/kunji/Kunji";

pub const MAX_PER_CALL: usize = 32;
pub const MAX_LINK_BYTES: usize = 64 * 1024;
/// What the window has not taken yet; more is refused.
pub const MAX_WAITING: usize = 64;

const LINK_SCHEMES: [&str; 2] = ["otpauth", "otpauth-migration"];

/// For the bus to answer, which waits for nobody.
const BUS: Duration = Duration::from_secs(10);

/// What another program, or the desktop, has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// An `otpauth:` or `otpauth-migration:` URI, not looked into.
    Link(Secret),
    /// A `file:` URI's path; whether there is such a file was not looked at.
    File(PathBuf),
    /// The window is to come to the front.
    Raise,
}

/// Takes links for as long as it lives. Dropping it waits for nothing.
pub struct Links {
    opened: Receiver<Opened>,
    /// Its end ends the thread, and with it the connection.
    _stay: SyncSender<()>,
}

impl Links {
    /// On this session's bus; returns at once. Without a bus there are no links.
    #[must_use]
    pub fn start(ctx: &Context) -> Self {
        let bus = zbus::Address::session().map(|address| address.to_string());
        Self::start_on(bus.unwrap_or_default(), ctx)
    }

    /// On the bus at `address`, as D-Bus writes addresses.
    #[must_use]
    pub fn start_on(address: String, ctx: &Context) -> Self {
        let (sender, opened) = sync_channel(MAX_WAITING);
        let (stay, stopped) = sync_channel(0);
        let application = Application {
            opened: sender,
            ctx: ctx.clone(),
        };
        let serving = move || match serve(&address, application) {
            Ok(_connection) => {
                let _ = stopped.recv(); // nobody sends: it ends with `Links`
            }
            Err(error) => tracing::debug!(%error, "no links from other programs"),
        };
        let spawned = std::thread::Builder::new()
            .name("kunji-links".into())
            .spawn(serving);
        if spawned.is_err() {
            tracing::debug!("no links from other programs: no thread");
        }
        Self {
            opened,
            _stay: stay,
        }
    }

    /// What has come since the last time, in its order.
    #[must_use]
    pub fn take(&self) -> Vec<Opened> {
        self.opened.try_iter().collect()
    }
}

/// Serves before the name is asked for: whoever had the bus start Kunji calls
/// as soon as the name is there.
fn serve(address: &str, application: Application) -> zbus::Result<Connection> {
    connection::Builder::address(address)?
        .method_timeout(BUS)
        .serve_at(PATH, application)?
        // Nor is the bus to queue for it: zbus never does.
        .replace_existing_names(false)
        .name(NAME)?
        .build()
}

struct Application {
    opened: SyncSender<Opened>,
    ctx: Context,
}

impl Application {
    fn hand_over(&self, opened: Opened) -> Result<(), Error> {
        let sent = self.opened.try_send(opened);
        self.ctx.request_repaint();
        sent.map_err(|error| match error {
            TrySendError::Full(_) => Error::LimitsExceeded("Kunji has its hands full.".into()),
            TrySendError::Disconnected(_) => Error::Failed("Kunji is closing.".into()),
        })
    }
}

/// `platform_data` has nothing that egui could use: its activation token would
/// have to reach winit. One call at a time, so that the order stays.
#[interface(name = "org.freedesktop.Application", spawn = false)]
#[allow(
    unused_variables,
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "the interface says what a method is given"
)]
impl Application {
    fn activate(&self, platform_data: HashMap<&str, Value<'_>>) -> Result<(), Error> {
        self.hand_over(Opened::Raise)
    }

    /// All of them, or none where one is not for Kunji.
    fn open(&self, uris: Vec<&str>, platform_data: HashMap<&str, Value<'_>>) -> Result<(), Error> {
        if uris.len() > MAX_PER_CALL {
            return Err(Error::LimitsExceeded(format!(
                "Kunji takes up to {MAX_PER_CALL} links at once."
            )));
        }
        if uris.is_empty() {
            return self.hand_over(Opened::Raise);
        }
        let opened: Result<Vec<_>, _> = uris.into_iter().map(read).collect();
        opened?.into_iter().try_for_each(|one| self.hand_over(one))
    }

    /// The desktop entry names no actions.
    fn activate_action(
        &self,
        action_name: &str,
        parameter: Vec<Value<'_>>,
        platform_data: HashMap<&str, Value<'_>>,
    ) -> Result<(), Error> {
        Err(Error::NotSupported("Kunji has no such action.".into()))
    }
}

/// The error must not repeat `uri`: the bus can be listened to, and callers log.
fn read(uri: &str) -> Result<Opened, Error> {
    if uri.len() > MAX_LINK_BYTES {
        return Err(Error::LimitsExceeded(format!(
            "Kunji takes links of up to {} KiB.",
            MAX_LINK_BYTES / 1024
        )));
    }
    let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
    if LINK_SCHEMES
        .iter()
        .any(|link| scheme.eq_ignore_ascii_case(link))
    {
        return Ok(Opened::Link(Secret::from(uri)));
    }
    if scheme.eq_ignore_ascii_case("file") {
        let path = Url::parse(uri).ok().and_then(|uri| uri.to_file_path().ok());
        let path = path.ok_or_else(|| {
            Error::InvalidArgs("Kunji opens files of this computer alone.".into())
        })?;
        return Ok(Opened::File(path));
    }
    Err(Error::InvalidArgs(
        "Kunji opens otpauth and otpauth-migration links, and files.".into(),
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn path(uri: &str) -> Option<PathBuf> {
        match read(uri) {
            Ok(Opened::File(path)) => Some(path),
            _ => None,
        }
    }

    /// A scheme has no case; a longer one that begins alike is another.
    #[test]
    fn schemes_are_whole_words() {
        for uri in ["otpauth://totp/a?secret=b", "OTPAUTH-Migration://offline"] {
            assert_eq!(read(uri).unwrap(), Opened::Link(Secret::from(uri)));
        }
        let foreign = ["otpauthx://totp/a", " otpauth://totp/a", "otpauth", "", ":"];
        for uri in foreign {
            assert!(read(uri).is_err(), "{uri:?}");
        }
    }

    /// Names with spaces and other scripts arrive as they are on the disk; another
    /// computer's file is not one of this one's of the same name.
    #[test]
    fn files_are_this_computers() {
        let file = Path::new("/home/a b/क.png");
        let uri = Url::from_file_path(file).unwrap();
        assert_eq!(path(uri.as_str()).as_deref(), Some(file));
        assert_eq!(path("FILE:///a.png").as_deref(), Some(Path::new("/a.png")));
        assert_eq!(
            path("file://localhost/a.png").as_deref(),
            Some(Path::new("/a.png"))
        );
        assert_eq!(path("file://elsewhere/a.png"), None);
    }

    #[test]
    fn the_longest_link_is_taken_and_no_longer_one() {
        let mut link = String::from("otpauth://totp/a?secret=");
        link.extend(std::iter::repeat_n('A', MAX_LINK_BYTES - link.len()));
        assert!(read(&link).is_ok());
        link.push('A');
        let refused = read(&link).unwrap_err().to_string();
        assert!(!refused.contains("AAAA"), "{}", refused.len());
    }
}
