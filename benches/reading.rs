//! How long reading a screenshot takes, and making a code.
//!
//! Wanted: a screenshot of 1920×1080 read in under 100 ms.

#![allow(
    clippy::expect_used,
    reason = "a bench that cannot be set up has nothing to measure"
)]

use std::io::Cursor;

use divan::{Bencher, black_box};
use image::{GrayImage, ImageFormat, Luma, Rgb, RgbImage};
use kunji::otp::{Algorithm, Otp};
use kunji::qr::{self, Deadline};
use qrcode::QrCode;

const URI: &str = "otpauth://totp/A123456?secret=KUNJISAMPLEQRNOTASECRET234\
                   &issuer=angelone.in&algorithm=SHA1&digits=6&period=30";

const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;
/// The side of the code on the page, its white border included.
const CODE: u32 = 300;
const CODE_AT: (u32, u32) = (1180, 420);
const LINE_HEIGHT: u32 = 24;

fn main() {
    divan::main();
}

#[divan::bench(
    name = "screenshot: file to picture",
    sample_count = 50,
    sample_size = 1
)]
fn load(bencher: Bencher<'_, '_>) {
    let file = screenshot();
    bencher.bench_local(|| qr::load_bytes(black_box(&file)).expect("a picture"));
}

#[divan::bench(
    name = "screenshot: picture to text",
    sample_count = 50,
    sample_size = 1
)]
fn decode(bencher: Bencher<'_, '_>) {
    let picture = qr::load_bytes(&screenshot()).expect("a picture");
    bencher.bench_local(|| qr::decode(black_box(&picture), &Deadline::never()).expect("a code"));
}

#[divan::bench(
    name = "screenshot: both, goal 100 ms",
    sample_count = 50,
    sample_size = 1
)]
fn read(bencher: Bencher<'_, '_>) {
    let file = screenshot();
    bencher.bench_local(|| qr::read_bytes(black_box(&file), &Deadline::never()).expect("a code"));
}

#[divan::bench(name = "one code")]
fn code_at(bencher: Bencher<'_, '_>) {
    let otp = Otp::new("KUNJISAMPLEQRNOTASECRET234", Algorithm::Sha1, 6, 30).expect("a secret");
    bencher.bench_local(|| otp.code_at(black_box(1_764_000_000)));
}

/// A light page full of text with a QR code on it, as a PNG.
fn screenshot() -> Vec<u8> {
    let mut page = RgbImage::from_pixel(WIDTH, HEIGHT, Rgb([0xf6, 0xf7, 0xf9]));
    write_text(&mut page);
    draw_code(&mut page);
    let mut file = Cursor::new(Vec::new());
    page.write_to(&mut file, ImageFormat::Png)
        .expect("a PNG in memory");
    let file = file.into_inner();
    let reading = qr::read_bytes(&file, &Deadline::never()).expect("a code in the picture");
    assert!(
        reading.codes.iter().any(|code| code.text.expose() == URI),
        "the wrong code"
    );
    file
}

/// Lines of strokes about as dense as small print, with gaps as between words.
fn write_text(page: &mut RgbImage) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for line in (40..HEIGHT - LINE_HEIGHT).step_by(LINE_HEIGHT as usize) {
        for column in (40..WIDTH - 40).step_by(2) {
            // A letter is some 10 pixels wide, and every seventh is a space.
            if (column / 10 + line / LINE_HEIGHT).is_multiple_of(7) {
                continue;
            }
            for row in line..line + 14 {
                if random.next().is_multiple_of(3) {
                    let shade = random.next().to_le_bytes()[0] / 2;
                    page.put_pixel(column, row, Rgb([shade, shade, shade.saturating_add(12)]));
                }
            }
        }
    }
}

fn draw_code(page: &mut RgbImage) {
    let code = QrCode::new(URI).expect("a text that fits a QR code");
    let code: GrayImage = code.render::<Luma<u8>>().max_dimensions(CODE, CODE).build();
    let (left, top) = CODE_AT;
    for (x, y, Luma([shade])) in code.enumerate_pixels() {
        page.put_pixel(left + x, top + y, Rgb([*shade; 3]));
    }
}

/// Xorshift: the same picture on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
