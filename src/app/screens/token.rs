//! Typing the token number that stands under the QR code.

use egui::{RichText, Ui};

use super::{View, title_bar};
use crate::app::logic::token_field_id;
use crate::app::state::Action;
use crate::app::theme::{self, UNIT, palette};
use crate::app::widgets::{Field, Kind, button, link, page};
use crate::engine::confusions;
use crate::otp::Otp;
use crate::secret::Secret;

pub fn draw(ui: &mut Ui, text: &mut Secret, view: &mut View<'_>) {
    page(ui, "token", |ui| {
        title_bar(ui, "Type the token number", view);
        let p = palette(ui);
        let what = "The enable-TOTP page shows it under the QR code. Capitals, spaces and dashes \
                    do not matter.";
        ui.label(
            RichText::new(what)
                .font(theme::regular(theme::SMALL))
                .color(p.dim),
        );
        ui.add_space(2.0 * UNIT);
        let warning = warning(text);
        let is_empty = text.is_empty();
        let field = Field {
            id: token_field_id(),
            label: "Token number",
            optional: false,
            hint: "26 letters and digits",
            help: "",
            warning,
            text: text.expose_mut(),
            secret: true,
            most: 512,
            shown: None,
        };
        let response = field.show(ui);
        if is_empty && ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        if response.changed() {
            // What was said of it is no longer so.
            view.ask(Action::CloseNotice);
        }
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        for (index, correction) in confusions(text.expose()).iter().enumerate() {
            let changes = correction
                .changes
                .iter()
                .map(|change| format!("{} for {}", change.to, change.from));
            let mut changes: Vec<String> = changes.collect();
            changes.dedup();
            let word = format!("Use {}", changes.join(", "));
            if link(ui, &word).clicked() {
                view.ask(Action::UseCorrection(index));
            }
        }
        ui.add_space(2.0 * UNIT);
        ui.horizontal(|ui| {
            let next =
                ui.add_enabled_ui(!text.is_empty(), |ui| button(ui, Kind::Primary, "Continue"));
            if next.inner.clicked() || (entered && !text.is_empty()) {
                view.ask(Action::ReadToken);
            }
            if button(ui, Kind::Plain, "Back").clicked() {
                view.ask(Action::Leave);
            }
        });
    });
}

/// Said while typing only for a letter that no base32 has.
fn warning(text: &Secret) -> Option<String> {
    use crate::otp::{Base32Error, OtpError};
    if text.expose().contains("://") {
        return None;
    }
    match Otp::from_token_number(text.expose()) {
        Err(OtpError::Secret(error @ Base32Error::Letter { .. })) => Some(error.to_string()),
        _ => None,
    }
}
