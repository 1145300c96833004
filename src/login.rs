//! The policy of a login, free of any one broker: a fresh code, sent once, and
//! a stop before the account can get blocked.

use std::time::Duration;

use thiserror::Error;

use crate::account::{Account, AccountId, Missing, Session};
use crate::broker::{Answer, Broker, BrokerError, LoginRequest, Refusal, RefusalKind, Words};
use crate::clock::Clock;

/// A code with less time left than this is not sent: it could arrive too late.
pub const MIN_REMAINING_SECS: u64 = 3;

/// After so many refusals in a row nothing more is sent until something changes.
pub const MAX_REFUSALS: u32 = 2;

/// Remembers, across processes and restarts, which codes were sent and what
/// was refused. Holds no secret.
pub trait Ledger: Send + Sync {
    /// Marks the code of the step starting at `step_start` (Unix seconds) as
    /// sent. `false` where it was marked already: then it must not be sent.
    ///
    /// # Errors
    /// Where the mark cannot be made to last; then nothing may be sent.
    fn reserve(&self, id: AccountId, step_start: u64) -> Result<bool, LedgerError>;
    /// Takes the mark back: the code certainly did not leave this computer.
    fn release(&self, id: AccountId, step_start: u64);
    /// Refusals in a row of what the account was at `revision`.
    fn refusals(&self, id: AccountId, revision: u32) -> u32;
    /// Counts one more; gives the new count.
    fn refused(&self, id: AccountId, revision: u32) -> u32;
    /// Forgets the refusals.
    fn accepted(&self, id: AccountId);
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("Kunji’s folder for what it remembers between runs cannot be written ({0}).")]
pub struct LedgerError(pub String);

/// Why a login waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// The current code has less than [`MIN_REMAINING_SECS`] left.
    Expiring,
    /// The current code was sent before.
    AlreadySent,
}

/// What a login is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is decided yet.
    Starting,
    /// Until the given second, by the clock that codes are made with.
    Waiting {
        reason: WaitReason,
        until_unix_secs: u64,
    },
    Sending,
}

/// How a login ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done(Session),
    /// Something that a login needs was never entered. Nothing was sent.
    Incomplete(Vec<Missing>),
    /// Refused too often; nothing was sent this time.
    Stopped,
    /// Refused, for the given time in a row.
    Refused {
        refusal: Refusal,
        in_a_row: u32,
    },
    Failed(BrokerError),
    /// Nothing was sent, since it could not be made sure to be sent once.
    NotRemembered(LedgerError),
    Cancelled {
        while_sending: bool,
    },
}

/// Logs in: waits for a code that may be sent, sends it once, counts refusals.
/// `skew` is told what the broker's answer showed of its clock.
pub async fn log_in(
    account: &Account,
    broker: &dyn Broker,
    clock: &dyn Clock,
    ledger: &dyn Ledger,
    progress: &(dyn Fn(Progress) + Send + Sync),
    skew: &(dyn Fn(i64) + Send + Sync),
) -> Outcome {
    let missing = account.missing();
    let (Some(pin), Some(api_key), true) = (
        account.credentials.pin.clone(),
        account.credentials.api_key.clone(),
        missing.is_empty(),
    ) else {
        return Outcome::Incomplete(missing);
    };
    if ledger.refusals(account.id, account.revision) >= MAX_REFUSALS {
        return Outcome::Stopped;
    }
    let step_start = match fresh_step(account, clock, ledger, progress).await {
        Ok(start) => start,
        Err(error) => return Outcome::NotRemembered(error),
    };
    progress(Progress::Sending);
    let request = LoginRequest {
        client_code: account.client_code.clone(),
        pin,
        api_key,
        code: account.otp.code_at(step_start),
    };
    let Answer { result, skew_ms } = broker.log_in(request).await;
    if let Some(skew_ms) = skew_ms {
        skew(skew_ms);
    }
    match result {
        Ok(session) => {
            ledger.accepted(account.id);
            Outcome::Done(session)
        }
        Err(BrokerError::Refused(refusal)) if blames_the_person(refusal.kind) => {
            let in_a_row = ledger.refused(account.id, account.revision);
            Outcome::Refused { refusal, in_a_row }
        }
        Err(error) => {
            if error.was_not_sent() {
                ledger.release(account.id, step_start);
            }
            Outcome::Failed(error)
        }
    }
}

/// The broker's own trouble says nothing about what was sent.
const fn blames_the_person(kind: RefusalKind) -> bool {
    !matches!(
        kind,
        RefusalKind::BrokerTrouble | RefusalKind::UnregisteredIp
    )
}

