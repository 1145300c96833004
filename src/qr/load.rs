//! Opening pictures: limits first, then orientation and transparency.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use image::{DynamicImage, GrayImage, ImageDecoder, ImageReader, Limits};

use super::QrError;

pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;
pub const MAX_PIXELS: u64 = 100_000_000;
const MAX_DECODER_BYTES: u64 = 1536 * 1024 * 1024;

/// The picture at `path` as shades of grey, upright, on white.
///
/// # Errors
/// See [`QrError`].
pub fn load_file(path: &Path) -> Result<GrayImage, QrError> {
    // File names need not be text; what cannot be shown is shown as `�`.
    let name = || {
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    };
    let open = |e: std::io::Error| QrError::Open(name(), e.kind().to_string());
    let kind = std::fs::metadata(path).map_err(open)?;
    if kind.is_dir() {
        return Err(QrError::Folder(name()));
    }
    // A pipe or a device may never end: it is not even opened.
    if !kind.is_file() {
        return Err(QrError::NotAFile(name()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|f| f.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(open)?;
    load_bytes(&bytes)
}

/// The picture in `bytes` as shades of grey, upright, on white.
///
/// # Errors
/// See [`QrError`].
pub fn load_bytes(bytes: &[u8]) -> Result<GrayImage, QrError> {
    if bytes.is_empty() {
        return Err(QrError::Empty);
    }
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(QrError::FileTooLarge);
    }
    let reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| QrError::NotAPicture)?;
    if reader.format().is_none() {
        return Err(QrError::NotAPicture);
    }
    let mut decoder = reader.into_decoder().map_err(|_| QrError::Damaged)?;

    // The size stands in the header: a bomb is refused before it unfolds.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(QrError::TooManyPixels { width, height });
    }
    if width == 0 || height == 0 {
        return Err(QrError::Damaged);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    let _ = decoder.set_limits(limits);
    let orientation = decoder.orientation();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| QrError::Damaged)?;
    if let Ok(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(on_white(&picture))
}

/// Transparent pixels count as paper: most codes are saved to lie on a page.
fn on_white(picture: &DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.to_luma8();
    }
    let with_alpha = picture.to_luma_alpha8();
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [luma, alpha] = with_alpha.get_pixel(x, y).0.map(u32::from);
        let mixed = (luma * alpha + 255 * (255 - alpha)) / 255;
        image::Luma([u8::try_from(mixed).unwrap_or(u8::MAX)])
    })
}
