//! The line at the bottom: keyring, clock, lock.

use egui::{Align, Color32, Frame, Label, Layout, Margin, Panel, RichText, Sense, Ui, vec2};

use super::View;
use crate::app::state::Action;
use crate::app::theme::{self, UNIT, palette};
use crate::app::widgets::{Meaning, link};
use crate::clock::SKEW_TOLERANCE_MS;
use crate::engine::VaultState;

/// Less than this says nothing of the clock.
const ROOM_FOR_CLOCK: f32 = 120.0;

pub fn draw(ui: &mut Ui, view: &mut View<'_>) {
    let frame = Frame::new().inner_margin(Margin::symmetric(16, 4));
    Panel::bottom("footer").frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 7.0 * UNIT;
            // From the right, so that a narrow window keeps the way to lock.
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let open = view.snapshot.vault == VaultState::Open;
                if open && !view.snapshot.accounts.is_empty() {
                    let shortcut = if cfg!(target_os = "macos") {
                        "⌘L"
                    } else {
                        "Ctrl+L"
                    };
                    if link(ui, "Lock").on_hover_text(shortcut).clicked() {
                        view.ask(Action::Lock);
                    }
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let (meaning, text) = keyring(view);
                    status(ui, meaning, &text);
                    if let Some((meaning, text)) = clock(view)
                        && ui.available_width() > ROOM_FOR_CLOCK
                    {
                        ui.add_space(2.0 * UNIT);
                        status(ui, meaning, &text);
                    }
                });
            });
        });
    });
}

fn keyring(view: &View<'_>) -> (Meaning, String) {
    let provider = match view.snapshot.provider.as_str() {
        "" => "Keyring",
        name => name,
    };
    match &view.snapshot.vault {
        VaultState::Opening => (Meaning::Idle, "Keyring: opening…".to_owned()),
        VaultState::Prompting => (Meaning::Warn, "Keyring: asks for its password".to_owned()),
        VaultState::Open => (Meaning::Ok, format!("Keyring: {provider}, unlocked")),
        VaultState::Failed(_) => (Meaning::Bad, "Keyring: not available".to_owned()),
        VaultState::Locked => (Meaning::Idle, "Kunji is locked".to_owned()),
    }
}

/// Only what an answer of the broker has shown.
fn clock(view: &View<'_>) -> Option<(Meaning, String)> {
    let skew_ms = view.snapshot.skew_ms?;
    // The broker tells its time in whole seconds: nothing finer is known.
    let seconds = (skew_ms.unsigned_abs() + 500) / 1_000;
    let sign = if skew_ms < 0 { '−' } else { '+' };
    Some(if skew_ms.abs() <= SKEW_TOLERANCE_MS {
        (Meaning::Ok, "Clock: in step with AngelOne".to_owned())
    } else {
        (
            Meaning::Warn,
            format!("Clock: off by {sign}{seconds} s; codes are corrected"),
        )
    })
}

fn status(ui: &mut Ui, meaning: Meaning, text: &str) {
    let p = palette(ui);
    let color: Color32 = meaning.tone(p).text;
    let (rect, _) = ui.allocate_exact_size(vec2(2.0 * UNIT, 2.0 * UNIT), Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.5, color);
    let text = RichText::new(text).font(theme::regular(theme::TINY));
    ui.add(Label::new(text.color(p.dim)).truncate());
}
