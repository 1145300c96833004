//! `kunji list`: the accounts that are saved. Nothing secret.
//!
//! JSON: `{"provider": "GNOME Keyring", "accounts": […], "unreadable": 0}`, with
//! `{"id", "name", "label", "client_code", "broker", "session", "missing"}` for
//! each account, oldest first; `session` as in [`SessionJson`], `missing` an
//! array of `client code`, `PIN`, `API key`.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::error::{CliError, Status};
use super::output::{out, out_json, plain, say, table};
use super::running::Running;
use super::session::{self, SessionJson};
use crate::account::BrokerKind;
use crate::engine::{AccountView, Snapshot};

/// List the saved accounts
#[derive(Args)]
pub struct ListArgs {
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct ListJson<'a> {
    provider: &'a str,
    accounts: Vec<AccountJson<'a>>,
    unreadable: usize,
}

#[derive(Serialize)]
struct AccountJson<'a> {
    id: String,
    name: &'a str,
    label: &'a str,
    client_code: &'a str,
    /// `null` for a code of another service.
    broker: Option<BrokerKind>,
    issuer: &'a str,
    session: SessionJson,
    missing: Vec<&'static str>,
}

impl ListArgs {
    pub fn run(&self) -> Result<Status, CliError> {
        let (kunji, snapshot) = Running::open()?;
        let now = kunji.now();
        if self.json {
            out_json(&json(&snapshot, now))?;
            return Ok(Status::Done);
        }
        if snapshot.accounts.is_empty() {
            say(&CliError::NoAccounts.to_string());
        } else {
            let rows: Vec<_> = snapshot
                .accounts
                .iter()
                .map(|view| row(view, now))
                .collect();
            let titles = ["Name", "Client code", "Broker", "Session", "Missing", "Id"];
            out(&table(titles, &rows))?;
        }
        if let Some(note) = unreadable(snapshot.unreadable) {
            say(&note);
        }
        Ok(Status::Done)
    }
}

/// What to say of items that could not be read.
pub fn unreadable(count: usize) -> Option<String> {
    let items = match count {
        0 => return None,
        1 => "1 item of Kunji's in the keyring".to_owned(),
        _ => format!("{count} items of Kunji's in the keyring"),
    };
    Some(format!(
        "{items} could not be read and will be left alone. A newer Kunji may have written them."
    ))
}

fn missing(view: &AccountView) -> Vec<&'static str> {
    view.account.lacking()
}

fn row(view: &AccountView, now: Timestamp) -> [String; 6] {
    let account = &view.account;
    let or_dash = |text: String| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text
        }
    };
    [
        plain(account.name()),
        or_dash(plain(&account.client_code)),
        or_dash(plain(account.service())),
        session::words(view.session.as_deref(), now),
        or_dash(missing(view).join(", ")),
        account.id.to_string(),
    ]
}

fn json(snapshot: &Snapshot, now: Timestamp) -> ListJson<'_> {
    ListJson {
        provider: &snapshot.provider,
        accounts: snapshot
            .accounts
            .iter()
            .map(|view| account_json(view, now))
            .collect(),
        unreadable: snapshot.unreadable,
    }
}

fn account_json(view: &AccountView, now: Timestamp) -> AccountJson<'_> {
    let account = &view.account;
    AccountJson {
        id: account.id.to_string(),
        name: account.name(),
        label: &account.label,
        client_code: &account.client_code,
        broker: account.broker,
        issuer: &account.issuer,
        session: SessionJson::of(view.session.as_deref(), now),
        missing: missing(view),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::find::tests::view;
    use super::super::session::tests::session;
    use super::*;
    use crate::secret::Secret;

    fn snapshot() -> Snapshot {
        let mut full = view("Asha", "A123456");
        full.session = Some(Arc::new(session("2026-11-23T03:25:00Z")));
        let mut account = (*full.account).clone();
        account.credentials.pin = Some(Secret::from("9731"));
        account.credentials.api_key = Some(Secret::from("kNj5amp1"));
        full.account = Arc::new(account);
        let provider = "GNOME Keyring".to_owned();
        Snapshot {
            provider,
            accounts: vec![full, view("", "B1234")],
            unreadable: 2,
            ..Snapshot::default()
        }
    }

    /// Scripts read this: fields are added, never renamed.
    #[test]
    fn json_has_the_documented_shape() {
        let snapshot = snapshot();
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        let value = serde_json::to_value(json(&snapshot, now)).unwrap();
        let expected = serde_json::json!({
            "provider": "GNOME Keyring",
            "accounts": [
                {
                    "id": snapshot.accounts[0].id().to_string(),
                    "name": "Asha", "label": "Asha", "client_code": "A123456",
                    "broker": "angelone", "issuer": "", "missing": [],
                    "session": {"state": "live", "until": "2026-11-23T18:30:00Z"},
                },
                {
                    "id": snapshot.accounts[1].id().to_string(),
                    "name": "B1234", "label": "", "client_code": "B1234",
                    "broker": "angelone", "issuer": "", "missing": ["PIN", "API key"],
                    "session": {"state": "none", "until": null},
                },
            ],
            "unreadable": 2,
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn nothing_secret_is_listed() {
        let snapshot = snapshot();
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        let mut shown = serde_json::to_string(&json(&snapshot, now)).unwrap();
        shown.extend(snapshot.accounts.iter().flat_map(|view| row(view, now)));
        for secret in [
            "KUNJISAMPLE",
            "9731",
            "kNj5amp1",
            "jwt-token",
            "refresh-token",
            "feed-token",
        ] {
            assert!(!shown.contains(secret), "{secret}");
        }
    }
}
