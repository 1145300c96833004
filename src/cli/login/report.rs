//! What came of a login: in words, as JSON, as exit code.
//!
//! JSON: an array with `{"id", "name", "client_code", "outcome", "title", "text",
//! "broker_code", "session_until", "session_kept"}` for each account in the order
//! asked. `outcome` is `done`, `incomplete`, `stopped`, `refused`, `failed`,
//! `not_remembered`, `cancelled` or `timed_out`; `title` and `text` are null
//! where it is done, `session_until` (RFC 3339) where it is not; `broker_code`
//! is the broker's own, where it gave one. Never a token.

use serde::Serialize;

use super::{Ended, Login};
use crate::cli::error::{CliError, Status};
use crate::cli::find::named;
use crate::cli::output::{out, plain, say};
use crate::cli::session;
use crate::engine::{BrokerError, Outcome, RefusalKind, Words};

#[derive(Serialize)]
pub struct LoginJson<'a> {
    id: String,
    name: &'a str,
    client_code: &'a str,
    outcome: &'static str,
    title: Option<String>,
    text: Option<String>,
    broker_code: Option<&'a str>,
    session_until: Option<String>,
    session_kept: bool,
}

/// What went wrong; `None` where nothing did.
fn words(login: &Login, ended: &Ended) -> Option<Words> {
    let broker = login.view.account.service();
    match &ended.outcome {
        Some(outcome) => outcome.words(broker, ended.skew_ms),
        None => Some(Words {
            title: "The login did not end in time.".to_owned(),
            text: "It may have arrived. Run `kunji status --check` to see.".to_owned(),
        }),
    }
}

pub fn tell(login: &Login) -> Result<(), CliError> {
    let name = named(&login.view.account);
    let Some(ended) = &login.ended else {
        return Ok(());
    };
    if let Some(words) = words(login, ended) {
        say(&format!(
            "kunji: {name}: {} {}",
            plain(&words.title),
            plain(&words.text)
        ));
        return Ok(());
    }
    if let Some(error) = &ended.not_kept {
        say(&format!(
            "kunji: {name}: the session could not be kept. {error} {}",
            error.advice()
        ));
    }
    match &ended.outcome {
        Some(Outcome::Done(session)) => out(&format!(
            "{name}: logged in until {}",
            session::until(session)
        )),
        _ => Ok(()),
    }
}

pub fn json(login: &Login) -> LoginJson<'_> {
    let account = &login.view.account;
    let ended = login.ended.as_ref();
    let outcome = ended.and_then(|ended| ended.outcome.as_ref());
    let words = ended.and_then(|ended| words(login, ended));
    let (title, text) = words.map(|words| (words.title, words.text)).unzip();
    let session = match outcome {
        Some(Outcome::Done(session)) => Some(session),
        _ => None,
    };
    LoginJson {
        id: account.id.to_string(),
        name: account.name(),
        client_code: &account.client_code,
        outcome: outcome.map_or("timed_out", outcome_name),
        title,
        text,
        broker_code: outcome.and_then(broker_code),
        session_until: session.map(|session| session.expires().to_string()),
        session_kept: session.is_some() && ended.is_some_and(|ended| ended.not_kept.is_none()),
    }
}

const fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done(_) => "done",
        Outcome::Incomplete(_) => "incomplete",
        Outcome::Stopped => "stopped",
        Outcome::Refused { .. } => "refused",
        Outcome::Failed(_) => "failed",
        Outcome::NotRemembered(_) => "not_remembered",
        Outcome::Cancelled { .. } => "cancelled",
    }
}

fn broker_code(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Refused { refusal, .. } | Outcome::Failed(BrokerError::Refused(refusal)) => {
            Some(refusal.code.as_str()).filter(|code| !code.is_empty())
        }
        _ => None,
    }
}

pub fn status(login: &Login) -> Status {
    let Some(Ended {
        outcome: Some(outcome),
        not_kept,
        ..
    }) = &login.ended
    else {
        return Status::Failed;
    };
    match outcome {
        Outcome::Done(_) if not_kept.is_some() => Status::Keyring,
        Outcome::Done(_) => Status::Done,
        Outcome::Stopped | Outcome::Refused { .. } => Status::Refused,
        // Said no, and would again; the broker's own trouble passes.
        Outcome::Failed(BrokerError::Refused(refusal))
            if refusal.kind != RefusalKind::BrokerTrouble =>
        {
            Status::Refused
        }
        _ => Status::Failed,
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Missing;
    use crate::cli::find::tests::view;
    use crate::cli::session::tests::session;
    use crate::engine::VaultError;

    fn ended(outcome: Option<Outcome>, not_kept: Option<VaultError>) -> Login {
        let ended = Ended {
            outcome,
            not_kept,
            skew_ms: None,
        };
        Login {
            view: view("Asha", "A123456"),
            doing: None,
            ended: Some(ended),
        }
    }

    fn done() -> Outcome {
        Outcome::Done(session("2026-11-23T03:25:00Z"))
    }

    /// Scripts read this: fields are added, never renamed; and never a token.
    #[test]
    fn json_has_the_documented_shape() {
        let login = ended(Some(done()), None);
        let value = serde_json::to_value(json(&login)).unwrap();
        let expected = serde_json::json!({
            "id": login.view.id().to_string(), "name": "Asha", "client_code": "A123456",
            "outcome": "done", "title": null, "text": null, "broker_code": null,
            "session_until": "2026-11-23T18:30:00Z", "session_kept": true,
        });
        assert_eq!(value, expected);

        let login = ended(Some(Outcome::Incomplete(vec![Missing::Pin])), None);
        let value = serde_json::to_value(json(&login)).unwrap();
        assert_eq!(
            (&value["outcome"], &value["title"]),
            (&"incomplete".into(), &"Missing: PIN.".into())
        );
        assert_eq!(
            (&value["session_until"], &value["session_kept"]),
            (&serde_json::Value::Null, &false.into())
        );
    }

    #[test]
    fn exit_codes_follow_the_outcome() {
        for (outcome, not_kept, expected) in [
            (Some(done()), None, Status::Done),
            (Some(done()), Some(VaultError::Locked), Status::Keyring),
            (Some(Outcome::Stopped), None, Status::Refused),
            (
                Some(Outcome::Failed(BrokerError::NoAnswer)),
                None,
                Status::Failed,
            ),
            (
                Some(Outcome::Cancelled {
                    while_sending: false,
                }),
                None,
                Status::Failed,
            ),
            (None, None, Status::Failed),
        ] {
            let shown = format!("{outcome:?}");
            assert_eq!(status(&ended(outcome, not_kept)), expected, "{shown}");
        }
    }
}
