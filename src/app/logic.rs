//! What happens: the engine's events, keys, dropped files, and what the
//! screens ask for.

mod actions;
mod bringing;
mod brought;
mod events;
mod pasting;

use std::time::{Duration, Instant};

use egui::{Context, Event as InputEvent, Key, Modifiers, ViewportCommand};

use super::App;
use super::dialog::Picked;
use super::form::{FIELDS, field_id};
#[cfg(all(unix, not(target_os = "macos")))]
use super::links::Opened;
use super::screens::password_id;
use super::state::{Action, Notice, Screen, State};
use super::widgets::{Meaning, forget_fields};
use crate::engine::{Busy, Capture, Command, PASTED_TEXT, RequestId, Source, VaultState};

use pasting::Pasted;

pub use actions::act;
pub use pasting::PasteKeys;

/// A file manager may hand over many at once; they are read one by one.
const MAX_FILES: usize = 1_000;

/// Once before each frame, and while hidden.
pub fn update(app: &mut App, ctx: &Context) {
    while let Some(event) = app.engine.try_event() {
        events::take(app, event);
    }
    if let Some(picked) = app.dialog.picked() {
        app.state.choosing = false;
        take_picked(app, picked);
    }
    #[cfg(all(unix, not(target_os = "macos")))]
    take_links(app, ctx);
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
    uncover(app, ctx);
    if app.engine.snapshot().vault == VaultState::Locked
        && !matches!(app.state.screen, Screen::Home)
    {
        // What was entered is as secret as what is kept.
        clear(&mut app.state, ctx);
    }
}

fn take_paste(app: &mut App, pasted: Pasted) {
    match pasted {
        Pasted::Text(text) => read(app, vec![Source::text(PASTED_TEXT, text)]),
        Pasted::Other => read_clipboard(app),
    }
}

fn read_clipboard(app: &mut App) {
    let request = new_reading(app);
    ask(app, Command::ReadClipboard(request));
}

fn clear(state: &mut State, ctx: &Context) {
    forget_form(ctx);
    let stopped_import = match state.preview.importing {
        Some(_) => Some(state.preview.asked),
        None => state.stopped_import,
    };
    *state = State {
        stopped_import,
        next_request: state.next_request,
        hidden: state.hidden,
        opened: std::mem::take(&mut state.opened),
        ..State::default()
    };
}

fn forget_form(ctx: &Context) {
    forget_fields(ctx, &FIELDS.map(field_id));
    forget_fields(ctx, &[token_field_id()]);
    forget_fields(ctx, &[0, 1, 2, 3, 4, 5, 6, 7].map(password_id));
}

/// Out of the way of a picture of the screen, and back in sight after it.
fn uncover(app: &mut App, ctx: &Context) {
    let wanted = app.engine.snapshot().capture == Capture::Uncovered;
    if wanted != app.state.hidden {
        app.state.hidden = wanted;
        ctx.send_viewport_cmd(ViewportCommand::Visible(!wanted));
        if !wanted {
            ctx.send_viewport_cmd(ViewportCommand::Focus);
        }
    }
    if wanted {
        // Nothing is drawn meanwhile: this has to look by itself.
        ctx.request_repaint_after(Duration::from_millis(50));
    }
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
        Picked::Files(paths) => read(app, paths.into_iter().map(Source::File).collect()),
        Picked::Cancelled => {}
        Picked::NoDialog => {
            let title = "No file dialog could be opened.";
            let text = "Install xdg-desktop-portal with a backend for your desktop, or zenity. \
                        Until then drop the picture on this window.";
            app.state.notice = Some(Notice::lasting(Meaning::Warn, title, text));
        }
    }
}

/// Has everything read together, and waits for the answer.
fn read(app: &mut App, mut sources: Vec<Source>) {
    sources.truncate(MAX_FILES);
    let request = new_reading(app);
    ask(
        app,
        Command::Read {
            request,
            sources,
            password: None,
        },
    );
}

fn new_reading(app: &mut App) -> RequestId {
    let request = app.state.new_request();
    app.state.reading.push(request);
    app.state.notice = None;
    request
}

/// Where a code may be brought to: not to a question, or a locked window. While
/// a form is open it waits behind it.
fn takes_codes(app: &App) -> bool {
    app.state.question.is_none() && app.engine.snapshot().vault == VaultState::Open
}

/// Where what is pasted is a code, and not for a form.
fn takes_pastes(app: &App) -> bool {
    let bringing = !matches!(app.state.screen, Screen::Form(_) | Screen::Tested(_));
    bringing && takes_codes(app)
}

/// What other programs opened with Kunji. While it is locked, or a question is
/// open, it waits.
#[cfg(all(unix, not(target_os = "macos")))]
fn take_links(app: &mut App, ctx: &Context) {
    let opened = app.links.take();
    if opened.is_empty() {
        if !app.state.opened.is_empty() && takes_codes(app) {
            let sources = std::mem::take(&mut app.state.opened);
            read(app, sources);
        }
        return;
    }
    ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
    ctx.send_viewport_cmd(ViewportCommand::Focus);
    let sources = opened.into_iter().filter_map(|opened| match opened {
        Opened::Link(link) => Some(Source::text("the link", link)),
        Opened::File(path) => Some(Source::File(path)),
        Opened::Raise => None,
    });
    app.state.opened.extend(sources);
    ctx.request_repaint();
}

fn take_dropped(app: &mut App, ctx: &Context) {
    let dropped = ctx.input_mut(|input| std::mem::take(&mut input.raw.dropped_files));
    if dropped.is_empty() {
        return;
    }
    if !takes_codes(app) {
        let text = "Unlock Kunji or answer its question first, then drop the file again.";
        app.state.notice = Some(Notice::passing(Meaning::Idle, "Not now.", text));
        return;
    }
    let files = dropped.iter().map(|file| file.path().to_owned());
    let files = files.map(Source::File).collect();
    read(app, files);
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
    let typing = ctx.text_edit_focused();
    // A paste into a text field belongs to that field.
    let wanted = !typing && takes_pastes(app);
    let mut pasted = None;
    let keys = &mut app.state.paste_keys;
    ctx.input_mut(|input| {
        input.events.retain(|event| match keys.take(event) {
            Some(taken) if wanted => {
                pasted.get_or_insert(taken);
                false
            }
            _ => true,
        });
    });
    if let Some(pasted) = pasted {
        take_paste(app, pasted);
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
