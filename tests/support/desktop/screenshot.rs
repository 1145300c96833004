//! Pictures of the screen.

use std::{path::Path, time::Duration};

use image::{ImageBuffer, Rgb, RgbImage};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use super::{
    Desktop, Display, Window,
    display::{HEIGHT, WIDTH},
    wait,
};

/// How long to wait for a picture that stands still; what is animated never does.
const SETTLE: Duration = Duration::from_secs(1);

struct Area {
    x: i16,
    y: i16,
    width: u16,
    height: u16,
}

impl Desktop {
    /// Writes the whole screen as a PNG.
    pub fn screenshot(&self, to: &Path) {
        self.capture(
            &Area {
                x: 0,
                y: 0,
                width: WIDTH,
                height: HEIGHT,
            },
            to,
        );
    }

    /// Writes what is seen of a window, and of what lies over it, as a PNG.
    pub fn screenshot_of(&self, window: &Window, to: &Path) {
        let left = window.x.max(0);
        let top = window.y.max(0);
        let right = (i32::from(window.x) + i32::from(window.width)).min(i32::from(WIDTH));
        let bottom = (i32::from(window.y) + i32::from(window.height)).min(i32::from(HEIGHT));
        let extent = |from: i16, to: i32| u16::try_from(to - i32::from(from)).unwrap_or_default();
        let (width, height) = (extent(left, right), extent(top, bottom));
        assert!(width > 0 && height > 0, "off the screen: {window}");
        self.capture(
            &Area {
                x: left,
                y: top,
                width,
                height,
            },
            to,
        );
    }

    /// Takes the picture once two in a row are the same, or as it is if that takes too long.
    fn capture(&self, area: &Area, to: &Path) {
        let mut last = self.display().picture(area);
        wait::holds_within(SETTLE, || {
            let before = std::mem::replace(&mut last, self.display().picture(area));
            before == last
        });
        last.save(to)
            .unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    }
}

impl Display {
    fn picture(&self, area: &Area) -> RgbImage {
        let &Area {
            x,
            y,
            width,
            height,
        } = area;
        let data = self
            .x
            .get_image(
                ImageFormat::Z_PIXMAP,
                self.screen().root,
                x,
                y,
                width,
                height,
                u32::MAX,
            )
            .expect("a connection to the display")
            .reply()
            .expect("a picture of the screen")
            .data;
        // At a depth of 24 the server sends blue, green, red and a byte of padding.
        let (pixels, _) = data.as_chunks::<4>();
        ImageBuffer::from_fn(u32::from(width), u32::from(height), |column, row| {
            let at = row as usize * usize::from(width) + column as usize;
            let [blue, green, red, _] = pixels[at];
            Rgb([red, green, blue])
        })
    }
}
