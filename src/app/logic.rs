//! What happens: the engine's events, keys, dropped files, and what the
//! screens ask for.

mod actions;
mod events;

use std::time::{Duration, Instant};

use egui::{Context, Event as InputEvent, Key, Modifiers};

use super::App;
use super::dialog::Picked;
use super::form::{FIELDS, field_id};
use super::state::{Action, Notice, Screen, State};
use super::widgets::{Meaning, forget_fields};
use crate::engine::{Busy, Command, VaultState};
use crate::secret::Secret;

pub use actions::act;

/// How long the clipboard may take to give its text.
const PASTE_PATIENCE: Duration = Duration::from_millis(600);

/// Once before each frame, and while hidden.
pub fn update(app: &mut App, ctx: &Context) {
    while let Some(event) = app.engine.try_event() {
        events::take(app, event);
    }
    if let Some(picked) = app.dialog.picked() {
        app.state.choosing = false;
        take_picked(app, picked);
    }
    take_dropped(app, ctx);
    take_keys(app, ctx);
    take_focus(app, ctx);
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

/// Whoever comes back to the window sees what other programs changed meanwhile.
fn take_focus(app: &mut App, ctx: &Context) {
    let came_back = ctx.input(|input| {
        let focus = |event: &InputEvent| matches!(event, InputEvent::WindowFocused(true));
        input.events.iter().any(focus)
    });
    if came_back && app.engine.snapshot().vault == VaultState::Open {
        ask(app, Command::OpenVault);
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
            app.state.paste_asked = None;
            read_text(app, &text);
        }
        if app
            .state
            .paste_asked
            .is_some_and(|asked| asked.elapsed() >= PASTE_PATIENCE)
        {
            app.state.paste_asked = None;
            let title = "There is no text on the clipboard.";
            let text = "Copy the otpauth link or the token number. A picture cannot be pasted \
                        yet: save it and choose the file.";
            app.state.notice = Some(Notice::lasting(Meaning::Idle, title, text));
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

/// When the window must be drawn again because a second has passed.
pub fn next_second(since_epoch: Duration) -> Duration {
    let into = Duration::from_nanos(since_epoch.subsec_nanos().into());
    Duration::from_millis(1_002).saturating_sub(into)
}
