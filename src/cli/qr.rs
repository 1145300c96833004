//! `kunji qr`: the texts of the QR codes in pictures, as `zbarimg --raw` gives
//! them.
//!
//! JSON: an array with one object for each picture, in order:
//! `{"source": "…", "texts": ["…"], "error": null | {"kind": "…", "message": "…"}}`.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;

use clap::Args;
use serde::Serialize;

use super::error::{CliError, ErrorJson, Status};
use super::import::source;
use super::output::{out, out_json, plain_on_terminal, say};
use crate::engine::{
    Deadline, QrError, READ_DEADLINE, ReadError, read_qr_bytes, read_qr_file, texts_of,
};
use crate::secret::Secret;

/// Print the text of every QR code in pictures, one per line
///
/// What a TOTP code holds is a secret: mind where the output goes.
#[derive(Args)]
pub struct QrArgs {
    /// PNG, JPEG, WebP, GIF, BMP, TIFF or HEIC; - reads one from standard input
    #[arg(value_name = "IMAGE", required = true)]
    images: Vec<PathBuf>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct PictureJson<'a> {
    source: &'a str,
    texts: Vec<&'a str>,
    error: Option<ErrorJson>,
}

impl QrArgs {
    pub fn run(&self) -> Result<Status, CliError> {
        let mut read = Vec::with_capacity(self.images.len());
        for image in &self.images {
            let name = source::name(image);
            let texts = texts(image)?;
            if !self.json {
                print(&name, &texts)?;
            }
            read.push((name, texts));
        }
        if self.json {
            let pictures: Vec<_> = read.iter().map(|(name, texts)| json(name, texts)).collect();
            out_json(&pictures)?;
        }
        let all_read = read.iter().all(|(_, texts)| texts.is_ok());
        Ok(if all_read {
            Status::Done
        } else {
            Status::Failed
        })
    }
}

fn print(name: &str, texts: &Result<Vec<Secret>, ReadError>) -> Result<(), CliError> {
    match texts {
        Ok(texts) => texts
            .iter()
            .try_for_each(|text| out(&plain_on_terminal(text.expose()))),
        Err(error) => {
            say(&format!("kunji: {name}: {error}"));
            Ok(())
        }
    }
}

fn json<'a>(source: &'a str, texts: &'a Result<Vec<Secret>, ReadError>) -> PictureJson<'a> {
    PictureJson {
        source,
        texts: texts.iter().flatten().map(Secret::expose).collect(),
        error: texts.as_ref().err().map(ErrorJson::from),
    }
}

fn texts(image: &Path) -> Result<Result<Vec<Secret>, ReadError>, CliError> {
    let deadline = Deadline::after(READ_DEADLINE);
    if source::is_stdin(image) {
        let bytes = source::read_stdin()?;
        Ok(within_deadline(move || {
            read_qr_bytes(&bytes, &deadline).map(texts_of)
        }))
    } else {
        let path = image.to_owned();
        Ok(within_deadline(move || {
            read_qr_file(&path, &deadline).map(texts_of)
        }))
    }
}

/// Reads on a thread that is left behind where it takes too long.
fn within_deadline(
    read: impl FnOnce() -> Result<Vec<Secret>, QrError> + Send + 'static,
) -> Result<Vec<Secret>, ReadError> {
    let (done, wait) = sync_channel(1);
    let reader = thread::Builder::new().name("kunji-reader".into());
    let spawned = reader.spawn(move || {
        // Whoever gave up on it hears it no more.
        let _ = done.send(read());
    });
    if spawned.is_err() {
        return Err(ReadError::NoThread);
    }
    match wait.recv_timeout(READ_DEADLINE) {
        Ok(texts) => texts.map_err(ReadError::Qr),
        Err(RecvTimeoutError::Timeout) => Err(ReadError::Timeout),
        // It panicked over the picture.
        Err(RecvTimeoutError::Disconnected) => Err(QrError::Damaged.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_over_a_picture_is_an_error_of_that_picture() {
        let texts = within_deadline(|| panic!("as rqrr does"));
        assert_eq!(texts, Err(ReadError::Qr(QrError::Damaged)));
    }

    #[test]
    fn json_has_texts_or_an_error() {
        let good = Ok(vec![Secret::from("https://example.com")]);
        let good = serde_json::to_value(json("a.png", &good)).unwrap();
        let expected = serde_json::json!(
            {"source": "a.png", "texts": ["https://example.com"], "error": null}
        );
        assert_eq!(good, expected);
        let bad = serde_json::to_value(json("b.png", &Err(ReadError::Timeout))).unwrap();
        assert_eq!(
            (&bad["texts"], &bad["error"]["kind"]),
            (&serde_json::json!([]), &"timeout".into())
        );
    }
}
