//! The clipboard: one thread, one long-lived connection, and a code that does
//! not stay there; and whatever a person pastes.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use arboard::{Clear, Clipboard, Error, Set};
use thiserror::Error;

use crate::secret::Secret;

/// How long a copied code stays.
pub const KEPT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClipboardError {
    #[error("There is no clipboard here. Read the code from the screen.")]
    Unavailable,
    #[error("Another program holds the clipboard. Try again in a moment.")]
    Occupied,
    #[error("The clipboard did not take the code. Read it from the screen.")]
    Failed,
    #[error(
        "The clipboard holds neither a picture, a file, nor a text. Copy the QR code, its otpauth \
         link, or the token number."
    )]
    NothingToPaste,
}

/// What lies on the clipboard.
pub enum Pasted {
    Files(Vec<PathBuf>),
    /// Four bytes a pixel, rows from the top.
    Picture {
        width: u32,
        height: u32,
        rgba: Vec<u8>,
    },
    Text(Secret),
}

/// What the thread is told.
enum Order {
    Copy(Secret, Box<dyn FnOnce(Result<(), ClipboardError>) + Send>),
    Paste(Box<dyn FnOnce(Result<Pasted, ClipboardError>) + Send>),
    Clear(SyncSender<()>),
}

/// The queue of the clipboard's thread.
pub struct ClipboardThread {
    orders: SyncSender<Order>,
}

impl ClipboardThread {
    /// `cleared` is told each time that a code was taken off the clipboard, or
    /// found gone.
    pub fn spawn(cleared: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (orders, queue) = sync_channel(64);
        std::thread::Builder::new()
            .name("kunji-clipboard".into())
            .spawn(move || Owner::default().run(&queue, &cleared))?;
        Ok(Self { orders })
    }

    /// Puts `text` there for [`KEPT`]; `done` is told how that went.
    pub fn copy(
        &self,
        text: Secret,
        done: impl FnOnce(Result<(), ClipboardError>) + Send + 'static,
    ) {
        // A full queue drops `done` with the order, and the copy never shows.
        let _ = self.orders.try_send(Order::Copy(text, Box::new(done)));
    }

    /// Reads what lies there; `done` is told.
    pub fn paste(&self, done: impl FnOnce(Result<Pasted, ClipboardError>) + Send + 'static) {
        if let Err(refused) = self.orders.try_send(Order::Paste(Box::new(done)))
            && let TrySendError::Full(Order::Paste(done)) = refused
        {
            done(Err(ClipboardError::Occupied));
        }
    }

    /// Takes the code off, where it is still there, waiting at most `deadline`.
    pub fn clear(&self, deadline: Duration) {
        let (done, wait) = sync_channel(1);
        if self.orders.try_send(Order::Clear(done)).is_ok() {
            let _ = wait.recv_timeout(deadline);
        }
    }
}

#[derive(Default)]
struct Owner {
    /// Opened at the first copy: a desktop without one is found out then.
    clipboard: Option<Clipboard>,
    held: Option<(Secret, Instant)>,
}

impl Owner {
    fn run(mut self, orders: &Receiver<Order>, cleared: &dyn Fn()) {
        loop {
            let wait = self
                .held
                .as_ref()
                .map_or(Duration::from_hours(1), |(_, until)| {
                    until.saturating_duration_since(Instant::now())
                });
            match orders.recv_timeout(wait) {
                Ok(Order::Copy(text, done)) => done(self.copy(text)),
                Ok(Order::Paste(done)) => done(self.paste()),
                Ok(Order::Clear(done)) => {
                    self.clear(cleared);
                    let _ = done.try_send(());
                }
                Err(RecvTimeoutError::Timeout) => self.clear(cleared),
                Err(RecvTimeoutError::Disconnected) => {
                    self.clear(cleared);
                    return;
                }
            }
        }
    }

    fn copy(&mut self, text: Secret) -> Result<(), ClipboardError> {
        let clipboard = self.open()?;
        let set = without_history(clipboard.set());
        if let Err(error) = set.text(text.expose()) {
            // The next try starts from a new connection.
            self.clipboard = None;
            return Err(from_arboard(&error));
        }
        self.held = Some((text, Instant::now() + KEPT));
        Ok(())
    }

    /// Files first, for they come with their names as text; then a picture, which
    /// may come with a link as text.
    fn paste(&mut self) -> Result<Pasted, ClipboardError> {
        let clipboard = self.open()?;
        if let Ok(files) = clipboard.get().file_list()
            && !files.is_empty()
        {
            return Ok(Pasted::Files(files));
        }
        if let Ok(picture) = clipboard.get_image()
            && let (Ok(width), Ok(height)) =
                (u32::try_from(picture.width), u32::try_from(picture.height))
        {
            let rgba = picture.bytes.into_owned();
            return Ok(Pasted::Picture {
                width,
                height,
                rgba,
            });
        }
        match clipboard.get_text().map(Secret::new) {
            Ok(text) if !text.expose().trim().is_empty() => Ok(Pasted::Text(text)),
            Ok(_) | Err(Error::ContentNotAvailable) => Err(ClipboardError::NothingToPaste),
            Err(error) => Err(from_arboard(&error)),
        }
    }

    /// Only what Kunji put there is taken away again.
    fn clear(&mut self, cleared: &dyn Fn()) {
        let (Some((text, _)), Some(clipboard)) = (self.held.take(), self.clipboard.as_mut()) else {
            return;
        };
        let there = clipboard.get_text().map(Secret::new);
        if there.is_ok_and(|there| there == text) && clear(clipboard.clear_with()).is_err() {
            tracing::warn!("the clipboard could not be cleared");
        }
        cleared();
    }

    fn open(&mut self) -> Result<&mut Clipboard, ClipboardError> {
        let clipboard = match self.clipboard.take() {
            Some(clipboard) => clipboard,
            None => Clipboard::new().map_err(|e| from_arboard(&e))?,
        };
        Ok(self.clipboard.insert(clipboard))
    }
}

fn clear(clear: Clear<'_>) -> Result<(), Error> {
    clear.default()
}

/// The hint by which clipboard managers leave passwords alone.
#[cfg(all(unix, not(target_os = "macos")))]
fn without_history(set: Set<'_>) -> Set<'_> {
    use arboard::SetExtLinux as _;
    set.exclude_from_history()
}

#[cfg(target_os = "macos")]
fn without_history(set: Set<'_>) -> Set<'_> {
    use arboard::SetExtApple as _;
    set.exclude_from_history()
}

#[cfg(windows)]
fn without_history(set: Set<'_>) -> Set<'_> {
    use arboard::SetExtWindows as _;
    set.exclude_from_cloud()
        .exclude_from_history()
        .exclude_from_monitoring()
}

/// arboard's own texts may describe what was put there.
const fn from_arboard(error: &Error) -> ClipboardError {
    match error {
        Error::ClipboardOccupied => ClipboardError::Occupied,
        Error::ClipboardNotSupported | Error::Unknown { .. } => ClipboardError::Unavailable,
        _ => ClipboardError::Failed,
    }
}
