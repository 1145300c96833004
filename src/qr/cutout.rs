//! The code cut out at its finder patterns and sampled anew, upright, a few
//! pixels to a module: what is left of blur, slant, noise and moiré is even.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic within a picture's bounds; `as` saturates and cannot panic"
)]

use super::grey::Grey;
use super::rungs::Threshold;
use super::second::Finders;

/// Pixels to a module of the new picture: one size smooths, one keeps detail.
pub const SIZES: [f32; 2] = [4.0, 7.0];
pub const THRESHOLDS: [Threshold; 2] = [
    Threshold::Blocks,
    Threshold::Darker {
        radius: 20,
        margin: 3,
    },
];
/// So many places are looked at.
const MOST_PLACES: usize = 16;

/// The same three patterns were seen on many rungs: each set once.
pub fn apart(seen: Vec<Finders>) -> Vec<Finders> {
    let mut apart: Vec<Finders> = Vec::new();
    for finders in seen {
        let near = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]) < finders.size / 7.0;
        let known = apart.iter().any(|known| {
            near(known.top_left, finders.top_left)
                && near(known.top_right, finders.top_right)
                && near(known.bottom_left, finders.bottom_left)
        });
        if !known {
            apart.push(finders);
        }
    }
    apart.truncate(MOST_PLACES);
    apart
}

/// Modules from a finder pattern's centre to the edge, with the quiet zone.
const MARGIN: f32 = 3.5 + 4.0;
/// A code has at most 177 modules, 170 between the centres.
const MOST_MODULES: f32 = 180.0;
const LEAST_MODULES: f32 = 10.0;

pub struct Cutout {
    pub grey: Grey,
    origin: [f32; 2],
    /// What one pixel to the right and one down are in the picture.
    right: [f32; 2],
    down: [f32; 2],
}

impl Cutout {
    /// `None` where the three patterns cannot belong to one code.
    pub fn new(grey: &Grey, finders: &Finders, pixels_a_module: f32) -> Option<Self> {
        let module = finders.size / 7.0;
        let [across, along] = [finders.top_right, finders.bottom_left].map(|end| {
            let from = finders.top_left;
            [end[0] - from[0], end[1] - from[1]]
        });
        let modules = |v: [f32; 2]| v[0].hypot(v[1]) / module;
        let between = modules(across).max(modules(along));
        if !(LEAST_MODULES..MOST_MODULES).contains(&between) {
            return None;
        }
        let step = 1.0 / (between * pixels_a_module);
        let right = across.map(|v| v * step);
        let down = along.map(|v| v * step);
        let margin = MARGIN * pixels_a_module;
        let origin = [0, 1].map(|i: usize| {
            let part = |v: &[f32; 2]| v.get(i).copied().unwrap_or_default();
            part(&finders.top_left) - margin * (part(&right) + part(&down))
        });
        let side = ((between + 2.0 * MARGIN) * pixels_a_module).round() as usize;
        let mut cutout = Self {
            grey: Grey::from_fn(0, 0, |_, _| 0),
            origin,
            right,
            down,
        };
        // As many samples as pixels lie under one of the new ones.
        let pixel = module / pixels_a_module;
        let samples = (pixel.round() as usize).clamp(1, 6);
        cutout.grey = Grey::from_fn(side, side, |x, y| cutout.mean(grey, x, y, samples));
        Some(cutout)
    }

    fn mean(&self, grey: &Grey, x: usize, y: usize, samples: usize) -> u8 {
        let mut sum = 0.0;
        for j in 0..samples {
            for i in 0..samples {
                let offset = |k: usize| (k as f32 + 0.5) / samples as f32;
                let place = self.place([x as f32 + offset(i), y as f32 + offset(j)]);
                sum += grey.between(place[0], place[1]);
            }
        }
        (sum / (samples * samples) as f32).round() as u8
    }

    /// Where a place of the cut-out lies in the picture.
    pub fn place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [right, down] = [self.right, self.down];
        [
            self.origin[0] + x * right[0] + y * down[0],
            self.origin[1] + x * right[1] + y * down[1],
        ]
    }
}
