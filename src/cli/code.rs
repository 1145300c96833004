//! `kunji code`: the code of one account, now.
//!
//! JSON: `{"id", "name", "client_code", "code", "remaining_secs", "period_secs",
//! "digits"}`.

use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use super::error::{CliError, Status};
use super::find::{find, named};
use super::output::{out, out_json, say};
use super::running::{NAP, Running};
use crate::engine::{AccountView, CLIPBOARD_KEPT, ClipboardError, Command, Event};
use crate::otp::Code;

/// Print the current code of an account
///
/// The digits alone go to standard output. With --copy they go to the clipboard instead, and the
/// command stays until they are cleared from it: after 30 seconds, or sooner with Enter. Ctrl+C
/// leaves at once; on Linux the code leaves the clipboard with it.
#[derive(Args)]
pub struct CodeArgs {
    /// Name, client code or id
    account: String,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Copy it for 30 seconds instead of printing it
    #[arg(long, conflicts_with = "json")]
    copy: bool,
}

#[derive(Serialize)]
struct CodeJson<'a> {
    id: String,
    name: &'a str,
    client_code: &'a str,
    code: &'a str,
    remaining_secs: u64,
    period_secs: u16,
    digits: u8,
}

impl CodeArgs {
    pub fn run(&self) -> Result<Status, CliError> {
        let (kunji, snapshot) = Running::open()?;
        let view = find(&snapshot.accounts, &self.account)?;
        if self.copy {
            return copy(&kunji, view);
        }
        let (otp, unix_secs) = (&view.account.otp, kunji.unix_secs());
        let code = otp.code_at(unix_secs);
        if self.json {
            out_json(&json(view, &code, unix_secs))?;
        } else {
            out(code.expose())?;
            if io::stderr().is_terminal() {
                say(&format!("for another {} s", otp.remaining_at(unix_secs)));
            }
        }
        Ok(Status::Done)
    }
}

fn json<'a>(view: &'a AccountView, code: &'a Code, unix_secs: u64) -> CodeJson<'a> {
    let account = &view.account;
    CodeJson {
        id: account.id.to_string(),
        name: account.name(),
        client_code: &account.client_code,
        code: code.expose(),
        remaining_secs: account.otp.remaining_at(unix_secs),
        period_secs: account.otp.period(),
        digits: account.otp.digits(),
    }
}

/// The clipboard's content lives as long as this process holds it.
fn copy(kunji: &Running, view: &AccountView) -> Result<Status, CliError> {
    kunji.send(Command::CopyCode(view.id()))?;
    let copied = kunji.wait(Duration::from_secs(5), |event| match event {
        Event::CodeCopied(_) => Some(Ok(())),
        Event::CopyFailed(error) => Some(Err(error)),
        _ => None,
    })?;
    match copied {
        Some(Ok(())) => {}
        Some(Err(error)) => return Err(CliError::Clipboard(error)),
        None => return Err(CliError::Clipboard(ClipboardError::Failed)),
    }
    let left = view.account.otp.remaining_at(kunji.unix_secs());
    say(&format!(
        "The code of {} is on the clipboard; it is good for another {left} s.",
        named(&view.account)
    ));
    let mut enter = enter_pressed();
    say(&format!(
        "Kunji stays until it is cleared, {} s from now{}.",
        CLIPBOARD_KEPT.as_secs(),
        if enter.is_some() {
            "; Enter clears it sooner"
        } else {
            ""
        }
    ));
    let until = Instant::now() + CLIPBOARD_KEPT + Duration::from_secs(5);
    while Instant::now() < until {
        if kunji.next_event(NAP)? == Some(Event::ClipboardCleared) {
            say("The clipboard no longer holds the code.");
            return Ok(Status::Done);
        }
        if enter.as_ref().is_some_and(|enter| enter.try_recv().is_ok()) {
            enter = None;
            // Locking takes the code off too; this process needs the vault no more.
            kunji.send(Command::Lock)?;
        }
    }
    Err(CliError::Clipboard(ClipboardError::Failed))
}

/// Hears of Enter, where somebody sits at a terminal.
fn enter_pressed() -> Option<Receiver<()>> {
    if !io::stdin().is_terminal() {
        return None;
    }
    let (pressed, enter) = sync_channel(1);
    let listen = move || {
        let _ = io::stdin().read_line(&mut String::new());
        let _ = pressed.send(());
    };
    // Nobody joins it: it waits for a key that may never come.
    thread::Builder::new()
        .name("kunji-enter".into())
        .spawn(listen)
        .ok()
        .map(|_| enter)
}

#[cfg(test)]
mod tests {
    use super::super::find::tests::view;
    use super::*;

    /// Scripts read this: fields are added, never renamed.
    #[test]
    fn json_has_the_documented_shape() {
        let view = view("Asha", "A123456");
        let code = view.account.otp.code_at(59);
        let value = serde_json::to_value(json(&view, &code, 59)).unwrap();
        let expected = serde_json::json!({
            "id": view.id().to_string(), "name": "Asha", "client_code": "A123456",
            "code": code.expose(), "remaining_secs": 1, "period_secs": 30, "digits": 6,
        });
        assert_eq!(value, expected);
    }
}
