//! The policy under a clock that stands still.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use super::*;
use crate::broker::{Profile, Reply, SessionRequest};
use crate::otp::Otp;
use crate::secret::Secret;

/// A clock that follows tokio's paused one.
struct TokioClock {
    start: tokio::time::Instant,
    unix_secs: u64,
}

impl TokioClock {
    fn at(unix_secs: u64) -> Self {
        Self {
            start: tokio::time::Instant::now(),
            unix_secs,
        }
    }
}

impl Clock for TokioClock {
    fn since_epoch(&self) -> Duration {
        Duration::from_secs(self.unix_secs) + self.start.elapsed()
    }
}

#[derive(Default)]
struct Memory {
    sent: Mutex<HashSet<(AccountId, u64)>>,
    refusals: Mutex<HashMap<(AccountId, u32), u32>>,
    broken: bool,
}

impl Memory {
    fn refusals(&self, id: AccountId, revision: u32) -> u32 {
        self.refusals
            .lock()
            .unwrap()
            .get(&(id, revision))
            .copied()
            .unwrap_or(0)
    }
}

impl Ledger for Memory {
    fn reserve(
        &self,
        id: AccountId,
        revision: u32,
        step_start: u64,
    ) -> Result<Reserved, LedgerError> {
        if self.broken {
            return Err(LedgerError("full".into()));
        }
        if self.refusals(id, revision) >= MAX_REFUSALS {
            return Ok(Reserved::Stopped);
        }
        let is_new = self.sent.lock().unwrap().insert((id, step_start));
        Ok(if is_new {
            Reserved::Yes
        } else {
            Reserved::AlreadySent
        })
    }
    fn release(&self, id: AccountId, step_start: u64) {
        self.sent.lock().unwrap().remove(&(id, step_start));
    }
    fn refused(&self, id: AccountId, revision: u32) -> u32 {
        let mut refusals = self.refusals.lock().unwrap();
        let count = refusals.entry((id, revision)).or_default();
        *count += 1;
        *count
    }
    fn accepted(&self, id: AccountId) {
        self.refusals.lock().unwrap().retain(|(i, _), _| *i != id);
    }
}

/// Answers as told and keeps the codes it got.
struct Scripted {
    error: Option<BrokerError>,
    codes: Mutex<Vec<String>>,
}

impl Scripted {
    fn new(error: Option<BrokerError>) -> Self {
        Self {
            error,
            codes: Mutex::default(),
        }
    }
    fn codes(&self) -> Vec<String> {
        self.codes.lock().unwrap().clone()
    }
}

impl Broker for Scripted {
    fn log_in(&self, request: LoginRequest) -> Reply<'_, Session> {
        self.codes
            .lock()
            .unwrap()
            .push(request.code.expose().to_owned());
        let result = match &self.error {
            Some(error) => Err(error.clone()),
            None => Ok(Session {
                jwt: Secret::from("j"),
                refresh: Secret::from("r"),
                feed: Secret::from("f"),
                obtained: jiff::Timestamp::UNIX_EPOCH,
            }),
        };
        Box::pin(async move {
            Answer {
                result,
                skew_ms: None,
            }
        })
    }
    fn profile(&self, _: SessionRequest) -> Reply<'_, Profile> {
        unimplemented!()
    }
    fn log_out(&self, _: SessionRequest) -> Reply<'_, ()> {
        unimplemented!()
    }
}

fn refusal() -> BrokerError {
    BrokerError::Refused(Refusal {
        kind: RefusalKind::CodeOrPin,
        code: "AB1050".into(),
        message: "Invalid totp".into(),
    })
}

fn account() -> Account {
    let mut account = Account::new(Otp::from_token_number("MFRGGZDF").unwrap());
    account.client_code = "A123456".into();
    account.credentials.pin = Some(Secret::from("1234"));
    account.credentials.api_key = Some(Secret::from("abcd1234"));
    account
}

