//! The engine's own thread: takes inputs one by one, changes the state,
//! publishes it, and hands out work.

mod broker_side;
mod fetching;
mod importing;
mod reading;
mod vault_desk;
mod vault_side;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use self::importing::Importing;
use self::vault_desk::{VaultDesk, VaultInput};
use super::clipboard::{ClipboardError, ClipboardThread, Pasted};
use super::ledger::FileLedger;
use super::network::{NetReply, Network};
use super::reader;
use super::state::{Snapshot, VaultState};
use super::trash::{Digest, TrashError};
use super::{Command, Config, Event, RequestId, Waker};
use crate::account::AccountId;
use crate::clock::{BrokerClock, Clock as _};
use crate::screen::{Captured, ScreenError};
use crate::secret::Secret;
use crate::vault::VaultError;

/// Everything that reaches the engine's thread.
pub enum Input {
    Command(Command),
    Vault(VaultInput),
    Net(NetReply),
    /// By the reading's own number.
    Read(u64, reader::Outcome),
    Uncover(RequestId),
    Captured(RequestId, Result<Captured, ScreenError>),
    Pasted(RequestId, Result<Pasted, ClipboardError>),
    Trashed(Vec<(PathBuf, Result<(), TrashError>)>),
    Copied(AccountId, Result<(), ClipboardError>),
    ClipboardCleared,
}

/// Whom the engine's thread talks to.
pub struct Outside {
    pub inputs: SyncSender<Input>,
    pub events: SyncSender<Event>,
    pub snapshot: Arc<Mutex<Arc<Snapshot>>>,
    pub waker: Waker,
}

impl Outside {
    /// For a worker's thread: blocks while the queue is full, and gives up
    /// where the engine has ended.
    fn sender(&self) -> impl Fn(Input) + Send + Sync + Clone + 'static {
        let inputs = self.inputs.clone();
        move |input| {
            let _ = inputs.send(input);
        }
    }
}

pub struct Core {
    clock: BrokerClock,
    outside: Outside,
    state: Snapshot,
    vault: VaultDesk,
    network: Network,
    clipboard: ClipboardThread,
    reading: reading::Desk,
    importing: Option<Importing>,
    state_dir: PathBuf,
    /// What the files were that were read, by their digests.
    digests: HashMap<PathBuf, Digest>,
    logins: HashMap<AccountId, oneshot::Sender<()>>,
    told: Vec<Event>,
    /// For each secret that logged in during this run, whose ledger counts.
    first_with: Vec<(Secret, AccountId)>,
}

impl Core {
    pub fn new(config: &Config, clock: BrokerClock, outside: Outside) -> std::io::Result<Self> {
        let ledger = Arc::new(FileLedger::new(config.state_dir.clone()));
        let send = outside.sender();
        let network = Network::spawn(
            Arc::clone(&config.broker),
            clock.clone(),
            ledger,
            Arc::new(move |reply| send(Input::Net(reply))),
        )?;
        let send = outside.sender();
        let clipboard = ClipboardThread::spawn(move || send(Input::ClipboardCleared))?;
        let send = outside.sender();
        let vault = VaultDesk::new(
            Arc::clone(&config.vault),
            Arc::new(move |input| send(Input::Vault(input))),
        );
        Ok(Self {
            clock,
            outside,
            state: Snapshot::default(),
            vault,
            network,
            clipboard,
            reading: reading::Desk::default(),
            importing: None,
            state_dir: config.state_dir.clone(),
            digests: HashMap::new(),
            logins: HashMap::new(),
            told: Vec::new(),
            first_with: Vec::new(),
        })
    }

