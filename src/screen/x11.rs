//! Direct capture where X11 has no portal: the root window, which spans all
//! monitors, as the X Window System Protocol's `GetImage` gives it.

use tokio::sync::oneshot;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ConnectionExt as _, ImageFormat, ImageOrder, Screen, Setup, VisualClass,
};
use x11rb::rust_connection::RustConnection;
use zeroize::Zeroizing;

use super::{MAX_PIXELS, ScreenError, Shot, is_cancelled};

/// Rows fetched at once: what comes stays small beside the picture, and a
/// cancelling is heard in between.
const BAND: u16 = 256;

/// One picture for each screen in X11's sense, which is nearly always one.
///
/// # Errors
/// [`ScreenError::Display`], `Colours`, `TooLarge`, `Cancelled`.
pub fn capture(
    display: &str,
    cancelled: &mut oneshot::Receiver<()>,
) -> Result<Vec<Shot>, ScreenError> {
    let (x, _) = RustConnection::connect(Some(display)).map_err(|_| ScreenError::Display)?;
    let screens = x.setup().roots.iter();
    screens
        .map(|screen| picture(&x, screen, cancelled))
        .collect()
}

fn picture(
    x: &RustConnection,
    screen: &Screen,
    cancelled: &mut oneshot::Receiver<()>,
) -> Result<Shot, ScreenError> {
    let layout = Layout::of(x.setup(), screen).ok_or(ScreenError::Colours {
        bits: screen.root_depth,
    })?;
    let (width, height) = (screen.width_in_pixels, screen.height_in_pixels);
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(ScreenError::TooLarge {
            width: width.into(),
            height: height.into(),
        });
    }
    let room = usize::from(width) * usize::from(height) * 4;
    let mut rgba = Zeroizing::new(Vec::with_capacity(room));
    for top in (0..height).step_by(BAND.into()) {
        if is_cancelled(cancelled) {
            return Err(ScreenError::Cancelled);
        }
        let rows = BAND.min(height - top);
        let top = i16::try_from(top).map_err(|_| ScreenError::Display)?;
        let format = ImageFormat::Z_PIXMAP;
        let reply = x
            .get_image(format, screen.root, 0, top, width, rows, u32::MAX)
            .ok()
            .and_then(|cookie| cookie.reply().ok())
            .ok_or(ScreenError::Display)?;
        let band = Zeroizing::new(reply.data);
        layout.append(&band, width, &mut rgba);
    }
    if rgba.len() != room {
        return Err(ScreenError::Display);
    }
    Ok(Shot::Pixels {
        width: width.into(),
        height: height.into(),
        rgba,
    })
}

/// How pixels lie in what the server sends.
struct Layout {
    bytes_per_pixel: usize,
    /// Rows are filled up to a multiple of this.
    row_padding: usize,
    order: ImageOrder,
    channels: [Channel; 3],
}

impl Layout {
    /// None where pixels are numbers into a palette, or not whole bytes.
    fn of(setup: &Setup, screen: &Screen) -> Option<Self> {
        let mut depths = screen.allowed_depths.iter();
        let visual = depths
            .find_map(|depth| {
                let mut visuals = depth.visuals.iter();
                visuals.find(|visual| visual.visual_id == screen.root_visual)
            })
            .filter(|visual| {
                [VisualClass::TRUE_COLOR, VisualClass::DIRECT_COLOR].contains(&visual.class)
            })?;
        let mut formats = setup.pixmap_formats.iter();
        let format = formats.find(|format| format.depth == screen.root_depth)?;
        let whole_bytes = matches!(format.bits_per_pixel, 16 | 24 | 32);
        let padded = matches!(format.scanline_pad, 8 | 16 | 32);
        if !whole_bytes || !padded {
            return None;
        }
        Some(Self {
            bytes_per_pixel: usize::from(format.bits_per_pixel / 8),
            row_padding: usize::from(format.scanline_pad / 8),
            order: setup.image_byte_order,
            channels: [
                Channel::of(visual.red_mask)?,
                Channel::of(visual.green_mask)?,
                Channel::of(visual.blue_mask)?,
            ],
        })
    }

