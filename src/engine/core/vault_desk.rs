//! What was asked of the vault's thread and is not answered yet, each with a
//! deadline; and a new thread where the old one is stuck.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::account::{Account, AccountId, Session};
use crate::engine::RequestId;
use crate::login::Outcome;
use crate::vault::{Contents, Factory, Vault, VaultError, VaultThread};

/// How long the vault may do nothing.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long a person may take over a prompt.
const PROMPT_DEADLINE: Duration = Duration::from_mins(2);

pub type Ticket = u64;

/// What was asked, kept until the answer.
pub enum Asked {
    Load,
    Probe,
    Save {
        request: RequestId,
        account: Arc<Account>,
        then_log_in: bool,
        /// One of many.
        import: bool,
    },
    Remove(AccountId),
    KeepSession {
        id: AccountId,
        outcome: Box<Outcome>,
    },
    DropSession,
}

/// What came of it.
pub enum Done {
    Loaded(Result<Contents, VaultError>),
    Probed(Result<String, VaultError>),
    Written(Result<(), VaultError>),
    /// No answer at all.
    Failed(VaultError),
}

/// What the vault's thread says.
pub enum VaultInput {
    /// A prompt has opened (or closed) on the thread of that number.
    Prompt(bool, u64),
    Done(Ticket, Done),
}

type SendInput = Arc<dyn Fn(VaultInput) + Send + Sync>;

pub struct VaultDesk {
    factory: Factory,
    send: SendInput,
    thread: Option<VaultThread>,
    /// The number of the current thread.
    generation: u64,
    prompting: bool,
    waiting: HashMap<Ticket, (Asked, Instant)>,
    next_ticket: Ticket,
}

impl VaultDesk {
    pub fn new(factory: Factory, send: SendInput) -> Self {
        Self {
            factory,
            send,
            thread: None,
            generation: 0,
            prompting: false,
            waiting: HashMap::new(),
            next_ticket: 0,
        }
    }

    pub fn load(&mut self) {
        // One reading answers everybody who asked for one.
        let reading = |(asked, _): &(Asked, Instant)| matches!(asked, Asked::Load);
        if !self.waiting.values().any(reading) {
            self.ask(Asked::Load, |vault| Done::Loaded(vault.load()));
        }
    }

    pub fn probe(&mut self) {
        self.ask(Asked::Probe, |vault| Done::Probed(vault.probe()));
    }

    /// `old` is what the account was when it was edited; `None` for a new one.
    pub fn save(
        &mut self,
        request: RequestId,
        old: Option<Box<Account>>,
        account: Arc<Account>,
        then_log_in: bool,
        import: bool,
    ) {
        let saved = Arc::clone(&account);
        self.ask(
            Asked::Save {
                request,
                account,
                then_log_in,
                import,
            },
            move |vault| {
                Done::Written(match old {
                    Some(old) => vault.update(&old, &saved),
                    None if import => vault.add(&saved),
                    None => vault.save(&saved),
                })
            },
        );
    }

    pub fn remove(&mut self, id: AccountId) {
        self.ask(Asked::Remove(id), move |vault| {
            Done::Written(vault.remove(id))
        });
    }

    pub fn keep_session(&mut self, id: AccountId, session: Arc<Session>, outcome: Outcome) {
        let outcome = Box::new(outcome);
        self.ask(Asked::KeepSession { id, outcome }, move |vault| {
            Done::Written(vault.save_session(id, &session))
        });
    }

    pub fn drop_session(&mut self, id: AccountId) {
        self.ask(Asked::DropSession, move |vault| {
            Done::Written(vault.remove_session(id))
        });
    }

    fn ask(&mut self, asked: Asked, job: impl FnOnce(&mut dyn Vault) -> Done + Send + 'static) {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let send = Arc::clone(&self.send);
        let submitted = self.thread().is_some_and(|thread| {
            let job = move |vault: &mut dyn Vault| {
                let done = job(vault);
                send(VaultInput::Done(ticket, done));
            };
            thread.submit(job).is_ok()
        });
        let deadline = if submitted {
            Instant::now() + self.patience()
        } else {
            // Given up on in this very turn.
            Instant::now()
        };
        self.waiting.insert(ticket, (asked, deadline));
    }

    fn thread(&mut self) -> Option<&VaultThread> {
        if self.thread.is_none() {
            self.generation += 1;
            self.prompting = false;
            let (send, generation) = (Arc::clone(&self.send), self.generation);
            let notice = Box::new(move |open| send(VaultInput::Prompt(open, generation)));
            self.thread = VaultThread::spawn(Arc::clone(&self.factory), notice).ok();
        }
        self.thread.as_ref()
    }

    const fn patience(&self) -> Duration {
        if self.prompting {
            PROMPT_DEADLINE
        } else {
            DEADLINE
        }
    }

    /// A prompt opened or closed: deadlines move. `false` for an abandoned thread.
    pub fn prompt(&mut self, open: bool, generation: u64) -> bool {
        if generation != self.generation || self.thread.is_none() {
            return false;
        }
        self.prompting = open;
        self.extend();
        true
    }

    /// What the ticket was for; `None` where it was given up on.
    pub fn finish(&mut self, ticket: Ticket) -> Option<Asked> {
        let (asked, _) = self.waiting.remove(&ticket)?;
        // It moves: the others in the queue have waited for this one.
        self.extend();
        Some(asked)
    }

    fn extend(&mut self) {
        let deadline = Instant::now() + self.patience();
        for (_, until) in self.waiting.values_mut() {
            *until = deadline;
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.waiting.values().map(|(_, until)| *until).min()
    }

    /// Everything whose deadline has passed. The thread is stuck in one of
    /// them and is left behind; the next request gets another.
    pub fn give_up_on_the_late(&mut self, now: Instant) -> Vec<Asked> {
        if self.deadline().is_none_or(|deadline| deadline > now) {
            return Vec::new();
        }
        self.thread = None;
        self.waiting.drain().map(|(_, (asked, _))| asked).collect()
    }

    /// Whether the account is being deleted.
    pub fn is_removing(&self, id: AccountId) -> bool {
        let mut asked = self.waiting.values().map(|(asked, _)| asked);
        asked.any(|asked| matches!(asked, Asked::Remove(removed) if *removed == id))
    }

    /// Writes that are not through yet.
    pub fn writing(&self) -> usize {
        let is_write =
            |(asked, _): &&(Asked, Instant)| matches!(asked, Asked::Save { .. } | Asked::Remove(_));
        self.waiting.values().filter(is_write).count()
    }

    /// Drops what the vault holds open, and every load that is on its way.
    pub fn forget(&mut self) {
        self.waiting
            .retain(|_, (asked, _)| !matches!(asked, Asked::Load));
    }
}
