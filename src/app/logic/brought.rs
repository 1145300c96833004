//! What reading, importing and the trash came to.

use std::path::PathBuf;

use crate::account::AccountId;
use crate::app::form::{Form, Found};
use crate::app::preview::Preview;
use crate::app::state::{Notice, Screen, State};
use crate::app::widgets::Meaning;
use crate::engine::{
    Brought, QrError, ReadError, STILL_IN_TRASH, ScreenError, Snapshot, TrashError, VaultError,
};

pub fn take_read(state: &mut State, snapshot: &Snapshot, brought: Vec<Brought>) {
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
pub fn waits_behind(state: &mut State, found: usize, source: &str) {
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

pub fn import_ended(
    state: &mut State,
    snapshot: &Snapshot,
    saved: &[AccountId],
    passed_over: usize,
    error: Option<VaultError>,
) {
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
        None if saved.len() + passed_over == state.preview.asked && left > 0 => {
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
        None if passed_over > 0 => {
            let text = format!("{passed_over} more were in your keyring by now.");
            Notice::lasting(Meaning::Ok, title, text)
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

pub fn trashed(state: &mut State, results: Vec<(PathBuf, Result<(), TrashError>)>) {
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

/// Takes out of the preview what is saved: may its files go?
pub fn ask_of_saved(state: &mut State, ids: &[AccountId]) {
    let files = state.preview.saved(ids);
    let is_more = state.preview.is_more_in(&files);
    state.leftover.ask(files, is_more);
}
