//! Reading what a person brings: one thing after another, each on a thread of
//! its own, given up on after a while.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::import::{self, Imported};
use crate::qr::{self, Deadline, QrError, Reading};
use crate::secret::Secret;

/// Its panics are caught, and told of by nobody.
pub const THREAD: &str = "kunji-reader";

/// A picture that takes longer is given up on.
pub const DEADLINE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    #[error("{0}")]
    Qr(#[from] QrError),
    #[error(
        "Reading this picture took longer than {} seconds and was given up. \
         Cut out the QR code with any picture viewer and bring that.",
        DEADLINE.as_secs()
    )]
    Timeout,
    #[error(
        "The system gave Kunji no thread to read this with. Close other programs and try again."
    )]
    NoThread,
}

/// What is to be read.
pub enum Source {
    File(PathBuf),
    Bytes(Vec<u8>),
    Text(Secret),
}

impl Source {
    /// What to call it: a file's name, never a text.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                name.to_string_lossy().into_owned()
            }
            Self::Bytes(_) => "standard input".to_owned(),
            Self::Text(_) => "the pasted text".to_owned(),
        }
    }
}

pub fn read(source: &Source) -> Result<Imported, ReadError> {
    // What decodes pictures is other people's code: a panic of it is a picture
    // that cannot be read, and nothing more.
    let reading = std::panic::AssertUnwindSafe(|| read_unguarded(source));
    std::panic::catch_unwind(reading).unwrap_or(Err(ReadError::Qr(QrError::Damaged)))
}

fn read_unguarded(source: &Source) -> Result<Imported, ReadError> {
    let deadline = Deadline::after(DEADLINE);
    let reading = match source {
        Source::File(path) => qr::read_file(path, &deadline)?,
        Source::Bytes(bytes) => qr::read_bytes(bytes, &deadline)?,
        Source::Text(text) => return Ok(import::read_text(text.expose())),
    };
    Ok(import::read_codes(&texts(reading)))
}

/// The texts alone, each once, in reading order.
pub fn texts(reading: Reading) -> Vec<Secret> {
    let mut texts: Vec<Secret> = Vec::new();
    for code in reading.codes {
        if !texts.contains(&code.text) {
            texts.push(code.text);
        }
    }
    texts
}

/// Runs `job` on a thread of its own, which nobody waits for.
pub fn spawn(job: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let thread = std::thread::Builder::new().name(THREAD.into());
    thread.spawn(job).map(|_| ())
}
