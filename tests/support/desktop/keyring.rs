//! GNOME Keyring as the desktop's Secret Service, in every state a person can have it in.

use std::fs::{self, File};

use zbus::zvariant::OwnedObjectPath;

use super::{Desktop, bus, process::Process, session::Session, wait::wait_for};

/// The password of the desktop's keyring.
pub const KEYRING_PASSWORD: &str = "correct horse battery staple";

pub const SECRETS: &str = "org.freedesktop.secrets";
pub const SERVICE: &str = "org.freedesktop.Secret.Service";
pub const SERVICE_PATH: &str = "/org/freedesktop/secrets";
pub const COLLECTION: &str = "org.freedesktop.Secret.Collection";

/// The state of the desktop's keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// There, and open.
    Unlocked,
    /// There with what was stored before, but locked: using it asks for the password.
    Locked,
    /// There, but nobody has made a collection yet: using it asks for a password for a new one.
    Empty,
    /// No Secret Service on the bus, and none that the bus could start.
    Absent,
}

impl Desktop {
    /// Starts the keyring, with all that earlier ones on this desktop stored.
    pub fn start_keyring(&mut self, keyring: Keyring) {
        assert!(self.keyring.is_none(), "a keyring runs already");
        if keyring == Keyring::Absent {
            return;
        }
        let opens = keyring != Keyring::Empty;
        self.keyring = Some(start_daemon(&self.session, opens));
        wait_for("the keyring", || self.keyring_is_there().then_some(()));
        if opens {
            wait_for("the keyring to open", || {
                (!self.keyring_is_locked()).then_some(())
            });
        }
        if keyring == Keyring::Locked {
            self.lock_keyring();
        }
    }

    /// Ends the keyring, as if it had crashed; its data stay.
    pub fn stop_keyring(&mut self) {
        drop(self.keyring.take().expect("a keyring runs"));
        wait_for("the keyring to leave the bus", || {
            (!self.keyring_is_there()).then_some(())
        });
    }

    /// Locks the default collection, as the desktop's password manager does.
    pub fn lock_keyring(&self) {
        let collection = self.default_collection().expect("a default collection");
        let (locked, _): (Vec<OwnedObjectPath>, OwnedObjectPath) = bus::call(
            self.session_bus(),
            SECRETS,
            SERVICE_PATH,
            SERVICE,
            "Lock",
            &(vec![collection],),
        )
        .expect("the keyring locks its default collection");
        assert!(
            !locked.is_empty() && self.keyring_is_locked(),
            "the keyring stayed open"
        );
    }

    /// Whether a Secret Service is on the bus.
    pub fn keyring_is_there(&self) -> bool {
        self.bus.has(SECRETS)
    }

    /// Whether the default collection is locked, or not even made.
    pub fn keyring_is_locked(&self) -> bool {
        self.default_collection().is_none_or(|collection| {
            bus::property(
                self.session_bus(),
                SECRETS,
                &collection,
                COLLECTION,
                "Locked",
            )
            .expect("the collection says whether it is locked")
        })
    }

    /// Makes the keyring hang: it is there, and answers nothing.
    pub fn freeze_keyring(&self) {
        self.keyring
            .as_ref()
            .expect("a keyring runs")
            .signal("STOP");
    }

    /// Lets a frozen keyring go on.
    pub fn thaw_keyring(&self) {
        self.keyring
            .as_ref()
            .expect("a keyring runs")
            .signal("CONT");
    }

    pub(super) fn default_collection(&self) -> Option<OwnedObjectPath> {
        let body = &("default",);
        let path: OwnedObjectPath = bus::call(
            self.session_bus(),
            SECRETS,
            SERVICE_PATH,
            SERVICE,
            "ReadAlias",
            body,
        )
        .expect("the keyring answers");
        (path.as_str() != "/").then_some(path)
    }
}

/// With `--unlock` the daemon opens the login collection, or makes it, with the password it reads.
fn start_daemon(session: &Session, opens: bool) -> Process {
    let mut command = session.command("gnome-keyring-daemon");
    command.args(["--foreground", "--components=secrets"]);
    if opens {
        let password = session.root().join("keyring-password");
        fs::write(&password, KEYRING_PASSWORD).expect("the keyring's password");
        command
            .arg("--unlock")
            .stdin(File::open(&password).expect("the keyring's password"));
    }
    Process::start(session, "gnome-keyring-daemon", &mut command)
}
