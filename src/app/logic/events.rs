//! What comes back from the engine.

use crate::app::App;
use crate::app::form::Form;
use crate::app::state::{Notice, Screen, State};
use crate::app::widgets::Meaning;
use crate::engine::{Event, Imported, ReadError, Snapshot, VaultError};

pub fn take(app: &mut App, event: Event) {
    let state = &mut app.state;
    match event {
        Event::Read {
            request,
            source,
            result,
        } => {
            let waited_for = state.reading.contains(&request);
            state.reading.retain(|waiting| *waiting != request);
            if waited_for {
                take_read(state, &app.engine.snapshot(), &source, result);
            }
        }
        Event::Saved { request, id } => {
            let Screen::Form(form) = &state.screen else {
                return;
            };
            if form.saving != Some(request) {
                return;
            }
            let then_log_in = form.then_log_in;
            let title = if form.is_edit { "Saved." } else { "Added." };
            state.screen = match (then_log_in, state.drafts.is_empty()) {
                (true, _) => Screen::Tested(id),
                (false, true) => Screen::Home,
                (false, false) => Screen::Choose {
                    source: "the picture".to_owned(),
                },
            };
            if !then_log_in {
                let text = "Everything is in your keyring.";
                state.notice = Some(Notice::passing(Meaning::Ok, title, text));
            }
        }
        Event::SaveFailed { request, error } => {
            if let Screen::Form(form) = &mut state.screen
                && form.saving == Some(request)
            {
                // The form stays as it is, with what was entered.
                form.saving = None;
                form.error = Some(error);
            }
        }
        Event::Removed(_) => {
            let text = "Nothing of it is left in your keyring.";
            state.notice = Some(Notice::passing(Meaning::Idle, "Account deleted.", text));
        }
        Event::RemoveFailed { error, .. } => failed(state, "The account was not deleted.", &error),
        Event::LoginEnded {
            not_kept: Some(error),
            ..
        } => {
            failed(
                state,
                "Logged in, but the session could not be kept.",
                &error,
            );
        }
        Event::CodeCopied(_) => {
            let text = "The clipboard is cleared in 30 seconds.";
            state.notice = Some(Notice::passing(Meaning::Ok, "Code copied.", text));
        }
        Event::CopyFailed(error) => {
            let title = "The code was not copied.";
            state.notice = Some(Notice::lasting(Meaning::Bad, title, error.to_string()));
        }
        // The snapshot shows these.
        Event::VaultOpened
        | Event::VaultFailed(_)
        | Event::LoginEnded { not_kept: None, .. }
        | Event::LogoutEnded { .. }
        | Event::SessionChecked { .. }
        | Event::ClipboardCleared
        | Event::VaultProbed(_)
        | Event::VaultNotOpen
        | Event::NoSuchAccount(_)
        | Event::NoSession(_) => {}
    }
}

fn failed(state: &mut State, title: &str, error: &VaultError) {
    let text = format!("{error} {}", error.advice());
    state.notice = Some(Notice::lasting(Meaning::Bad, title, text));
}

fn take_read(
    state: &mut State,
    snapshot: &Snapshot,
    source: &str,
    result: Result<Imported, ReadError>,
) {
    let Imported { drafts, errors } = match result {
        Ok(imported) => imported,
        Err(error) => {
            let title = format!("{source} could not be read.");
            state.notice = Some(Notice::lasting(Meaning::Bad, title, error.to_string()));
            return;
        }
    };
    if let Some(error) = errors.first() {
        let title = if drafts.is_empty() {
            format!("No account in {source}.")
        } else {
            format!("Not all of {source} is an account.")
        };
        let meaning = if drafts.is_empty() {
            Meaning::Bad
        } else {
            Meaning::Warn
        };
        state.notice = Some(Notice::lasting(meaning, title, error.to_string()));
    } else {
        state.notice = None;
    }
    if drafts.is_empty() {
        return;
    }
    let replacing = match &state.screen {
        Screen::Bring { replacing } | Screen::Token { replacing, .. } => *replacing,
        // Something is being entered: what was found waits behind it.
        Screen::Form(_) => {
            state.drafts.extend(drafts);
            return;
        }
        _ => None,
    };
    state.drafts.extend(drafts);
    if let (Some(id), 1) = (replacing, state.drafts.len()) {
        if let (Some(view), Some(draft)) = (snapshot.account(id), state.drafts.pop_front()) {
            let form = Form::replace(&view.account, &draft, source);
            state.screen = Screen::Form(Box::new(form));
        }
    } else if state.drafts.len() == 1 {
        if let Some(draft) = state.drafts.pop_front() {
            state.screen = Screen::Form(Box::new(Form::new(&draft, source)));
        }
    } else {
        state.screen = Screen::Choose {
            source: source.to_owned(),
        };
    }
}
