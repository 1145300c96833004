//! `kunji status`: the sessions, as the vault has them or as the broker sees
//! them.
//!
//! JSON: `{"accounts": […]}`, each `{"id", "name", "client_code", "session",
//! "check"}`; `session` as in [`SessionJson`]. `check` is null without
//! `--check`, otherwise `{"result", "name", "client_code", "message"}`, where
//! `result` is `confirmed`, `ended`, `refused`, `failed` or `not_possible`, and
//! `name` and `client_code` are the profile's where it is confirmed.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::error::{CliError, Status};
use super::find::find;
use super::output::{out, out_json, plain, say, table};
use super::running::{NAP, Running};
use super::session::{self, SessionJson};
use crate::account::AccountId;
use crate::engine::{AccountView, BrokerError, Command, Event, Profile, Refusal, RefusalKind};

/// Beyond the broker's own 15 seconds.
const DEADLINE: Duration = Duration::from_secs(20);

/// Show which sessions are live
///
/// By the time of the login: the broker ends sessions at midnight in India. With --check the broker
/// itself is asked.
#[derive(Args)]
pub struct StatusArgs {
    /// Name, client code or id; all accounts where it is left out
    account: Option<String>,
    /// Ask the broker whose session it is
    #[arg(long)]
    check: bool,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct StatusJson<'a> {
    accounts: Vec<AccountJson<'a>>,
}

#[derive(Serialize)]
struct AccountJson<'a> {
    id: String,
    name: &'a str,
    client_code: &'a str,
    session: SessionJson,
    check: Option<&'a Check>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum CheckResult {
    Confirmed,
    Ended,
    Refused,
    Failed,
    NotPossible,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Check {
    result: CheckResult,
    name: Option<String>,
    client_code: Option<String>,
    message: String,
}

type Checks = HashMap<AccountId, Check>;

impl StatusArgs {
    pub fn run(&self) -> Result<Status, CliError> {
        let (kunji, snapshot) = Running::open()?;
        let views: Vec<&AccountView> = match &self.account {
            Some(asked) => vec![find(&snapshot.accounts, asked)?],
            None => snapshot.accounts.iter().collect(),
        };
        let checks = if self.check {
            check(&kunji, &views)?
        } else {
            Checks::new()
        };
        let now = kunji.now();
        if self.json {
            let accounts = views.iter().map(|view| json(view, &checks, now)).collect();
            out_json(&StatusJson { accounts })?;
        } else if views.is_empty() {
            say(&CliError::NoAccounts.to_string());
        } else {
            out(&text(&views, &checks, now, self.check))?;
        }
        Ok(checks
            .values()
            .map(Check::status)
            .max()
            .unwrap_or(Status::Done))
    }
}

/// Asks the broker for all of them at once.
fn check(kunji: &Running, views: &[&AccountView]) -> Result<Checks, CliError> {
    let mut checks = Checks::new();
    for view in views {
        if let Some(why_not) = not_possible(view) {
            checks.insert(view.id(), why_not);
        } else {
            kunji.send(Command::CheckSession(view.id()))?;
        }
    }
    let until = Instant::now() + DEADLINE;
    while checks.len() < views.len() && Instant::now() < until {
        if let Some(Event::SessionChecked { id, result }) = kunji.next_event(NAP)?
            && let Some(view) = views.iter().find(|view| view.id() == id)
        {
            checks.insert(id, Check::new(result, view.account.service()));
        }
    }
    for view in views {
        let no_answer = || Check::new(Err(BrokerError::NoAnswer), view.account.service());
        checks.entry(view.id()).or_insert_with(no_answer);
    }
    Ok(checks)
}

fn not_possible(view: &AccountView) -> Option<Check> {
    let why = if view.session.is_none() {
        "There is no session to ask about."
    } else if view.account.credentials.api_key.is_none() {
        "Asking needs the API key, which is missing."
    } else {
        return None;
    };
    Some(Check {
        result: CheckResult::NotPossible,
        name: None,
        client_code: None,
        message: why.to_owned(),
    })
}

impl Check {
    fn new(result: Result<Profile, BrokerError>, broker: &str) -> Self {
        let (result, name, client_code, message) = match result {
            Ok(profile) => {
                let message = format!(
                    "{broker} confirms it: {} ({})",
                    profile.name, profile.client_code
                );
                (
                    CheckResult::Confirmed,
                    Some(profile.name),
                    Some(profile.client_code),
                    message,
                )
            }
            Err(BrokerError::Refused(refusal)) => {
                let (result, message) = refused(&refusal, broker);
                (result, None, None, message)
            }
            // No code was sent here, so the words for a login would not fit.
            Err(BrokerError::NoAnswer | BrokerError::Interrupted) => {
                let message = format!("{broker} did not answer. Try again.");
                (CheckResult::Failed, None, None, message)
            }
            Err(error) => {
                let words = error.words(broker);
                let message = format!("{} {}", words.title, words.text);
                (CheckResult::Failed, None, None, message)
            }
        };
        Self {
            result,
            name,
            client_code,
            message,
        }
    }