async fn run(
    account: &Account,
    broker: &Scripted,
    at: u64,
    ledger: &Memory,
) -> (Outcome, Vec<Progress>) {
    let seen = Mutex::new(Vec::new());
    let clock = TokioClock::at(at);
    let note = |p| seen.lock().unwrap().push(p);
    let outcome = log_in(account, account.id, broker, &clock, ledger, &note, &|_| {}).await;
    (outcome, seen.into_inner().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_code_with_time_left_is_sent_at_once() {
    let (account, broker) = (account(), Scripted::new(None));
    let (outcome, seen) = run(&account, &broker, 60 + 25, &Memory::default()).await;
    assert!(matches!(outcome, Outcome::Done(_)));
    assert_eq!(seen, [Progress::Sending]);
    assert_eq!(broker.codes(), [account.otp.code_of_step(2).expose()]);
}

/// With less than 3 s left after connecting, which takes up to 2 s, the next
/// code is waited for, and that is said.
#[tokio::test(start_paused = true)]
async fn an_expiring_code_is_not_sent() {
    let (account, broker) = (account(), Scripted::new(None));
    let (outcome, seen) = run(&account, &broker, 60 + 26, &Memory::default()).await;
    assert!(matches!(outcome, Outcome::Done(_)));
    let wait = Progress::Waiting {
        reason: WaitReason::Expiring,
        until_unix_secs: 90,
    };
    assert_eq!(seen, [wait, Progress::Sending]);
    assert_eq!(broker.codes(), [account.otp.code_of_step(3).expose()]);
}

#[tokio::test(start_paused = true)]
async fn the_same_code_is_never_sent_twice() {
    let (account, broker, ledger) = (account(), Scripted::new(None), Memory::default());
    run(&account, &broker, 60, &ledger).await;
    let (_, seen) = run(&account, &broker, 61, &ledger).await;
    let wait = Progress::Waiting {
        reason: WaitReason::AlreadySent,
        until_unix_secs: 90,
    };
    assert_eq!(seen[0], wait);
    assert_eq!(broker.codes().len(), 2);
    assert_ne!(broker.codes()[0], broker.codes()[1]);
}

/// What never left this computer may be sent after all.
#[tokio::test(start_paused = true)]
async fn a_code_that_was_not_sent_is_given_back() {
    let no_network = BrokerError::NoConnection(crate::broker::NoConnection::Unreachable);
    let (account, broker, ledger) = (
        account(),
        Scripted::new(Some(no_network)),
        Memory::default(),
    );
    run(&account, &broker, 60, &ledger).await;
    let (_, seen) = run(&account, &broker, 61, &ledger).await;
    assert_eq!(seen, [Progress::Sending]);
}

#[tokio::test(start_paused = true)]
async fn two_refusals_stop_until_something_changes() {
    let (mut account, broker, ledger) =
        (account(), Scripted::new(Some(refusal())), Memory::default());
    for expected in 1..=2 {
        let (outcome, _) = run(&account, &broker, 60 * u64::from(expected), &ledger).await;
        assert!(matches!(outcome, Outcome::Refused { in_a_row, .. } if in_a_row == expected));
    }
    let (outcome, seen) = run(&account, &broker, 600, &ledger).await;
    assert_eq!((outcome, seen), (Outcome::Stopped, vec![]));
    assert_eq!(broker.codes().len(), 2, "the third must not be sent");
    account.revision += 1;
    let (outcome, _) = run(&account, &broker, 660, &ledger).await;
    assert!(matches!(outcome, Outcome::Refused { in_a_row: 1, .. }));
}

/// The broker's own trouble must not use up the person's tries.
#[tokio::test(start_paused = true)]
async fn trouble_is_no_refusal() {
    for error in [
        BrokerError::RateLimited,
        BrokerError::Unwell(503),
        BrokerError::BadAnswer(200),
    ] {
        let (account, broker, ledger) = (
            account(),
            Scripted::new(Some(error.clone())),
            Memory::default(),
        );
        let (outcome, _) = run(&account, &broker, 60, &ledger).await;
        assert_eq!(outcome, Outcome::Failed(error));
        assert_eq!(ledger.refusals(account.id, account.revision), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_that_is_incomplete_or_not_remembered() {
    let (mut account, broker) = (account(), Scripted::new(None));
    let unwritable = Memory {
        broken: true,
        ..Memory::default()
    };
    let (outcome, _) = run(&account, &broker, 60, &unwritable).await;
    assert!(matches!(outcome, Outcome::NotRemembered(_)));
    account.credentials.pin = None;
    let (outcome, _) = run(&account, &broker, 60, &Memory::default()).await;
    assert_eq!(outcome, Outcome::Incomplete(vec![Missing::Pin]));
    assert!(broker.codes().is_empty());
}
