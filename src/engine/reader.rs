//! Reading what a person brings: one source after another, each on a thread of
//! its own, given up on after a while.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use url::Url;

use super::ClipboardError;
use super::source::{Brought, Shown, Source};
use super::trash;
use crate::import::{self, Format, ImportError, Imported};
use crate::qr::{self, Deadline, QrError, Reading};
use crate::screen::ScreenError;
use crate::secret::Secret;

/// Its panics are caught, and told of by nobody.
pub const THREAD: &str = "kunji-reader";

/// A picture that takes longer is given up on.
pub const DEADLINE: Duration = Duration::from_secs(5);
/// Deriving a key from a password is meant to be slow.
const PASSWORD_DEADLINE: Duration = Duration::from_secs(90);
/// More in one folder is no folder of QR codes.
const MAX_FOLDER: usize = 2_000;
const EXPORT_SCHEME: &str = "otpauth-migration:";

/// Why a source could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    #[error("{0}")]
    Qr(#[from] QrError),
    #[error("{0}")]
    Import(#[from] ImportError),
    #[error("{0}")]
    Screen(#[from] ScreenError),
    #[error("{0}")]
    Clipboard(#[from] ClipboardError),
    #[error(
        "Opening this backup took longer than {} seconds and was given up. \
         Close other programs and try again.",
        PASSWORD_DEADLINE.as_secs()
    )]
    Timeout,
    #[error(
        "The system gave Kunji no thread to read this with. Close other programs and try again."
    )]
    NoThread,
    #[error("The folder could not be opened ({0}). Check that it is still there, and yours.")]
    FolderClosed(String),
    #[error(
        "There are more than {MAX_FOLDER} files in this folder. Bring a folder that holds only \
         the pictures and backups."
    )]
    FolderTooFull,
    #[error(
        "None of the {0} files in this folder is a QR code or a backup that Kunji reads. \
         Folders inside it were not looked at."
    )]
    NothingInFolder(usize),
    #[error(
        "No QR code was found on the screen. Show the whole code, as large as it gets, with \
         nothing lying over it, and try again."
    )]
    NothingOnScreen,
}

/// What reading a source came to.
pub enum Outcome {
    Read(Box<Brought>, Vec<Secret>),
    /// It names other files; of a folder, those that are none of ours are passed over.
    Files {
        paths: Vec<PathBuf>,
        folder: bool,
    },
}

pub fn patience(password: Option<&Secret>) -> Duration {
    if password.is_some() {
        PASSWORD_DEADLINE
    } else {
        DEADLINE
    }
}

pub fn read(source: &Source, password: Option<&Secret>, deadline: &Deadline) -> Outcome {
    // What decodes pictures is other people's code: a panic of it is a picture
    // that cannot be read, and nothing more.
    let reading = std::panic::AssertUnwindSafe(|| read_unguarded(source, password, deadline));
    std::panic::catch_unwind(reading).unwrap_or_else(|_| {
        let error = ReadError::Qr(QrError::Damaged);
        Outcome::Read(Box::new(Brought::failed(source.name(), error)), Vec::new())
    })
}

fn read_unguarded(source: &Source, password: Option<&Secret>, deadline: &Deadline) -> Outcome {
    let mut brought = Brought {
        name: source.name(),
        path: source.path().map(Path::to_owned),
        result: Ok(Imported::default()),
        picture: None,
        digest: None,
        locked: None,
        has_parts: false,
        is_export: false,
    };
    let content = match source {
        Source::File(path) if path.is_dir() => match list(path) {
            Ok(paths) => {
                return Outcome::Files {
                    paths,
                    folder: true,
                };
            }
            Err(error) => Err(error),
        },
        Source::File(path) => match qr::read_limited(path) {
            Ok(bytes) => {
                brought.digest = Some(trash::digest(&bytes));
                from_bytes(&bytes, password, deadline).map_err(|error| name_tells(path, error))
            }
            Err(error) => Err(error.into()),
        },
        Source::Bytes { bytes, .. } => from_bytes(bytes, password, deadline),
        Source::Pixels {
            width,
            height,
            rgba,
            ..
        } => qr::read_pixels(*width, *height, rgba.to_vec(), deadline)
            .map(Content::Picture)
            .map_err(ReadError::from),
        Source::Text { text, .. } => match paths_in(text.expose()) {
            Some(paths) => {
                return Outcome::Files {
                    paths,
                    folder: false,
                };
            }
            None => from_text(text.expose(), password).map(Content::Entries),
        },
    };
    let mut parts = Vec::new();
    brought.result = match content {
        Ok(Content::Entries(imported)) => Ok(imported),
        Ok(Content::Picture(reading)) => {
            let (of_export, codes): (Vec<Secret>, Vec<Secret>) = reading
                .codes
                .iter()
                .map(|code| code.text.clone())
                .partition(is_part);
            brought.has_parts = !of_export.is_empty();
            parts = of_export;
            brought.picture = Some(shown(reading));
            Ok(import::read_codes(&codes))
        }
        Err(error) => {
            let wants_password = matches!(
                error,
                ReadError::Import(ImportError::NeedsPassword(_) | ImportError::WrongPassword(_))
            );
            brought.locked = wants_password.then(|| source.clone());
            Err(error)
        }
    };
    Outcome::Read(Box::new(brought), parts)
}

/// The old backups of andOTP are sealed without a mark: only their name tells.
fn name_tells(path: &Path, error: ReadError) -> ReadError {
    let is_sealed = path.extension().is_some_and(|ending| ending == "aes");
    match error {
        ReadError::Import(ImportError::Unknown) if is_sealed => {
            ReadError::Import(ImportError::NeedsPassword(Format::AndOtp))
        }
        error => error,
    }
}

