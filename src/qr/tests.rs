//! The reader on pictures that the tests make themselves.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "small pictures"
)]

use std::io::Cursor;
use std::time::{Duration, Instant};

use image::metadata::Orientation;
use image::{
    DynamicImage, GrayImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, RgbImage, Rgba, RgbaImage,
};
use qrcode::{EcLevel, QrCode};

use super::*;

const URI: &str = "otpauth://totp/A123456?secret=KUNJISAMPLEQRNOTASECRET234\
                   &issuer=angelone.in&algorithm=SHA1&digits=6&period=30";
const OTHER: &str = "otpauth://totp/B654321?secret=KUNJISAMPLEQRNOTASECRET567";

/// `text` as a code of `module` pixels a module with `quiet` modules around it.
fn code(text: &str, module: u32, quiet: u32) -> GrayImage {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    let modules = code.width() as u32;
    let dark = code.to_colors();
    let side = (modules + 2 * quiet) * module;
    GrayImage::from_fn(side, side, |x, y| {
        let (x, y) = (x / module, y / module);
        let inside = |v: u32| (quiet..quiet + modules).contains(&v);
        let is_dark = inside(x) && inside(y) && {
            let at = (y - quiet) * modules + (x - quiet);
            dark[at as usize] == qrcode::Color::Dark
        };
        Luma([if is_dark { 0 } else { 255 }])
    })
}

fn page(width: u32, height: u32, shade: u8, codes: &[(GrayImage, i64, i64)]) -> GrayImage {
    let mut page = GrayImage::from_pixel(width, height, Luma([shade]));
    for (code, x, y) in codes {
        image::imageops::overlay(&mut page, code, *x, *y);
    }
    page
}

fn map(picture: &GrayImage, shade: impl Fn(u32, u32, u8) -> u8) -> GrayImage {
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        Luma([shade(x, y, picture.get_pixel(x, y)[0])])
    })
}

fn found(picture: impl Into<DynamicImage>) -> Result<Found, QrError> {
    let picture = Picture::new(picture.into(), Orientation::NoTransforms);
    decode(&picture, &Deadline::never())
}

fn texts(picture: impl Into<DynamicImage>) -> Vec<String> {
    let codes = found(picture).unwrap().codes;
    let texts = codes.iter().map(|code| code.text.expose().to_owned());
    texts.collect()
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn read_texts(file: &[u8]) -> Vec<String> {
    let reading = read_bytes(file, &Deadline::never()).unwrap();
    let texts = reading.codes.iter().map(|c| c.text.expose().to_owned());
    texts.collect()
}

/// A plain screenshot is settled by the first decoder.
#[test]
fn a_plain_code_needs_the_first_rung_alone() {
    let found = found(page(800, 600, 250, &[(code(URI, 5, 4), 300, 150)])).unwrap();
    assert_eq!((found.rung, found.codes.len()), ("first decoder", 1));
    assert_eq!(found.codes[0].text.expose(), URI);
}

/// Dark mode draws codes light on dark.
#[test]
fn an_inverted_code() {
    let light = page(500, 500, 255, &[(code(URI, 5, 4), 100, 100)]);
    assert_eq!(texts(map(&light, |_, _, v| 255 - v)), [URI]);
    assert_eq!(texts(map(&light, |_, _, v| 220 - v / 255 * 190)), [URI]);
}

/// A code drawn for a light page, or a dark one, and saved without the page.
#[test]
fn transparent_codes_for_either_page() {
    let code = code(URI, 6, 4);
    for (ink, is_ink) in [(0, 0), (255, 0), (0, 255), (255, 255)] {
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_fn(
            code.width() + 60,
            code.height() + 60,
            |x, y| {
                let (x, y) = (x.wrapping_sub(30), y.wrapping_sub(30));
                let inside = x < code.width() && y < code.height();
                let opaque = inside && code.get_pixel(x, y)[0] == is_ink;
                Rgba([ink, ink, ink, if opaque { 255 } else { 0 }])
            },
        ));
        assert_eq!(texts(clear), [URI], "ink {ink} where the code is {is_ink}");
    }
}

/// Cropped to the last module, on a dark page: nothing light around it.
#[test]
fn a_code_without_a_quiet_zone() {
    for shade in [255, 24] {
        let picture = page(400, 400, shade, &[(code(URI, 5, 0), 60, 60)]);
        assert_eq!(texts(picture), [URI], "on {shade}");
    }
    assert_eq!(texts(code(URI, 4, 0)), [URI]);
}

