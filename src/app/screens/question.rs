//! A question that stands over the screen and wants an answer.

use std::time::Duration;

use egui::{Align, Frame, Id, Layout, Margin, Modal, RichText, Ui};

use super::View;
use crate::app::state::{Action, Question, Screen, State};
use crate::app::theme::{self, UNIT, palette};
use crate::app::widgets::{Kind, button};

pub fn draw(ui: &Ui, state: &State, view: &mut View<'_>) {
    let Some(question) = &state.question else {
        return;
    };
    let is_read = state.question_is_read();
    if !is_read {
        ui.ctx().request_repaint_after(Duration::from_millis(100));
    }
    let (title, text, yes, no) = match question {
        Question::Delete { name, .. } => (
            format!("Delete “{name}”?"),
            "Its TOTP secret, PIN, API key and session are removed from your keyring for good. \
             If this is the only copy of the secret, you will need the broker to set up a new one.",
            "Delete",
            "Keep",
        ),
        Question::Discard if matches!(state.screen, Screen::Preview) => (
            "Leave without importing?".to_owned(),
            "What is still ticked here is not saved. The files that it came from stay as they are.",
            "Leave",
            "Stay",
        ),
        Question::Discard => (
            "Discard what you entered?".to_owned(),
            "Nothing of this form is saved yet.",
            "Discard",
            "Keep editing",
        ),
    };
    let p = palette(ui);
    let frame = Frame::window(ui.style()).inner_margin(Margin::same(20));
    let modal = Modal::new(Id::unique(("question", title.as_str())))
        .frame(frame)
        .show(ui.ctx(), |ui| {
            ui.set_width((ui.ctx().content_rect().width() - 80.0).min(380.0));
            ui.label(RichText::new(&title).font(theme::semibold(theme::NAME)));
            ui.label(
                RichText::new(text)
                    .font(theme::regular(theme::SMALL))
                    .color(p.dim),
            );
            ui.add_space(2.0 * UNIT);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                // A double click on what asked must not answer as well.
                let danger = ui.add_enabled_ui(is_read, |ui| button(ui, Kind::Danger, yes));
                if danger.inner.clicked() {
                    view.ask(match question {
                        Question::Delete { id, .. } => Action::Delete(*id),
                        Question::Discard => Action::Discard,
                    });
                }
                let keep = button(ui, Kind::Secondary, no);
                // Enter keeps: the dangerous one must be chosen.
                if ui.memory(|memory| memory.focused().is_none()) {
                    keep.request_focus();
                }
                if keep.clicked() {
                    view.ask(Action::CloseQuestion);
                }
            });
        });
    if modal.should_close() {
        view.ask(Action::CloseQuestion);
    }
}
