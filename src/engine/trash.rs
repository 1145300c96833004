//! The picture of a secret, put away once it is imported.
//!
//! It goes to the trash, not away: a person may have chosen the wrong file. So
//! the secret is still on the disk until the trash is emptied, and whoever calls
//! says so with [`STILL_IN_TRASH`]. On Linux and the BSDs the trash is the
//! `FreeDesktop` Trash specification's, written without any service; a picture on
//! another disk without a trash of its own is copied to the home folder's.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use thiserror::Error;
use trash::TrashContext;

use crate::qr;

/// What the person is told afterwards.
pub const STILL_IN_TRASH: &str = "The trash still holds the secret until it is emptied.";

/// Why a file is not in the trash. Holds its name and nothing out of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TrashError {
    #[error("{0:?} is no longer there. If it was moved, it still holds the secret.")]
    Gone(String),
    #[error(
        "{0:?} is not an ordinary file, so it was left as it is. It leads to the secret: see what \
         it is, and delete by hand what holds the secret."
    )]
    NotAFile(String),
    #[error(
        "Kunji may not move {0:?}, so it was left where it is. It still holds the secret: delete \
         it by hand."
    )]
    NotAllowed(String),
    #[error(
        "{0:?} could not be put into the trash; perhaps its disk has none, or is full. It was left \
         where it is and still holds the secret: delete it by hand."
    )]
    Failed(String),
    #[error(
        "{0:?} has changed since Kunji read it, so it was left where it is. Bring it again to see \
         what is new in it."
    )]
    Changed(String),
    #[error(
        "The system gave Kunji no thread to do this with. The pictures still hold the secret: \
         delete them by hand."
    )]
    NoThread,
}

/// SHA-256 of a file's bytes.
pub type Digest = [u8; 32];

pub fn digest(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

/// Moves a file that was read to the trash, where it is still what was read.
///
/// # Errors
/// See [`TrashError`]; the file is then where it was.
pub fn read_to_trash(path: &Path, read: Option<&Digest>) -> Result<(), TrashError> {
    let name = || {
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    };
    // What cannot be opened is told of by the trash in its own words.
    if let (Some(read), Ok(bytes)) = (read, qr::read_limited(path))
        && digest(&bytes) != *read
    {
        return Err(TrashError::Changed(name()));
    }
    to_trash(path)
}

/// Moves an ordinary file to the trash. A large file and another disk take their
/// time: for a thread of its own.
///
/// # Errors
/// See [`TrashError`]; the file is then where it was.
fn to_trash(path: &Path) -> Result<(), TrashError> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    // Not through links: the link would go, and the picture stay.
    match fs::symlink_metadata(path) {
        Ok(kind) if kind.is_file() => {}
        Ok(_) => return Err(TrashError::NotAFile(name)),
        Err(error) => return Err(from_kind(error.kind(), name)),
    }
    match context().delete(path) {
        Ok(()) => Ok(()),
        #[cfg(all(unix, not(target_os = "macos")))]
        Err(trash::Error::FileSystem { source, .. }) => Err(match source.kind() {
            // A missing folder of the trash is no missing picture.
            ErrorKind::NotFound => TrashError::Failed(name),
            kind => from_kind(kind, name),
        }),
        Err(_) => Err(TrashError::Failed(name)),
    }
}

fn from_kind(kind: ErrorKind, name: String) -> TrashError {
    match kind {
        ErrorKind::NotFound => TrashError::Gone(name),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => TrashError::NotAllowed(name),
        _ => TrashError::Failed(name),
    }
}

#[cfg(not(target_os = "macos"))]
fn context() -> TrashContext {
    TrashContext::new()
}

/// Without the Finder, which would ask whether Kunji may steer it.
#[cfg(target_os = "macos")]
fn context() -> TrashContext {
    use trash::macos::{DeleteMethod, TrashContextExtMacos as _};
    let mut context = TrashContext::new();
    context.set_delete_method(DeleteMethod::NsFileManager);
    context
}

