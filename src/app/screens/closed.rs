//! The vault is not open: why, and what to do. Never an empty list.

use egui::{Align, Layout, RichText, Ui};

use super::View;
use crate::app::state::Action;
use crate::app::theme::{self, UNIT, palette};
use crate::app::widgets::{Icon, Kind, button, centered_column, paint_icon};
use crate::engine::VaultState;

struct Face {
    icon: Icon,
    title: String,
    text: String,
    button: Option<&'static str>,
}

pub fn draw(ui: &mut Ui, view: &mut View<'_>) {
    let face = face(&view.snapshot.vault);
    ui.add_space((ui.available_height() * 0.28).max(0.0));
    centered_column(ui, 420.0, |ui| {
        ui.with_layout(Layout::top_down(Align::Center), |ui| {
            let p = palette(ui);
            let size = egui::vec2(40.0, 40.0);
            let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
            paint_icon(ui.painter(), face.icon, rect, 30.0, p.dim);
            ui.add_space(2.0 * UNIT);
            ui.label(RichText::new(&face.title).font(theme::semibold(theme::TITLE)));
            if !face.text.is_empty() {
                let text = RichText::new(&face.text).font(theme::regular(theme::BODY));
                ui.add(
                    egui::Label::new(text.color(p.dim))
                        .wrap()
                        .halign(Align::Center),
                );
            }
            if let Some(word) = face.button {
                ui.add_space(2.0 * UNIT);
                let again = button(ui, Kind::Primary, word);
                // There is nothing else to press here: Enter will do.
                if ui.memory(|memory| memory.focused().is_none()) {
                    again.request_focus();
                }
                if again.clicked() {
                    view.ask(Action::OpenVault);
                }
            }
        });
    });
}

fn face(vault: &VaultState) -> Face {
    match vault {
        VaultState::Opening | VaultState::Open => Face {
            icon: Icon::Key,
            title: "Opening your keyring…".to_owned(),
            text: String::new(),
            button: None,
        },
        VaultState::Prompting => Face {
            icon: Icon::Key,
            title: "Your keyring asks for its password".to_owned(),
            text: "Answer its prompt to see your accounts. It may be behind this window."
                .to_owned(),
            button: None,
        },
        VaultState::Locked => Face {
            icon: Icon::Key,
            title: "Kunji is locked".to_owned(),
            text: "Kunji has let go of codes and keys, and a code that it copied is off the \
                   clipboard. Unlocking reads them from your keyring, which asks for its password \
                   if it is locked too."
                .to_owned(),
            button: Some("Unlock"),
        },
        VaultState::Failed(error) => Face {
            icon: Icon::Warning,
            title: error.to_string(),
            text: format!("Your accounts are safe where they are. {}", error.advice()),
            button: Some("Retry"),
        },
    }
}
