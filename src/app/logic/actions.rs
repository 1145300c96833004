//! What the screens asked for.

use egui::{Context, OpenUrl};

use super::{ask, bringing, clear, forget_form, read_clipboard};
use crate::account::AccountId;
use crate::app::App;
use crate::app::form::Form;
use crate::app::preview::Preview;
use crate::app::state::{Action, Leftover, Question, Screen};
use crate::engine::Command;

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
        Action::Capture => bringing::capture(app),
        Action::CancelReading => bringing::cancel_reading(app),
        Action::Import => bringing::import(app),
        Action::CancelImport => ask(app, Command::CancelImport),
        Action::OpenLocked(index) => bringing::open_locked(app, index),
        Action::SkipLocked(index) => bringing::skip_locked(app, ctx, index),
        Action::Trash => {
            let leftover = std::mem::take(&mut app.state.leftover);
            ask(app, Command::Trash(leftover.files));
        }
        Action::KeepFiles => app.state.leftover = Leftover::default(),
        Action::UseCorrection(index) => bringing::use_correction(app, ctx, index),
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
        Action::TypeToken => bringing::type_token(app),
        Action::ReadToken => bringing::read_token(app),
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
        Action::UseRow(index) => bringing::use_row(app, index),
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
        Screen::Token { text, .. } if !text.is_empty() => app.state.ask(Question::Discard),
        Screen::Preview if app.state.preview.importing.is_some() => {}
        Screen::Preview if app.state.preview.is_worth_asking() => app.state.ask(Question::Discard),
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
