//! The page, its middle column, and the card.

use egui::{CornerRadius, Frame, Margin, ScrollArea, Stroke, Ui, vec2};

use crate::app::theme::{CARD_RADIUS, CONTENT_WIDTH, MARGIN, palette};

/// Everything between the bars, scrolling, in a column that does not grow
/// wider than is good to read.
pub fn page<R>(ui: &mut Ui, id: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    ScrollArea::vertical()
        .id_salt(id)
        .auto_shrink(false)
        .show(ui, |ui| centered_column(ui, CONTENT_WIDTH, contents))
        .inner
}

pub fn centered_column<R>(ui: &mut Ui, most: f32, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let width = (ui.available_width() - 2.0 * MARGIN).min(most);
    let side = ((ui.available_width() - width) / 2.0).max(0.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(side);
        let inner = ui.allocate_ui_with_layout(
            vec2(width, 0.0),
            egui::Layout::top_down(egui::Align::Min),
            |ui| {
                ui.reset_style();
                ui.set_width(width);
                contents(ui)
            },
        );
        inner.inner
    })
    .inner
}

pub fn card<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let p = palette(ui);
    Frame::new()
        .fill(p.card)
        .stroke(Stroke::new(1.0, p.line))
        .corner_radius(CornerRadius::same(CARD_RADIUS))
        .inner_margin(Margin::symmetric(16, 14))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            contents(ui)
        })
        .inner
}
