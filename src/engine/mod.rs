//! The engine: what a person can ask for ([`Command`]), what comes back
//! ([`Event`]), what is so now ([`Snapshot`]), and the threads that do it.
//!
//! The window and the command line hold an [`Engine`] and nothing below it.

mod clipboard;
mod config;
mod core;
mod ledger;
mod lock;
mod network;
mod reader;
mod source;
mod state;
mod trash;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::account::{Account, AccountId};
use crate::clock::{BrokerClock, Clock};
use crate::secret::Secret;

pub use self::clipboard::{ClipboardError, KEPT as CLIPBOARD_KEPT};
pub use self::config::{Config, ConfigError, VaultFactory};
pub use self::lock::{FileLock, IMPORT as IMPORT_LOCK, lock};
pub use self::reader::{DEADLINE as READ_DEADLINE, ReadError, texts as texts_of};
pub use self::source::{Brought, PASTED_TEXT, Shown, Source};
pub use self::state::{AccountView, Capture, Count, LoginState, Snapshot, VaultState};
pub use self::trash::{STILL_IN_TRASH, TrashError};
// The nouns of lower rooms that a screen or a subcommand needs to name.
pub use crate::broker::angelone::DEFAULT_ENDPOINT;
pub use crate::broker::{
    BrokerError, Endpoint, EndpointError, Profile, Refusal, RefusalKind, Words,
};
pub use crate::import::{
    Correction, Draft, EntryError, Format, ImportError, Imported, confusions,
    looks_like_client_code,
};
pub use crate::login::{Outcome, Progress, WaitReason};
pub use crate::qr::{
    Deadline, MAX_FILE_BYTES, QrError, Reading, read_bytes as read_qr_bytes,
    read_file as read_qr_file,
};
pub use crate::screen::ScreenError;
pub use crate::vault::VaultError;

/// Chosen by whoever asks, given back with the answer.
pub type RequestId = u64;

/// What a person can ask for. Each is answered by an [`Event`], sooner or later.
pub enum Command {
    /// Opens the vault: the first time, after a failure, or after locking.
    OpenVault,
    /// Drops everything secret from memory and clears the clipboard.
    Lock,
    /// All sources are answered together; a password is for each that wants one.
    Read {
        request: RequestId,
        sources: Vec<Source>,
        password: Option<Secret>,
    },
    /// Whatever lies there: files, a picture, or a text.
    ReadClipboard(RequestId),
    /// The window hides first: it may lie over the code.
    ReadScreen(RequestId),
    /// No answer comes any more.
    CancelReading(RequestId),
    /// The parts of an export that came so far are no longer waited with.
    ForgetParts,
    /// New accounts, one after another.
    Import {
        request: RequestId,
        accounts: Vec<Account>,
        /// Those that are saved even where the keyring has the same secret.
        knowingly: Vec<AccountId>,
    },
    /// Those that are saved stay.
    CancelImport,
    /// Files that hold a secret and are no longer needed.
    Trash(Vec<PathBuf>),
    Save {
        request: RequestId,
        /// The account as it was when the person began to edit it.
        old: Option<Box<Account>>,
        account: Box<Account>,
        then_log_in: bool,
    },
    Remove(AccountId),
    LogIn(AccountId),
    CancelLogIn(AccountId),
    LogOut(AccountId),
    /// Asks the broker whose session it is: the live check.
    CheckSession(AccountId),
    CopyCode(AccountId),
    /// Writes, reads and deletes a meaningless item.
    ProbeVault,
    Shutdown,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    VaultOpened,
    VaultFailed(VaultError),
    Read {
        request: RequestId,
        brought: Vec<Brought>,
    },
    /// A picture of the screen that the desktop took could not be removed.
    LeftBehind(PathBuf),
    ImportEnded {
        request: RequestId,
        saved: Vec<AccountId>,
        /// How many the keyring had by then.
        passed_over: usize,
        /// Why not all of them, unless it was cancelled.
        error: Option<VaultError>,
    },
    /// For each file that was to go.
    Trashed(Vec<(PathBuf, Result<(), TrashError>)>),
    Saved {
        request: RequestId,
        id: AccountId,
    },
    SaveFailed {
        request: RequestId,
        error: VaultError,
    },
    Removed(AccountId),
    RemoveFailed {
        id: AccountId,
        error: VaultError,
    },
    LoginEnded {
        id: AccountId,
        outcome: Outcome,
        /// The login holds, but its session could not be kept in the vault.
        not_kept: Option<VaultError>,
    },
    LogoutEnded {
        id: AccountId,
        error: Option<BrokerError>,
    },
    SessionChecked {
        id: AccountId,
        result: Result<Profile, BrokerError>,
    },
    CodeCopied(AccountId),
    CopyFailed(ClipboardError),
    ClipboardCleared,
    VaultProbed(Result<String, VaultError>),
    /// Asked for while the vault was not open.
    VaultNotOpen,
    /// There is no such account (any more).
    NoSuchAccount(AccountId),
    /// The account has no session to check or to end.
    NoSession(AccountId),
}

/// Wakes whoever shows the snapshot, from any thread.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// The engine has too much to do, or has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

const QUEUE: usize = 4_096;

/// The handle that a window or a subcommand holds.
pub struct Engine {
    inputs: SyncSender<core::Input>,
    events: Mutex<Receiver<Event>>,
    snapshot: Arc<Mutex<Arc<Snapshot>>>,
    clock: BrokerClock,
    done: Receiver<()>,
}

impl Engine {
    /// Starts the engine's threads. The vault stays closed until asked for.
    ///
    /// # Errors
    /// Where the system has no thread to give.
    pub fn start(config: &Config, waker: Waker) -> std::io::Result<Self> {
        let (inputs, queue) = std::sync::mpsc::sync_channel(QUEUE);
        let (event_sender, events) = std::sync::mpsc::sync_channel(QUEUE);
        let (done_sender, done) = std::sync::mpsc::sync_channel(1);
        let snapshot = Arc::new(Mutex::new(Arc::new(Snapshot::default())));
        let clock = BrokerClock::new(Arc::clone(&config.clock));
        let outside = core::Outside {
            inputs: inputs.clone(),
            events: event_sender,
            snapshot: Arc::clone(&snapshot),
            waker,
        };
        let core = core::Core::new(config, clock.clone(), outside)?;
        std::thread::Builder::new()
            .name("kunji-engine".into())
            .spawn(move || {
                core.run(&queue);
                // Nobody may be left to hear it.
                let _ = done_sender.try_send(());
            })?;
        Ok(Self {
            inputs,
            events: Mutex::new(events),
            snapshot,
            clock,
            done,
        })
    }

    /// Asks, and returns at once.
    ///
    /// # Errors
    /// [`Busy`] where the queue is full or the engine has ended.
    pub fn send(&self, command: Command) -> Result<(), Busy> {
        match self.inputs.try_send(core::Input::Command(command)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Busy),
        }
    }

    /// What is so now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The next event, if there is one.
    pub fn try_event(&self) -> Option<Event> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.try_recv().ok()
    }

    /// Waits for the next event, for a subcommand that has nothing else to do.
    pub fn wait_event(&self, deadline: Duration) -> Option<Event> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.recv_timeout(deadline).ok()
    }

    /// The clock that codes are made with: the broker's where it is known.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    /// Clears the clipboard and ends the threads, waiting no longer than
    /// `deadline`: one that is stuck in a keyring is left behind.
    pub fn shut_down(&self, deadline: Duration) {
        if self.send(Command::Shutdown).is_ok() {
            let _ = self.done.recv_timeout(deadline);
        }
    }
}
