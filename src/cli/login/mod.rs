//! `kunji login`: one login each, in parallel.

mod report;

use std::time::{Duration, Instant};

use clap::Args;

use self::report::{json, status, tell};
use super::error::{CliError, Status};
use super::find::{find, named};
use super::output::{out_json, say};
use super::running::{NAP, Running};
use crate::engine::{
    AccountView, Command, Event, LoginState, Outcome, Progress, Snapshot, VaultError, WaitReason,
};

/// For each account on top of its code's period: waiting, sending and keeping.
const PATIENCE: Duration = Duration::from_secs(20);
/// For what was cancelled to say so.
const FAREWELL: Duration = Duration::from_secs(3);
/// What lasts no longer is not told: a start that turns into waiting at once.
const SETTLED: Duration = Duration::from_millis(150);

/// Log in to the broker and keep the session
///
/// Sends a fresh code, once: waits for the next where the current one was sent before or is about
/// to end. After two refusals in a row nothing is sent until the account is changed.
#[derive(Args)]
pub struct LoginArgs {
    /// Names, client codes or ids
    #[arg(value_name = "ACCOUNT", required_unless_present = "all")]
    accounts: Vec<String>,
    /// Log in to every account
    #[arg(long, conflicts_with = "accounts")]
    all: bool,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

/// One login on its way.
struct Login {
    view: AccountView,
    /// What it does, since when, and whether that was told.
    doing: Option<(Progress, Instant, bool)>,
    ended: Option<Ended>,
}

struct Ended {
    /// `None` where it did not end in time.
    outcome: Option<Outcome>,
    not_kept: Option<VaultError>,
    skew_ms: Option<i64>,
}

impl LoginArgs {
    pub fn run(&self) -> Result<Status, CliError> {
        let (kunji, snapshot) = Running::open()?;
        // All are found before any is sent.
        let mut logins = self.chosen(&snapshot)?;
        for login in &logins {
            kunji.send(Command::LogIn(login.view.id()))?;
        }
        let mut output = Ok(());
        finish(&kunji, &mut logins, |login| {
            if !self.json {
                let told = tell(login);
                output = std::mem::replace(&mut output, Ok(())).and(told);
            }
        })?;
        output?;
        if self.json {
            out_json(&logins.iter().map(json).collect::<Vec<_>>())?;
        }
        Ok(logins.iter().map(status).max().unwrap_or(Status::Done))
    }

    fn chosen(&self, snapshot: &Snapshot) -> Result<Vec<Login>, CliError> {
        let mut chosen: Vec<&AccountView> = Vec::new();
        if self.all {
            chosen.extend(&snapshot.accounts);
        }
        for asked in &self.accounts {
            let view = find(&snapshot.accounts, asked)?;
            if !chosen.iter().any(|other| other.id() == view.id()) {
                chosen.push(view);
            }
        }
        if chosen.is_empty() {
            return Err(CliError::NoAccounts);
        }
        let login = |view: &AccountView| Login {
            view: view.clone(),
            doing: None,
            ended: None,
        };
        Ok(chosen.into_iter().map(login).collect())
    }
}

/// Waits for all of them, telling what they do; `tell` hears of each that ended.
fn finish(
    kunji: &Running,
    logins: &mut [Login],
    mut tell: impl FnMut(&Login),
) -> Result<(), CliError> {
    let mut until = Instant::now() + patience(logins);
    let mut cancelled = false;
    while logins.iter().any(|login| login.ended.is_none()) {
        if let Some(Event::LoginEnded {
            id,
            outcome,
            not_kept,
        }) = kunji.next_event(NAP)?
            && let Some(login) = logins.iter_mut().find(|login| login.view.id() == id)
        {
            let skew_ms = kunji.snapshot().skew_ms;
            login.ended = Some(Ended {
                outcome: Some(outcome),
                not_kept,
                skew_ms,
            });
            tell(login);
        }
        tell_progress(kunji, logins);
        if Instant::now() < until {
            continue;
        }
        for login in logins.iter_mut().filter(|login| login.ended.is_none()) {
            if cancelled {
                login.ended = Some(Ended {
                    outcome: None,
                    not_kept: None,
                    skew_ms: None,
                });
                tell(login);
            } else {
                kunji.send(Command::CancelLogIn(login.view.id()))?;
            }
        }
        cancelled = true;
        until = Instant::now() + FAREWELL;
    }
    Ok(())
}

fn patience(logins: &[Login]) -> Duration {
    let period = |login: &Login| Duration::from_secs(login.view.account.otp.period().into());
    logins.iter().map(|login| period(login) + PATIENCE).sum()
}

fn tell_progress(kunji: &Running, logins: &mut [Login]) {
    let snapshot = kunji.snapshot();
    for login in logins.iter_mut().filter(|login| login.ended.is_none()) {
        let Some(LoginState::Running(progress)) = snapshot
            .account(login.view.id())
            .map(|view| view.login.clone())
        else {
            continue;
        };
        match &mut login.doing {
            Some((doing, since, told)) if *doing == progress => {
                if !*told && since.elapsed() >= SETTLED {
                    *told = true;
                    say(&format!(
                        "{}: {}",
                        named(&login.view.account),
                        doing_words(progress, kunji.unix_secs())
                    ));
                }
            }
            doing => *doing = Some((progress, Instant::now(), false)),
        }
    }
}

fn doing_words(progress: Progress, unix_secs: u64) -> String {
    match progress {
        Progress::Starting => "starting…".to_owned(),
        Progress::Sending => "sending…".to_owned(),
        Progress::Waiting {
            reason,
            until_unix_secs,
        } => {
            let secs = until_unix_secs.saturating_sub(unix_secs);
            let why = match reason {
                WaitReason::Expiring => "this one is about to end",
                WaitReason::AlreadySent => "this one was sent before",
            };
            format!("waiting {secs} s for a fresh code; {why}…")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_says_how_long_and_why() {
        let waiting = Progress::Waiting {
            reason: WaitReason::AlreadySent,
            until_unix_secs: 90,
        };
        assert_eq!(
            doing_words(waiting, 78),
            "waiting 12 s for a fresh code; this one was sent before…"
        );
    }
}
