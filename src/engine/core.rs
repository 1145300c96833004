//! The engine's own thread: takes inputs one by one, changes the state,
//! publishes it, and hands out work.

mod vault_desk;

use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use self::vault_desk::{VaultDesk, VaultInput};
use super::clipboard::{ClipboardError, ClipboardThread};
use super::ledger::FileLedger;
use super::network::{NetReply, Network};
use super::reader::{self, ReadError, Source};
use super::state::{AccountView, LoginState, Snapshot, VaultState};
use super::{Command, Config, Event, RequestId, Waker};
use crate::account::{Account, AccountId};
use crate::broker::{BrokerError, RefusalKind, SessionRequest};
use crate::clock::{BrokerClock, Clock as _};
use crate::import::Imported;
use crate::login::{Outcome, Progress};
use crate::vault::{Contents, VaultError};

/// Everything that reaches the engine's thread.
pub enum Input {
    Command(Command),
    Vault(VaultInput),
    Net(NetReply),
    Read(RequestId, String, Result<Imported, ReadError>),
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

/// What is being read.
struct Reading {
    request: RequestId,
    source: String,
    deadline: Instant,
}

pub struct Core {
    clock: BrokerClock,
    outside: Outside,
    state: Snapshot,
    vault: VaultDesk,
    network: Network,
    ledger: Arc<FileLedger>,
    clipboard: ClipboardThread,
    reading: Option<Reading>,
    to_read: VecDeque<(RequestId, Source)>,
    logins: HashMap<AccountId, oneshot::Sender<()>>,
    told: Vec<Event>,
}

impl Core {
    pub fn new(config: &Config, clock: BrokerClock, outside: Outside) -> std::io::Result<Self> {
        let ledger = Arc::new(FileLedger::new(config.state_dir.clone()));
        let send = outside.sender();
        let network = Network::spawn(
            Arc::clone(&config.broker),
            clock.clone(),
            Arc::clone(&ledger) as _,
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
            ledger,
            clipboard,
            reading: None,
            to_read: VecDeque::new(),
            logins: HashMap::new(),
            told: Vec::new(),
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
            Input::Read(request, source, result) => {
                // One that was given up on has had its answer.
                let current = self.reading.take_if(|reading| reading.request == request);
                if current.is_some() {
                    self.tell(Event::Read {
                        request,
                        source,
                        result,
                    });
                    self.read_next();
                }
            }
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
            Command::ReadPicture { request, path } => self.read(request, Source::File(path)),
            Command::ReadBytes { request, bytes } => self.read(request, Source::Bytes(bytes)),
            Command::ReadText { request, text } => self.read(request, Source::Text(text)),
            Command::ProbeVault => self.vault.probe(),
            Command::Shutdown => {}
            // Everything else needs the vault, and the engine itself says so.
            Command::Save { request, .. } if self.state.vault != VaultState::Open => {
                let error = VaultError::Locked;
                self.tell(Event::SaveFailed { request, error });
            }
            _ if self.state.vault != VaultState::Open => self.tell(Event::VaultNotOpen),
            Command::Save {
                request,
                account,
                then_log_in,
            } => {
                self.save(request, *account, then_log_in);
            }
            Command::Remove(id) => self.vault.remove(id),
            Command::LogIn(id) => self.log_in(id),
            Command::CancelLogIn(id) => drop(self.logins.remove(&id)),
            Command::LogOut(id) => self.log_out(id),
            Command::CheckSession(id) => self.check_session(id),
            Command::CopyCode(id) => self.copy_code(id),
        }
    }

    // --- the vault -------------------------------------------------------

    fn open_vault(&mut self) {
        if self.state.vault != VaultState::Open {
            self.state.vault = VaultState::Opening;
        }
        self.vault.load();
    }

    fn lock(&mut self) {
        self.clipboard.clear(Duration::from_secs(1));
        self.logins.clear();
        self.vault.forget();
        self.state = Snapshot {
            vault: VaultState::Locked,
            provider: std::mem::take(&mut self.state.provider),
            skew_ms: self.state.skew_ms,
            ..Snapshot::default()
        };
    }

    fn save(&mut self, request: RequestId, mut account: Account, then_log_in: bool) {
        if let Some(old) = self.state.account(account.id) {
            account.revision = old.account.revision;
            if !old.account.logs_in_like(&account) {
                account.revision += 1;
            }
        }
        self.vault.save(request, Arc::new(account), then_log_in);
    }

    fn vault_input(&mut self, input: VaultInput) {
        match input {
            VaultInput::Prompt(open, thread) => {
                if self.vault.prompt(open, thread) && self.state.vault != VaultState::Open {
                    self.state.vault = if open {
                        VaultState::Prompting
                    } else {
                        VaultState::Opening
                    };
                }
            }
            VaultInput::Done(ticket, done) => match self.vault.finish(ticket) {
                Some(asked) => self.vault_done(asked, done),
                // It was given up on, and came through after all: look again.
                None if self.state.vault != VaultState::Locked => self.vault.load(),
                None => {}
            },
        }
    }

