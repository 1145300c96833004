//! The ring that runs out as a code does.

use std::f32::consts::TAU;

use egui::{Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::theme::{self, palette};

/// `remaining` of `period` seconds, drawn once a second and not in between.
pub fn ring(ui: &mut Ui, remaining: u64, period: u16) {
    let (rect, response) = ui.allocate_exact_size(vec2(30.0, 30.0), Sense::hover());
    response.widget_info(|| {
        let label = format!("{remaining} seconds left");
        WidgetInfo::labeled(Role::Label, true, label)
    });
    let p = palette(ui);
    let color = if remaining <= 5 { p.bad.text } else { p.accent };
    let (center, radius) = (rect.center(), 13.0);
    let painter = ui.painter();
    painter.circle_stroke(center, radius, Stroke::new(3.0, p.line));
    let share = f32::from(u16::try_from(remaining).unwrap_or(period)) / f32::from(period);
    // Sixty pieces for a full circle look round at this size.
    let pieces: u16 = 60;
    let points = (0..=pieces)
        .map(|piece| {
            let angle = (f32::from(piece) / f32::from(pieces) * share - 0.25) * TAU;
            pos2(
                center.x + radius * angle.cos(),
                center.y + radius * angle.sin(),
            )
        })
        .collect();
    painter.line(points, Stroke::new(3.0, color));
    painter.text(
        center,
        egui::Align2::CENTER_CENTER,
        remaining,
        theme::medium(11.0),
        p.dim,
    );
}