/// What a person pasted: a backup too, encrypted or not.
fn from_text(text: &str, password: Option<&Secret>) -> Result<Imported, ReadError> {
    use ImportError::{Damaged, Elsewhere, NeedsPassword, NoMemory, TooCostly, WrongPassword};
    match import::read_bytes(text.as_bytes(), password) {
        Err(
            error @ (NeedsPassword(_) | WrongPassword(_) | Elsewhere(_) | TooCostly(_)
            | NoMemory(_) | Damaged(_)),
        ) => Err(error.into()),
        Ok(imported) if password.is_some() => Ok(imported),
        _ => Ok(import::read_text(text)),
    }
}

enum Content {
    Picture(Reading),
    Entries(Imported),
}

/// A picture or a backup, by what is in it.
fn from_bytes(
    bytes: &[u8],
    password: Option<&Secret>,
    deadline: &Deadline,
) -> Result<Content, ReadError> {
    // No picture is text, but a text may begin like a picture ("BM…" is a bitmap).
    let is_text = std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'));
    if is_text && !bytes.is_empty() {
        return Ok(Content::Entries(import::read_bytes(bytes, password)?));
    }
    match qr::read_bytes(bytes, deadline) {
        Ok(reading) => Ok(Content::Picture(reading)),
        Err(QrError::NotAPicture) => Ok(Content::Entries(import::read_bytes(bytes, password)?)),
        Err(error) => Err(error.into()),
    }
}

fn is_part(text: &Secret) -> bool {
    let start = text.expose().trim_start().get(..EXPORT_SCHEME.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(EXPORT_SCHEME))
}

fn shown(reading: Reading) -> Shown {
    let Reading {
        codes,
        width,
        thumbnail,
        ..
    } = reading;
    // Both are at most some ten thousand, which an f32 holds exactly.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    let scale = thumbnail.width as f32 / width.max(1) as f32;
    let marks = codes
        .iter()
        .map(|code| code.corners.map(|[x, y]| [x * scale, y * scale]));
    Shown {
        width: thumbnail.width,
        height: thumbnail.height,
        marks: marks.collect(),
        rgba: Arc::new(thumbnail.rgba),
    }
}

/// The files of a folder, in the order of their names. Hidden ones are not meant.
fn list(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let closed = |error: std::io::Error| ReadError::FolderClosed(error.kind().to_string());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(closed)? {
        let entry = entry.map_err(closed)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if hidden || !entry.path().is_file() {
            continue;
        }
        if paths.len() == MAX_FOLDER {
            return Err(ReadError::FolderTooFull);
        }
        paths.push(entry.path());
    }
    paths.sort();
    Ok(paths)
}

/// File managers copy files as `file:` links or as paths, one to a line.
fn paths_in(text: &str) -> Option<Vec<PathBuf>> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let path = |line: &&str| match Url::parse(line) {
        Ok(url) if url.scheme() == "file" => url.to_file_path().ok(),
        _ => Some(PathBuf::from(line)).filter(|path| path.is_absolute() && path.exists()),
    };
    let paths: Option<Vec<PathBuf>> = lines.iter().map(path).collect();
    paths.filter(|paths| !paths.is_empty())
}

/// What the codes of a picture say, each once.
#[must_use]
pub fn texts(reading: Reading) -> Vec<Secret> {
    let mut texts: Vec<Secret> = Vec::new();
    for code in reading.codes {
        if !texts.contains(&code.text) {
            texts.push(code.text);
        }
    }
    texts
}

/// Whether a file of a folder was meant at all: most files in it are not ours.
pub fn is_meant(brought: &Brought) -> bool {
    match &brought.result {
        Ok(imported) => !imported.drafts.is_empty() || brought.has_parts,
        Err(ReadError::Import(error)) => !matches!(
            error,
            ImportError::Unknown | ImportError::Nothing | ImportError::NoCodes(_)
        ),
        Err(ReadError::Qr(error)) => matches!(
            error,
            QrError::Unreadable | QrError::TooLong | QrError::TooMuchMemory
        ),
        Err(_) => true,
    }
}

/// Runs `job` on a thread of its own, which nobody waits for.
pub fn spawn(job: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let thread = std::thread::Builder::new().name(THREAD.into());
    thread.spawn(job).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file manager's copy is files; a secret, a link or a missing path is text.
    #[test]
    fn copied_files_are_told_from_text() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("my qr.png");
        std::fs::write(&file, "x").unwrap();
        let url = Url::from_file_path(&file).unwrap();
        let both = format!("{url}\r\n{}\n", file.display());
        assert_eq!(paths_in(&both), Some(vec![file.clone(), file.clone()]));
        for text in [
            "KUNJISAMPLEQRNOTASECRET234",
            "otpauth://totp/A?secret=MFRGGZDF",
            "/no/such/file.png",
            "my qr.png",
            "",
        ] {
            assert_eq!(paths_in(text), None, "{text}");
        }
    }

    /// A text that begins like a bitmap is a text.
    #[test]
    fn what_a_file_holds_decides() {
        let secret = b"BMKUNJISAMPLEQRNOTASECRET2";
        let content = from_bytes(secret, None, &Deadline::never());
        let Ok(Content::Entries(imported)) = content else {
            panic!("not read as text");
        };
        assert_eq!(imported.drafts.len(), 1);
    }

    #[test]
    fn a_folder_is_its_files_in_order_without_the_hidden() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.png", "a.json", ".hidden"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        std::fs::create_dir(folder.path().join("deeper")).unwrap();
        let expected = ["a.json", "b.png"].map(|name| folder.path().join(name));
        assert_eq!(list(folder.path()), Ok(expected.to_vec()));
        let missing = list(&folder.path().join("gone"));
        assert!(matches!(missing, Err(ReadError::FolderClosed(_))));
    }
}
