//! A picture of the screen, so that a QR code shown there can be read.
//!
//! | where | how | what is in the picture |
//! |---|---|---|
//! | Linux with a portal | XDG desktop portal, `org.freedesktop.portal.Screenshot`, interactive | what the person chooses |
//! | X11 without one | `GetImage` of the root window | the whole screen, all monitors |
//! | Wayland without one | not possible: [`ScreenError::NoPortal`] | |
//! | macOS, Windows | the `xcap` crate; written from its source, tried on neither | a picture for each monitor |
//!
//! The portal writes a file, which now holds a secret: it is read and removed at
//! once, since Kunji asked for it. Where it cannot be removed, its path is given
//! back ([`Captured::left_behind`]) for the person to be told. Some desktops put
//! such a picture on the clipboard too (GNOME Shell does); that is not undone here.
//!
//! Kunji's own window may lie over the code: whoever calls hides it first. The
//! portal takes its picture when the person says so; where there is none,
//! [`Waits::settle`] is waited for the window to be gone.

#[cfg(any(target_os = "macos", windows))]
mod native;
#[cfg(all(unix, not(target_os = "macos")))]
mod portal;
#[cfg(all(unix, not(target_os = "macos")))]
mod stored;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

#[cfg(any(target_os = "macos", windows))]
use self::native as platform;

/// No screen or file of more is taken; three 4K monitors are 25 million pixels.
pub const MAX_PIXELS: u64 = 100_000_000;
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Where a screen is looked for. Linux and the BSDs; elsewhere there is one way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// X11's `DISPLAY`.
    pub display: Option<String>,
    /// A Wayland desktop; X11 programs see an empty screen there.
    pub wayland: bool,
    /// The session bus, as D-Bus writes addresses.
    pub bus_address: Option<String>,
}

impl Surroundings {
    /// As the environment of this process tells.
    #[must_use]
    pub fn from_env() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            display: set("DISPLAY"),
            wayland: set("WAYLAND_DISPLAY").is_some(),
            bus_address: session_bus(),
        }
    }
}

/// Also where the bus is by convention, for want of `DBUS_SESSION_BUS_ADDRESS`.
#[cfg(all(unix, not(target_os = "macos")))]
fn session_bus() -> Option<String> {
    zbus::Address::session()
        .ok()
        .map(|address| address.to_string())
}

#[cfg(any(target_os = "macos", windows))]
#[allow(
    clippy::unnecessary_wraps,
    reason = "there is one where there is a bus"
)]
fn session_bus() -> Option<String> {
    None
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// From the hiding of Kunji's own window to the picture, where no portal asks.
    pub settle: Duration,
    /// For the person to choose what is taken.
    pub deadline: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            settle: Duration::from_millis(400), // desktops animate for a quarter of a second
            deadline: Duration::from_mins(2),
        }
    }
}

/// One picture. Wiped when dropped.
pub enum Shot {
    /// Rows from the top, four bytes a pixel: red, green, blue, 255.
    Pixels {
        width: u32,
        height: u32,
        rgba: Zeroizing<Vec<u8>>,
    },
    /// A file's bytes, PNG as a rule.
    Encoded(Zeroizing<Vec<u8>>),
}

pub struct Captured {
    /// One at least.
    pub shots: Vec<Shot>,
    /// A file with the picture that could not be removed.
    pub left_behind: Option<PathBuf>,
}

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScreenError {
    /// By the person: in the desktop's own dialog, or in Kunji.
    #[error("Taking a picture of the screen was cancelled.")]
    Cancelled,
    #[error(
        "No part of the screen was chosen in time. Try again, or take a screenshot with your \
         desktop's own tool and open, drop or paste it here."
    )]
    Timeout,
    #[error(
        "This desktop gives programs no picture of the screen. Install xdg-desktop-portal and \
         its backend for your desktop (xdg-desktop-portal-gnome, -kde, -wlr, …), then log out and \
         in. Until then, take a screenshot with your desktop's own tool and open, drop or paste \
         it here."
    )]
    NoPortal,
    #[error(
        "There is no screen here to take a picture of. Take the screenshot on the computer that \
         shows the QR code, and bring the file."
    )]
    NoScreen,
    #[error(
        "The desktop refused to take a picture of the screen. Allow screenshots for Kunji in its \
         privacy settings, or take one with your desktop's own tool and open, drop or paste it \
         here."
    )]
    Refused,
    #[error("{}", unreadable(left_behind.as_ref()))]
    Unreadable { left_behind: Option<PathBuf> },
    #[error(
        "The display did not answer. Take a screenshot with your desktop's own tool and open, \
         drop or paste it here."
    )]
    Display,
    #[error(
        "This screen shows {bits} bits of colour in a form that Kunji does not read. Take a \
         screenshot with your desktop's own tool and open, drop or paste it here."
    )]
    Colours { bits: u8 },
    #[error(
        "This screen is {width} × {height} pixels; Kunji takes up to {} megapixels. Take a \
         screenshot of the QR code alone and open, drop or paste it here.",
        MAX_PIXELS / 1_000_000
    )]
    TooLarge { width: u32, height: u32 },
    #[error("The system gave Kunji too little to work with. Close other programs and try again.")]
    NoThread,
}

