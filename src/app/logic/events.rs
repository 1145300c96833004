//! What comes back from the engine.

use super::brought;
use crate::account::AccountId;
use crate::app::App;
use crate::app::state::{Notice, Screen, State};
use crate::app::widgets::Meaning;
use crate::engine::{Event, RequestId, Snapshot, VaultError};

pub fn take(app: &mut App, event: Event) {
    let state = &mut app.state;
    match event {
        Event::Read { request, brought } => {
            let waited_for = state.reading.contains(&request);
            state.reading.retain(|waiting| *waiting != request);
            if waited_for && !state.preview.stays_locked(request, &brought) {
                state.preview.opened(request);
                brought::take_read(state, &app.engine.snapshot(), brought);
            }
        }
        Event::LeftBehind(path) => {
            let title = "The desktop’s picture of the screen is still there.";
            let text = format!(
                "It could not be removed and holds the secret: delete {}.",
                path.display()
            );
            state.notice = Some(Notice::lasting(Meaning::Warn, title, text));
        }
        Event::ImportEnded {
            request,
            saved,
            passed_over,
            error,
        } if state.preview.importing == Some(request) => {
            brought::import_ended(state, &app.engine.snapshot(), &saved, passed_over, error);
        }
        // Locked away, with the list of what was to be imported.
        Event::ImportEnded { saved, .. } => {
            if let Some(asked) = state.stopped_import.take() {
                let title = format!("{} of {asked} accounts were saved.", saved.len());
                let text = "Locking stopped the import. Bring the same files again for the others.";
                state.notice = Some(Notice::lasting(Meaning::Idle, title, text));
            }
        }
        Event::Trashed(results) => brought::trashed(state, results),
        Event::Saved { request, id } => saved(state, &app.engine.snapshot(), request, id),
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
        Event::VaultOpened => state.preview.compare(&app.engine.snapshot()),
        Event::VaultFailed(_)
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

fn saved(state: &mut State, snapshot: &Snapshot, request: RequestId, id: AccountId) {
    let Screen::Form(form) = &state.screen else {
        return;
    };
    if form.saving != Some(request) {
        return;
    }
    let then_log_in = form.then_log_in;
    // What is new must be seen, whatever was looked for before.
    if !form.is_edit {
        state.search.clear();
    }
    let title = if form.is_edit { "Saved." } else { "Added." };
    if let Some(found) = &form.found {
        let files = found.files.clone();
        state.leftover.ask(files, found.is_more_in_files);
    }
    // A row of the preview: what the form made of it has the row's id.
    brought::ask_of_saved(state, &[id]);
    state.preview.compare(snapshot);
    state.screen = match (then_log_in, state.preview.is_empty()) {
        (true, _) => Screen::Tested(id),
        (false, true) => Screen::Home,
        (false, false) => Screen::Preview,
    };
    if !then_log_in {
        let text = "Everything is in your keyring.";
        state.notice = Some(Notice::passing(Meaning::Ok, title, text));
    }
}

fn failed(state: &mut State, title: &str, error: &VaultError) {
    let text = format!("{error} {}", error.advice());
    state.notice = Some(Notice::lasting(Meaning::Bad, title, text));
}
