//! Better pictures: what the rungs look at instead of the picture as it is.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "shades from 0 to 255; `as` saturates and cannot panic"
)]

use super::QrError;
use super::deadline::Deadline;
use super::grey::Grey;
use super::picture::{Picture, Shades};
use super::rungs::Better;

/// Larger pictures are halved before anything is looked for: a code in one is
/// not finer for it, and time is not unlimited.
const MOST_PIXELS: usize = 10_000_000;
/// Smaller ones are tried at twice their size.
const DOUBLED_PIXELS: usize = 1_500_000;

pub struct Made {
    pub grey: Grey,
    /// Pixels of the picture to one of `grey`.
    pub scale: f32,
}

/// The picture as it is, on white.
pub fn plain(picture: &Picture, deadline: &Deadline) -> Result<Made, QrError> {
    small_enough(picture.on_white().clone(), deadline)
}

/// `None` where this would be no other picture than those before.
pub fn make(
    better: Better,
    plain: &Made,
    picture: &Picture,
    deadline: &Deadline,
) -> Result<Option<Made>, QrError> {
    let Made { grey, scale } = plain;
    Ok(match better {
        Better::Plain => None,
        Better::Half => Some(Made {
            grey: grey.halved(),
            scale: scale * 2.0,
        }),
        Better::Quarter => Some(Made {
            grey: grey.halved().halved(),
            scale: scale * 4.0,
        }),
        Better::Double => (grey.width * grey.height <= DOUBLED_PIXELS).then(|| Made {
            grey: grey.scaled(2.0),
            scale: scale / 2.0,
        }),
        Better::DarkEnd => Some(Made {
            grey: grey.with_shades(|v| (f32::from(v).ln_1p() * DARK_END).round() as u8),
            scale: *scale,
        }),
        Better::OnBlack => {
            let transparent = picture.is_transparent();
            let on_black = transparent.then(|| shaded(picture, Shades::OnBlack, deadline));
            on_black.transpose()?
        }
        Better::LightestColour => {
            let coloured = picture.is_coloured();
            let lightest = coloured.then(|| shaded(picture, Shades::Lightest, deadline));
            lightest.transpose()?.map(|made| Made {
                grey: made.grey.smoothed(SMOOTH_RADIUS),
                ..made
            })
        }
    })
}

/// In pixels: less than a module of a code that fills a photo.
const SMOOTH_RADIUS: usize = 2;
/// 255 / ln 256: white stays white.
const DARK_END: f32 = 45.985_9;

fn shaded(picture: &Picture, shades: Shades, deadline: &Deadline) -> Result<Made, QrError> {
    small_enough(picture.shaded(shades), deadline)
}

fn small_enough(mut grey: Grey, deadline: &Deadline) -> Result<Made, QrError> {
    let mut scale = 1.0;
    while grey.width * grey.height > MOST_PIXELS {
        deadline.check()?;
        grey = grey.halved();
        scale *= 2.0;
    }
    Ok(Made { grey, scale })
}
