//! The first decoder: rqrr, small and quick, on bits of our own making.

#![allow(
    clippy::cast_precision_loss,
    reason = "places in a picture: far below 2^24"
)]

use rqrr::PreparedImage;

use super::bits::Bits;
use super::merge::Seen;

/// Every code that rqrr sees in `bits`, read or not. May panic.
pub fn read(bits: &Bits) -> Vec<Seen> {
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
