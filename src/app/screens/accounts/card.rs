//! One account's card.

use egui::{Align, Button, CursorIcon, Label, Layout, Popup, RichText, Ui};
use jiff::Timestamp;

use crate::account::{Account, BrokerKind, ist};
use crate::app::screens::View;
use crate::app::state::Action;
use crate::app::theme::{self, UNIT, palette};
use crate::app::widgets::{
    Icon, Kind, Meaning, badge, button, card, icon_button, notice, pill, ring,
};
use crate::engine::{AccountView, LoginState, Progress, WaitReason};

/// Copy, the widest button, and the menu, less the air around their icons.
const CONTROLS_WIDTH: f32 = 184.0;
/// Copy and the menu alone, where there is nothing to log in to.
const FEW_CONTROLS_WIDTH: f32 = 72.0;
/// The ring and the gaps on its two sides.
const RING_WIDTH: f32 = 54.0;
/// How wide a digit of the monospaced face is, of its height.
const DIGIT_SHARE: f32 = 0.6;

pub fn draw(ui: &mut Ui, account: &AccountView, view: &mut View<'_>) {
    ui.push_id(account.id(), |ui| {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0 * UNIT;
            head(ui, account, view);
            code_row(ui, account, view);
            told(ui, account);
        });
    });
}

fn now(view: &View<'_>) -> Timestamp {
    let secs = i64::try_from(view.clock.unix_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(secs).unwrap_or(Timestamp::MAX)
}

fn head(ui: &mut Ui, view: &AccountView, window: &View<'_>) {
    let account = &view.account;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0 * UNIT;
        let p = palette(ui);
        match account.broker {
            Some(broker @ BrokerKind::AngelOne) => badge(ui, broker.initials(), p.angelone),
            None => badge(ui, &initials(account), p.dim),
        }
        let (meaning, text, live) = state(view, now(window));
        // The pill first, from the right: a long name gives way to it.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // A code of another service is neither logged in nor out.
            if account.broker.is_some() {
                pill(ui, meaning.tone(p), &text, live);
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                let name = RichText::new(account.name()).font(theme::semibold(theme::NAME));
                ui.add(Label::new(name.color(p.text)).truncate());
                let below = RichText::new(subtitle(account)).font(theme::regular(theme::SMALL));
                ui.add(Label::new(below.color(p.dim)).truncate());
            });
        });
    });
}

/// Two letters of whose code it is.
fn initials(account: &Account) -> String {
    let whose = match account.issuer.as_str() {
        "" => account.name(),
        issuer => issuer,
    };
    let letters = whose.chars().filter(|c| c.is_alphanumeric()).take(2);
    letters.flat_map(char::to_uppercase).collect()
}

fn subtitle(account: &Account) -> String {
    match (account.broker, account.client_code.as_str()) {
        (Some(broker), "") => broker.name().to_owned(),
        (Some(broker), code) => format!("{} · {code}", broker.name()),
        (None, _) if account.issuer.is_empty() || account.issuer == account.name() => {
            "Code only".to_owned()
        }
        (None, _) => account.issuer.clone(),
    }
}

/// The pill: what it means, what it says, and whether it is live.
fn state(view: &AccountView, now: Timestamp) -> (Meaning, String, bool) {
    let text = |meaning, text: &str| (meaning, text.to_owned(), false);
    match &view.login {
        LoginState::Running(Progress::Waiting { .. }) => text(Meaning::Idle, "Waiting for a code"),
        LoginState::Running(_) => text(Meaning::Idle, "Logging in…"),
        LoginState::LoggingOut => text(Meaning::Idle, "Logging out…"),
        LoginState::Refused(_) => text(Meaning::Bad, "Login refused"),
        LoginState::Stopped(_) => text(Meaning::Bad, "Login stopped"),
        LoginState::Failed(_) => text(Meaning::Warn, "Login failed"),
        LoginState::Idle => match (view.live_until(now), &view.session) {
            (Some(until), _) => {
                let until = until.to_zoned_datetime(ist()).strftime("%H:%M").to_string();
                (Meaning::Ok, format!("Logged in until {until} IST"), true)
            }
            (None, Some(_)) => text(Meaning::Warn, "Session ended"),
            (None, None) => text(Meaning::Idle, "Not logged in"),
        },
    }
}

fn code_row(ui: &mut Ui, view: &AccountView, window: &mut View<'_>) {
    let otp = &view.account.otp;
    let unix_secs = window.clock.unix_secs();
    let remaining = otp.remaining_at(unix_secs);
    let code = otp.code_at(unix_secs).grouped();
    // Where there is no room for everything, the next code and what can be done
    // get a row of their own.
    let signs = f32::from(otp.digits()) + 1.0;
    let code_width = signs * theme::CODE * DIGIT_SHARE + RING_WIDTH;
    let next_width = (signs + 5.0) * theme::NEXT_CODE * DIGIT_SHARE + 3.0 * UNIT;
    let controls_width = match view.account.broker {
        Some(_) => CONTROLS_WIDTH,
        None => FEW_CONTROLS_WIDTH,
    };
    let one_row = ui.available_width() >= code_width + next_width + controls_width;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0 * UNIT;
        code_button(ui, &code, view, window);
        ring(ui, remaining, otp.period());
        if one_row {
            next_and_controls(ui, view, window);
        }
    });
    if !one_row {
        ui.horizontal(|ui| next_and_controls(ui, view, window));
    }
}

