//! [`Bits`]: a picture as dark and light alone, and the local threshold that
//! makes one.

#![allow(
    clippy::cast_possible_truncation,
    reason = "pixel arithmetic within a picture's bounds; `as` saturates and cannot panic"
)]

use zeroize::Zeroizing;

use super::grey::Grey;
use super::rungs::Threshold;
use super::sums::Columns;

/// Dark (1) and light (0), row by row; `dark` holds `width * height` bytes.
#[derive(Clone)]
pub struct Bits {
    pub width: usize,
    pub height: usize,
    pub dark: Zeroizing<Vec<u8>>,
}

impl Bits {
    /// [`Threshold::Blocks`] is the second decoder's own; here it is one of the
    /// same width.
    pub fn new(grey: &Grey, threshold: Threshold) -> Self {
        match threshold {
            Threshold::Darker { radius, margin } => Self::local_mean(grey, radius, margin, false),
            Threshold::Lighter { radius, margin } => Self::local_mean(grey, radius, margin, true),
            Threshold::Blocks => Self::local_mean(grey, 20, 3, false),
        }
    }

    /// How often dark and light change along the rows.
    pub fn changes(&self) -> usize {
        let next = self.dark.iter().skip(1);
        let changes = self.dark.iter().zip(next);
        changes.map(|(a, b)| usize::from(a ^ b)).sum()
    }

    /// Dark is what is darker than the mean of the square of `2 * radius + 1`
    /// pixels around it by more than `margin` shades; with `inverted`, what is
    /// lighter by more. Beyond the edge the picture goes on as at the edge.
    ///
    /// Sums run along, so that the radius costs nothing; it is at most 127.
    fn local_mean(grey: &Grey, radius: usize, margin: u8, inverted: bool) -> Self {
        let Grey { width, height, .. } = *grey;
        let mut dark = Zeroizing::new(Vec::with_capacity(width * height));
        let mut columns = Columns::new(grey, radius);
        let square = 2 * radius + 1;
        let count = (square * square) as u32;
        let margin = u32::from(margin);
        let mut sums = vec![0; width];
        for y in 0..height {
            columns.sum_around(&mut sums);
            let row = grey.row(y).iter().zip(&sums);
            if inverted {
                let lighter = |(&v, &sum)| u8::from(u32::from(v) * count > sum + margin * count);
                dark.extend(row.map(lighter));
            } else {
                let darker = |(&v, &sum)| u8::from((u32::from(v) + margin) * count < sum);
                dark.extend(row.map(darker));
            }
            columns.step(y);
        }
        Self {
            width,
            height,
            dark,
        }
    }
}