fn unreadable(left_behind: Option<&PathBuf>) -> String {
    let text = "The desktop took a picture, but Kunji could not read it. Try again, or take a \
                screenshot with your desktop's own tool and open, drop or paste it here.";
    match left_behind {
        Some(path) => format!(
            "{text} The picture is still at {}: delete it.",
            path.display()
        ),
        None => text.to_owned(),
    }
}

/// Takes the picture; blocks until there is one, for a thread of its own. Sending
/// on `cancelled`, or dropping its other end, ends the wait. `uncover` is called
/// where the whole screen is about to be taken: Kunji's own window has
/// [`Waits::settle`] to get out of the way.
///
/// # Errors
/// See [`ScreenError`].
pub fn capture(
    surroundings: &Surroundings,
    waits: &Waits,
    mut cancelled: oneshot::Receiver<()>,
    uncover: &dyn Fn(),
) -> Result<Captured, ScreenError> {
    platform::capture(surroundings, waits, &mut cancelled, uncover)
}

/// A runtime for nothing but waiting.
fn runtime() -> Result<tokio::runtime::Runtime, ScreenError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|_| ScreenError::NoThread)
}

/// Lets Kunji's own window go from the screen.
fn settle(wait: Duration, cancelled: &mut oneshot::Receiver<()>) -> Result<(), ScreenError> {
    let waited = async { tokio::time::timeout(wait, cancelled).await };
    // An elapsed timeout is the good end.
    match runtime()?.block_on(waited) {
        Err(_) => Ok(()),
        Ok(_) => Err(ScreenError::Cancelled),
    }
}

fn is_cancelled(cancelled: &mut oneshot::Receiver<()>) -> bool {
    !matches!(
        cancelled.try_recv(),
        Err(oneshot::error::TryRecvError::Empty)
    )
}

#[cfg(all(unix, not(target_os = "macos")))]
mod platform {
    use super::{
        Captured, ScreenError, Shot, Surroundings, Waits, oneshot, portal, settle, stored, x11,
    };

    /// The portal where there is one: it lets the person choose, and knows of
    /// Wayland. Its refusal is not got round.
    pub fn capture(
        surroundings: &Surroundings,
        waits: &Waits,
        cancelled: &mut oneshot::Receiver<()>,
        uncover: &dyn Fn(),
    ) -> Result<Captured, ScreenError> {
        let answer = match &surroundings.bus_address {
            Some(bus) => portal::ask(bus, waits.deadline, cancelled),
            None => Err(ScreenError::NoPortal),
        };
        match answer {
            Ok(uri) => {
                let taken = stored::take(&uri)?;
                Ok(Captured {
                    shots: vec![Shot::Encoded(taken.bytes)],
                    left_behind: taken.left_behind,
                })
            }
            Err(ScreenError::NoPortal) => without_portal(surroundings, waits, cancelled, uncover),
            Err(error) => Err(error),
        }
    }

    fn without_portal(
        surroundings: &Surroundings,
        waits: &Waits,
        cancelled: &mut oneshot::Receiver<()>,
        uncover: &dyn Fn(),
    ) -> Result<Captured, ScreenError> {
        if surroundings.wayland {
            return Err(ScreenError::NoPortal);
        }
        let display = surroundings.display.as_ref();
        let display = display.ok_or(ScreenError::NoScreen)?;
        uncover();
        settle(waits.settle, cancelled)?;
        Ok(Captured {
            shots: x11::capture(display, cancelled)?,
            left_behind: None,
        })
    }
}
