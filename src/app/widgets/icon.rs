//! Icons, drawn: no font has to hold them, and they are sharp at every scale.

use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, pos2, vec2};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Check,
    Close,
    Copy,
    Key,
    More,
    Picture,
    Search,
    Warning,
}

/// Draws `icon` in the middle of `rect`, `size` points wide.
pub fn paint_icon(painter: &Painter, icon: Icon, rect: Rect, size: f32, color: Color32) {
    let area = Rect::from_center_size(rect.center(), vec2(size, size));
    let stroke = Stroke::new((size / 12.0).max(1.2), color);
    // Coordinates within the icon run from 0 to 1.
    let at = |x: f32, y: f32| pos2(area.left() + x * size, area.top() + y * size);
    let line = |from: Pos2, to: Pos2| {
        painter.line_segment([from, to], stroke);
    };
    let frame = |a: Pos2, b: Pos2, radius: u8| {
        let rect = Rect::from_two_pos(a, b);
        painter.rect_stroke(rect, CornerRadius::same(radius), stroke, StrokeKind::Middle);
    };
    match icon {
        Icon::Check => {
            painter.line(
                vec![at(0.12, 0.55), at(0.4, 0.8), at(0.88, 0.22)],
                Stroke::new(size / 7.0, color),
            );
        }
        Icon::Close => {
            line(at(0.15, 0.15), at(0.85, 0.85));
            line(at(0.85, 0.15), at(0.15, 0.85));
        }
        Icon::Copy => {
            frame(at(0.05, 0.05), at(0.68, 0.68), 2);
            frame(at(0.32, 0.32), at(0.95, 0.95), 2);
        }
        Icon::Key => {
            painter.circle_stroke(at(0.28, 0.5), size * 0.22, stroke);
            line(at(0.5, 0.5), at(0.98, 0.5));
            line(at(0.78, 0.5), at(0.78, 0.7));
            line(at(0.95, 0.5), at(0.95, 0.7));
        }
        Icon::More => {
            for x in [0.15, 0.5, 0.85] {
                painter.circle_filled(at(x, 0.5), size / 12.0, color);
            }
        }
        Icon::Picture => {
            frame(at(0.02, 0.02), at(0.98, 0.98), 1);
            let inner = Rect::from_two_pos(at(0.18, 0.18), at(0.82, 0.82));
            painter.rect_filled(inner, CornerRadius::ZERO, color);
        }
        Icon::Search => {
            painter.circle_stroke(at(0.42, 0.42), size * 0.3, stroke);
            line(at(0.64, 0.64), at(0.92, 0.92));
        }
        Icon::Warning => {
            painter.add(egui::Shape::closed_line(
                vec![at(0.5, 0.08), at(0.97, 0.9), at(0.03, 0.9)],
                stroke,
            ));
            line(at(0.5, 0.38), at(0.5, 0.62));
            painter.circle_filled(at(0.5, 0.75), size / 18.0, color);
        }
    }
}
