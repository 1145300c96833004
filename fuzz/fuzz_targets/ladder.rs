//! Any bytes as the pixels of a picture: the ladder ends, within its deadline
//! and with all codes inside what a picture can hold. Panics of the decoders are
//! caught within; libfuzzer's hook would end at them, so it is taken out.

#![no_main]

use std::sync::Once;
use std::time::{Duration, Instant};

use kunji::qr::{self, Deadline};

static HOOK: Once = Once::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    HOOK.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let [width, grain, pixels @ ..] = bytes else {
        return;
    };
    // One byte is a square of `grain` pixels, so that short inputs reach far.
    let (width, grain) = (u32::from(*width).max(1), u32::from(grain % 6) + 1);
    let height = u32::try_from(pixels.len()).unwrap_or(0) / width;
    if height == 0 {
        return;
    }
    let mut rgba = Vec::new();
    for y in 0..height * grain {
        for x in 0..width * grain {
            let at = (y / grain) * width + x / grain;
            let v = pixels.get(at as usize).copied().unwrap_or(255);
            rgba.extend([v, v, v, 255]);
        }
    }
    let (width, height) = (width * grain, height * grain);
    let picture = qr::load_pixels(width, height, rgba);
    let Ok(picture) = picture else { return };
    let started = Instant::now();
    if let Ok(found) = qr::decode(&picture, &Deadline::after(Duration::from_secs(5))) {
        for code in &found.codes {
            assert!(!code.text.is_empty());
            assert!(code.corners.iter().flatten().all(|v| v.is_finite()));
        }
    }
    assert!(started.elapsed() < Duration::from_secs(10), "too long");
});
