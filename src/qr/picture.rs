//! [`Picture`]: what was opened, and the shades of grey that can be made of it.

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage};
use zeroize::{Zeroize as _, Zeroizing};

use super::grey::Grey;

/// The longest side of a [`Thumbnail`], in pixels.
pub const THUMBNAIL_SIDE: u32 = 480;

/// A picture as it was saved, wiped when dropped: its pixels hold the secret.
pub struct Picture {
    source: DynamicImage,
    orientation: Orientation,
    /// On white: every reading begins with it.
    on_white: Grey,
}

/// The picture made small, upright, for showing where the codes were found.
/// `rgba` holds `width * height` pixels of four bytes, not premultiplied.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    pub width: u32,
    pub height: u32,
    pub rgba: Zeroizing<Vec<u8>>,
}

/// How colours and transparency become shades of grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shades {
    /// Most codes are saved to lie on a page.
    OnWhite,
    /// A light code drawn for a dark page.
    OnBlack,
    /// The lightest of the three colours: any paper becomes light.
    Lightest,
}

impl Picture {
    pub fn new(source: DynamicImage, orientation: Orientation) -> Self {
        let on_white = shaded(&source, orientation, Shades::OnWhite);
        Self {
            source,
            orientation,
            on_white,
        }
    }

    /// Width and height in pixels, upright.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        let (width, height) = (self.source.width(), self.source.height());
        if lies_on_its_side(self.orientation) {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Whether any pixel lets the page shine through.
    #[must_use]
    pub fn is_transparent(&self) -> bool {
        self.source.color().has_alpha() && any_pixel(&self.source, |[.., alpha]| alpha < 250)
    }

    /// Whether any pixel is clearly of a colour.
    #[must_use]
    pub fn is_coloured(&self) -> bool {
        self.source.color().has_color()
            && any_pixel(&self.source, |[r, g, b, alpha]| {
                alpha > 0 && r.max(g).max(b) - r.min(g).min(b) > 64
            })
    }

    pub(super) fn on_white(&self) -> &Grey {
        &self.on_white
    }

    pub(super) fn shaded(&self, shades: Shades) -> Grey {
        shaded(&self.source, self.orientation, shades)
    }

    #[must_use]
    pub fn thumbnail(&self) -> Thumbnail {
        let longest = self.source.width().max(self.source.height());
        let mut small = if longest > THUMBNAIL_SIDE {
            self.source.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE)
        } else {
            self.source.clone()
        };
        small.apply_orientation(self.orientation);
        let rgba = small.to_rgba8();
        wipe(&mut small);
        Thumbnail {
            width: rgba.width(),
            height: rgba.height(),
            rgba: Zeroizing::new(rgba.into_raw()),
        }
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        wipe(&mut self.source);
    }
}

fn shaded(source: &DynamicImage, orientation: Orientation, shades: Shades) -> Grey {
    let pixels = match shades {
        Shades::OnWhite => map_pixels(source, |[r, g, b, a]| over(luma(r, g, b), a, 255)),
        Shades::OnBlack => map_pixels(source, |[r, g, b, a]| over(luma(r, g, b), a, 0)),
        Shades::Lightest => map_pixels(source, |[r, g, b, a]| over(r.max(g).max(b), a, 255)),
    };
    let (width, height) = (source.width(), source.height());
    // `from_raw` takes `pixels` over; it has a byte for every pixel.
    let grey = GrayImage::from_raw(width, height, pixels).unwrap_or_default();
    let mut grey = DynamicImage::ImageLuma8(grey);
    grey.apply_orientation(orientation);
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    Grey {
        width,
        height,
        pixels: Zeroizing::new(grey.into_bytes()),
    }
}

fn wipe(picture: &mut DynamicImage) {
    match picture {
        DynamicImage::ImageLuma8(p) => (**p).zeroize(),
        DynamicImage::ImageLumaA8(p) => (**p).zeroize(),
        DynamicImage::ImageRgb8(p) => (**p).zeroize(),
        DynamicImage::ImageRgba8(p) => (**p).zeroize(),
        DynamicImage::ImageLuma16(p) => (**p).zeroize(),
        DynamicImage::ImageLumaA16(p) => (**p).zeroize(),
        DynamicImage::ImageRgb16(p) => (**p).zeroize(),
        DynamicImage::ImageRgba16(p) => (**p).zeroize(),
        DynamicImage::ImageRgb32F(p) => (**p).zeroize(),
        DynamicImage::ImageRgba32F(p) => (**p).zeroize(),
        _ => {}
    }
}

const fn lies_on_its_side(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Rec. 709, as in the `image` crate.
fn luma(r: u8, g: u8, b: u8) -> u8 {
    let sum = 2126 * u32::from(r) + 7152 * u32::from(g) + 722 * u32::from(b);
    u8::try_from(sum / 10_000).unwrap_or(u8::MAX)
}

fn over(shade: u8, alpha: u8, page: u8) -> u8 {
    if alpha == 255 {
        return shade;
    }
    let (shade, alpha, page) = (u32::from(shade), u32::from(alpha), u32::from(page));
    let mixed = (shade * alpha + page * (255 - alpha)) / 255;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}

fn any_pixel(picture: &DynamicImage, is_one: impl Fn([u8; 4]) -> bool) -> bool {
    match picture {
        DynamicImage::ImageLumaA8(p) => p.pixels().any(|p| is_one([p[0], p[0], p[0], p[1]])),
        DynamicImage::ImageRgb8(p) => p.pixels().any(|p| is_one([p[0], p[1], p[2], 255])),
        DynamicImage::ImageRgba8(p) => p.pixels().any(|p| is_one(p.0)),
        other => other.to_rgba8().pixels().any(|p| is_one(p.0)),
    }
}

/// One shade for each pixel, row by row, without a second copy of the picture
/// for the usual kinds.
fn map_pixels(picture: &DynamicImage, shade: impl Fn([u8; 4]) -> u8) -> Vec<u8> {
    let high = |v: u16| u8::try_from((u32::from(v) + 128) / 257).unwrap_or(u8::MAX);
    match picture {
        DynamicImage::ImageLuma8(p) => p.as_raw().clone(),
        DynamicImage::ImageLumaA8(p) => {
            let pixels = p.pixels().map(|p| shade([p[0], p[0], p[0], p[1]]));
            pixels.collect()
        }
        DynamicImage::ImageRgb8(p) => {
            let pixels = p.pixels().map(|p| shade([p[0], p[1], p[2], 255]));
            pixels.collect()
        }
        DynamicImage::ImageRgba8(p) => p.pixels().map(|p| shade(p.0)).collect(),
        DynamicImage::ImageLuma16(p) => p.as_raw().iter().map(|&v| high(v)).collect(),
        DynamicImage::ImageRgb16(p) => {
            let pixels = p.pixels().map(|p| p.0.map(high));
            pixels.map(|[r, g, b]| shade([r, g, b, 255])).collect()
        }
        DynamicImage::ImageRgba16(p) => p.pixels().map(|p| shade(p.0.map(high))).collect(),
        other => other.to_rgba8().pixels().map(|p| shade(p.0)).collect(),
    }
}
