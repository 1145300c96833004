//! What is brought to be read, and what comes of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::ReadError;
use super::trash::Digest;
use crate::import::{self, Imported};
use crate::secret::Secret;

/// What the parts of an export are called together.
const EXPORT: &str = "the Google Authenticator export";
/// What a text from the clipboard is called.
pub const PASTED_TEXT: &str = "the pasted text";

/// What is to be read. Not printed: it may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// A file or a folder.
    File(PathBuf),
    /// A whole file that has no path.
    Bytes {
        name: String,
        bytes: Zeroizing<Vec<u8>>,
    },
    /// Rows from the top, four bytes a pixel.
    Pixels {
        name: String,
        width: u32,
        height: u32,
        rgba: Zeroizing<Vec<u8>>,
    },
    /// Links, a bare secret, a backup, or the paths of files.
    Text { name: String, text: Secret },
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({:?})", self.name())
    }
}

impl Source {
    /// A text, and what to call it.
    #[must_use]
    pub fn text(name: &str, text: Secret) -> Self {
        let name = name.to_owned();
        Self::Text { name, text }
    }

    /// What to call it: a file's name, never a text.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                name.to_string_lossy().into_owned()
            }
            Self::Bytes { name, .. } | Self::Pixels { name, .. } | Self::Text { name, .. } => {
                name.clone()
            }
        }
    }

    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            _ => None,
        }
    }
}

/// The picture made small, and where its codes stand. Wiped when dropped.
#[derive(Clone, PartialEq)]
pub struct Shown {
    pub width: u32,
    pub height: u32,
    /// `width * height` pixels of four bytes, not premultiplied.
    pub rgba: Arc<Zeroizing<Vec<u8>>>,
    /// The corners of each code, in pixels of the small picture.
    pub marks: Vec<[[f32; 2]; 4]>,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The pixels are as secret as the code.
        write!(f, "Shown({} x {})", self.width, self.height)
    }
}

/// What one source gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Brought {
    pub name: String,
    /// Where it is, if it is a file.
    pub path: Option<PathBuf>,
    pub result: Result<Imported, ReadError>,
    pub picture: Option<Shown>,
    /// What the file held, for knowing it again.
    pub digest: Option<Digest>,
    /// The source again, where it wants a password.
    pub locked: Option<Source>,
    /// It holds parts of an export, which are read together with all others and
    /// told of by a `Brought` of their own.
    pub has_parts: bool,
    /// It is that one, and stands for what was told of the export before.
    pub is_export: bool,
}

impl Brought {
    pub fn failed(name: impl Into<String>, error: ReadError) -> Self {
        Self {
            name: name.into(),
            path: None,
            result: Err(error),
            picture: None,
            digest: None,
            locked: None,
            has_parts: false,
            is_export: false,
        }
    }

    /// What all parts of an export give together.
    pub fn export(parts: &[Secret]) -> Self {
        Self {
            name: EXPORT.to_owned(),
            path: None,
            result: Ok(import::read_codes(parts)),
            picture: None,
            digest: None,
            locked: None,
            has_parts: false,
            is_export: true,
        }
    }
}
