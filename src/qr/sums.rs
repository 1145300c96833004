//! Sums over the square around each pixel, row by row, running along: the size
//! of the square costs nothing.

use super::grey::Grey;

/// The sum of each column over the rows around the present one.
pub struct Columns<'a> {
    grey: &'a Grey,
    radius: usize,
    /// With `radius + 1` more on the left and `radius` on the right.
    sums: Vec<u32>,
}

impl<'a> Columns<'a> {
    pub fn new(grey: &'a Grey, radius: usize) -> Self {
        let sums = vec![0; grey.width + 2 * radius + 1];
        let mut columns = Self { grey, radius, sums };
        for _ in 0..=radius {
            columns.change(0, u32::wrapping_add);
        }
        for y in 1..=radius {
            columns.change(y, u32::wrapping_add);
        }
        columns
    }

    /// Goes on from row `y` to the next.
    pub fn step(&mut self, y: usize) {
        self.change(y + 1 + self.radius, u32::wrapping_add);
        self.change(y.saturating_sub(self.radius), u32::wrapping_sub);
    }

    fn change(&mut self, y: usize, change: fn(u32, u32) -> u32) {
        let row = self.grey.row(y.min(self.grey.height.saturating_sub(1)));
        let sums = self.sums.iter_mut().skip(self.radius + 1);
        for (sum, &v) in sums.zip(row) {
            *sum = change(*sum, u32::from(v));
        }
    }

    /// `around[x]`: the sum of the square around `x`.
    pub fn sum_around(&mut self, around: &mut [u32]) {
        let (radius, width) = (self.radius, self.grey.width);
        let edge = |i: usize| self.sums.get(i).copied().unwrap_or_default();
        let (first, last) = (edge(radius + 1), edge(radius + width));
        if let Some(left) = self.sums.get_mut(..=radius) {
            left.fill(first);
        }
        if let Some(right) = self.sums.get_mut(radius + 1 + width..) {
            right.fill(last);
        }
        let square = 2 * radius + 1;
        let mut sum: u32 = self.sums.iter().take(square).sum();
        let enter = self.sums.iter().skip(square);
        for ((slot, &enters), &leaves) in around.iter_mut().zip(enter).zip(&self.sums) {
            sum = sum.wrapping_add(enters).wrapping_sub(leaves);
            *slot = sum;
        }
    }
}
