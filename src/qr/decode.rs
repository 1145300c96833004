//! The decoder, kept from taking the program down with it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::GrayImage;
use rqrr::PreparedImage;

use super::QrError;
use crate::secret::Secret;

/// The texts of every QR code in `picture`, top to bottom, then left to right.
///
/// # Errors
/// [`QrError::NoCode`], or [`QrError::Unreadable`] where one was seen but not read.
pub fn decode(picture: &GrayImage) -> Result<Vec<Secret>, QrError> {
    let upright = search(picture, false);
    if !upright.texts.is_empty() {
        return Ok(upright.texts);
    }
    // Dark mode draws codes light on dark, which the decoder does not look for.
    let inverted = search(picture, true);
    if !inverted.texts.is_empty() {
        return Ok(inverted.texts);
    }
    Err(if upright.seen + inverted.seen > 0 {
        QrError::Unreadable
    } else {
        QrError::NoCode
    })
}

#[derive(Default)]
struct Found {
    texts: Vec<Secret>,
    /// Codes whose corners were found, read or not.
    seen: usize,
}

fn search(picture: &GrayImage, invert: bool) -> Found {
    // rqrr 0.11 panics on some damaged and slanted pictures (geometry.rs).
    catch_unwind(AssertUnwindSafe(|| search_unguarded(picture, invert))).unwrap_or_default()
}

fn search_unguarded(picture: &GrayImage, invert: bool) -> Found {
    let (width, height) = picture.dimensions();
    let flip = if invert { 255 } else { 0 };
    // Both casts are lossless: a picture has at most 100 million pixels.
    let mut prepared =
        PreparedImage::prepare_from_greyscale(width as usize, height as usize, |x, y| {
            picture.as_raw()[y * width as usize + x] ^ flip
        });
    let mut grids = prepared.detect_grids();
    grids.sort_by_key(|grid| (grid.bounds[0].y, grid.bounds[0].x));
    let mut texts: Vec<Secret> = Vec::new();
    for grid in &grids {
        let mut bytes = Vec::new();
        if grid.decode_to(&mut bytes).is_err() {
            continue;
        }
        if let Ok(text) = String::from_utf8(bytes) {
            let text = Secret::new(text);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    let seen = grids.len();
    Found { texts, seen }
}
