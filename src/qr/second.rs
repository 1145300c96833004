//! The second decoder: rxing's port of ZXing-C++'s QR reader, step by step, so
//! that what it saw and did not read is told too.

#![allow(
    clippy::cast_possible_truncation,
    reason = "a picture has at most 100 million pixels"
)]

use rxing::common::cpp_essentials::DecoderResult;
use rxing::common::{BitMatrix, DetectorRXingResult as _, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{
    FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets, SampleQR,
};
use rxing::{BinaryBitmap, Luma8LuminanceSource};

use super::bits::Bits;
use super::deadline::Deadline;
use super::grey::Grey;
use super::merge::Seen;

/// The centres of three finder patterns and their size in pixels.
#[derive(Clone, Copy)]
pub struct Finders {
    pub top_left: [f32; 2],
    pub top_right: [f32; 2],
    pub bottom_left: [f32; 2],
    /// Mean width of the three patterns: seven modules.
    pub size: f32,
}

impl Finders {
    pub fn times(self, scale: f32) -> Self {
        let place = |p: [f32; 2]| p.map(|v| v * scale);
        Self {
            top_left: place(self.top_left),
            top_right: place(self.top_right),
            bottom_left: place(self.bottom_left),
            size: self.size * scale,
        }
    }
}

/// Every code that rxing reads in `bits`, and the likeliest of the sets of
/// three finder patterns that it could not read. Ends early at `deadline`. May panic.
pub fn read(matrix: &BitMatrix, deadline: &Deadline) -> (Vec<Seen>, Vec<Finders>) {
    let mut patterns = FindFinderPatterns(matrix, true, 0);
    let mut used = Vec::new();
    let mut seen = Vec::new();
    let mut unread = Vec::new();
    for set in GenerateFinderPatternSets(&mut patterns) {
        if deadline.has_passed() {
            break;
        }
        if [set.bl, set.tl, set.tr].iter().any(|p| used.contains(p)) {
            continue;
        }
        let code = SampleQR(matrix, &set).ok().and_then(|sampled| {
            let decoded = Decode(sampled.getBits())
                .ok()
                .filter(DecoderResult::isValid)?;
            let corners = sampled.getPoints().iter().map(|p| [p.x, p.y]);
            let corners: [[f32; 2]; 4] = corners.collect::<Vec<_>>().try_into().ok()?;
            Some(Seen::new(corners, Some(decoded.text())))
        });
        if let Some(code) = code {
            used.extend([set.bl, set.tl, set.tr]);
            seen.push(code);
        } else {
            unread.push(finders(&set));
        }
    }
    (seen, unread)
}

/// The bits as rxing holds them.
pub fn matrix(bits: &Bits) -> Option<BitMatrix> {
    let mut matrix = BitMatrix::new(bits.width as u32, bits.height as u32).ok()?;
    for (y, row) in bits.dark.chunks_exact(bits.width.max(1)).enumerate() {
        for (x, _) in row.iter().enumerate().filter(|&(_, &bit)| bit != 0) {
            matrix.set(x as u32, y as u32);
        }
    }
    Some(matrix)
}

/// rxing's own threshold: by blocks of eight pixels, smoothed.
pub fn by_blocks(grey: &Grey) -> Option<BitMatrix> {
    let (width, height) = (grey.width as u32, grey.height as u32);
    let source = Luma8LuminanceSource::new(grey.pixels.to_vec(), width, height).ok()?;
    let bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    Some(bitmap.get_black_matrix().clone())
}

#[allow(clippy::cast_precision_loss, reason = "sizes of a few pixels")]
fn finders(set: &FinderPatternSet) -> Finders {
    let place = |p: rxing::Point| [p.x, p.y];
    Finders {
        top_left: place(set.tl.p),
        top_right: place(set.tr.p),
        bottom_left: place(set.bl.p),
        size: (set.tl.size + set.tr.size + set.bl.size) as f32 / 3.0,
    }
}
