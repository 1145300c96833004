//! Reading what a person brings, one thing after another on a thread of its
//! own, given up on after a while.

use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use thiserror::Error;

use crate::import::{self, Imported};
use crate::qr::{self, QrError};
use crate::secret::Secret;

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
    #[error("Kunji is still reading other pictures. Bring this one again in a moment.")]
    Busy,
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
    let texts = match source {
        Source::File(path) => qr::read_file(path)?,
        Source::Bytes(bytes) => qr::read_bytes(bytes)?,
        Source::Text(text) => return Ok(import::read_text(text.expose())),
    };
    Ok(import::read_codes(&texts))
}

type Job = Box<dyn FnOnce() + Send>;

/// The queue of the reading thread. Dropped with a stuck thread behind it.
pub struct Reader {
    jobs: SyncSender<Job>,
}

impl Reader {
    pub fn spawn() -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel::<Job>(256);
        std::thread::Builder::new()
            .name("kunji-reader".into())
            .spawn(move || queue.into_iter().for_each(|job| job()))?;
        Ok(Self { jobs })
    }

    /// Queues a job; `false` where there are too many.
    pub fn submit(&self, job: impl FnOnce() + Send + 'static) -> bool {
        self.jobs.try_send(Box::new(job)).is_ok()
    }
}
