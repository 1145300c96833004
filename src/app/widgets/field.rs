//! A labelled text field with what is to be said below it.

use egui::{
    Align, CornerRadius, Frame, Id, Label, Margin, OutputCommand, Response, RichText, Stroke,
    TextEdit, Ui, UiBuilder, vec2,
};

use super::banner::Meaning;
use super::button::link;
use crate::app::theme::{self, FIELD_HEIGHT, RADIUS, palette};

/// One field of a form.
pub struct Field<'a> {
    pub id: Id,
    pub label: &'a str,
    pub optional: bool,
    pub hint: &'a str,
    /// Below the field, unless there is a warning.
    pub help: &'a str,
    pub warning: Option<String>,
    pub text: &'a mut String,
    /// What is entered is a secret, shown or not: it is not to be copied out.
    pub secret: bool,
    /// At most so many characters.
    pub most: usize,
    /// `Some` for a secret: whether it is shown, changed by `Show` and `Hide`.
    pub shown: Option<&'a mut bool>,
}

impl Field<'_> {
    pub fn show(self, ui: &mut Ui) -> Response {
        ui.scope_builder(UiBuilder::new(), |ui| {
            ui.spacing_mut().item_spacing.y = theme::UNIT;
            ui.spacing_mut().interact_size.y = 0.0;
            self.contents(ui)
        })
        .inner
    }

    fn contents(self, ui: &mut Ui) -> Response {
        let p = palette(ui);
        let label = ui
            .horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = theme::UNIT;
                let name = RichText::new(self.label).font(theme::medium(theme::SMALL));
                let label = ui.add(Label::new(name.color(p.text)));
                if self.optional {
                    let word = RichText::new("optional").font(theme::regular(theme::SMALL));
                    ui.add(Label::new(word.color(p.faint)));
                }
                label
            })
            .inner;
        let focused = ui.memory(|m| m.has_focus(self.id));
        let line = match (focused, &self.warning) {
            (true, _) => Stroke::new(1.5, p.accent),
            (false, Some(_)) => Stroke::new(1.0, p.warn.text),
            (false, None) => Stroke::new(1.0, p.line),
        };
        let frame = Frame::new()
            .fill(p.card)
            .stroke(line)
            .corner_radius(CornerRadius::same(RADIUS))
            .inner_margin(Margin::symmetric(12, 0));
        let response = frame
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.set_min_height(FIELD_HEIGHT);
                    let hidden = self.shown.as_deref().is_some_and(|shown| !shown);
                    let toggle_width = if self.shown.is_some() { 46.0 } else { 0.0 };
                    let width = (ui.available_width() - toggle_width).max(20.0);
                    let edit = TextEdit::singleline(self.text)
                        .id(self.id)
                        .password(hidden)
                        .hint_text(RichText::new(self.hint).color(p.faint))
                        .font(theme::regular(theme::BODY))
                        .frame(Frame::NONE)
                        .margin(Margin::ZERO)
                        .align(egui::Align2::LEFT_CENTER)
                        .min_size(vec2(width, FIELD_HEIGHT))
                        .desired_width(width)
                        .char_limit(self.most);
                    let response = ui.add(edit).labelled_by(label.id);
                    if self.secret {
                        keep_in(ui);
                    }
                    if let Some(shown) = self.shown {
                        let word = if *shown { "Hide" } else { "Show" };
                        let name = format!("{word} {}", self.label);
                        if link(ui, word).accessible_name(name).clicked() {
                            *shown = !*shown;
                        }
                    }
                    response
                })
                .inner
            })
            .inner;
        let (note, color) = match &self.warning {
            Some(warning) => (warning.as_str(), Meaning::Warn.tone(p).text),
            None => (self.help, p.dim),
        };
        if !note.is_empty() {
            let note = RichText::new(note)
                .font(theme::regular(theme::TINY))
                .color(color);
            ui.add(Label::new(note).wrap().halign(Align::LEFT));
        }
        response
    }
}

/// Takes back what the field would have put on the clipboard, or, for what is
/// merely selected, in the primary selection: neither would be cleared again.
fn keep_in(ui: &Ui) {
    ui.ctx().output_mut(|output| {
        output.commands.retain(|command| {
            !matches!(
                command,
                OutputCommand::CopyText(_) | OutputCommand::TextSelectionSettled(_)
            )
        });
    });
}

/// Drops what egui remembers of these fields: its undo history holds copies.
pub fn forget_fields(ctx: &egui::Context, ids: &[Id]) {
    ctx.data_mut(|data| {
        for id in ids {
            data.remove::<egui::text_edit::TextEditState>(*id);
        }
    });
}
