//! Cheaper pixels where the processor draws them.
//!
//! egui fills a rounded rectangle as a fan of triangles from one of its corners:
//! slivers as long as the card, each of which a software renderer walks along for
//! a few pixels. Here the fill becomes three plain rectangles and four small
//! corners, under the same outline: the pixels are the same.
//!
//! And every filled area is a read of the font atlas, which blends four neighbours
//! for each pixel. Letters are put on whole pixels, so the nearest one is the same.

use std::f32::consts::{FRAC_PI_2, PI};

use egui::emath::GuiRounding as _;
use egui::epaint::{Mesh, RectShape};
use egui::{
    Color32, Context, CornerRadius, FullOutput, Plugin, Pos2, Rect, Shape, Stroke, StrokeKind,
    TextureFilter, TextureId, pos2, vec2,
};

/// Smaller ones are not worth it.
const LEAST_WIDTH: f32 = 40.0;
/// Straight pieces of a quarter circle: enough under an outline.
const PIECES: u8 = 6;

struct PlainFills;

impl Plugin for PlainFills {
    fn debug_name(&self) -> &'static str {
        "plain fills"
    }

    fn output_hook(&mut self, _ctx: &Context, output: &mut FullOutput) {
        let textures = output.textures_delta.set.iter_mut();
        let atlas = textures.filter(|(id, _)| **id == TextureId::default());
        for delta in atlas.flat_map(|(_, deltas)| deltas) {
            delta.options.magnification = TextureFilter::Nearest;
            delta.options.minification = TextureFilter::Nearest;
        }
        for clipped in &mut output.shapes {
            simplify(&mut clipped.shape, output.pixels_per_point);
        }
    }
}

pub fn install(ctx: &Context) {
    ctx.add_plugin(PlainFills);
    // Discs out of the atlas are scaled, which wants the neighbours.
    ctx.tessellation_options_mut(|options| options.prerasterized_discs = false);
}

fn simplify(shape: &mut Shape, pixels_per_point: f32) {
    match shape {
        Shape::Vec(shapes) => {
            for shape in shapes {
                simplify(shape, pixels_per_point);
            }
        }
        Shape::Rect(rect) if is_worth_it(rect) => {
            let mut outline = rect.clone();
            outline.rect = rect.rect.round_to_pixels(pixels_per_point);
            outline.fill = Color32::TRANSPARENT;
            if rect.stroke.is_empty() {
                // Its outer edge is what smooths the corners.
                outline.stroke = Stroke::new(1.0 / pixels_per_point, rect.fill);
                outline.stroke_kind = StrokeKind::Inside;
            }
            // Up to the middle of the outline, which lies on top.
            let inset = outline.stroke.width / 2.0;
            let radius = f32::from(rect.corner_radius.nw);
            let fill = rounded(
                outline.rect.shrink(inset),
                (radius - inset).max(0.0),
                rect.fill,
            );
            *shape = Shape::Vec(vec![Shape::mesh(fill), Shape::Rect(outline)]);
        }
        _ => {}
    }
}

fn is_worth_it(rect: &RectShape) -> bool {
    let round = rect.corner_radius;
    let radius = f32::from(round.nw);
    let inside = rect.stroke.is_empty() || rect.stroke_kind == StrokeKind::Inside;
    rect.rect.is_finite()
        && rect.rect.width() >= LEAST_WIDTH
        && rect.rect.height() >= 2.0 * radius + 2.0
        && round.nw > 0
        && round == CornerRadius::same(round.nw)
        && rect.fill.is_opaque()
        && inside
        && rect.round_to_pixels != Some(false)
        && rect.blur_width == 0.0
        && rect.brush.is_none()
        && rect.angle == 0.0
}

fn rounded(rect: Rect, radius: f32, color: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    let across = vec2(radius, 0.0);
    let down = vec2(0.0, radius);
    let middle = Rect::from_min_max(rect.min + across, rect.max - across);
    let left = Rect::from_min_max(rect.min + down, rect.left_bottom() + across - down);
    let right = Rect::from_min_max(rect.right_top() - across + down, rect.max - down);
    for part in [middle, left, right] {
        mesh.add_colored_rect(part, color);
    }
    let inner = rect.shrink(radius);
    // Clockwise from the right, as angles go where y points down.
    let centers = [
        inner.right_bottom(),
        inner.left_bottom(),
        inner.left_top(),
        inner.right_top(),
    ];
    for (quarter, center) in (0_u8..).zip(centers) {
        corner(
            &mut mesh,
            center,
            radius,
            f32::from(quarter) * FRAC_PI_2,
            color,
        );
    }
    mesh
}

fn corner(mesh: &mut Mesh, center: Pos2, radius: f32, from: f32, color: Color32) {
    let at = |piece: u8| {
        let angle = from + f32::from(piece) / f32::from(PIECES) * (PI / 2.0);
        pos2(
            center.x + radius * angle.cos(),
            center.y + radius * angle.sin(),
        )
    };
    // A mesh of less than the 100 vertices that a rectangle's parts come to.
    let first = u32::try_from(mesh.vertices.len()).unwrap_or(0);
    mesh.colored_vertex(center, color);
    for piece in 0..=PIECES {
        mesh.colored_vertex(at(piece), color);
    }
    for piece in 1..=u32::from(PIECES) {
        mesh.add_triangle(first, first + piece, first + piece + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> RectShape {
        let rect = Rect::from_min_size(pos2(16.0, 60.0), vec2(528.0, 100.0));
        let stroke = Stroke::new(1.0, Color32::GRAY);
        RectShape::new(rect, 12, Color32::WHITE, stroke, StrokeKind::Inside)
    }

    /// The area that is filled is the rounded rectangle's, to a pixel or two.
    #[test]
    fn the_parts_cover_what_the_whole_did() {
        let mut shape = Shape::Rect(card());
        simplify(&mut shape, 1.0);
        let Shape::Vec(parts) = &shape else {
            panic!("not simplified");
        };
        let [Shape::Mesh(mesh), Shape::Rect(outline)] = parts.as_slice() else {
            panic!("a mesh under an outline");
        };
        assert_eq!(outline.fill, Color32::TRANSPARENT);
        assert_eq!(outline.stroke, card().stroke);
        let area: f32 = mesh
            .indices
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&corners| {
                let [a, b, c] = corners.map(|index| mesh.vertices[index as usize].pos);
                ((b - a).rot90().dot(c - a) / 2.0).abs()
            })
            .sum();
        let radius = 11.5;
        let expected = 527.0 * 99.0 - (4.0 - PI) * radius * radius;
        assert!(
            (area - expected).abs() < 8.0,
            "{area} instead of {expected}"
        );
    }

    /// Shadows, see-through tints and sharp corners stay as they are.
    #[test]
    fn what_is_not_a_plain_card_is_left_alone() {
        let mut sharp = card();
        sharp.corner_radius = CornerRadius::ZERO;
        let mut shadow = card();
        shadow.blur_width = 8.0;
        let mut tint = card();
        tint.fill = Color32::from_white_alpha(40);
        let mut dot = card();
        dot.rect.max.x = dot.rect.min.x + 10.0;
        for rect in [sharp, shadow, tint, dot] {
            let mut shape = Shape::Rect(rect.clone());
            simplify(&mut shape, 1.0);
            assert_eq!(shape, Shape::Rect(rect));
        }
    }
}
