//! Ticks and choices, with an outline that can be seen on white.

use egui::{Checkbox, Color32, Response, RichText, Stroke, Ui};

use super::button::with_focus;
use crate::app::theme::{self, palette};

/// A box without words; whoever uses it gives it a name.
pub fn tick(ui: &mut Ui, ticked: &mut bool) -> Response {
    let on = *ticked;
    with_focus(outlined(ui, on, |ui| {
        ui.add(Checkbox::without_text(ticked))
    }))
}

/// One of several that exclude each other.
pub fn choice<T: PartialEq>(ui: &mut Ui, current: &mut T, this: T, text: &str) -> Response {
    let on = *current == this;
    let text = RichText::new(text).font(theme::regular(theme::SMALL));
    with_focus(outlined(ui, on, |ui| ui.radio_value(current, this, text)))
}

fn outlined<R>(ui: &mut Ui, on: bool, add: impl FnOnce(&mut Ui) -> R) -> R {
    let p = palette(ui);
    ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        for state in [
            &mut widgets.inactive,
            &mut widgets.hovered,
            &mut widgets.active,
        ] {
            let (fill, line) = if on {
                (p.accent, p.accent)
            } else {
                (Color32::TRANSPARENT, p.dim)
            };
            state.bg_fill = fill;
            state.bg_stroke = Stroke::new(1.2, line);
            // The mark itself, and no less the words.
            state.fg_stroke = Stroke::new(2.0, if on { p.on_accent } else { p.text });
        }
        ui.spacing_mut().icon_spacing = 6.0;
        ui.visuals_mut().override_text_color = Some(p.text);
        add(ui)
    })
    .inner
}