/// Waits for a code with enough time left that was never sent, and marks it.
/// Gives the Unix second at which its step starts.
async fn fresh_step(
    account: &Account,
    clock: &dyn Clock,
    ledger: &dyn Ledger,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<u64, LedgerError> {
    let otp = &account.otp;
    let mut told = None;
    loop {
        let now = clock.unix_secs();
        let start = otp.step_at(now) * u64::from(otp.period());
        let reason = if otp.remaining_at(now) < MIN_REMAINING_SECS {
            WaitReason::Expiring
        } else if ledger.reserve(account.id, start)? {
            return Ok(start);
        } else {
            WaitReason::AlreadySent
        };
        let until_unix_secs = now + otp.remaining_at(now);
        let wait = Progress::Waiting {
            reason,
            until_unix_secs,
        };
        if told != Some(until_unix_secs) {
            told = Some(until_unix_secs);
            progress(wait);
        }
        // In short naps: the clock may be put right meanwhile.
        let into_second = Duration::from_nanos(clock.since_epoch().subsec_nanos().into());
        tokio::time::sleep(Duration::from_millis(1_005).saturating_sub(into_second)).await;
    }
}

impl Outcome {
    /// What happened in the person's words; `None` where all went well.
    /// `skew_ms` is the broker's clock minus ours, where it is known.
    #[must_use]
    pub fn words(&self, broker: &str, skew_ms: Option<i64>) -> Option<Words> {
        Some(match self {
            Self::Done(_) => return None,
            Self::Incomplete(missing) => incomplete(missing),
            Self::Stopped => Words {
                title: format!("Stopped after {MAX_REFUSALS} refusals in a row."),
                text: format!(
                    "Nothing was sent this time: {broker} blocks accounts after too many. Edit \
                     the account and change what is wrong (PIN, API key, client code or secret); \
                     then Kunji tries again."
                ),
            },
            Self::Refused { refusal, in_a_row } => {
                let mut words = refusal.words(broker);
                if refusal.kind == RefusalKind::CodeOrPin
                    && let Some(clock) = clock_words(skew_ms, broker)
                {
                    words.text = format!("{clock} {}", words.text);
                }
                words.text.push_str(if *in_a_row >= MAX_REFUSALS {
                    " Kunji stops here, so that the account is not blocked: change what is wrong first."
                } else {
                    " One more refusal and Kunji stops, so that the account is not blocked."
                });
                words
            }
            Self::Failed(error) => error.words(broker),
            Self::NotRemembered(error) => Words {
                title: "Nothing was sent.".to_owned(),
                text: format!(
                    "{error} Kunji notes there which codes were sent, so that none is sent twice. \
                     Check the folder’s permissions and free space, and try again."
                ),
            },
            Self::Cancelled {
                while_sending: false,
            } => Words {
                title: "Login cancelled.".to_owned(),
                text: "Nothing was sent.".to_owned(),
            },
            Self::Cancelled {
                while_sending: true,
            } => Words {
                title: "Login cancelled.".to_owned(),
                text: format!("The code was already on its way; {broker} may have logged in."),
            },
        })
    }
}

fn incomplete(missing: &[Missing]) -> Words {
    let names: Vec<&str> = missing.iter().map(|m| m.name()).collect();
    let list = match names.as_slice() {
        [] => "Something".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    Words {
        title: format!("Missing: {list}."),
        text: "Edit the account and enter what is missing; logging in needs it.".to_owned(),
    }
}

fn clock_words(skew_ms: Option<i64>, broker: &str) -> Option<String> {
    let skew_ms = skew_ms.filter(|s| s.abs() > crate::clock::SKEW_TOLERANCE_MS)?;
    let side = if skew_ms > 0 { "behind" } else { "ahead of" };
    Some(format!(
        "This computer’s clock is {} s {side} {broker}’s; codes are now corrected, so try again.",
        skew_ms.unsigned_abs() / 1_000
    ))
}

#[cfg(test)]
mod tests {
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

    impl Ledger for Memory {
        fn reserve(&self, id: AccountId, step_start: u64) -> Result<bool, LedgerError> {
            if self.broken {
                return Err(LedgerError("full".into()));
            }
            Ok(self.sent.lock().unwrap().insert((id, step_start)))
        }
        fn release(&self, id: AccountId, step_start: u64) {
            self.sent.lock().unwrap().remove(&(id, step_start));
        }
        fn refusals(&self, id: AccountId, revision: u32) -> u32 {
            self.refusals
                .lock()
                .unwrap()
                .get(&(id, revision))
                .copied()
                .unwrap_or(0)
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
        let outcome = log_in(account, broker, &clock, ledger, &note, &|_| {}).await;
        (outcome, seen.into_inner().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_code_with_time_left_is_sent_at_once() {
        let (account, broker) = (account(), Scripted::new(None));
        let (outcome, seen) = run(&account, &broker, 60 + 27, &Memory::default()).await;
        assert!(matches!(outcome, Outcome::Done(_)));
        assert_eq!(seen, [Progress::Sending]);
        assert_eq!(broker.codes(), [account.otp.code_of_step(2).expose()]);
    }

    /// With less than 3 s left the next code is waited for, and that is said.
    #[tokio::test(start_paused = true)]
    async fn an_expiring_code_is_not_sent() {
        let (account, broker) = (account(), Scripted::new(None));
        let (outcome, seen) = run(&account, &broker, 60 + 28, &Memory::default()).await;
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
}
