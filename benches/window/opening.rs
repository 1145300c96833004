//! How long until there is a window, and until there is a code in it.

use std::{
    thread,
    time::{Duration, Instant},
};

use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, ImageFormat},
    },
    rust_connection::RustConnection,
};

use crate::{
    KUNJI, close,
    desktop::{DEADLINE, Desktop},
    millis,
};

const LOOK_EVERY: Duration = Duration::from_millis(1);

/// A connection of the bench's own, for looking more often than tests do.
pub struct Screen {
    x: RustConnection,
}

/// Where the first card's code is, within the window.
const CODE_LEFT: i16 = 34;
const CODE_TOP: i16 = 134;
const CODE_WIDTH: u16 = 150;
const CODE_HEIGHT: u16 = 36;

impl Screen {
    pub fn of(desktop: &Desktop) -> Self {
        let variables = desktop.env();
        let display = variables.iter().rfind(|(name, _)| name == "DISPLAY");
        let display = display
            .and_then(|(_, value)| value.to_str())
            .expect("a display");
        let (x, screen) = RustConnection::connect(Some(display)).expect("the display answers");
        let root = x.setup().roots[screen].root;
        let events = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        x.change_window_attributes(root, &events)
            .expect("the display answers")
            .check()
            .expect("news of windows");
        Self { x }
    }

    /// Milliseconds from the start to the window, and to the first code.
    pub fn start(&self, desktop: &Desktop) -> (f64, f64) {
        // What is still to be heard of the window before.
        while self.event().is_some() {}
        let started = Instant::now();
        let kunji = desktop.spawn(&mut desktop.command(KUNJI));
        let window = look(started, "a window", || self.mapped());
        let mapped = started.elapsed();
        look(started, "a code", || self.shows_code(window).then_some(()));
        let readable = started.elapsed();
        close(desktop, kunji, &desktop.window_titled("Kunji"));
        (millis(mapped), millis(readable))
    }

    fn event(&self) -> Option<Event> {
        self.x.poll_for_event().expect("the display answers")
    }

    fn mapped(&self) -> Option<u32> {
        match self.event()? {
            Event::MapNotify(news) => {
                let geometry = self.x.get_geometry(news.window).ok()?.reply().ok()?;
                // Libraries map windows too, of one pixel.
                (geometry.width > 1).then_some(news.window)
            }
            _ => None,
        }
    }

    /// Whether there is dark on white where the code belongs; what is drawn there before is neither.
    fn shows_code(&self, window: u32) -> bool {
        let picture = self.x.get_image(
            ImageFormat::Z_PIXMAP,
            window,
            CODE_LEFT,
            CODE_TOP,
            CODE_WIDTH,
            CODE_HEIGHT,
            u32::MAX,
        );
        let Some(picture) = picture.ok().and_then(|cookie| cookie.reply().ok()) else {
            return false;
        };
        let (pixels, _) = picture.data.as_chunks::<4>();
        let share = |is: fn(&[u8]) -> bool| {
            let count = pixels.iter().filter(|pixel| is(&pixel[..3])).count();
            100 * count / pixels.len().max(1)
        };
        let white = share(|pixel| pixel.iter().all(|&value| value == 0xff));
        let dark = share(|pixel| pixel.iter().all(|&value| value < 0x50));
        white > 50 && dark > 3
    }
}

fn look<T>(started: Instant, what: &str, mut see: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(seen) = see() {
            return seen;
        }
        assert!(
            started.elapsed() < DEADLINE,
            "{what} did not come within {DEADLINE:?}"
        );
        thread::sleep(LOOK_EVERY);
    }
}
