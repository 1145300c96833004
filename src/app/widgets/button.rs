//! Buttons and links.

use egui::{
    Button, Color32, CornerRadius, CursorIcon, Response, RichText, Role, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, vec2,
};

use super::icon::{Icon, paint_icon};
use crate::app::theme::{self, CONTROL_HEIGHT, RADIUS, palette};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What most people will want; one to a place.
    Primary,
    Secondary,
    /// Text alone.
    Plain,
    /// What cannot be undone.
    Danger,
}

pub fn button(ui: &mut Ui, kind: Kind, text: &str) -> Response {
    let p = palette(ui);
    let (fill, hover, text_color, line) = match kind {
        Kind::Primary => (p.accent, p.accent_hover, p.on_accent, p.accent),
        Kind::Secondary => (p.card, p.quiet, p.text, p.line),
        Kind::Plain => (Color32::TRANSPARENT, p.quiet, p.dim, Color32::TRANSPARENT),
        Kind::Danger => (
            p.bad.text,
            p.bad.text.gamma_multiply(0.85),
            p.card,
            p.bad.text,
        ),
    };
    ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        for (state, fill) in [
            (&mut widgets.inactive, fill),
            (&mut widgets.hovered, hover),
            (&mut widgets.active, hover),
            (&mut widgets.open, hover),
        ] {
            state.weak_bg_fill = fill;
            state.bg_stroke = Stroke::new(1.0, line);
        }
        let label = RichText::new(text)
            .font(theme::medium(theme::BODY))
            .color(text_color);
        let button = Button::new(label)
            .min_size(vec2(0.0, CONTROL_HEIGHT))
            .wrap_mode(egui::TextWrapMode::Extend);
        with_focus(ui.add(button))
    })
    .inner
}

/// A button with a picture for its face and `name` for whoever cannot see it.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str) -> Response {
    let (rect, response) =
        ui.allocate_exact_size(vec2(CONTROL_HEIGHT, CONTROL_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let p = palette(ui);
    if response.hovered() || response.has_focus() {
        ui.painter()
            .rect_filled(rect, CornerRadius::same(RADIUS), p.quiet);
    }
    paint_icon(ui.painter(), icon, rect, 15.0, p.dim);
    with_focus(response).on_hover_text(name)
}

/// Looks like a link, does what a button does.
pub fn link(ui: &mut Ui, text: &str) -> Response {
    let p = palette(ui);
    let label = RichText::new(text)
        .font(theme::regular(theme::BODY))
        .color(p.accent);
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().interact_size.y = 6.0 * theme::UNIT;
            ui.spacing_mut().button_padding = vec2(theme::UNIT, 0.0);
            ui.add(Button::new(label).frame(false))
        })
        .inner
        .on_hover_cursor(CursorIcon::PointingHand);
    with_focus(response)
}

/// A ring around what the keyboard would press.
pub(super) fn with_focus(response: Response) -> Response {
    if response.has_focus() {
        let accent = response.ctx.global_style().visuals.selection.stroke.color;
        let painter = response.ctx.layer_painter(response.layer_id);
        painter
            .with_clip_rect(response.interact_rect.expand(3.0))
            .rect_stroke(
                response.rect.expand(1.5),
                CornerRadius::same(RADIUS + 1),
                Stroke::new(1.5, accent),
                StrokeKind::Middle,
            );
    }
    response
}