    fn vault_done(&mut self, asked: vault_desk::Asked, done: vault_desk::Done) {
        use vault_desk::{Asked, Done};
        match (asked, done) {
            (Asked::Load, Done::Loaded(Ok(contents))) => self.opened(contents),
            (Asked::Load, Done::Loaded(Err(error))) => {
                self.state.vault = VaultState::Failed(error.clone());
                self.state.accounts.clear();
                self.tell(Event::VaultFailed(error));
            }
            (Asked::Probe, Done::Probed(result)) => self.tell(Event::VaultProbed(result)),
            (
                Asked::Save {
                    request,
                    account,
                    then_log_in,
                },
                Done::Written(Ok(())),
            ) => {
                let id = account.id;
                self.saved(account);
                self.tell(Event::Saved { request, id });
                if then_log_in {
                    self.log_in(id);
                }
            }
            (Asked::Save { request, .. }, Done::Written(Err(error))) => {
                self.tell(Event::SaveFailed { request, error });
            }
            (Asked::Remove(id), Done::Written(Ok(()))) => {
                self.logins.remove(&id);
                self.ledger.forget(id);
                self.state.accounts.retain(|view| view.id() != id);
                self.tell(Event::Removed(id));
            }
            (Asked::Remove(id), Done::Written(Err(error))) => {
                self.tell(Event::RemoveFailed { id, error });
            }
            (Asked::KeepSession { id, outcome }, Done::Written(result)) => {
                self.tell(Event::LoginEnded {
                    id,
                    outcome: *outcome,
                    not_kept: result.err(),
                });
            }
            // A session that stays behind is dead at the broker all the same.
            (Asked::DropSession, _) => {}
            (asked, Done::Failed(error)) => {
                let written = Done::Written(Err(error.clone()));
                match asked {
                    Asked::Load => self.vault_done(Asked::Load, Done::Loaded(Err(error))),
                    Asked::Probe => self.vault_done(Asked::Probe, Done::Probed(Err(error))),
                    asked => self.vault_done(asked, written),
                }
            }
            // An answer of another kind than the question: cannot be.
            _ => {}
        }
    }

    fn opened(&mut self, contents: Contents) {
        let Contents {
            provider,
            accounts,
            mut sessions,
            unreadable,
        } = contents;
        let mut old: HashMap<AccountId, LoginState> = self
            .state
            .accounts
            .drain(..)
            .map(|view| (view.id(), view.login))
            .collect();
        self.state.accounts = accounts
            .into_iter()
            .map(|account| AccountView {
                session: sessions.remove(&account.id).map(Arc::new),
                login: old.remove(&account.id).unwrap_or_default(),
                account: Arc::new(account),
            })
            .collect();
        self.state.provider = provider;
        self.state.unreadable = unreadable;
        self.state.vault = VaultState::Open;
        self.tell(Event::VaultOpened);
    }

    fn saved(&mut self, account: Arc<Account>) {
        // Locked meanwhile: unlocking reads it from the vault.
        if self.state.vault != VaultState::Open {
            return;
        }
        match self.view(account.id) {
            Some(view) => {
                if view.account.revision != account.revision && !view.login.is_running() {
                    view.login = LoginState::Idle;
                }
                view.account = account;
            }
            None => self.state.accounts.push(AccountView {
                account,
                session: None,
                login: LoginState::Idle,
            }),
        }
    }

    fn view(&mut self, id: AccountId) -> Option<&mut AccountView> {
        self.state.accounts.iter_mut().find(|view| view.id() == id)
    }

    // --- the broker ------------------------------------------------------

    fn log_in(&mut self, id: AccountId) {
        let Some(view) = self.view(id) else {
            return self.tell(Event::NoSuchAccount(id));
        };
        // A second click while one is running asks for nothing new.
        if view.login.is_running() {
            return;
        }
        let account = Arc::clone(&view.account);
        view.login = LoginState::Running(Progress::Starting);
        match self.network.log_in(account) {
            Some(cancel) => drop(self.logins.insert(id, cancel)),
            None => self.login_ended(
                id,
                Outcome::Cancelled {
                    while_sending: false,
                },
            ),
        }
    }

    fn session_request(&self, id: AccountId) -> Option<SessionRequest> {
        let view = self.state.account(id)?;
        Some(SessionRequest {
            client_code: view.account.client_code.clone(),
            api_key: view.account.credentials.api_key.clone()?,
            session: view.session.as_deref()?.clone(),
        })
    }

