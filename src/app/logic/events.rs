//! What comes back from the engine.

use std::path::PathBuf;

use super::bringing;
use crate::account::AccountId;
use crate::app::App;
use crate::app::form::{Form, Found};
use crate::app::preview::Preview;
use crate::app::state::{Notice, Screen, State};
use crate::app::widgets::Meaning;
use crate::engine::{
    Brought, Event, QrError, ReadError, RequestId, STILL_IN_TRASH, ScreenError, Snapshot,
    TrashError, VaultError,
};

pub fn take(app: &mut App, event: Event) {
    let state = &mut app.state;
    match event {
        Event::Read { request, brought } => {
            let waited_for = state.reading.contains(&request);
            state.reading.retain(|waiting| *waiting != request);
            if waited_for && !state.preview.stays_locked(request, &brought) {
                state.preview.opened(request);
                take_read(state, &app.engine.snapshot(), brought);
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
            error,
        } => import_ended(state, &app.engine.snapshot(), request, &saved, error),
        Event::Trashed(results) => trashed(state, results),
        Event::Saved { request, id } => {
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
            ask_of_saved(state, &[id]);
            state.preview.compare(&app.engine.snapshot());
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
        Event::VaultOpened => bringing::import_now(app),
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

/// Takes out of the preview what is saved: may its files go?
fn ask_of_saved(state: &mut State, ids: &[AccountId]) {
    let files = state.preview.saved(ids);
    let is_more = state.preview.is_more_in(&files);
    state.leftover.ask(files, is_more);
}

fn failed(state: &mut State, title: &str, error: &VaultError) {
    let text = format!("{error} {}", error.advice());
    state.notice = Some(Notice::lasting(Meaning::Bad, title, text));
}

fn take_read(state: &mut State, snapshot: &Snapshot, brought: Vec<Brought>) {
    let found: usize = brought
        .iter()
        .filter_map(|brought| brought.result.as_ref().ok())
        .map(|imported| imported.drafts.len())
        .sum();
    let opens_nothing = |brought: &Brought| brought.result.is_err() && brought.locked.is_none();
    let source = brought.first().map_or("it", |first| &first.name).to_owned();
    let nothing_opened = brought.iter().all(opens_nothing);
    // It was read well, and there is nothing in it.
    let is_empty_handed = matches!(
        brought.first().map(|first| &first.result),
        Some(Err(ReadError::NothingOnScreen
            | ReadError::NothingInFolder(_)
            | ReadError::Clipboard(_)
            | ReadError::Qr(QrError::NoCode)))
    );
    let replacing = match &state.screen {
        Screen::Bring { replacing } | Screen::Token { replacing, .. } => *replacing,
        _ => None,
    };
    // The person's own doing is no fault.
    if let [
        Brought {
            result: Err(ReadError::Screen(error @ ScreenError::Cancelled)),
            ..
        },
    ] = brought.as_slice()
    {
        let title = "Nothing was captured.";
        state.notice = Some(Notice::passing(Meaning::Idle, title, error.to_string()));
        return;
    }
    let was_empty = state.preview.is_empty();
    if was_empty {
        state.preview.replacing = replacing;
    }
    state.preview.take(brought, snapshot);
    let preview = &mut state.preview;
    // One thing that is no account is said where the person is; more are listed.
    if was_empty
        && let ([], [], [problem]) = (
            preview.rows.as_slice(),
            preview.locked.as_slice(),
            preview.problems.as_slice(),
        )
    {
        let title = match (nothing_opened, is_empty_handed) {
            (true, false) => format!("{source} could not be read."),
            (true, true) => "Nothing was found.".to_owned(),
            (false, _) => format!("No account in {source}."),
        };
        let notice = Notice::lasting(Meaning::Bad, title, problem.text.clone());
        state.preview = Preview::default();
        state.notice = Some(notice);
        return;
    }
    if matches!(state.screen, Screen::Form(_) | Screen::Tested(_)) {
        return waits_behind(state, found, &source);
    }
    state.notice = None;
    let Some(row) = preview.only_row() else {
        if !preview.is_empty() {
            state.screen = Screen::Preview;
        }
        return;
    };
    if let Some(problem) = preview.problems.first() {
        let title = format!("Not all of {} is an account.", problem.source);
        let notice = Notice::lasting(Meaning::Warn, title, problem.text.clone());
        state.notice = Some(notice);
    }
    let found = Found::of(row, preview);
    let form = match replacing.and_then(|id| snapshot.account(id)) {
        Some(view) => Form::replace(&view.account, &row.draft, found),
        None => Form::new(&row.account, found),
    };
    // Nothing else is waiting: leaving the form is turning it down.
    state.preview = Preview::default();
    state.screen = Screen::Form(Box::new(form));
}

/// Something is being entered: what was found is shown after it.
fn waits_behind(state: &mut State, found: usize, source: &str) {
    let (title, text) = match found {
        0 => (
            format!("No code was found in {source} so far."),
            "You see why when you are done here.",
        ),
        1 => (
            "One more code was found.".to_owned(),
            "You see it when you are done here.",
        ),
        many => (
            format!("{many} more codes were found."),
            "You see them when you are done here.",
        ),
    };
    state.notice = Some(Notice::passing(Meaning::Idle, title, text));
}

fn import_ended(
    state: &mut State,
    snapshot: &Snapshot,
    request: RequestId,
    saved: &[AccountId],
    error: Option<VaultError>,
) {
    if state.preview.importing != Some(request) {
        return;
    }
    state.preview.importing = None;
    state.search.clear();
    ask_of_saved(state, saved);
    state.preview.compare(snapshot);
    let accounts = |count: usize| match count {
        1 => "1 account".to_owned(),
        many => format!("{many} accounts"),
    };
    let left = state.preview.ticked();
    let title = format!("{} saved.", accounts(saved.len()));
    state.notice = Some(match error {
        Some(error) => {
            let text = format!(
                "{} not: {error} {} They are still ticked here.",
                accounts(left),
                error.advice()
            );
            Notice::lasting(Meaning::Bad, title, text)
        }
        None if saved.len() == state.preview.asked && left > 0 => {
            let text = "What was brought meanwhile is still to be imported.";
            Notice::lasting(Meaning::Ok, title, text)
        }
        None if left > 0 => {
            let text = format!(
                "You stopped it there. What is saved is whole; {} still ticked here.",
                if left == 1 { "1 is" } else { "the others are" }
            );
            Notice::lasting(Meaning::Idle, title, text)
        }
        None => {
            let text = "Everything is in your keyring.";
            Notice::passing(Meaning::Ok, title, text)
        }
    });
    let done = left == 0 && state.preview.locked.is_empty();
    if done && matches!(state.screen, Screen::Preview) {
        // What could not be read was read by the person on this screen.
        state.preview = Preview::default();
        state.screen = Screen::Home;
    }
}

fn trashed(state: &mut State, results: Vec<(PathBuf, Result<(), TrashError>)>) {
    let all = results.len();
    let failed: Vec<(PathBuf, TrashError)> = results
        .into_iter()
        .filter_map(|(path, result)| Some((path, result.err()?)))
        .collect();
    // What is still there is still asked for.
    let there = failed
        .iter()
        .filter(|(_, error)| !matches!(error, TrashError::Gone(_)))
        .map(|(path, _)| path.clone());
    state.leftover.ask(there.collect(), false);
    state.notice = Some(match failed.first() {
        Some((_, error)) => {
            let title = format!("{} of {all} not deleted.", failed.len());
            Notice::lasting(Meaning::Bad, title, error.to_string())
        }
        None => Notice::passing(Meaning::Ok, "Moved to the trash.", STILL_IN_TRASH),
    });
}
