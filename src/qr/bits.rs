//! [`Bits`]: a picture as dark and light alone, and the local threshold that
//! makes one.

#![allow(
    clippy::cast_possible_truncation,
    reason = "pixel arithmetic within a picture's bounds; `as` saturates and cannot panic"
)]

use zeroize::Zeroizing;

use super::grey::Grey;

/// Dark (1) and light (0), row by row; `dark` holds `width * height` bytes.
#[derive(Clone)]
pub struct Bits {
    pub width: usize,
    pub height: usize,
    pub dark: Zeroizing<Vec<u8>>,
}

impl Bits {
    /// Dark is what is darker than the mean of the square of `2 * radius + 1`
    /// pixels around it by more than `margin` shades; with `inverted`, what is
    /// lighter. Sums run along, so that the radius costs nothing.
    pub fn local_mean(grey: &Grey, radius: usize, margin: u8, inverted: bool) -> Self {
        let Grey { width, height, .. } = *grey;
        let mut dark = Zeroizing::new(Vec::with_capacity(width * height));
        let mut columns = vec![0_u32; width];
        let add = |columns: &mut [u32], y: usize| {
            for (sum, &v) in columns.iter_mut().zip(grey.row(y)) {
                *sum += u32::from(v);
            }
        };
        for y in 0..radius.min(height) {
            add(&mut columns, y);
        }
        let mut sums = vec![0_u32; width];
        let margin = u32::from(margin);
        for y in 0..height {
            if y + radius < height {
                add(&mut columns, y + radius);
            }
            if y > radius {
                for (sum, &v) in columns.iter_mut().zip(grey.row(y - radius - 1)) {
                    *sum -= u32::from(v);
                }
            }
            let high = (y + radius).min(height - 1) + 1 - y.saturating_sub(radius);
            slide(&columns, radius, &mut sums);
            let row = grey.row(y);
            let mut push = |x: usize, wide: usize, v: u8, sum: u32| {
                let _ = x;
                let count = (wide * high) as u32;
                let bit = if inverted {
                    u32::from(v) * count > sum + margin * count
                } else {
                    (u32::from(v) + margin) * count < sum
                };
                dark.push(u8::from(bit));
            };
            for (x, (&v, &sum)) in row.iter().zip(&sums).enumerate() {
                let wide = (x + radius).min(width - 1) + 1 - x.saturating_sub(radius);
                push(x, wide, v, sum);
            }
        }
        Self {
            width,
            height,
            dark,
        }
    }

    pub fn flipped(&self) -> Self {
        Self {
            width: self.width,
            height: self.height,
            dark: Zeroizing::new(self.dark.iter().map(|bit| bit ^ 1).collect()),
        }
    }
}

/// `sums[x]`: the sum of `columns` from `x - radius` to `x + radius`.
fn slide(columns: &[u32], radius: usize, sums: &mut [u32]) {
    let mut sum: u32 = columns.iter().take(radius).sum();
    for (x, slot) in sums.iter_mut().enumerate() {
        if let Some(&enters) = columns.get(x + radius) {
            sum += enters;
        }
        if let Some(&leaves) = x.checked_sub(radius + 1).and_then(|i| columns.get(i)) {
            sum -= leaves;
        }
        *slot = sum;
    }
}
