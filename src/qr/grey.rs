//! [`Grey`]: a picture in shades of grey, wiped when dropped.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic within a picture's bounds; `as` saturates and cannot panic"
)]

use zeroize::Zeroizing;

use super::sums::Columns;

/// Shades of grey, row by row; 0 is black. `pixels` holds `width * height` bytes.
#[derive(Clone)]
pub struct Grey {
    pub width: usize,
    pub height: usize,
    pub pixels: Zeroizing<Vec<u8>>,
}

impl Grey {
    pub fn from_fn(width: usize, height: usize, mut shade: impl FnMut(usize, usize) -> u8) -> Self {
        let mut pixels = Zeroizing::new(Vec::with_capacity(width * height));
        for y in 0..height {
            pixels.extend((0..width).map(|x| shade(x, y)));
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    pub fn row(&self, y: usize) -> &[u8] {
        let start = y * self.width;
        self.pixels.get(start..start + self.width).unwrap_or(&[])
    }

    /// The shade nearest to a place, which may lie outside.
    pub fn at(&self, x: isize, y: isize) -> u8 {
        let x = (x.max(0) as usize).min(self.width.saturating_sub(1));
        let y = (y.max(0) as usize).min(self.height.saturating_sub(1));
        self.pixels.get(y * self.width + x).copied().unwrap_or(255)
    }

    /// The shade between four pixels. Pixel centres lie at halves.
    pub fn between(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right, below) = (x - left, y - top);
        let (left, top) = (left as isize, top as isize);
        let shade = |dx, dy| f32::from(self.at(left + dx, top + dy));
        let upper = shade(0, 0) + (shade(1, 0) - shade(0, 0)) * right;
        let lower = shade(0, 1) + (shade(1, 1) - shade(0, 1)) * right;
        upper + (lower - upper) * below
    }

    /// Half as wide and high, each pixel the mean of four.
    pub fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Zeroizing::new(Vec::with_capacity(width * height));
        for y in 0..height {
            let pairs = self.row(2 * y).chunks_exact(2);
            let below = self.row(2 * y + 1).chunks_exact(2);
            pixels.extend(pairs.zip(below).map(|(a, b)| {
                let sum: u16 = a.iter().chain(b).map(|&v| u16::from(v)).sum();
                ((sum + 2) / 4) as u8
            }));
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    /// Larger or a little smaller by `scale`, with straight lines between pixels.
    pub fn scaled(&self, scale: f32) -> Self {
        let size = |n: usize| ((n as f32 * scale).round() as usize).max(1);
        Self::from_fn(size(self.width), size(self.height), |x, y| {
            self.between((x as f32 + 0.5) / scale, (y as f32 + 0.5) / scale)
                .round() as u8
        })
    }

    /// Each pixel the mean of the square of `2 * radius + 1` around it.
    pub fn smoothed(&self, radius: usize) -> Self {
        let mut pixels = Zeroizing::new(Vec::with_capacity(self.pixels.len()));
        let mut columns = Columns::new(self, radius);
        let square = 2 * radius + 1;
        let count = (square * square) as u32;
        let mut sums = vec![0; self.width];
        for y in 0..self.height {
            columns.sum_around(&mut sums);
            pixels.extend(sums.iter().map(|sum| (sum / count) as u8));
            columns.step(y);
        }
        Self {
            width: self.width,
            height: self.height,
            pixels,
        }
    }

    /// Every shade exchanged for another.
    pub fn with_shades(&self, shade: impl Fn(u8) -> u8) -> Self {
        let mut table = [0; 256];
        for (slot, v) in table.iter_mut().zip(0..=u8::MAX) {
            *slot = shade(v);
        }
        let mut changed = self.clone();
        for v in changed.pixels.iter_mut() {
            *v = table.get(usize::from(*v)).copied().unwrap_or_default();
        }
        changed
    }
}
