//! A picture made small, with the codes that were found in it outlined.

use egui::{
    Color32, ColorImage, CornerRadius, Pos2, Rect, Role, Sense, Shape, Stroke, TextureHandle,
    TextureOptions, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::theme::{RADIUS, palette};
use crate::engine::Shown;

const OUTLINE: f32 = 2.5;

/// At most `height` points high, and three times as wide.
pub fn thumbnail(
    ui: &mut Ui,
    name: &str,
    shown: &Shown,
    texture: &mut Option<TextureHandle>,
    height: f32,
) {
    let Some(size) = size(shown, height) else {
        return;
    };
    let texture = texture.get_or_insert_with(|| {
        let pixels = [shown.width as usize, shown.height as usize];
        let image = ColorImage::from_rgba_unmultiplied(pixels, &shown.rgba);
        ui.ctx().load_texture(name, image, TextureOptions::LINEAR)
    });
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let count = shown.marks.len();
    response.widget_info(|| {
        let codes = if count == 1 { "code" } else { "codes" };
        let label = format!("{name}: {count} QR {codes} found");
        WidgetInfo::labeled(Role::Image, true, label)
    });
    let p = palette(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    // What is transparent lies on paper.
    painter.rect_filled(rect, CornerRadius::ZERO, Color32::WHITE);
    painter.image(texture.id(), rect, whole, Color32::WHITE);
    let scale = size.x / to_f32(shown.width);
    for mark in &shown.marks {
        let corners = mark.map(|[x, y]| rect.min + vec2(x, y) * scale);
        let stroke = Stroke::new(OUTLINE, p.accent);
        painter.add(Shape::closed_line(corners.to_vec(), stroke));
    }
    let line = Stroke::new(1.0, p.line);
    let radius = CornerRadius::same(RADIUS / 2);
    painter.rect_stroke(rect, radius, line, egui::StrokeKind::Inside);
    response.on_hover_text(name);
}

fn size(shown: &Shown, height: f32) -> Option<egui::Vec2> {
    if shown.width == 0 || shown.height == 0 {
        return None;
    }
    let (wide, high) = (to_f32(shown.width), to_f32(shown.height));
    let scale = (height / high).min(3.0 * height / wide);
    Some(vec2(wide, high) * scale)
}

/// Thumbnails have some hundred pixels a side.
fn to_f32(pixels: u32) -> f32 {
    f32::from(u16::try_from(pixels).unwrap_or(u16::MAX))
}