    pub fn run(mut self, inputs: &Receiver<Input>) {
        loop {
            let input = match self.next_deadline() {
                Some(deadline) => {
                    let wait = deadline.saturating_duration_since(Instant::now());
                    match inputs.recv_timeout(wait) {
                        Ok(input) => Some(input),
                        Err(RecvTimeoutError::Timeout) => None,
                        Err(RecvTimeoutError::Disconnected) => return,
                    }
                }
                None => match inputs.recv() {
                    Ok(input) => Some(input),
                    Err(_) => return,
                },
            };
            match input {
                Some(Input::Command(Command::Shutdown)) => {
                    self.shut_down();
                    return;
                }
                Some(input) => self.take(input),
                None => {}
            }
            self.give_up_on_the_late();
            self.publish();
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Command(command) => self.command(command),
            Input::Vault(input) => self.vault_input(input),
            Input::Net(reply) => self.net_reply(reply),
            Input::Read(number, outcome) => self.was_read(number, outcome),
            Input::Uncover(request) => self.reading.uncover(request),
            Input::Captured(request, taken) => self.captured(request, taken),
            Input::Pasted(request, pasted) => self.pasted(request, pasted),
            Input::Trashed(results) => self.tell(Event::Trashed(results)),
            Input::Copied(id, Ok(())) => {
                self.state.copied = Some(id);
                self.tell(Event::CodeCopied(id));
            }
            Input::Copied(_, Err(error)) => self.tell(Event::CopyFailed(error)),
            Input::ClipboardCleared => {
                self.state.copied = None;
                self.tell(Event::ClipboardCleared);
            }
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::OpenVault => self.open_vault(),
            Command::Lock => self.lock(),
            Command::Read {
                request,
                sources,
                password,
            } => self.read(request, sources, password.as_ref()),
            Command::ReadClipboard(request) => self.read_clipboard(request),
            Command::ReadScreen(request) => self.read_screen(request),
            Command::CancelReading(request) => self.cancel_reading(request),
            Command::ForgetParts => self.reading.forget_parts(),
            Command::Trash(paths) => self.trash(paths),
            Command::CancelImport => self.cancel_import(),
            Command::ProbeVault => self.vault.probe(),
            Command::Shutdown => {}
            // Everything else needs the vault, and the engine itself says so.
            Command::Save { request, .. } if self.state.vault != VaultState::Open => {
                let error = VaultError::Locked;
                self.tell(Event::SaveFailed { request, error });
            }
            Command::Import { request, .. } if self.state.vault != VaultState::Open => {
                self.tell(Event::ImportEnded {
                    request,
                    saved: Vec::new(),
                    passed_over: 0,
                    error: Some(VaultError::Locked),
                });
            }
            _ if self.state.vault != VaultState::Open => self.tell(Event::VaultNotOpen),
            Command::Save {
                request,
                old,
                account,
                then_log_in,
            } => self.save(request, old, *account, then_log_in),
            Command::Import {
                request,
                accounts,
                knowingly,
            } => self.import(request, accounts, knowingly),
            Command::Remove(id) => self.remove(id),
            Command::LogIn(id) => self.log_in(id),
            Command::CancelLogIn(id) => drop(self.logins.remove(&id)),
            Command::LogOut(id) => self.log_out(id),
            Command::CheckSession(id) => self.check_session(id),
            Command::CopyCode(id) => self.copy_code(id),
        }
    }

    fn copy_code(&mut self, id: AccountId) {
        let Some(view) = self.state.account(id) else {
            return self.tell(Event::NoSuchAccount(id));
        };
        let code = view.account.otp.code_at(self.clock.unix_secs());
        let send = self.outside.sender();
        self.clipboard.copy(code.into_secret(), move |result| {
            send(Input::Copied(id, result));
        });
    }

    fn shut_down(&mut self) {
        self.logins.clear();
        self.clipboard.clear(Duration::from_secs(1));
    }

    /// Sent on with the snapshot that shows it.
    fn tell(&mut self, event: Event) {
        self.told.push(event);
    }

    fn publish(&mut self) {
        self.state.reading = self.reading.count();
        self.state.capture = self.reading.capture();
        self.state.importing = self.importing.as_ref().map(Importing::count);
        self.state.saving = self.vault.writing();
        let mut shared = self
            .outside
            .snapshot
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if **shared != self.state {
            *shared = Arc::new(self.state.clone());
        }
        drop(shared);
        for event in self.told.drain(..) {
            // A window that no longer takes its events is closing.
            let _ = self.outside.events.try_send(event);
        }
        (self.outside.waker)();
    }
}
