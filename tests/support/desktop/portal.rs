//! A stand-in for the desktop portal, as programs see it: the Screenshot interface on the session
//! bus, and behind it a person who chooses, cancels, or does nothing.

#![allow(clippy::unused_self, reason = "what serves an interface is an object")]

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use zbus::{
    blocking::{Connection, connection},
    fdo, interface,
    message::Header,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

use super::{Desktop, drag::uri};

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const REQUEST: &str = "org.freedesktop.portal.Request";

/// What happens when a program asks for a picture of the screen.
#[derive(Clone, Debug)]
pub enum PortalAnswer {
    /// A copy of this picture, in a file of its own.
    Picture(Vec<u8>),
    /// The URI of this file, whatever it is.
    File(PathBuf),
    /// The person closes the dialog.
    Cancel,
    /// It ends in some other way, as when the settings forbid it.
    Fail,
    /// The dialog stays open.
    Never,
    /// The dialog stays open; the person chooses this picture just as the program closes it.
    PictureAtClose(Vec<u8>),
    /// A portal without a backend that takes pictures.
    NoBackend,
}

/// The portal, on the bus until dropped.
pub struct Portal {
    _connection: Connection,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// For each picture asked for, whether the person was to choose.
    asked: Vec<bool>,
    closed: usize,
    given: Vec<PathBuf>,
}

impl Desktop {
    /// Puts a portal on the session bus.
    pub fn start_portal(&self, answer: PortalAnswer) -> Portal {
        let address = self.variable("DBUS_SESSION_BUS_ADDRESS").expect("a bus");
        let pictures = self.home().join("Pictures and such");
        fs::create_dir_all(&pictures).expect("a folder for pictures");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let backend = !matches!(answer, PortalAnswer::NoBackend);
        let screenshot = Screenshot {
            answer,
            pictures,
            seen: Arc::clone(&seen),
        };
        let build = || {
            let mut builder = connection::Builder::address(address.as_str())?;
            builder = builder.serve_at(PATH, Settings)?;
            if backend {
                builder = builder.serve_at(PATH, screenshot)?;
            }
            builder.name(NAME)?.build()
        };
        let connection = build().expect("a portal on the bus");
        Portal {
            _connection: connection,
            seen,
        }
    }

    /// One variable of this desktop's environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        let environment = self.env();
        let mut of_name = environment.iter().rev().filter(|(key, _)| key == name);
        let (_, value) = of_name.next()?;
        value.to_str().map(str::to_owned)
    }
}

impl Portal {
    /// For each picture asked for, whether the person was to choose what is taken.
    pub fn asked(&self) -> Vec<bool> {
        lock(&self.seen).asked.clone()
    }

    /// How many requests the program closed.
    pub fn closed(&self) -> usize {
        lock(&self.seen).closed
    }

    /// The files given out.
    pub fn given(&self) -> Vec<PathBuf> {
        lock(&self.seen).given.clone()
    }
}

/// What every portal has: without a single object, nobody would even say that others are missing.
struct Settings;

#[interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        2
    }
}

struct Screenshot {
    answer: PortalAnswer,
    pictures: PathBuf,
    seen: Arc<Mutex<Seen>>,
}

#[interface(name = "org.freedesktop.portal.Screenshot")]
impl Screenshot {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        2
    }

    async fn screenshot(
        &self,
        parent_window: String,
        options: HashMap<String, OwnedValue>,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &zbus::Connection,
    ) -> fdo::Result<OwnedObjectPath> {
        drop(parent_window); // there is no dialog to lie over it
        let missing = |what: &str| fdo::Error::InvalidArgs(format!("no {what}"));
        let token = options
            .get("handle_token")
            .and_then(|token| token.downcast_ref::<String>().ok())
            .ok_or_else(|| missing("handle_token"))?;
        let interactive = options
            .get("interactive")
            .and_then(|on| on.downcast_ref::<bool>().ok());
        let sender = header.sender().ok_or_else(|| missing("sender"))?.to_owned();
        let middle = sender.trim_start_matches(':').replace('.', "_");
        let path = format!("{PATH}/request/{middle}/{token}");
        let path = OwnedObjectPath::try_from(path).map_err(|e| missing(&e.to_string()))?;

        let mut reply = Reply {
            bus: bus.clone(),
            to: sender.to_string(),
            path: path.clone(),
            seen: Arc::clone(&self.seen),
            pictures: self.pictures.clone(),
            at_close: None,
        };
        lock(&self.seen).asked.push(interactive.unwrap_or_default());
        if let PortalAnswer::PictureAtClose(picture) = &self.answer {
            reply.at_close = Some(picture.clone());
        }
        let answering = reply.clone();
        bus.object_server().at(path.clone(), reply).await?;
        // Whoever asks listens before it asks: the answer may overtake the call's return.
        let answer = self.answer.clone();
        let answering = async move {
            match answer {
                PortalAnswer::Picture(picture) => answering.give(&picture).await,
                PortalAnswer::File(file) => answering.send_uri(&file).await,
                PortalAnswer::Cancel => answering.send(1, HashMap::new()).await,
                PortalAnswer::Fail => answering.send(2, HashMap::new()).await,
                PortalAnswer::Never | PortalAnswer::PictureAtClose(_) | PortalAnswer::NoBackend => {
                }
            }
        };
        bus.executor().spawn(answering, "answer").detach();
        Ok(path)
    }
}

/// One request, and the way to answer it.
#[derive(Clone)]
struct Reply {
    bus: zbus::Connection,
    to: String,
    path: OwnedObjectPath,
    seen: Arc<Mutex<Seen>>,
    pictures: PathBuf,
    at_close: Option<Vec<u8>>,
}

#[interface(name = "org.freedesktop.portal.Request")]
impl Reply {
    async fn close(&self) {
        if let Some(picture) = &self.at_close {
            self.give(picture).await;
        }
        lock(&self.seen).closed += 1;
    }
}

impl Reply {
    /// Stores the picture and says where, as a desktop does.
    async fn give(&self, picture: &[u8]) {
        let number = lock(&self.seen).given.len();
        let file = self.pictures.join(format!("Screenshot {number}.png"));
        fs::write(&file, picture).expect("a place for the picture");
        lock(&self.seen).given.push(file.clone());
        self.send_uri(&file).await;
    }

    async fn send_uri(&self, file: &Path) {
        let uri = Value::from(uri(file));
        self.send(0, HashMap::from([("uri", uri)])).await;
    }

    async fn send(&self, code: u32, results: HashMap<&str, Value<'_>>) {
        let to = Some(self.to.as_str());
        let body = (code, results);
        self.bus
            .emit_signal(to, &self.path, REQUEST, "Response", &body)
            .await
            .expect("the bus takes the answer");
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