#[test]
fn a_code_of_low_contrast() {
    let picture = page(500, 500, 255, &[(code(URI, 5, 4), 100, 100)]);
    assert_eq!(texts(map(&picture, |_, _, v| 118 + v / 20)), [URI]);
}

/// Fractional scaling by a display, then a blur.
#[test]
fn a_code_scaled_and_blurred() {
    let picture = page(400, 400, 255, &[(code(URI, 3, 4), 80, 80)]);
    let filter = image::imageops::FilterType::Triangle;
    let picture = image::imageops::resize(&picture, 600, 600, filter);
    assert_eq!(texts(image::imageops::blur(&picture, 2.0)), [URI]);
}

/// A lamp on one side: no one threshold fits the whole code.
#[test]
fn a_shaded_code() {
    let picture = page(500, 500, 255, &[(code(URI, 6, 4), 60, 60)]);
    let shaded = map(&picture, |x, y, v| {
        let light = 30 + (x + y) * 225 / 1000;
        (u32::from(v) * light / 255 + light / 8).min(255) as u8
    });
    assert_eq!(texts(shaded), [URI]);
}

/// Yellow on white is nearly as light as white.
#[test]
fn a_coloured_code() {
    let picture = page(500, 500, 255, &[(code(URI, 5, 4), 100, 100)]);
    let yellow = RgbImage::from_fn(500, 500, |x, y| match picture.get_pixel(x, y)[0] {
        0 => Rgb([250, 220, 60]),
        _ => Rgb([255, 255, 255]),
    });
    assert_eq!(texts(yellow), [URI]);
}

/// A photo of a screen: a pattern of its own in each colour over the code.
#[test]
fn a_code_behind_coloured_stripes() {
    let picture = page(500, 500, 255, &[(code(URI, 8, 2), 40, 40)]);
    let striped = RgbImage::from_fn(500, 500, |x, y| {
        let paper = picture.get_pixel(x, y)[0];
        Rgb([0, 1, 2].map(|colour| {
            let lit = (x + y / 3) % 6 / 2 == colour;
            if lit { paper.max(20) } else { 20 }
        }))
    });
    let found = found(striped).unwrap();
    assert_eq!(found.codes[0].text.expose(), URI);
    assert!(found.rung.starts_with("lightest colour"), "{}", found.rung);
}

/// Two codes: both are read, in reading order, and told where they are.
#[test]
fn two_codes_with_their_places() {
    let (left, right) = (code(OTHER, 4, 4), code(URI, 4, 4));
    let (module, quiet) = (4.0, 16.0);
    // The right one lies a little higher, but beside the left one.
    let at = [(60.0, 120.0), (420.0, 100.0)];
    let sides = [left.width(), right.width()].map(|w| w as f32 - 2.0 * quiet);
    let picture = page(800, 400, 255, &[(left, 60, 120), (right, 420, 100)]);
    let codes = found(picture).unwrap().codes;
    let texts: Vec<_> = codes.iter().map(|code| code.text.expose()).collect();
    assert_eq!(texts, [OTHER, URI]);
    for ((code, (x, y)), side) in codes.iter().zip(at).zip(sides) {
        let (x, y) = (x + quiet, y + quiet);
        let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
        for (corner, (x, y)) in code.corners.iter().zip(corners) {
            let off = (corner[0] - x).hypot(corner[1] - y);
            assert!(off < 1.5 * module, "{corner:?}, not {x} {y}");
        }
    }
}

/// The same text at two places is two codes; the same place read by several
/// rungs is one.
#[test]
fn one_text_at_two_places_is_two_codes() {
    let picture = page(
        800,
        400,
        255,
        &[(code(URI, 4, 4), 40, 40), (code(URI, 4, 4), 420, 40)],
    );
    assert_eq!(texts(picture), [URI, URI]);
}

/// Where the first decoder read one code, one that it missed is not lost.
#[test]
fn a_code_beside_one_that_is_read() {
    // Mirrored: rqrr does not read it, the second decoder does.
    let mirrored = image::imageops::flip_horizontal(&code(OTHER, 4, 4));
    let picture = page(
        800,
        400,
        255,
        &[(code(URI, 4, 4), 40, 40), (mirrored, 420, 40)],
    );
    assert_eq!(texts(picture), [URI, OTHER]);
}

/// Corners are those of the picture, not of the smaller one that was looked at.
#[test]
fn places_in_a_picture_that_was_made_smaller() {
    let (code, side) = {
        let code = code(URI, 40, 4);
        let side = code.width() as f32;
        (code, side)
    };
    let picture = page(4_800, 4_000, 255, &[(code, 1_000, 900)]);
    let codes = found(picture).unwrap().codes;
    let [x, y] = codes[0].corners[2];
    let end = side - 160.0;
    assert!((x - 1_000.0 - end).abs() < 60.0, "{x}");
    assert!((y - 900.0 - end).abs() < 60.0, "{y}");
}