    fn log_out(&mut self, id: AccountId) {
        let Some(request) = self.session_request(id) else {
            return self.tell(Event::NoSession(id));
        };
        if let Some(view) = self.view(id).filter(|view| !view.login.is_running()) {
            view.login = LoginState::LoggingOut;
            if !self.network.log_out(id, request) {
                self.net_reply(NetReply::LogoutEnded(id, Err(BrokerError::Interrupted)));
            }
        }
    }

    fn check_session(&mut self, id: AccountId) {
        let Some(request) = self.session_request(id) else {
            return self.tell(Event::NoSession(id));
        };
        if !self.network.check(id, request) {
            let result = Err(BrokerError::Interrupted);
            self.tell(Event::SessionChecked { id, result });
        }
    }

    fn net_reply(&mut self, reply: NetReply) {
        match reply {
            NetReply::Skew(skew_ms) => self.state.skew_ms = Some(skew_ms),
            NetReply::Progress(id, progress) => {
                if self.logins.contains_key(&id)
                    && let Some(view) = self.view(id)
                {
                    view.login = LoginState::Running(progress);
                }
            }
            NetReply::LoginEnded(id, outcome) => self.login_ended(id, outcome),
            NetReply::LogoutEnded(id, result) => self.logout_ended(id, result),
            NetReply::Checked(id, result) => self.tell(Event::SessionChecked { id, result }),
        }
    }

    fn login_ended(&mut self, id: AccountId, outcome: Outcome) {
        self.logins.remove(&id);
        let skew_ms = self.state.skew_ms;
        let Some(view) = self.view(id) else {
            // Deleted, or locked away, while its answer was on the way.
            return;
        };
        let words = outcome.words(view.account.broker.name(), skew_ms);
        view.login = match (&outcome, words) {
            (
                Outcome::Done(_)
                | Outcome::Cancelled {
                    while_sending: false,
                },
                _,
            )
            | (_, None) => LoginState::Idle,
            (Outcome::Stopped, Some(words)) => LoginState::Stopped(words),
            (Outcome::Refused { .. }, Some(words)) => LoginState::Refused(words),
            (_, Some(words)) => LoginState::Failed(words),
        };
        if let Outcome::Done(session) = &outcome {
            let session = Arc::new(session.clone());
            view.session = Some(Arc::clone(&session));
            self.vault.keep_session(id, session, outcome);
        } else {
            self.tell(Event::LoginEnded {
                id,
                outcome,
                not_kept: None,
            });
        }
    }

    fn logout_ended(&mut self, id: AccountId, result: Result<(), BrokerError>) {
        let ended = match &result {
            Ok(()) => true,
            // A token that the broker no longer knows is as good as logged out.
            Err(BrokerError::Refused(refusal)) => refusal.kind == RefusalKind::SessionEnded,
            Err(_) => false,
        };
        let error = result.err().filter(|_| !ended);
        if let Some(view) = self.view(id) {
            view.login = match &error {
                None => LoginState::Idle,
                Some(error) => LoginState::Failed(error.words(view.account.broker.name())),
            };
            if ended {
                view.session = None;
                self.vault.drop_session(id);
            }
        }
        self.tell(Event::LogoutEnded { id, error });
    }

    // --- codes, pictures, the rest ---------------------------------------

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

    fn read(&mut self, request: RequestId, source: Source) {
        self.to_read.push_back((request, source));
        self.read_next();
    }

    /// One at a time: the deadline of each runs from its own start.
    fn read_next(&mut self) {
        if self.reading.is_some() {
            return;
        }
        let Some((request, source)) = self.to_read.pop_front() else {
            return;
        };
        let name = source.name();
        let send = self.outside.sender();
        let job_name = name.clone();
        let spawned = reader::spawn(move || {
            let result = reader::read(&source);
            send(Input::Read(request, job_name, result));
        });
        if spawned.is_ok() {
            let deadline = Instant::now() + reader::DEADLINE;
            self.reading = Some(Reading {
                request,
                source: name,
                deadline,
            });
        } else {
            let result = Err(ReadError::NoThread);
            self.tell(Event::Read {
                request,
                source: name,
                result,
            });
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let reading = self.reading.as_ref().map(|reading| reading.deadline);
        reading.into_iter().chain(self.vault.deadline()).min()
    }

    fn give_up_on_the_late(&mut self) {
        let now = Instant::now();
        if let Some(Reading {
            request, source, ..
        }) = self.reading.take_if(|reading| reading.deadline <= now)
        {
            // Its thread is left behind; the next picture gets one of its own.
            let result = Err(ReadError::Timeout);
            self.tell(Event::Read {
                request,
                source,
                result,
            });
            self.read_next();
        }
        for asked in self.vault.give_up_on_the_late(now) {
            self.vault_done(asked, vault_desk::Done::Failed(VaultError::Timeout));
        }
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
        self.state.reading = self.to_read.len() + usize::from(self.reading.is_some());
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
