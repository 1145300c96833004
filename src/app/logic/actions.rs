//! What the screens asked for.

use egui::{Context, OpenUrl, ViewportCommand};

use super::{ask, clear, forget_form, new_reading, read, read_clipboard, token_field_id};
use crate::account::AccountId;
use crate::app::App;
use crate::app::form::{Form, Found};
use crate::app::preview::Preview;
use crate::app::state::{Action, Leftover, Notice, Question, Screen};
use crate::app::widgets::{Meaning, forget_fields};
use crate::engine::{Command, Source, confusions};
use crate::otp::Otp;
use crate::secret::Secret;

pub fn act(app: &mut App, ctx: &Context, action: Action) {
    match action {
        Action::OpenVault => ask(app, Command::OpenVault),
        Action::Lock => {
            ask(app, Command::Lock);
            clear(&mut app.state, ctx);
        }
        Action::ChooseFile => {
            app.dialog.open(ctx);
            app.state.choosing = app.dialog.is_open();
        }
        Action::Paste => read_clipboard(app),
        Action::Capture => capture(app, ctx),
        Action::CancelReading => {
            for request in std::mem::take(&mut app.state.reading) {
                ask(app, Command::CancelReading(request));
            }
            for locked in &mut app.state.preview.locked {
                locked.opening = None;
            }
        }
        Action::Import => import(app),
        Action::CancelImport => ask(app, Command::CancelImport),
        Action::OpenLocked(index) => open_locked(app, index),
        Action::SkipLocked(index) => {
            if index < app.state.preview.locked.len() {
                app.state.preview.locked.remove(index);
                forget_form(ctx);
            }
            if app.state.preview.is_empty() {
                act(app, ctx, Action::GoHome);
            }
        }
        Action::Trash => {
            let leftover = std::mem::take(&mut app.state.leftover);
            ask(app, Command::Trash(leftover.files));
        }
        Action::KeepFiles => app.state.leftover = Leftover::default(),
        Action::UseCorrection(index) => {
            if let Screen::Token { text, .. } = &mut app.state.screen
                && let Some(correction) = confusions(text.expose()).into_iter().nth(index)
            {
                *text = correction.text;
                forget_fields(ctx, &[token_field_id()]);
            }
        }
        Action::OpenPage(url) => ctx.open_url(OpenUrl::new_tab(url)),
        Action::LogIn(id) => ask(app, Command::LogIn(id)),
        Action::LogInAll => log_in_all(app),
        Action::CancelLogIn(id) => ask(app, Command::CancelLogIn(id)),
        Action::LogOut(id) => ask(app, Command::LogOut(id)),
        Action::Copy(id) => ask(app, Command::CopyCode(id)),
        Action::Delete(id) => {
            app.state.question = None;
            ask(app, Command::Remove(id));
        }
        Action::AskDelete(id) => ask_delete(app, id),
        Action::CloseQuestion => app.state.question = None,
        Action::CloseNotice => app.state.notice = None,
        Action::SaveForm { then_log_in } => save_form(app, then_log_in),
        Action::Edit(id) => {
            if let Some(view) = app.engine.snapshot().account(id) {
                app.state.screen = Screen::Form(Box::new(Form::edit(&view.account)));
            }
        }
        Action::TypeToken => {
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
        Action::ReadToken => read_token(app),
        Action::Bring => go(app, ctx, Screen::Bring { replacing: None }),
        Action::ReplaceCode(id) => go(
            app,
            ctx,
            Screen::Bring {
                replacing: Some(id),
            },
        ),
        Action::GoHome | Action::Discard => {
            // What waits behind a form is seen before it is turned down.
            let waiting = matches!(app.state.screen, Screen::Form(_) | Screen::Tested(_))
                && !app.state.preview.is_empty();
            if waiting {
                return go(app, ctx, Screen::Preview);
            }
            app.state.preview = Preview::default();
            ask(app, Command::ForgetParts);
            go(app, ctx, Screen::Home);
        }
        Action::Leave => leave(app, ctx),
        Action::UseRow(index) => {
            let preview = &app.state.preview;
            if let Some(row) = preview.rows.get(index) {
                let found = Found::of(row, preview);
                app.state.screen = Screen::Form(Box::new(Form::new(&row.account, found)));
            }
        }
    }
}

fn go(app: &mut App, ctx: &Context, screen: Screen) {
    forget_form(ctx);
    app.state.question = None;
    app.state.notice = None;
    app.state.screen = screen;
}

fn leave(app: &mut App, ctx: &Context) {
    match &app.state.screen {
        // Being written: leaving now would leave it open whether it was saved.
        Screen::Form(form) if form.saving.is_some() => {}
        Screen::Form(form) if form.is_dirty() => app.state.ask(Question::Discard),
        Screen::Token { replacing, .. } => {
            let replacing = *replacing;
            go(app, ctx, Screen::Bring { replacing });
        }
        _ => act(app, ctx, Action::GoHome),
    }
}

fn ask_delete(app: &mut App, id: AccountId) {
    if let Some(view) = app.engine.snapshot().account(id) {
        let name = view.account.name().to_owned();
        app.state.ask(Question::Delete { id, name });
    }
}

fn log_in_all(app: &mut App) {
    let snapshot = app.engine.snapshot();
    let now = jiff::Timestamp::now();
    for view in &snapshot.accounts {
        let complete = view.account.missing().is_empty();
        if complete && view.live_until(now).is_none() && !view.login.is_running() {
            ask(app, Command::LogIn(view.id()));
        }
    }
}

fn save_form(app: &mut App, then_log_in: bool) {
    let request = app.state.new_request();
    let Screen::Form(form) = &mut app.state.screen else {
        return;
    };
    // A double click saves once.
    if form.saving.is_some() {
        return;
    }
    form.saving = Some(request);
    form.error = None;
    form.then_log_in = then_log_in;
    let account = Box::new(form.account());
    let old = form.original.clone().map(Box::new);
    ask(
        app,
        Command::Save {
            request,
            old,
            account,
            then_log_in,
        },
    );
}

fn read_token(app: &mut App) {
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

/// Kunji's own window may lie over the code: it goes out of the way. On Wayland
/// a window cannot be hidden, and the desktop asks what to take.
fn capture(app: &mut App, ctx: &Context) {
    if !app.state.reading.is_empty() {
        return;
    }
    let request = new_reading(app);
    ask(app, Command::ReadScreen(request));
    if std::env::var_os("WAYLAND_DISPLAY").is_none_or(|display| display.is_empty()) {
        app.state.hidden = true;
        ctx.send_viewport_cmd(ViewportCommand::Visible(false));
        ctx.request_repaint();
    }
}

fn import(app: &mut App) {
    let accounts = app.state.preview.accounts();
    if accounts.is_empty() || app.state.preview.importing.is_some() {
        return;
    }
    let request = app.state.new_request();
    app.state.preview.importing = Some(request);
    app.state.preview.asked = accounts.len();
    app.state.notice = None;
    ask(app, Command::Import { request, accounts });
}

fn open_locked(app: &mut App, index: usize) {
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