/// A button without a frame: Tab reaches it, Enter copies.
fn code_button(ui: &mut Ui, code: &str, view: &AccountView, window: &mut View<'_>) {
    let p = palette(ui);
    let text = RichText::new(code)
        .font(theme::mono(theme::CODE))
        .color(p.text);
    let response = ui
        .add(Button::new(text).frame(false))
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text("Click to copy")
        .accessible_name(format!("Code {code}, copy"));
    if response.has_focus() {
        let stroke = ui.visuals().selection.stroke;
        let rect = response.rect.expand(2.0);
        ui.painter()
            .rect_stroke(rect, 6.0, stroke, egui::StrokeKind::Middle);
    }
    if response.clicked() {
        window.ask(Action::Copy(view.id()));
    }
}

fn next_and_controls(ui: &mut Ui, view: &AccountView, window: &mut View<'_>) {
    let (otp, unix_secs) = (&view.account.otp, window.clock.unix_secs());
    let next = otp
        .code_at(unix_secs + otp.remaining_at(unix_secs))
        .grouped();
    let text = RichText::new(format!("next {next}")).font(theme::mono(theme::NEXT_CODE));
    let faint = palette(ui).faint;
    ui.add(Label::new(text.color(faint)));
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        controls(ui, view, window);
    });
}

/// From the right: the menu, the button, the copy.
fn controls(ui: &mut Ui, view: &AccountView, window: &mut View<'_>) {
    ui.spacing_mut().item_spacing.x = UNIT;
    let more = icon_button(ui, Icon::More, &format!("More for {}", view.account.name()));
    menu(&more, view, window);
    main_button(ui, view, window);
    let copied = window.snapshot.copied == Some(view.id());
    let (icon, name) = if copied {
        (Icon::Check, "Copied")
    } else {
        (Icon::Copy, "Copy code")
    };
    if icon_button(ui, icon, name).clicked() {
        window.ask(Action::Copy(view.id()));
    }
}

/// What most people want next.
fn main_button(ui: &mut Ui, view: &AccountView, window: &mut View<'_>) {
    if view.account.broker.is_none() {
        return;
    }
    let id = view.id();
    let live = view.live_until(now(window)).is_some();
    let blames_account = view.blames_account;
    let (kind, word, action) = match &view.login {
        LoginState::Running(_) => (Kind::Secondary, "Cancel", Action::CancelLogIn(id)),
        LoginState::LoggingOut => return,
        LoginState::Stopped(_) => (Kind::Primary, "Edit", Action::Edit(id)),
        // Trying the same again would only use up the last try.
        LoginState::Refused(_) if blames_account => (Kind::Primary, "Edit", Action::Edit(id)),
        LoginState::Refused(_) | LoginState::Failed(_) => {
            (Kind::Primary, "Try again", Action::LogIn(id))
        }
        // A login that lacks something would only say so.
        LoginState::Idle if !view.account.missing().is_empty() => {
            (Kind::Secondary, "Complete", Action::Edit(id))
        }
        LoginState::Idle if live => (Kind::Secondary, "Log in again", Action::LogIn(id)),
        LoginState::Idle => (Kind::Primary, "Log in", Action::LogIn(id)),
    };
    if button(ui, kind, word).clicked() {
        window.ask(action);
    }
}

fn menu(more: &egui::Response, view: &AccountView, window: &mut View<'_>) {
    let id = view.id();
    let logged_in = view.session.is_some() && !view.login.is_running();
    let can_retry = matches!(view.login, LoginState::Refused(_)) && view.blames_account;
    Popup::menu(more).show(|ui| {
        ui.set_min_width(150.0);
        let mut item = |ui: &mut Ui, text: RichText, action: Action| {
            if ui.button(text).clicked() {
                window.ask(action);
                // A screen reader's press is no click of the pointer, which
                // alone would close the menu.
                ui.close();
            }
        };
        item(ui, "Edit".into(), Action::Edit(id));
        item(ui, "Bring a new QR code".into(), Action::ReplaceCode(id));
        if can_retry {
            item(ui, "Try again unchanged".into(), Action::LogIn(id));
        }
        if logged_in {
            item(ui, "Log out".into(), Action::LogOut(id));
        }
        ui.separator();
        let delete = RichText::new("Delete…").color(palette(ui).bad.text);
        item(ui, delete, Action::AskDelete(id));
    });
}

/// Below the code: what went wrong, what is waited for, what is missing.
fn told(ui: &mut Ui, view: &AccountView) {
    match &view.login {
        LoginState::Refused(words) | LoginState::Stopped(words) => {
            notice(ui, Meaning::Bad, &words.title, &words.text);
        }
        LoginState::Failed(words) => {
            notice(ui, Meaning::Warn, &words.title, &words.text);
        }
        LoginState::Running(Progress::Waiting { reason, .. }) => {
            let (title, text) = waiting(*reason);
            notice(ui, Meaning::Idle, title, text);
        }
        LoginState::Idle if view.session.is_none() && view.account.broker.is_some() => {
            let missing: Vec<&str> = view.account.missing().iter().map(|m| m.name()).collect();
            if !missing.is_empty() {
                let title = format!("Missing: {}.", missing.join(", "));
                let text =
                    "The codes work; logging in needs more. Complete the account to enter it.";
                notice(ui, Meaning::Idle, &title, text);
            }
        }
        LoginState::Idle | LoginState::LoggingOut | LoginState::Running(_) => {}
    }
}

const fn waiting(reason: WaitReason) -> (&'static str, &'static str) {
    match reason {
        WaitReason::Expiring => (
            "This code is about to end.",
            "Kunji sends the next one as soon as it starts.",
        ),
        WaitReason::AlreadySent => (
            "This code was sent already.",
            "A code is never sent twice: Kunji sends the next one as soon as it starts.",
        ),
    }
}