#[cfg(all(unix, not(target_os = "macos")))]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::{TrashError, to_trash};

    /// Names the file for [`in_a_home_of_its_own`].
    const VICTIM: &str = "KUNJI_TEST_TRASH";

    /// The child half of the tests below: where the trash is, is the environment's
    /// to say, and that belongs to the whole process.
    #[test]
    #[ignore = "run by the tests beside it"]
    fn in_a_home_of_its_own() {
        let path = std::env::var_os(VICTIM).expect("the file");
        if let Err(error) = to_trash(Path::new(&path)) {
            panic!("{error:?}");
        }
    }

    /// Whether it went, and what was said.
    fn trash(data_home: &Path, victim: &Path) -> (bool, String) {
        let test = format!("{}::in_a_home_of_its_own", module_path!());
        let test = test.split_once("::").expect("a crate").1;
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", test])
            .env("XDG_DATA_HOME", data_home)
            .env(VICTIM, victim)
            .output()
            .unwrap();
        let said = [child.stdout, child.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(said.contains("running 1 test"), "{said}");
        (child.status.success(), said)
    }

    /// Whatever file manager the person has must be able to put it back: the
    /// file, and beside it where it was and when it went.
    #[test]
    fn a_picture_can_be_restored_from_the_trash() {
        let home = tempfile::tempdir().unwrap();
        let picture = home.path().join("my code 100%.png");
        let other = home.path().join("other");
        fs::create_dir(&other).unwrap();
        let same_name = other.join("my code 100%.png");
        fs::write(&picture, b"one").unwrap();
        fs::write(&same_name, b"two").unwrap();
        for victim in [&picture, &same_name] {
            let (went, said) = trash(home.path(), victim);
            assert!(went, "{said}");
            assert!(!victim.exists());
        }
        let trash = home.path().join("Trash");
        let mut contents = Vec::new();
        for entry in fs::read_dir(trash.join("files")).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let info = trash.join("info").join(format!("{name}.trashinfo"));
            let info = fs::read_to_string(info).unwrap();
            assert!(info.starts_with("[Trash Info]\n"), "{info}");
            assert!(info.contains("/my%20code%20100%25.png\n"), "{info}");
            assert!(info.contains("\nDeletionDate=2"), "{info}");
            contents.push(fs::read_to_string(entry.path()).unwrap());
        }
        contents.sort();
        assert_eq!(contents, ["one", "two"]);
    }

    /// "Left where it is" must be true.
    #[test]
    fn without_a_trash_the_picture_stays() {
        let home = tempfile::tempdir().unwrap();
        let picture = home.path().join("code.png");
        fs::write(&picture, b"one").unwrap();
        // A file where the trash should be: no folder can be made there.
        fs::write(home.path().join("Trash"), b"").unwrap();
        let (went, said) = trash(home.path(), &picture);
        assert!(!went && said.contains("Failed(\"code.png\")"), "{said}");
        assert_eq!(fs::read(&picture).unwrap(), b"one");
    }

    /// A folder, a link and nothing at all are not touched.
    #[test]
    fn only_ordinary_files_go() {
        let home = tempfile::tempdir().unwrap();
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let absent = home.path().join("absent.png");
        assert_eq!(to_trash(&absent), Err(TrashError::Gone(name(&absent))));
        let folder = home.path().join("folder");
        fs::create_dir(&folder).unwrap();
        assert_eq!(to_trash(&folder), Err(TrashError::NotAFile(name(&folder))));
        let picture = home.path().join("code.png");
        let link = home.path().join("link.png");
        fs::write(&picture, b"one").unwrap();
        std::os::unix::fs::symlink(&picture, &link).unwrap();
        assert_eq!(to_trash(&link), Err(TrashError::NotAFile(name(&link))));
        assert!(picture.exists() && link.is_symlink());
        assert!(folder.exists());
    }
}