    /// Puts the rows of `band` behind `rgba`; what is cut off is left out.
    fn append(&self, band: &[u8], width: u16, rgba: &mut Vec<u8>) {
        let used = usize::from(width) * self.bytes_per_pixel;
        let stride = used.next_multiple_of(self.row_padding);
        for row in band.chunks_exact(stride) {
            for bytes in row.chunks_exact(self.bytes_per_pixel).take(width.into()) {
                let pixel = self.number(bytes);
                let [red, green, blue] = self.channels.map(|channel| channel.eight_bits(pixel));
                rgba.extend_from_slice(&[red, green, blue, u8::MAX]);
            }
        }
    }

    fn number(&self, bytes: &[u8]) -> u32 {
        let join = |pixel: u32, byte: &u8| pixel << 8 | u32::from(*byte);
        if self.order == ImageOrder::MSB_FIRST {
            bytes.iter().fold(0, join)
        } else {
            bytes.iter().rev().fold(0, join)
        }
    }
}

/// Where one colour lies in a pixel.
#[derive(Clone, Copy)]
struct Channel {
    shift: u32,
    /// All its bits set.
    full: u32,
}

impl Channel {
    /// None for a mask of no bits, with gaps, or wider than any screen shows.
    fn of(mask: u32) -> Option<Self> {
        let shift = mask.trailing_zeros();
        let full = mask.checked_shr(shift)?;
        let gapless = full <= 0xffff && full & (full + 1) == 0;
        gapless.then_some(Self { shift, full })
    }

    fn eight_bits(self, pixel: u32) -> u8 {
        let value = (pixel >> self.shift) & self.full;
        u8::try_from(value * 255 / self.full).unwrap_or(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::{Channel, ImageOrder, Layout};

    fn layout(bytes_per_pixel: usize, order: ImageOrder, masks: [u32; 3]) -> Layout {
        Layout {
            bytes_per_pixel,
            row_padding: 4,
            order,
            channels: masks.map(|mask| Channel::of(mask).unwrap()),
        }
    }

    /// Screens of every make come out in the same four bytes, padding left out.
    #[test]
    fn every_layout_becomes_red_green_blue() {
        let common = [0x00ff_0000, 0x0000_ff00, 0x0000_00ff];
        let orange = [255, 127, 0, 255];
        for (layout, row) in [
            (
                layout(4, ImageOrder::LSB_FIRST, common),
                &[0, 127, 255, 9][..],
            ),
            (layout(4, ImageOrder::MSB_FIRST, common), &[9, 255, 127, 0]),
            (layout(3, ImageOrder::LSB_FIRST, common), &[0, 127, 255, 9]),
            (
                layout(4, ImageOrder::LSB_FIRST, [0x3ff0_0000, 0x000f_fc00, 0x3ff]),
                &(1023_u32 << 20 | 510 << 10).to_le_bytes(),
            ),
            (
                layout(2, ImageOrder::LSB_FIRST, [0xf800, 0x07e0, 0x001f]),
                &[0xe0, 0xfb, 9, 9],
            ),
        ] {
            let mut rgba = Vec::new();
            layout.append(&[row, row].concat(), 1, &mut rgba);
            let bits = layout.bytes_per_pixel * 8;
            assert_eq!(rgba.len(), 8, "{bits} bits");
            for (seen, wanted) in rgba.iter().zip(orange.iter().cycle()) {
                assert!(seen.abs_diff(*wanted) <= 4, "{bits} bits: {rgba:?}");
            }
        }
    }

    /// A server may send anything: no mask makes the arithmetic overflow.
    #[test]
    fn odd_masks_are_refused() {
        for mask in [0, u32::MAX, 0x0001_ffff, 0b101] {
            assert!(Channel::of(mask).is_none(), "{mask:#x}");
        }
    }
}
