//! Files that every Kunji of this person heeds as locks.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

const NAP: Duration = Duration::from_millis(5);
/// Held while accounts are imported, so that no two Kunjis save the same ones.
pub const IMPORT: &str = "import.lock";

/// Held until it is dropped, or the process ends however it does.
pub struct FileLock {
    _file: File,
}

/// Takes the lock `name` in `folder`, waiting for whoever holds it, but not for
/// longer than `patience`.
///
/// # Errors
/// [`io::ErrorKind::WouldBlock`] where somebody holds it; others where the folder
/// cannot be used.
pub fn lock(folder: &Path, name: &str, patience: Duration) -> io::Result<FileLock> {
    fs::create_dir_all(folder)?;
    let file = File::create(folder.join(name))?;
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(FileLock { _file: file }),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::sleep(NAP);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two imports at once saved everything twice.
    #[test]
    fn only_one_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(folder.path(), IMPORT, Duration::ZERO).unwrap();
        let second = lock(folder.path(), IMPORT, Duration::ZERO).err();
        assert_eq!(second.map(|e| e.kind()), Some(io::ErrorKind::WouldBlock));
        drop(first);
        assert!(lock(folder.path(), IMPORT, Duration::ZERO).is_ok());
    }
}
