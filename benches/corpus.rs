//! What share of a folder of pictures is read, and how fast:
//! `cargo bench --bench corpus --no-default-features -- FOLDER`.
//!
//! FOLDER holds `expected.json`: a list of `{"file", "cls", "text": […]}`, the
//! path below FOLDER, the class, and the texts that must all be found. Read are
//! the ladder, rqrr alone and rxing alone, each on one thread; times are of the
//! decoding alone. A text is the same with other line ends. A text that nobody
//! expected is counted apart: it may be a second code, or a misread.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measuring program prints, and cannot measure without its folder"
)]

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use image::{DynamicImage, GrayImage, ImageReader};
use kunji::qr::{self, Deadline};
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader as _;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BinaryBitmap, DecodeHints, Luma8LuminanceSource};
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    file: String,
    cls: String,
    text: Vec<String>,
}

#[derive(Default)]
struct Tally {
    files: usize,
    right: usize,
    unexpected: usize,
    panics: u32,
    times: Vec<Duration>,
}

const READERS: [&str; 3] = ["ladder", "rqrr", "rxing"];

fn main() {
    // Cargo adds `--bench` of its own.
    let folder = std::env::args().skip(1).find(|arg| !arg.starts_with("--"));
    let Some(folder) = folder.map(PathBuf::from) else {
        println!("corpus: name a folder with an expected.json after `--` to measure the reader.");
        return;
    };
    let list = std::fs::read(folder.join("expected.json")).expect("the list of what is expected");
    let list: Vec<Expected> = serde_json::from_slice(&list).expect("the list as described");
    // Caught, and counted in the table.
    std::panic::set_hook(Box::new(|_| {}));

    let mut classes: BTreeMap<String, [Tally; 3]> = BTreeMap::new();
    let mut rungs: BTreeMap<&str, (usize, Duration)> = BTreeMap::new();
    let mut missed = Vec::new();
    for expected in &list {
        let path = folder.join(&expected.file);
        let set = expected.file.split('/').next().unwrap_or_default();
        let class = format!("{set}/{}", expected.cls);
        let loaded = qr::load_file(&path);
        let grey = grey(&path);
        let mut add = |reader: usize, texts: &[String], panics: u32, time: Duration| {
            let right = is_right(expected, texts);
            for class in [&class, set] {
                let tallies = classes.entry(class.to_owned()).or_default();
                tallies[reader].add(expected, texts, panics, time);
            }
            right
        };

        let started = Instant::now();
        let found = loaded.and_then(|picture| qr::decode(&picture, &Deadline::never()));
        let time = started.elapsed();
        let (texts, panics) = match &found {
            Ok(found) => {
                let rung = rungs.entry(found.rung).or_default();
                *rung = (rung.0 + 1, rung.1 + time);
                let codes = found.codes.iter();
                (
                    codes.map(|c| plain(c.text.expose())).collect(),
                    found.panics,
                )
            }
            Err(_) => (Vec::new(), 0),
        };
        if !add(0, &texts, panics, time) {
            missed.push(expected.file.as_str());
        }
        for (reader, read) in [(1, rqrr_alone as fn(&GrayImage) -> _), (2, rxing_alone)] {
            let started = Instant::now();
            let read = catch_unwind(AssertUnwindSafe(|| read(&grey)));
            let time = started.elapsed();
            let panics = u32::from(read.is_err());
            let texts: Vec<String> = read.unwrap_or_default();
            add(reader, &texts, panics, time);
        }
    }
    print_table(&classes);
    println!(
        "\n{:28} {:>8} {:>8}",
        "ended by the rung", "pictures", "mean ms"
    );
    for (rung, (count, time)) in rungs {
        let mean = time.as_secs_f64() * 1e3 / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        println!("{rung:28} {count:8} {mean:8.1}");
    }
    println!("\nnot fully right: {}", missed.join(", "));
}

fn print_table(classes: &BTreeMap<String, [Tally; 3]>) {
    print!("{:26}", "right of all, ms");
    for reader in READERS {
        print!(" | {reader:8} {:>7} {:>7} {:>7}", "median", "p95", "max");
    }
    println!(" | unexpected, panics");
    for (class, tallies) in classes {
        print!("{class:26}");
        for tally in tallies {
            let [median, p95, max] = [50, 95, 100].map(|share| tally.time(share));
            let right = format!("{}/{}", tally.right, tally.files);
            print!(" | {right:8} {median:7.1} {p95:7.1} {max:7.1}");
        }
        let counts = |count: fn(&Tally) -> String| tallies.each_ref().map(count).join(" ");
        let unexpected = counts(|tally| tally.unexpected.to_string());
        println!(
            " | {unexpected}, {}",
            counts(|tally| tally.panics.to_string())
        );
    }
}

impl Tally {
    fn add(&mut self, expected: &Expected, texts: &[String], panics: u32, time: Duration) {
        let is_expected = |text: &&String| expected.text.iter().any(|t| plain(t) == **text);
        self.files += 1;
        self.right += usize::from(is_right(expected, texts));
        self.unexpected += texts.iter().filter(|text| !is_expected(text)).count();
        self.panics += panics;
        self.times.push(time);
    }

    /// In milliseconds.
    fn time(&self, share: usize) -> f64 {
        let mut times = self.times.clone();
        times.sort();
        let at = (times.len() * share / 100).min(times.len().saturating_sub(1));
        times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    }
}

fn is_right(expected: &Expected, texts: &[String]) -> bool {
    expected
        .text
        .iter()
        .all(|text| texts.contains(&plain(text)))
}

fn plain(text: &str) -> String {
    text.replace('\r', "").trim().to_owned()
}

/// What a plain program would hand to a decoder: upright, on white.
fn grey(path: &std::path::Path) -> GrayImage {
    let picture = ImageReader::open(path)
        .and_then(ImageReader::with_guessed_format)
        .ok()
        .and_then(|reader| reader.into_decoder().ok())
        .and_then(|mut decoder| {
            let orientation = image::ImageDecoder::orientation(&mut decoder).ok()?;
            let mut picture = DynamicImage::from_decoder(decoder).ok()?;
            picture.apply_orientation(orientation);
            Some(picture)
        });
    let picture = picture.expect("a picture");
    let mut page = DynamicImage::new_luma8(picture.width(), picture.height());
    page.as_mut_luma8().expect("grey").fill(255);
    image::imageops::overlay(&mut page, &picture, 0, 0);
    page.into_luma8()
}

fn rqrr_alone(grey: &GrayImage) -> Vec<String> {
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let shade = |x, y| grey.as_raw()[y * width + x];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    let grids = prepared.detect_grids();
    let texts = grids.iter().filter_map(|grid| {
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).ok()?;
        String::from_utf8(bytes).ok()
    });
    texts.map(|text| plain(&text)).collect()
}

fn rxing_alone(grey: &GrayImage) -> Vec<String> {
    let (width, height) = grey.dimensions();
    let source = Luma8LuminanceSource::new(grey.as_raw().clone(), width, height);
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source.expect("a grey picture")));
    let hints = DecodeHints {
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let read = QrReader.decode_multiple_with_hints(&mut bitmap, &hints);
    let texts = read.iter().flatten().map(|code| plain(code.getText()));
    texts.collect()
}
