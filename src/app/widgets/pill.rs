//! The state of a card in a few words, and the badge that says whose it is.

use egui::{Color32, CornerRadius, Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::theme::{self, Tone, UNIT, palette};

/// A short text on its tint; `dot` marks what is live.
pub fn pill(ui: &mut Ui, tone: Tone, text: &str, dot: bool) -> Response {
    let galley =
        ui.painter()
            .layout_no_wrap(text.to_owned(), theme::medium(theme::TINY), tone.text);
    let dot_width = if dot { 3.5 * UNIT } else { 0.0 };
    let size = vec2(galley.size().x + dot_width + 5.0 * UNIT, 5.0 * UNIT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(10), tone.tint);
    let mut left = rect.left() + 2.5 * UNIT;
    if dot {
        painter.circle_filled(egui::pos2(left + UNIT, rect.center().y), UNIT, tone.text);
        left += dot_width;
    }
    let top = rect.center().y - galley.size().y / 2.0;
    painter.galley(egui::pos2(left, top), galley, tone.text);
    response
}

/// Two letters on the broker's colour.
pub fn badge(ui: &mut Ui, initials: &str, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(9.0 * UNIT, 9.0 * UNIT), Sense::hover());
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), color);
    ui.painter().text(
        rect.center(),
        egui::Align2::CENTER_CENTER,
        initials,
        theme::semibold(theme::TINY),
        palette(ui).on_badge,
    );
}