/// A damaged otpauth text is not what ends the search, nor what is given beside
/// a whole one at the same place.
#[test]
fn a_text_that_cannot_be_whole() {
    for text in [
        "otpauth://totp/A123456?secret=KUNJISAMPLE!!NOTASECRET",
        "otpauth://totp/A123456",
        "otpauth//totp/A123456?secret=KUNJISAMPLEQRNOTASECRET234",
        "otpauth-migration://offline?data=%%%",
        "otpauth-migration://offline",
        "abc\u{1}",
        "abc\u{FFFD}",
    ] {
        assert!(!merge::is_sound(text), "{text}");
    }
    for text in [
        URI,
        "OTPAUTH://TOTP/A123456?SECRET=KUNJISAMPLEQRNOTASECRET234",
        "otpauth://hotp/A?secret=KUNJISAMPLEQRNOTASECRET234&counter=1",
        "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8%3D",
        "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8",
        "https://example.com",
        "two\r\nlines",
    ] {
        assert!(merge::is_sound(text), "{text}");
    }
    let corners = [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]];
    let seen = |text: &str| vec![merge::Seen::new(corners, Some(text.to_owned()))];
    let damaged = "otpauth://totp/A123456";
    let mut findings = merge::Findings::default();
    findings.add(seen(damaged));
    assert!(!findings.has_sound());
    findings.add(seen(URI));
    findings.add(seen(damaged));
    assert!(findings.has_sound());
    let texts: Vec<_> = findings.into_codes().into_iter().map(|c| c.text).collect();
    assert_eq!(texts, [Secret::from(URI)]);
    // One reading of it is a misread, two are what stands in the code.
    let mut findings = merge::Findings::default();
    findings.add(seen(damaged));
    assert!(findings.into_codes().is_empty());
    let picture = page(400, 400, 255, &[(code(damaged, 5, 4), 40, 40)]);
    assert_eq!(self::texts(picture), [damaged]);
}

/// A code within another's middle is a second one.
#[test]
fn a_small_code_within_a_large_one() {
    let square = |from: f32, to: f32| [[from, from], [to, from], [to, to], [from, to]];
    let mut findings = merge::Findings::default();
    findings.add(vec![merge::Seen::new(square(0.0, 300.0), Some(URI.into()))]);
    findings.add(vec![merge::Seen::new(
        square(100.0, 200.0),
        Some(OTHER.into()),
    )]);
    assert_eq!(findings.into_codes().len(), 2);
}

/// What cannot be read is told from what is not there.
#[test]
fn no_code_and_one_that_is_covered() {
    assert_eq!(found(page(300, 300, 255, &[])).err(), Some(QrError::NoCode));
    assert_eq!(found(GrayImage::new(1, 1)).err(), Some(QrError::NoCode));
    let mut covered = page(400, 400, 255, &[(code(URI, 6, 4), 20, 20)]);
    let stain = GrayImage::from_pixel(150, 110, Luma([255]));
    image::imageops::overlay(&mut covered, &stain, 130, 130);
    assert_eq!(found(covered).err(), Some(QrError::Unreadable));
}

/// Given up on, a reading ends at once instead of burning a core.
#[test]
fn a_reading_that_was_given_up_on_ends() {
    // Noise: every rung would be climbed.
    let mut state = 1_u32;
    let noise = GrayImage::from_fn(1_500, 1_500, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Luma([(state >> 24) as u8])
    });
    let picture = Picture::new(noise.into(), Orientation::NoTransforms);
    let given_up = Deadline::never();
    given_up.clone().give_up();
    assert_eq!(decode(&picture, &given_up).err(), Some(QrError::TooLong));
    let passed = Deadline::after(Duration::ZERO);
    assert_eq!(decode(&picture, &passed).err(), Some(QrError::TooLong));
    // Between rungs, not at the end of all of them.
    let ladder = |deadline| {
        let started = Instant::now();
        let error = decode(&picture, &deadline).err();
        (error, started.elapsed())
    };
    let (error, whole) = ladder(Deadline::never());
    assert_eq!(error, Some(QrError::NoCode));
    let (error, part) = ladder(Deadline::after(whole / 4));
    assert_eq!(error, Some(QrError::TooLong));
    assert!(part < whole * 9 / 10, "{part:?} of {whole:?}");
}

