//! macOS and Windows: every monitor, by the `xcap` crate.
//!
//! Written from the source of xcap 0.9 and tried on neither system. macOS asks
//! the person once whether Kunji may record the screen; until they agree, it
//! gives a picture without the windows of other programs, and says nothing of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;
use xcap::Monitor;
use zeroize::Zeroizing;

use super::{Captured, MAX_PIXELS, ScreenError, Shot, Surroundings, Waits, is_cancelled, settle};

pub fn capture(
    _surroundings: &Surroundings,
    waits: &Waits,
    cancelled: &mut oneshot::Receiver<()>,
    uncover: &dyn Fn(),
) -> Result<Captured, ScreenError> {
    uncover();
    settle(waits.settle, cancelled)?;
    // xcap slices what the system gave without a look at its length.
    let monitors = catch_unwind(|| Monitor::all().ok()).ok().flatten();
    let monitors = monitors.ok_or(ScreenError::Refused)?;
    let mut shots = Vec::new();
    for monitor in &monitors {
        if is_cancelled(cancelled) {
            return Err(ScreenError::Cancelled);
        }
        shots.push(picture(monitor)?);
    }
    if shots.is_empty() {
        return Err(ScreenError::NoScreen);
    }
    Ok(Captured {
        shots,
        left_behind: None,
    })
}

fn picture(monitor: &Monitor) -> Result<Shot, ScreenError> {
    let capture = AssertUnwindSafe(|| monitor.capture_image().ok());
    let image = catch_unwind(capture).ok().flatten();
    let image = image.ok_or(ScreenError::Refused)?;
    let (width, height) = image.dimensions();
    let rgba = Zeroizing::new(image.into_raw());
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ScreenError::TooLarge { width, height });
    }
    Ok(Shot::Pixels {
        width,
        height,
        rgba,
    })
}
