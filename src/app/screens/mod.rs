//! One file per screen, and which of them is drawn.

mod accounts;
mod bring;
mod closed;
mod footer;
mod form;
mod leftover;
mod preview;
mod question;
mod tested;
mod token;

use egui::{Align, CentralPanel, Frame, Id, Label, Layout, Margin, Panel, RichText, Ui, UiBuilder};

use super::state::{Action, Screen, State};
use super::theme::{self, MARGIN};
use super::widgets::{Icon, Kind, button, icon_button, notice};
use crate::clock::Clock;
use crate::engine::{Snapshot, VaultState};

/// What every screen is drawn from, and where it says what was asked.
pub struct View<'a> {
    pub snapshot: &'a Snapshot,
    pub clock: &'a dyn Clock,
    pub actions: &'a mut Vec<Action>,
}

impl View<'_> {
    pub fn ask(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Draws the window again when the codes or their seconds change.
    pub fn wake_next_second(&self, ui: &Ui) {
        let next = super::logic::next_second(self.clock.since_epoch());
        ui.ctx().request_repaint_after(next);
    }
}

pub use self::preview::password_id;

pub fn draw(
    ui: &mut Ui,
    snapshot: &Snapshot,
    state: &mut State,
    clock: &dyn Clock,
    actions: &mut Vec<Action>,
) {
    let mut view = View {
        snapshot,
        clock,
        actions,
    };
    match &state.screen {
        Screen::Form(_) if snapshot.vault == VaultState::Open => {
            form::buttons(ui, state, &mut view);
        }
        Screen::Preview if snapshot.vault == VaultState::Open => {
            preview::buttons(ui, &state.preview, &mut view);
        }
        _ => footer::draw(ui, &mut view),
    }
    leftover::draw(ui, &state.leftover, &mut view);
    if !matches!(state.screen, Screen::Bring { .. }) {
        reading_bar(ui, &mut view);
    }
    notice_bar(ui, state, &mut view);
    // By a name of its own: a bar that comes or goes must not rename what is on the
    // screen, or whatever has the keyboard there loses it.
    let named = UiBuilder::new().scope_id(Id::unique("screen"));
    ui.scope_builder(named, |ui| screen(ui, state, &mut view));
    question::draw(ui, state, &mut view);
}

fn screen(ui: &mut Ui, state: &mut State, view: &mut View<'_>) {
    let snapshot = view.snapshot;
    // The window is cleared in the page's colour: painting it again would cost.
    CentralPanel::no_frame().show(ui, |ui| {
        if snapshot.vault != VaultState::Open {
            return closed::draw(ui, view);
        }
        match &mut state.screen {
            Screen::Home if snapshot.accounts.is_empty() => {
                bring::draw(ui, &bring::Look::first(state.choosing, snapshot), view);
            }
            Screen::Home => accounts::draw(ui, &mut state.search, view),
            Screen::Bring { replacing } => {
                let look = bring::Look::another(state.choosing, snapshot, *replacing);
                bring::draw(ui, &look, view);
            }
            Screen::Token { text, .. } => token::draw(ui, text, view),
            Screen::Preview => preview::draw(ui, &mut state.preview, view),
            Screen::Form(form) => form::draw(ui, form, view),
            Screen::Tested(id) => tested::draw(ui, *id, view),
        }
    });
}

/// What is being read while another screen is shown, with a way to stop it.
fn reading_bar(ui: &mut Ui, view: &mut View<'_>) {
    let count = view.snapshot.reading;
    // The first start says so itself; one source takes no longer than a moment.
    if count.left() == 0 || count.all == 1 || view.snapshot.accounts.is_empty() {
        return;
    }
    let frame = Frame::new().inner_margin(Margin::symmetric(16, 8));
    Panel::bottom("reading")
        .show_separator_line(false)
        .frame(frame)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if button(ui, Kind::Secondary, "Stop reading").clicked() {
                        view.ask(Action::CancelReading);
                    }
                    let text = format!("Reading {} of {}…", count.done + 1, count.all);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.label(text));
                });
            });
        });
}

/// What was said in passing, between screen and footer.
fn notice_bar(ui: &mut Ui, state: &State, view: &mut View<'_>) {
    let Some(said) = &state.notice else { return };
    let frame = Frame::new().inner_margin(Margin::symmetric(16, 8));
    Panel::bottom("notice")
        .show_separator_line(false)
        .frame(frame)
        .show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let width = ui.available_width() - theme::CONTROL_HEIGHT - 2.0 * theme::UNIT;
                ui.vertical(|ui| {
                    ui.set_width(width);
                    notice(ui, said.meaning, &said.title, &said.text);
                });
                if icon_button(ui, Icon::Close, "Dismiss message").clicked() {
                    view.ask(Action::CloseNotice);
                }
            });
        });
}

/// The first line of a screen that can be left.
fn title_bar(ui: &mut Ui, title: &str, view: &mut View<'_>) {
    ui.add_space(MARGIN);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, Icon::Close, "Close").clicked() {
                view.ask(Action::Leave);
            }
            // A long name gives way to the way out.
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = RichText::new(title).font(theme::semibold(theme::TITLE));
                ui.add(Label::new(title).truncate());
            });
        });
    });
    ui.add_space(theme::UNIT);
}
