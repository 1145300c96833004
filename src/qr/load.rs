//! Opening pictures: what it is, limits first, then orientation.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use heic_rs::{DecodeOptions, PixelLayout};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, RgbImage, RgbaImage};
use zeroize::Zeroizing;

use super::QrError;
use super::picture::Picture;

pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;
pub const MAX_PIXELS: u64 = 100_000_000;
/// What a photo's decoder holds: its planes, up to twice, the colours made of
/// them, and what the ladder adds.
const HEIF_BYTES_A_PIXEL: u64 = 14;
/// For the file, the picture and what the ladder makes of it, together.
pub const MAX_MEMORY_BYTES: u64 = 1536 * 1024 * 1024;
/// What is held for each pixel next to the picture itself: its shades of grey,
/// the ladder's copy of them, and other shades, twice while they are turned.
const LADDER_BYTES_A_PIXEL: u64 = 4;

/// The picture at `path`.
///
/// # Errors
/// See [`QrError`].
pub fn load_file(path: &Path) -> Result<Picture, QrError> {
    load_bytes(&read_limited(path)?)
}

/// What is in an ordinary file of at most [`MAX_FILE_BYTES`] and one byte.
///
/// # Errors
/// See [`QrError`].
pub fn read_limited(path: &Path) -> Result<Zeroizing<Vec<u8>>, QrError> {
    // File names need not be text; what cannot be shown is shown as `�`.
    let name = || {
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    };
    let open = |e: std::io::Error| QrError::Open(name(), why_not(e.kind()));
    let kind = std::fs::metadata(path).map_err(open)?;
    if kind.is_dir() {
        return Err(QrError::Folder(name()));
    }
    // A pipe or a device may never end: it is not even opened.
    if !kind.is_file() {
        return Err(QrError::NotAFile(name()));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)
        .and_then(|f| f.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(open)?;
    Ok(bytes)
}

fn why_not(kind: std::io::ErrorKind) -> String {
    match kind {
        std::io::ErrorKind::NotFound => "it is not there".to_owned(),
        std::io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        other => other.to_string(),
    }
}

/// The picture in `bytes`, which hold a whole file.
///
/// # Errors
/// See [`QrError`].
pub fn load_bytes(bytes: &[u8]) -> Result<Picture, QrError> {
    if bytes.is_empty() {
        return Err(QrError::Empty);
    }
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(QrError::FileTooLarge);
    }
    if is_heif(bytes) {
        return load_heif(bytes);
    }
    let reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| QrError::NotAPicture)?;
    if reader.format().is_none() {
        return Err(QrError::NotAPicture);
    }
    let mut decoder = reader.into_decoder().map_err(|e| refused(&e))?;

    // The size stands in the header: a bomb is refused before it unfolds.
    let (width, height) = decoder.dimensions();
    let pixels = check_size(width, height)?;
    let held = decoder.total_bytes() + pixels * LADDER_BYTES_A_PIXEL + bytes.len() as u64;
    if held > MAX_MEMORY_BYTES {
        return Err(QrError::TooMuchMemory);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY_BYTES - pixels * LADDER_BYTES_A_PIXEL);
    decoder.set_limits(limits).map_err(|e| refused(&e))?;
    let orientation = decoder.orientation();
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|e| refused(&e))?;
    Ok(Picture::new(picture, orientation))
}

/// A picture that is already unfolded, from the clipboard or the screen: `rgba`
/// holds `width * height` pixels of four bytes, not premultiplied.
///
/// # Errors
/// See [`QrError`].
pub fn load_pixels(width: u32, height: u32, rgba: Vec<u8>) -> Result<Picture, QrError> {
    check_size(width, height)?;
    let picture = RgbaImage::from_raw(width, height, rgba).ok_or(QrError::Damaged)?;
    Ok(Picture::new(picture.into(), Orientation::NoTransforms))
}

fn check_size(width: u32, height: u32) -> Result<u64, QrError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(QrError::TooManyPixels { width, height });
    }
    if pixels == 0 {
        return Err(QrError::Damaged);
    }
    Ok(pixels)
}

fn refused(error: &ImageError) -> QrError {
    match error {
        ImageError::Limits(_) => QrError::TooMuchMemory,
        _ => QrError::Damaged,
    }
}

/// A photo as phones save it. AVIF comes in the same boxes with another codec, and
/// is refused.
fn load_heif(bytes: &[u8]) -> Result<Picture, QrError> {
    let info = heic_rs::probe(bytes).map_err(|_| QrError::Heif)?;
    let pixels = check_size(info.width, info.height)?;
    if pixels * HEIF_BYTES_A_PIXEL + bytes.len() as u64 > MAX_MEMORY_BYTES {
        return Err(QrError::TooMuchMemory);
    }
    let options = DecodeOptions {
        layout: PixelLayout::Rgb8,
        max_pixels: Some(MAX_PIXELS),
        ..DecodeOptions::default()
    };
    let picture = heic_rs::decode(bytes, &options).map_err(|error| match error {
        heic_rs::Error::Unsupported(_) => QrError::Heif,
        _ => QrError::Damaged,
    })?;
    // Upright already.
    let picture = RgbImage::from_raw(picture.width, picture.height, picture.data);
    let picture = picture.ok_or(QrError::Damaged)?;
    Ok(Picture::new(picture.into(), Orientation::NoTransforms))
}

/// HEIC and AVIF, by the brand of their first box (ISO/IEC 14496-12).
fn is_heif(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 9] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis",
    ];
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|b| BRANDS.contains(&b))
}