    const fn status(&self) -> Status {
        match self.result {
            CheckResult::Confirmed | CheckResult::NotPossible => Status::Done,
            CheckResult::Ended | CheckResult::Refused => Status::Refused,
            CheckResult::Failed => Status::Failed,
        }
    }
}

/// The broker says no in an envelope: the words for a login would not fit.
fn refused(refusal: &Refusal, broker: &str) -> (CheckResult, String) {
    match refusal.kind {
        // One and the same to the engine, which drops the session on logout.
        RefusalKind::SessionEnded | RefusalKind::ApiKey => (
            CheckResult::Ended,
            format!("{broker} no longer takes this session, or its API key. Log in again."),
        ),
        RefusalKind::BrokerTrouble => (CheckResult::Failed, refusal.words(broker).text),
        _ => (
            CheckResult::Refused,
            format!("{broker} said no. {}", refusal.words(broker).text),
        ),
    }
}

fn text(views: &[&AccountView], checks: &Checks, now: Timestamp, checked: bool) -> String {
    let row = |view: &&AccountView| {
        let account = &view.account;
        let code = if account.client_code.is_empty() {
            "-"
        } else {
            &account.client_code
        };
        [
            plain(account.name()),
            plain(code),
            session::words(view.session.as_deref(), now),
        ]
    };
    if !checked {
        let rows: Vec<_> = views.iter().map(row).collect();
        return table(["Name", "Client code", "Session"], &rows);
    }
    let rows: Vec<_> = views
        .iter()
        .map(|view| {
            let [name, code, session] = row(view);
            let said = checks.get(&view.id()).map(|check| plain(&check.message));
            [name, code, session, said.unwrap_or_default()]
        })
        .collect();
    table(["Name", "Client code", "Session", "Asked"], &rows)
}

fn json<'a>(view: &'a AccountView, checks: &'a Checks, now: Timestamp) -> AccountJson<'a> {
    AccountJson {
        id: view.id().to_string(),
        name: view.account.name(),
        client_code: &view.account.client_code,
        session: SessionJson::of(view.session.as_deref(), now),
        check: checks.get(&view.id()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::find::tests::view;
    use super::super::session::tests::session;
    use super::*;

    /// Scripts read this: fields are added, never renamed; and never a token.
    #[test]
    fn json_has_the_documented_shape() {
        let mut asha = view("Asha", "A123456");
        asha.session = Some(Arc::new(session("2026-11-23T03:25:00Z")));
        let profile = Profile {
            client_code: "A123456".into(),
            name: "ASHA".into(),
        };
        let checks = Checks::from([(asha.id(), Check::new(Ok(profile), "AngelOne"))]);
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        let value = serde_json::to_value(json(&asha, &checks, now)).unwrap();
        let expected = serde_json::json!({
            "id": asha.id().to_string(), "name": "Asha", "client_code": "A123456",
            "session": {"state": "live", "until": "2026-11-23T18:30:00Z"},
            "check": {
                "result": "confirmed", "name": "ASHA", "client_code": "A123456",
                "message": "AngelOne confirms it: ASHA (A123456)",
            },
        });
        assert_eq!(value, expected);
        let unchecked = serde_json::to_value(json(&asha, &Checks::new(), now)).unwrap();
        assert_eq!(unchecked["check"], serde_json::Value::Null);
    }

    #[test]
    fn asking_needs_a_session_and_a_key() {
        let mut asha = view("Asha", "A123456");
        assert!(not_possible(&asha).unwrap().message.contains("no session"));
        asha.session = Some(Arc::new(session("2026-11-23T03:25:00Z")));
        assert!(not_possible(&asha).unwrap().message.contains("API key"));
    }

    /// An ended session and a broken line are different exit codes.
    #[test]
    fn exit_codes_follow_the_answer() {
        let check = |error| Check::new(Err(error), "AngelOne").status();
        let refused = |kind| {
            let (code, message) = ("AG8002".to_owned(), "Token Expired".to_owned());
            check(BrokerError::Refused(Refusal {
                kind,
                code,
                message,
            }))
        };
        assert_eq!(refused(RefusalKind::SessionEnded), Status::Refused);
        assert_eq!(refused(RefusalKind::ApiKey), Status::Refused);
        assert_eq!(refused(RefusalKind::BrokerTrouble), Status::Failed);
        assert_eq!(check(BrokerError::NoAnswer), Status::Failed);
        assert_eq!(check(BrokerError::Unwell(503)), Status::Failed);
    }
}
