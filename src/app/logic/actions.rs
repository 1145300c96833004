//! What the screens asked for.

use std::time::Instant;

use egui::{Context, OpenUrl, ViewportCommand};

use super::{PASTE_PATIENCE, ask, clear, forget_form};
use crate::account::AccountId;
use crate::app::App;
use crate::app::form::Form;
use crate::app::state::{Action, Notice, Question, Screen};
use crate::app::widgets::Meaning;
use crate::engine::Command;
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
        // Answered by a paste event, as Ctrl+V is.
        Action::Paste => {
            ctx.memory_mut(|memory| {
                if let Some(focused) = memory.focused() {
                    memory.surrender_focus(focused);
                }
            });
            app.state.notice = None;
            app.state.paste_asked = Some(Instant::now());
            ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
            ctx.request_repaint_after(PASTE_PATIENCE);
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
            app.state.drafts.clear();
            go(app, ctx, Screen::Home);
        }
        Action::Leave => leave(app, ctx),
        Action::UseDraft(index) => {
            let source = match &app.state.screen {
                Screen::Choose { source } => source.clone(),
                _ => String::new(),
            };
            if let Some(draft) = app.state.drafts.remove(index) {
                app.state.screen = Screen::Form(Box::new(Form::new(&draft, &source)));
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
            let request = app.state.new_request();
            app.state.reading.push(request);
            ask(app, Command::ReadText { request, text });
        }
    }
}
