//! What the tests' threads and the broker's thread both hold.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::answers::Answer;
use super::bend;
use super::book::Book;
use super::calls::Call;
use super::checks::Asked;
use super::clock::Clock;
use super::instead;
use super::log::LogEntry;
use super::misbehaviour::Misbehaviour;
use super::rules::Rules;

pub(super) struct State {
    pub clock: Clock,
    pub book: Book,
    pub rules: Rules,
    pub log: Vec<LogEntry>,
}

pub(super) struct Shared {
    state: Mutex<State>,
    logged: Condvar,
}

impl Shared {
    pub fn new() -> Self {
        let state = State {
            clock: Clock::Running { offset_secs: 0 },
            book: Book::default(),
            rules: Rules::default(),
            log: Vec::new(),
        };
        Self {
            state: Mutex::new(state),
            logged: Condvar::new(),
        }
    }

    /// The state. A test that failed while holding it has failed already; the others may go on.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the log is as wanted; false when the deadline came first.
    pub fn wait_for(&self, deadline: Duration, condition: impl Fn(&[LogEntry]) -> bool) -> bool {
        let waited = self
            .logged
            .wait_timeout_while(self.lock(), deadline, |state| !condition(&state.log));
        let (_state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        !timeout.timed_out()
    }

    /// Judges a request, logs it, and tells what to answer and how.
    pub fn handle(&self, asked: &Asked) -> (Answer, Option<Misbehaviour>, Duration) {
        let mut state = self.lock();
        let now = state.clock.now();
        let call = Call::at(&asked.path);
        let misbehaviour = state.rules.next(call);
        let mut entry = LogEntry {
            unix_secs: now.as_secs(),
            call,
            method: asked.method.to_string(),
            path: state.book.redact(&asked.path),
            client_code: None,
            step: None,
            accepted: false,
            why: String::new(),
            misbehaviour: misbehaviour.clone(),
        };
        let instead = misbehaviour.as_ref().and_then(instead::of_the_backend);
        let answer = if let Some(instead) = instead {
            // Against a copy: the log tells whether the request was good, and the backend knows nothing of it.
            state.book.clone().judge(asked, now, &mut entry);
            entry.why = format!(
                "stopped in front of the backend, which would have said: {}",
                entry.why
            );
            entry.accepted = false;
            instead
        } else {
            let mut answer = state.book.judge(asked, now, &mut entry);
            if let Some(how) = &misbehaviour {
                bend::words(&mut answer, how);
            }
            answer
        };
        state.log.push(entry);
        drop(state);
        self.logged.notify_all();
        (answer, misbehaviour, now)
    }
}
