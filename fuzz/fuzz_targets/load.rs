//! Any bytes as a file: opening gives a picture or an error, and never panics.

#![no_main]

use kunji::qr;

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    if let Ok(picture) = qr::load_bytes(file) {
        let (width, height) = picture.size();
        assert!(u64::from(width) * u64::from(height) <= qr::MAX_PIXELS);
        let thumbnail = picture.thumbnail();
        assert!(thumbnail.width.max(thumbnail.height) <= 480);
    }
});
