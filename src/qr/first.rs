//! The first decoder: rqrr, small and quick, on bits of our own making.

#![allow(
    clippy::cast_precision_loss,
    reason = "places in a picture: far below 2^24"
)]

use rqrr::PreparedImage;

use super::bits::Bits;
use super::merge::Seen;

/// rqrr tries every three of the finder patterns that it takes something for,
/// on a copy of the picture each: in large noisy photos for half a minute, and
/// nothing ends it. With fewer changes it takes half a second at most; a screen
/// of 8 megapixels full of small print has some 600,000.
pub const MOST_CHANGES: usize = 700_000;

/// Every code that rqrr sees in `bits`, read or not. May panic.
pub fn read(bits: &Bits) -> Vec<Seen> {
    if bits.changes() > MOST_CHANGES {
        return Vec::new();
    }
    let Bits { width, height, .. } = *bits;
    let is_dark = |x, y| bits.dark.get(y * width + x).is_some_and(|&bit| bit != 0);
    let mut prepared = PreparedImage::prepare_from_bitmap(width, height, is_dark);
    let grids = prepared.detect_grids();
    grids
        .iter()
        .map(|grid| {
            let mut bytes = Vec::new();
            let text = grid.decode_to(&mut bytes).ok();
            Seen::new(
                grid.bounds.map(|p| [p.x as f32, p.y as f32]),
                text.and_then(|_| String::from_utf8(bytes).ok()),
            )
        })
        .collect()
}
