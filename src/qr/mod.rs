//! From a picture to the texts of the QR codes in it.

mod decode;
mod load;

use std::path::Path;

use thiserror::Error;

use crate::secret::Secret;

pub use decode::decode;
pub use load::{MAX_FILE_BYTES, MAX_PIXELS, load_bytes, load_file};

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
         It reads PNG, JPEG, WebP, GIF, BMP and TIFF."
    )]
    NotAPicture,
    #[error(
        "This picture is {width} × {height} pixels; Kunji reads up to {} megapixels. \
         Cut out the QR code with any picture viewer and bring that.",
        MAX_PIXELS / 1_000_000
    )]
    TooManyPixels { width: u32, height: u32 },
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
}

/// The texts of every QR code in the picture at `path`, in reading order.
///
/// # Errors
/// See [`QrError`]; a picture without a readable code is an error too.
pub fn read_file(path: &Path) -> Result<Vec<Secret>, QrError> {
    decode(&load_file(path)?)
}

/// The same for a picture already in memory.
///
/// # Errors
/// See [`QrError`].
pub fn read_bytes(bytes: &[u8]) -> Result<Vec<Secret>, QrError> {
    decode(&load_bytes(bytes)?)
}
