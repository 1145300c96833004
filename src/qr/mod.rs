//! From a picture to the QR codes in it: their texts, and where they are.

mod better;
mod bits;
mod cutout;
mod deadline;
mod first;
mod grey;
mod ladder;
mod load;
mod merge;
mod picture;
mod rungs;
mod second;
mod sums;
#[cfg(test)]
mod tests;

use std::path::Path;

use thiserror::Error;

use crate::secret::Secret;

pub use deadline::Deadline;
pub use ladder::{Found, decode};
pub use load::{MAX_FILE_BYTES, MAX_PIXELS, load_bytes, load_file, load_pixels, read_limited};
pub use picture::{Picture, Thumbnail};

/// A QR code that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    pub text: Secret,
    /// In pixels of the upright picture, as the code lies, from its own top left
    /// corner on.
    pub corners: [[f32; 2]; 4],
}

/// What was read from a picture.
pub struct Reading {
    /// In reading order; not empty. The same text at two places is two codes.
    pub codes: Vec<Code>,
    /// The upright picture's, in pixels.
    pub width: u32,
    pub height: u32,
    pub thumbnail: Thumbnail,
    /// How often a decoder panicked on the way: caught, and told of here alone.
    pub panics: u32,
}

/// Why a picture gave no QR code. Holds no text out of the picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QrError {
    #[error("{0:?} could not be opened: {1}. Check that the file is still there.")]
    Open(String, String),
    #[error("{0:?} is a folder. Choose the picture of the QR code itself.")]
    Folder(String),
    #[error("{0:?} is not an ordinary file. Choose the picture of the QR code itself.")]
    NotAFile(String),
    #[error("This file is empty. Save the screenshot again and choose the new file.")]
    Empty,
    #[error(
        "This file is larger than {} MiB. Cut out the QR code with any picture viewer and bring that.",
        MAX_FILE_BYTES / (1024 * 1024)
    )]
    FileTooLarge,
    #[error(
        "This file is no picture that Kunji reads. \
         It reads PNG, JPEG, WebP, GIF, BMP, TIFF and HEIC."
    )]
    NotAPicture,
    #[error(
        "This is an AVIF picture, or a photo of a kind that Kunji does not read. Save it as PNG or JPEG with \
         any picture viewer, or show it on the screen and take a screenshot of it."
    )]
    Heif,
    #[error(
        "This picture is {width} × {height} pixels; Kunji reads up to {} megapixels. \
         Cut out the QR code with any picture viewer and bring that.",
        MAX_PIXELS / 1_000_000
    )]
    TooManyPixels { width: u32, height: u32 },
    #[error(
        "Opening this picture would take more than {} MiB of memory. \
         Cut out the QR code with any picture viewer and bring that.",
        load::MAX_MEMORY_BYTES / (1024 * 1024)
    )]
    TooMuchMemory,
    #[error(
        "This picture is damaged or cut off. Save the screenshot again and choose the new file."
    )]
    Damaged,
    #[error(
        "No QR code was found in this picture. Save the enable-TOTP page with the whole code \
         visible and sharp, with some white around it."
    )]
    NoCode,
    #[error(
        "There is a QR code in this picture, but it cannot be read: part of it is covered, \
         blurred or cut off. Save it again with the whole code visible."
    )]
    Unreadable,
    #[error(
        "Reading this picture took too long and was given up. Cut it closer to the QR code, \
         save it without scaling it, or take a screenshot instead of a photo."
    )]
    TooLong,
}

/// The QR codes in the picture at `path`.
///
/// # Errors
/// See [`QrError`]; a picture without a readable code is an error too.
pub fn read_file(path: &Path, deadline: &Deadline) -> Result<Reading, QrError> {
    read(&load_file(path)?, deadline)
}

/// The same for a file already in memory.
///
/// # Errors
/// See [`QrError`].
pub fn read_bytes(bytes: &[u8], deadline: &Deadline) -> Result<Reading, QrError> {
    read(&load_bytes(bytes)?, deadline)
}

/// The same for a picture that is already unfolded, from the clipboard or the
/// screen: `rgba` holds `width * height` pixels of four bytes.
///
/// # Errors
/// See [`QrError`].
pub fn read_pixels(
    width: u32,
    height: u32,
    rgba: Vec<u8>,
    deadline: &Deadline,
) -> Result<Reading, QrError> {
    read(&load_pixels(width, height, rgba)?, deadline)
}

fn read(picture: &Picture, deadline: &Deadline) -> Result<Reading, QrError> {
    let Found { codes, panics, .. } = decode(picture, deadline)?;
    let (width, height) = picture.size();
    Ok(Reading {
        codes,
        width,
        height,
        thumbnail: picture.thumbnail(),
        panics,
    })
}
