//! The file that the portal wrote: read, and removed at once.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use url::Url;
use zeroize::Zeroizing;

use super::{MAX_FILE_BYTES, ScreenError};

pub struct Taken {
    pub bytes: Zeroizing<Vec<u8>>,
    /// The file, where it could not be removed.
    pub left_behind: Option<PathBuf>,
}

/// Reads and removes the file at `uri`, a `file:` URI of RFC 8089 out of the
/// portal's answer. Removed even if it cannot be read: it holds the picture all
/// the same. Only ordinary files are touched.
///
/// # Errors
/// [`ScreenError::Unreadable`].
pub fn take(uri: &str) -> Result<Taken, ScreenError> {
    let nothing = ScreenError::Unreadable { left_behind: None };
    let path = path_of(uri).ok_or_else(|| nothing.clone())?;
    let size = ordinary_size(&path).ok_or(nothing)?;
    let bytes = read(&path, size).filter(|bytes| !bytes.is_empty());
    let left_behind = fs::remove_file(&path).is_err().then_some(path);
    match bytes {
        Some(bytes) => Ok(Taken { bytes, left_behind }),
        None => Err(ScreenError::Unreadable { left_behind }),
    }
}

/// Removes a picture that came after nobody wanted it any more.
pub fn discard(uri: &str) {
    let ordinary = path_of(uri).filter(|path| ordinary_size(path).is_some());
    if ordinary.is_some_and(|path| fs::remove_file(path).is_err()) {
        tracing::warn!("a picture of the screen that came too late could not be removed");
    }
}

fn path_of(uri: &str) -> Option<PathBuf> {
    let uri = Url::parse(uri).ok()?;
    // `to_file_path` looks at the host, not at the scheme.
    (uri.scheme() == "file").then(|| uri.to_file_path().ok())?
}

/// The size in bytes; none for a link, a folder, a pipe or nothing.
fn ordinary_size(path: &Path) -> Option<u64> {
    let kind = fs::symlink_metadata(path).ok()?;
    kind.is_file().then_some(kind.len())
}

/// At most [`MAX_FILE_BYTES`], with room made first: a growing vector leaves
/// copies in memory that nobody wipes.
fn read(path: &Path, size: u64) -> Option<Zeroizing<Vec<u8>>> {
    if size > MAX_FILE_BYTES {
        return None;
    }
    let room = usize::try_from(size).ok()?.checked_add(1)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    let file = File::open(path).ok()?;
    let mut file = file.take(MAX_FILE_BYTES + 1);
    file.read_to_end(&mut bytes).ok()?;
    (file.limit() > 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use url::Url;

    use super::{MAX_FILE_BYTES, ScreenError, discard, take};

    fn uri(path: &std::path::Path) -> String {
        Url::from_file_path(path).unwrap().to_string()
    }

    /// Desktops name such files in the person's language, with spaces.
    #[test]
    fn an_odd_name_is_found_read_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Bildschirmfoto vom 1. März 100%.png");
        fs::write(&path, b"pixels").unwrap();
        let taken = take(&uri(&path)).unwrap();
        assert_eq!(*taken.bytes, b"pixels");
        assert_eq!(taken.left_behind, None);
        assert!(!path.exists());
    }

    /// A link could make Kunji delete what nobody meant; other schemes and hosts
    /// are no files of this computer.
    #[test]
    fn only_an_ordinary_local_file_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("kept.png");
        let link = folder.path().join("link.png");
        fs::write(&kept, b"pixels").unwrap();
        std::os::unix::fs::symlink(&kept, &link).unwrap();
        let path = kept.display();
        for uri in [
            uri(&link),
            uri(folder.path()),
            uri(&folder.path().join("absent.png")),
            format!("http://localhost{path}"),
            format!("file://elsewhere{path}"),
            path.to_string(),
            String::new(),
        ] {
            let error = take(&uri).err();
            let expected = ScreenError::Unreadable { left_behind: None };
            assert_eq!(error, Some(expected), "{uri}");
            discard(&uri);
        }
        assert!(kept.exists() && link.exists());
    }

    /// Too large to read is no reason to leave a secret lying about.
    #[test]
    fn what_is_too_large_is_removed_unread() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.png");
        let file = fs::File::create(&path).unwrap();
        file.set_len(MAX_FILE_BYTES + 1).unwrap();
        let error = take(&uri(&path)).err();
        assert_eq!(error, Some(ScreenError::Unreadable { left_behind: None }));
        assert!(!path.exists());
    }
}
