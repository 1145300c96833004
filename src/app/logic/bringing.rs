//! Bringing codes: the token number, the screen, backups, and what was found.

use egui::Context;

use super::actions::act;
use super::{ask, forget_form, new_reading, read, token_field_id};
use crate::app::App;
use crate::app::form::{Form, Found};
use crate::app::state::{Action, Notice, Screen};
use crate::app::widgets::{Meaning, forget_fields};
use crate::engine::{Command, Source, confusions};
use crate::otp::Otp;
use crate::secret::Secret;

pub fn type_token(app: &mut App) {
    let replacing = match app.state.screen {
        Screen::Bring { replacing } => replacing,
        _ => None,
    };
    app.state.notice = None;
    app.state.screen = Screen::Token {
        text: Secret::default(),
        replacing,
    };
}

pub fn use_correction(app: &mut App, ctx: &Context, index: usize) {
    if let Screen::Token { text, .. } = &mut app.state.screen
        && let Some(correction) = confusions(text.expose()).into_iter().nth(index)
    {
        *text = correction.text;
        forget_fields(ctx, &[token_field_id()]);
    }
}

pub fn cancel_reading(app: &mut App) {
    for request in std::mem::take(&mut app.state.reading) {
        ask(app, Command::CancelReading(request));
    }
    for locked in &mut app.state.preview.locked {
        locked.opening = None;
    }
}

pub fn skip_locked(app: &mut App, ctx: &Context, index: usize) {
    if index < app.state.preview.locked.len() {
        app.state.preview.locked.remove(index);
        forget_form(ctx);
    }
    if app.state.preview.is_empty() {
        act(app, ctx, Action::GoHome);
    }
}

/// Enter what else a row of the preview needs.
pub fn use_row(app: &mut App, index: usize) {
    let preview = &app.state.preview;
    let Some(row) = preview.rows.get(index) else {
        return;
    };
    let found = Found::of(row, preview);
    let snapshot = app.engine.snapshot();
    let replaced = preview.replacing.and_then(|id| snapshot.account(id));
    let form = match replaced {
        Some(view) => Form::replace(&view.account, &row.draft, found),
        None => Form::new(&row.account, found),
    };
    app.state.screen = Screen::Form(Box::new(form));
}

pub fn read_token(app: &mut App) {
    let Screen::Token { text, .. } = &app.state.screen else {
        return;
    };
    // An otpauth link is taken here too: people paste what they have.
    match Otp::from_token_number(text.expose()) {
        Err(error) if !text.expose().contains("://") => {
            let title = "This is no token number.";
            let notice = Notice::lasting(Meaning::Bad, title, error.to_string());
            app.state.notice = Some(notice);
        }
        _ => {
            let text = text.clone();
            read(app, vec![Source::text("the token number", text)]);
        }
    }
}

pub fn capture(app: &mut App) {
    if app.state.reading.is_empty() {
        let request = new_reading(app);
        ask(app, Command::ReadScreen(request));
    }
}

pub fn import(app: &mut App) {
    let accounts = app.state.preview.accounts();
    if accounts.is_empty() || app.state.preview.importing.is_some() {
        return;
    }
    let request = app.state.new_request();
    app.state.preview.importing = Some(request);
    app.state.preview.asked = accounts.len();
    app.state.notice = None;
    let knowingly = app.state.preview.known();
    ask(
        app,
        Command::Import {
            request,
            accounts,
            knowingly,
        },
    );
}

pub fn open_locked(app: &mut App, index: usize) {
    let request = app.state.new_request();
    let Some(locked) = app.state.preview.locked.get_mut(index) else {
        return;
    };
    // A double click opens once.
    if locked.opening.is_some() {
        return;
    }
    locked.opening = Some(request);
    let (source, password) = (locked.source.clone(), locked.password.clone());
    app.state.reading.push(request);
    ask(
        app,
        Command::Read {
            request,
            sources: vec![source],
            password: Some(password),
        },
    );
}
