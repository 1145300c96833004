//! The policy of a login, free of any one broker: a fresh code, sent once, and
//! a stop before the account can get blocked.

mod words;

use std::time::Duration;

use thiserror::Error;

use crate::account::{Account, AccountId, Missing, Session};
use crate::broker::{Answer, Broker, BrokerError, LoginRequest, Refusal, RefusalKind};
use crate::clock::Clock;

/// A code with less time left than this is not sent: it could arrive too late.
pub const MIN_REMAINING_SECS: u64 = 3;

/// How long connecting may take, at the least; the code is sent after it.
const CONNECT_SECS: u64 = 2;

/// After so many refusals in a row nothing more is sent until something changes.
pub const MAX_REFUSALS: u32 = 2;

/// Remembers, across processes and restarts, which codes were sent and what
/// was refused. Holds no secret.
pub trait Ledger: Send + Sync {
    /// Marks the code of the step starting at `step_start` (Unix seconds) as
    /// sent, where that is allowed: one look and one mark that no other process
    /// comes between.
    ///
    /// # Errors
    /// Where the mark cannot be made to last; then nothing may be sent.
    fn reserve(
        &self,
        id: AccountId,
        revision: u32,
        step_start: u64,
    ) -> Result<Reserved, LedgerError>;
    /// Takes the mark back: the code certainly did not leave this computer.
    fn release(&self, id: AccountId, step_start: u64);
    /// Counts one more; gives the new count.
    fn refused(&self, id: AccountId, revision: u32) -> u32;
    /// Forgets the refusals.
    fn accepted(&self, id: AccountId);
}

/// Whether a code may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// It is marked, and may be sent once.
    Yes,
    /// It was sent before: the next one may be.
    AlreadySent,
    /// [`MAX_REFUSALS`] in a row of what the account is at this revision.
    Stopped,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("Kunji’s folder for what it remembers between runs cannot be written ({0}).")]
pub struct LedgerError(pub String);

/// Why a login waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// The current code would have less than [`MIN_REMAINING_SECS`] left when sent.
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
/// The ledger is kept under `ledger_id`; `skew` is told what the broker's answer
/// showed of its clock.
pub async fn log_in(
    account: &Account,
    ledger_id: AccountId,
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
    let step_start = match fresh_step(account, ledger_id, clock, ledger, progress).await {
        Ok(Some(start)) => start,
        Ok(None) => return Outcome::Stopped,
        Err(error) => return Outcome::NotRemembered(error),
    };
    let step_end = Duration::from_secs(step_start + u64::from(account.otp.period()));
    let left = step_end.saturating_sub(clock.since_epoch());
    progress(Progress::Sending);
    let request = LoginRequest {
        client_code: account.client_code.clone(),
        pin,
        api_key,
        code: account.otp.code_at(step_start),
        connect_within: left.saturating_sub(Duration::from_secs(MIN_REMAINING_SECS)),
    };
    let Answer { result, skew_ms } = broker.log_in(request).await;
    if let Some(skew_ms) = skew_ms {
        skew(skew_ms);
    }
    match result {
        Ok(session) => {
            ledger.accepted(ledger_id);
            Outcome::Done(session)
        }
        Err(BrokerError::Refused(refusal)) if blames_the_person(refusal.kind) => {
            let in_a_row = ledger.refused(ledger_id, account.revision);
            Outcome::Refused { refusal, in_a_row }
        }
        Err(error) => {
            if error.was_not_sent() {
                ledger.release(ledger_id, step_start);
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
/// Gives the Unix second at which its step starts; `None` where nothing may be
/// sent any more.
async fn fresh_step(
    account: &Account,
    ledger_id: AccountId,
    clock: &dyn Clock,
    ledger: &dyn Ledger,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Option<u64>, LedgerError> {
    let otp = &account.otp;
    let mut told = None;
    loop {
        let now = clock.unix_secs();
        let start = otp.step_at(now) * u64::from(otp.period());
        let reason = if otp.remaining_at(now) < MIN_REMAINING_SECS + CONNECT_SECS {
            WaitReason::Expiring
        } else {
            match ledger.reserve(ledger_id, account.revision, start)? {
                Reserved::Yes => return Ok(Some(start)),
                Reserved::Stopped => return Ok(None),
                Reserved::AlreadySent => WaitReason::AlreadySent,
            }
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

#[cfg(test)]
mod tests;
