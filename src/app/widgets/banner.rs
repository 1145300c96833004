//! What happened, in a tinted box.

use egui::text::LayoutJob;
use egui::{CornerRadius, Frame, Label, Margin, Response, TextFormat, Ui};

use crate::app::theme::{self, CARD_RADIUS, Palette, Tone, palette};

/// The four meanings of design.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    Ok,
    Warn,
    Bad,
    Idle,
}

impl Meaning {
    pub const fn tone(self, p: &Palette) -> Tone {
        match self {
            Self::Ok => p.ok,
            Self::Warn => p.warn,
            Self::Bad => p.bad,
            Self::Idle => p.idle,
        }
    }
}

/// Text whose pieces between `*` are bold, over the full width.
pub fn banner(ui: &mut Ui, meaning: Meaning, pieces: &[(&str, bool)]) -> Response {
    let tone = meaning.tone(palette(ui));
    let mut job = LayoutJob::default();
    for (text, bold) in pieces {
        let font = if *bold {
            theme::semibold(theme::SMALL)
        } else {
            theme::regular(theme::SMALL)
        };
        let format = TextFormat {
            font_id: font,
            color: tone.text,
            line_height: Some(theme::SMALL * 1.4),
            ..TextFormat::default()
        };
        job.append(text, 0.0, format);
    }
    Frame::new()
        .fill(tone.tint)
        .corner_radius(CornerRadius::same(CARD_RADIUS - 2))
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.add(Label::new(job).wrap().selectable(true))
        })
        .inner
}

/// A bold start and what follows it.
pub fn notice(ui: &mut Ui, meaning: Meaning, title: &str, text: &str) -> Response {
    banner(ui, meaning, &[(title, true), (" ", false), (text, false)])
}
