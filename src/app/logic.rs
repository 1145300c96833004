//! What happens: the engine's events, keys, dropped files, and what the
//! screens asked for.

use std::time::{Duration, Instant};

use egui::{Context, Event as InputEvent, Key, Modifiers, OpenUrl, ViewportCommand};

use super::App;
use super::dialog::Picked;
use super::form::{FIELDS, Form, field_id};
use super::state::{Action, Notice, Question, Screen, State};
use super::widgets::{Meaning, forget_fields};
use crate::account::AccountId;
use crate::engine::{Busy, Command, Event, Imported, ReadError, Snapshot, VaultError, VaultState};
use crate::otp::Otp;
use crate::secret::Secret;

/// Once before each frame, and while hidden.
pub fn update(app: &mut App, ctx: &Context) {
    while let Some(event) = app.engine.try_event() {
        take(app, event);
    }
    if let Some(picked) = app.dialog.picked() {
        app.state.choosing = false;
        take_picked(app, picked);
    }
    take_dropped(app, ctx);
    take_keys(app, ctx);
    let now = Instant::now();
    let notice = app.state.notice.as_ref();
    match notice.and_then(|notice| notice.until) {
        Some(until) if until <= now => app.state.notice = None,
        Some(until) => ctx.request_repaint_after(until - now),
        None => {}
    }
    if app.engine.snapshot().vault == VaultState::Locked
        && !matches!(app.state.screen, Screen::Home)
    {
        // What was entered is as secret as what is kept.
        clear(&mut app.state, ctx);
    }
}

fn clear(state: &mut State, ctx: &Context) {
    forget_form(ctx);
    *state = State {
        next_request: state.next_request,
        ..State::default()
    };
}

fn forget_form(ctx: &Context) {
    forget_fields(ctx, &FIELDS.map(field_id));
    forget_fields(ctx, &[token_field_id()]);
}

pub fn token_field_id() -> egui::Id {
    egui::Id::unique("token number")
}

fn ask(app: &mut App, command: Command) {
    if let Err(Busy) = app.engine.send(command) {
        let text = "Try again in a moment.";
        app.state.notice = Some(Notice::lasting(Meaning::Warn, "Kunji is busy.", text));
    }
}

// --- what comes back -------------------------------------------------------

fn take(app: &mut App, event: Event) {
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

fn take_picked(app: &mut App, picked: Picked) {
    match picked {
        Picked::Files(paths) => paths.into_iter().for_each(|path| read_picture(app, path)),
        Picked::Cancelled => {}
        Picked::NoDialog => {
            let title = "No file dialog could be opened.";
            let text = "Install xdg-desktop-portal with a backend for your desktop, or zenity. \
                        Until then drop the picture on this window.";
            app.state.notice = Some(Notice::lasting(Meaning::Warn, title, text));
        }
    }
}

fn read_picture(app: &mut App, path: std::path::PathBuf) {
    let request = app.state.new_request();
    app.state.reading.push(request);
    app.state.notice = None;
    ask(app, Command::ReadPicture { request, path });
}

fn read_text(app: &mut App, text: &str) {
    let request = app.state.new_request();
    app.state.reading.push(request);
    app.state.notice = None;
    ask(
        app,
        Command::ReadText {
            request,
            text: Secret::from(text),
        },
    );
}

/// Where a code may be brought to: not into a form, a question, or a locked window.
fn takes_codes(app: &App) -> bool {
    let bringing = !matches!(app.state.screen, Screen::Form(_) | Screen::Tested(_));
    bringing && app.state.question.is_none() && app.engine.snapshot().vault == VaultState::Open
}

fn take_dropped(app: &mut App, ctx: &Context) {
    let dropped = ctx.input_mut(|input| std::mem::take(&mut input.raw.dropped_files));
    if dropped.is_empty() {
        return;
    }
    if !takes_codes(app) {
        let text = "Finish or close this first, then drop the picture again.";
        app.state.notice = Some(Notice::passing(Meaning::Idle, "Not now.", text));
        return;
    }
    for file in dropped {
        read_picture(app, file.path().to_owned());
    }
}

fn take_keys(app: &mut App, ctx: &Context) {
    let typing = ctx.egui_wants_keyboard_input();
    // A paste into a text field belongs to that field.
    if !typing && takes_codes(app) {
        let pasted = ctx.input_mut(|input| {
            let paste = |event: &InputEvent| match event {
                InputEvent::Paste(text) => Some(text.clone()),
                _ => None,
            };
            let text = input.events.iter().find_map(paste);
            input
                .events
                .retain(|event| !matches!(event, InputEvent::Paste(_)));
            text
        });
        if let Some(text) = pasted {
            read_text(app, &text);
        }
    }
    let pressed = |modifiers, key| ctx.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND, Key::L) {
        act(app, ctx, Action::Lock);
    }
    if app.state.question.is_none() {
        if pressed(Modifiers::COMMAND, Key::N) && takes_codes(app) {
            act(app, ctx, Action::Bring);
        }
        let popup = egui::Popup::is_any_open(ctx);
        if !popup
            && !matches!(app.state.screen, Screen::Home)
            && pressed(Modifiers::NONE, Key::Escape)
        {
            act(app, ctx, Action::Leave);
        }
    }
    if app.state.notice.is_some()
        && matches!(app.state.screen, Screen::Home)
        && pressed(Modifiers::NONE, Key::Escape)
    {
        app.state.notice = None;
    }
}

// --- what was asked --------------------------------------------------------

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
            ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
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
        Screen::Form(form) if form.is_dirty() => app.state.question = Some(Question::Discard),
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
        app.state.question = Some(Question::Delete { id, name });
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
    ask(
        app,
        Command::Save {
            request,
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

/// When the window must be drawn again because a second has passed.
pub fn next_second(since_epoch: Duration) -> Duration {
    let into = Duration::from_nanos(since_epoch.subsec_nanos().into());
    Duration::from_millis(1_002).saturating_sub(into)
}
