//! A picture in a window of another program.

use image::RgbImage;
use x11rb::{
    connection::Connection as _,
    protocol::xproto::{
        ConnectionExt as _, CreateGCAux, CreateWindowAux, ImageFormat, WindowClass,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use super::Desktop;

/// On the screen until dropped.
pub struct ShownPicture {
    _connection: RustConnection,
}

impl Desktop {
    /// Shows a picture with its upper left corner there. Windows that open later lie over it.
    pub fn show_picture(&self, picture: &RgbImage, (left, top): (i16, i16)) -> ShownPicture {
        let x = self.display().another_connection();
        let screen = self.display().screen();
        let (root, depth) = (screen.root, screen.root_depth);
        assert_eq!(depth, 24, "the pixels below are written for it");
        // At that depth the server takes blue, green, red and a byte of padding.
        let pixels = picture.pixels().map(|pixel| pixel.0);
        let pixels: Vec<u8> = pixels.flat_map(|[r, g, b]| [b, g, r, 0]).collect();
        let extent = |pixels: u32| u16::try_from(pixels).expect("a picture for this screen");
        let (width, height) = (extent(picture.width()), extent(picture.height()));
        let shown = || {
            let (pixmap, gc) = (x.generate_id()?, x.generate_id()?);
            let window = x.generate_id()?;
            x.create_pixmap(depth, pixmap, root, width, height)?;
            x.create_gc(gc, pixmap, &CreateGCAux::new())?;
            let format = ImageFormat::Z_PIXMAP;
            x.put_image(format, pixmap, gc, width, height, 0, 0, 0, depth, &pixels)?
                .check()?;
            // As its background the server paints it by itself.
            let look = CreateWindowAux::new()
                .background_pixmap(pixmap)
                .override_redirect(1);
            x.create_window(
                depth,
                window,
                root,
                left,
                top,
                width,
                height,
                0,
                WindowClass::INPUT_OUTPUT,
                x11rb::COPY_FROM_PARENT,
                &look,
            )?;
            x.map_window(window)?;
            x.sync()?;
            Ok::<_, x11rb::errors::ReplyOrIdError>(())
        };
        shown().expect("a picture on the display");
        ShownPicture { _connection: x }
    }
}