/// Noise in a large photo made rqrr search for half a minute.
#[test]
fn noise_is_not_given_to_the_first_decoder() {
    let noisy = |side: usize| {
        let mut state = 1_u32;
        let grey = grey::Grey::from_fn(side, side, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let around = rungs::RUNGS[0].threshold;
        bits::Bits::new(&grey, around).changes()
    };
    assert!(noisy(1_000) < first::MOST_CHANGES);
    assert!(noisy(2_000) > first::MOST_CHANGES);
}

/// A camera lays the picture on its side and says so; the codes, the size and
/// the thumbnail are the upright picture's.
#[test]
fn a_photo_turned_by_exif() {
    let upright = page(600, 400, 255, &[(code(URI, 4, 4), 350, 60)]);
    let turned = image::imageops::rotate270(&upright);
    let jpeg = file(&turned.into(), ImageFormat::Jpeg);
    // Orientation 6 (turn right to see) in the smallest Exif segment, put after
    // the start of the image.
    let mut exif = vec![0xff, 0xe1, 0x00, 0x22];
    exif.extend(b"Exif\0\0MM\0\x2a\0\0\0\x08");
    exif.extend([0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
    let file = [&jpeg[..2], &exif, &jpeg[2..]].concat();
    let reading = read_bytes(&file, &Deadline::never()).unwrap();
    assert_eq!(reading.codes[0].text.expose(), URI);
    assert_eq!((reading.width, reading.height), (600, 400));
    let Thumbnail {
        width,
        height,
        rgba,
    } = reading.thumbnail;
    assert_eq!((width, height, rgba.len()), (480, 320, 480 * 320 * 4));
    let [x, y] = reading.codes[0].corners[0];
    assert!((x - 366.0).abs() < 8.0 && (y - 76.0).abs() < 8.0, "{x} {y}");
}

/// A picture from the clipboard comes unfolded.
#[test]
fn pixels_as_they_are() {
    let picture = DynamicImage::from(page(400, 400, 255, &[(code(URI, 5, 4), 40, 40)]));
    let rgba = picture.to_rgba8().into_raw();
    let read = |rgba| read_pixels(400, 400, rgba, &Deadline::never());
    let reading = read(rgba.clone()).unwrap();
    assert_eq!(reading.codes[0].text.expose(), URI);
    assert_eq!(reading.thumbnail.rgba.as_slice(), rgba.as_slice());
    assert_eq!(read(vec![0; 7]).err(), Some(QrError::Damaged));
    let huge = read_pixels(20_000, 20_000, Vec::new(), &Deadline::never());
    assert!(matches!(huge.err(), Some(QrError::TooManyPixels { .. })));
}

/// Every format that the messages promise, in the kinds that programs write.
#[test]
fn every_format() {
    let grey = page(320, 320, 255, &[(code(URI, 4, 4), 20, 20)]);
    let plain = DynamicImage::from(grey.clone());
    let kinds = [
        plain.clone(),
        plain.to_rgb8().into(),
        plain.to_rgba8().into(),
        plain.to_luma16().into(),
        plain.to_rgb16().into(),
        plain.to_rgba16().into(),
        plain.to_luma_alpha8().into(),
        plain.to_luma_alpha16().into(),
    ];
    for kind in &kinds {
        assert_eq!(
            read_texts(&file(kind, ImageFormat::Png)),
            [URI],
            "{:?}",
            kind.color()
        );
    }
    for kind in &kinds[..6] {
        assert_eq!(
            read_texts(&file(kind, ImageFormat::Tiff)),
            [URI],
            "{:?}",
            kind.color()
        );
    }
    for kind in &kinds[..2] {
        assert_eq!(read_texts(&file(kind, ImageFormat::Jpeg)), [URI]);
        assert_eq!(read_texts(&file(kind, ImageFormat::Bmp)), [URI]);
    }
    let rgba = &kinds[2];
    assert_eq!(read_texts(&file(rgba, ImageFormat::WebP)), [URI]);
    // Writing one chooses a palette.
    assert_eq!(read_texts(&file(rgba, ImageFormat::Gif)), [URI]);
    let float = DynamicImage::ImageRgb32F(plain.to_rgb32f());
    assert_eq!(read_texts(&file(&float, ImageFormat::Tiff)), [URI]);
}

/// 1, 2 and 4 bits, grey and by palette: what scanners and optimizers write.
#[test]
fn few_bits_and_palettes() {
    let grey = page(320, 320, 255, &[(code(URI, 4, 4), 20, 20)]);
    for (bits, depth) in [
        (1, png::BitDepth::One),
        (2, png::BitDepth::Two),
        (4, png::BitDepth::Four),
    ] {
        for colour in [png::ColorType::Grayscale, png::ColorType::Indexed] {
            let mut file = Vec::new();
            let mut encoder = png::Encoder::new(&mut file, 320, 320);
            encoder.set_color(colour);
            encoder.set_depth(depth);
            let white = (1_u8 << bits) - 1;
            if colour == png::ColorType::Indexed {
                let colours = 1_usize << bits;
                let mut palette = vec![0; 3 * colours];
                palette[3 * colours - 3..].fill(255);
                encoder.set_palette(palette);
            }
            let packed: Vec<u8> = (grey.as_raw().chunks(8 / bits))
                .map(|pixels| {
                    let pack = |byte, &v: &u8| byte << bits | if v > 127 { white } else { 0 };
                    pixels.iter().fold(0, pack)
                })
                .collect();
            let mut writer = encoder.write_header().unwrap();
            writer.write_image_data(&packed).unwrap();
            writer.finish().unwrap();
            assert_eq!(read_texts(&file), [URI], "{bits} bits, {colour:?}");
        }
    }
}

/// A picture on the edge of what can be taken, each with its own words.
#[test]
fn limits_have_their_own_messages() {
    let read = |file: &[u8]| read_bytes(file, &Deadline::never()).err().unwrap();
    assert_eq!(read(&[]), QrError::Empty);
    assert_eq!(read(b"no picture at all"), QrError::NotAPicture);
    let long = vec![0; usize::try_from(MAX_FILE_BYTES).unwrap() + 1];
    assert_eq!(read(&long), QrError::FileTooLarge);
    let (width, height) = (20_000, 5_001);
    assert_eq!(
        read(&bmp_header(width, height)),
        QrError::TooManyPixels { width, height }
    );
    // 90 megapixels of four 32-bit floats would be 1.4 GB.
    assert_eq!(
        read(&float_tiff_header(10_000, 9_500)),
        QrError::TooMuchMemory
    );
    let whole = file(&code(URI, 4, 4).into(), ImageFormat::Png);
    assert_eq!(read(&whole[..whole.len() / 2]), QrError::Damaged);
    for brand in [b"heic", b"avif", b"mif1"] {
        let photo = [b"\0\0\0\x18ftyp", &brand[..], b"\0\0\0\0mif1heic"].concat();
        assert_eq!(read(&photo), QrError::Heif);
    }
    let advice = QrError::TooLong.to_string();
    for word in ["closer", "without scaling", "screenshot instead of a photo"] {
        assert!(advice.contains(word), "{advice}");
    }
}

/// The header of a bitmap of 24 bits, and none of its pixels.
fn bmp_header(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend([1, 0, 24, 0]);
    file.resize(54, 0);
    file
}

/// A TIFF's directory for four 32-bit floats a pixel, and none of its pixels.
fn float_tiff_header(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    let entries: [(u16, u16, u32, u32); 11] = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 4, 200),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 300),
        (277, 3, 1, 4),
        (278, 4, 1, height),
        (279, 4, 1, 16),
        (338, 3, 1, 2),
        (339, 3, 4, 208),
    ];
    file.extend(11_u16.to_le_bytes());
    for (tag, kind, count, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.resize(200, 0);
    file.extend([32, 0, 32, 0, 32, 0, 32, 0, 3, 0, 3, 0, 3, 0, 3, 0]);
    file.resize(400, 0);
    file
}

/// A part of a picture with transparency of 16 bits, as some editors save.
#[test]
fn transparency_of_16_bits() {
    let code = code(URI, 5, 4);
    let clear: ImageBuffer<LumaA<u16>, Vec<u16>> =
        ImageBuffer::from_fn(code.width() + 40, code.height() + 40, |x, y| {
            let (x, y) = (x.wrapping_sub(20), y.wrapping_sub(20));
            let inside = x < code.width() && y < code.height();
            let light = inside && code.get_pixel(x, y)[0] == 255;
            LumaA([u16::MAX, if light { u16::MAX } else { 0 }])
        });
    let file = file(&DynamicImage::ImageLumaA16(clear), ImageFormat::Png);
    assert_eq!(read_texts(&file), [URI]);
}

/// A photo as a phone saves it, made by libheif's encoder: `heif-enc -q 60 qr.png`.
#[test]
fn photos_of_phones_are_read_and_damaged_ones_are_errors() {
    let photo = include_bytes!("../../tests/data/qr/photo.heic");
    assert_eq!(read_texts(photo), [URI]);
    for cut in [12, 40, photo.len() / 2, photo.len() - 200] {
        let error = read_bytes(&photo[..cut], &Deadline::never()).err();
        assert!(error.is_some(), "cut at {cut}");
    }
}
