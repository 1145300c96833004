//! `--secret-file`: PIN, API key and the rest out of a file that nobody else
//! can read, for machines where nobody sits at a terminal.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use serde::Deserialize;
use thiserror::Error;
use zeroize::Zeroizing;

use super::details::Details;
use crate::account::BrokerKind;
use crate::engine::Draft;
use crate::secret::Secret;

const MAX_BYTES: usize = 64 * 1024;

/// Never holds what the file holds: serde's own errors would quote it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SecretFileError {
    #[error("The secret file {0:?} could not be read ({1}).")]
    Open(String, io::ErrorKind),
    #[error(
        "The secret file {0:?} can be read by others on this computer. Close it first: chmod 600 FILE."
    )]
    Exposed(String),
    #[error("The secret file {0:?} is no ordinary file.")]
    NotAFile(String),
    #[error("The secret file {0:?} is far too large to be one.")]
    TooLarge(String),
    #[error(
        "The secret file {name:?} cannot be used; line {line} is the first that is wrong. It is a \
         JSON object with any of pin, api_key, api_secret, redirect_url, client_code and label, \
         each value a text in double quotes: {{\"pin\": \"0123\", \"api_key\": \"…\"}}."
    )]
    Format { name: String, line: usize },
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wire {
    pin: Option<String>,
    api_key: Option<String>,
    api_secret: Option<String>,
    redirect_url: Option<String>,
    client_code: Option<String>,
    label: Option<String>,
}

/// What is in a file that nobody else can read.
fn read_closed(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretFileError> {
    let name = || path.to_string_lossy().into_owned();
    let open = |error: io::Error| SecretFileError::Open(name(), error.kind());
    // Opening a pipe would wait for whoever writes to it.
    if !fs::metadata(path).map_err(open)?.is_file() {
        return Err(SecretFileError::NotAFile(name()));
    }
    let file = File::open(path).map_err(open)?;
    // Of the opened file, so that it cannot be another one by now.
    if !file.metadata().map_err(open)?.is_file() {
        return Err(SecretFileError::NotAFile(name()));
    }
    if is_exposed(&file).map_err(open)? {
        return Err(SecretFileError::Exposed(name()));
    }
    // Room for all of it at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    file.take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(open)?;
    if bytes.len() > MAX_BYTES {
        return Err(SecretFileError::TooLarge(name()));
    }
    Ok(bytes)
}

/// The password of a backup: the file's first line.
///
/// # Errors
/// See [`SecretFileError`].
pub fn read_password(path: &Path) -> Result<Secret, SecretFileError> {
    let bytes = read_closed(path)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    // Only the end of the line is no part of it: passwords may end in a space.
    Ok(Secret::from(text.lines().next().unwrap_or_default()))
}

/// What the file says; what it leaves out is `None`.
pub struct SecretFile {
    label: Option<String>,
    client_code: Option<String>,
    pin: Option<Secret>,
    api_key: Option<Secret>,
    api_secret: Option<Secret>,
    redirect_url: Option<String>,
}

impl SecretFile {
    /// # Errors
    /// See [`SecretFileError`].
    pub fn read(path: &Path) -> Result<Self, SecretFileError> {
        let bytes = read_closed(path)?;
        let name = path.to_string_lossy().into_owned();
        Self::parse(&bytes).map_err(|line| SecretFileError::Format { name, line })
    }

    /// Or the number of the line that is wrong.
    fn parse(bytes: &[u8]) -> Result<Self, usize> {
        // serde would take an array too, by position.
        let start = bytes.iter().position(|b| !b.is_ascii_whitespace());
        let start = start.unwrap_or(bytes.len());
        if bytes.get(start) != Some(&b'{') {
            return Err(bytes[..start].split(|&b| b == b'\n').count());
        }
        let wire: Wire = serde_json::from_slice(bytes).map_err(|error| error.line())?;
        let secret = |text: Option<String>| text.and_then(|text| Secret::new(text).trimmed());
        let text = |text: Option<String>| {
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        Ok(Self {
            label: text(wire.label),
            client_code: text(wire.client_code),
            pin: secret(wire.pin),
            api_key: secret(wire.api_key),
            api_secret: secret(wire.api_secret),
            redirect_url: text(wire.redirect_url),
        })
    }

    /// The details of the account of `draft`. Where it is not the `only` one,
    /// the file is another's unless it says its client code.
    pub fn details(&self, draft: &Draft, only: bool, warnings: &mut Vec<String>) -> Details {
        let of_draft = Details::of(draft);
        let is_its_own = self.client_code.is_some() && self.client_code == draft.client_code;
        if !only && !is_its_own {
            warnings.push(
                "Several codes were found, and the secret file does not say that it is for this \
                 one: nothing of it was used here."
                    .to_owned(),
            );
            return of_draft;
        }
        // Whoever has a PIN for it has an account at the broker.
        let logs_in = self.pin.is_some() || self.api_key.is_some();
        Details {
            broker: of_draft.broker.or(logs_in.then_some(BrokerKind::AngelOne)),
            issuer: of_draft.issuer,
            label: self.label.clone().unwrap_or(of_draft.label),
            client_code: self.client_code.clone().unwrap_or(of_draft.client_code),
            pin: self.pin.clone(),
            api_key: self.api_key.clone(),
            api_secret: self.api_secret.clone(),
            redirect_url: self.redirect_url.clone(),
        }
    }
}

#[cfg(unix)]
fn is_exposed(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

/// Windows keeps others out of a person's own folders.
#[cfg(not(unix))]
fn is_exposed(_file: &File) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::Otp;

    const FULL: &str = r#"{"pin": "0042", "api_key": " kNj5amp1\n", "client_code": "A123456"}"#;

    fn draft(client_code: &str) -> Draft {
        Draft {
            otp: Otp::from_token_number("MFRGGZDF").unwrap(),
            issuer: None,
            name: client_code.to_owned(),
            client_code: Some(client_code.to_owned()),
        }
    }

    #[test]
    fn the_file_fills_what_a_login_needs() {
        let file = SecretFile::parse(FULL.as_bytes()).unwrap();
        let mut warnings = Vec::new();
        let details = file.details(&draft("B654321"), true, &mut warnings);
        assert_eq!(details.client_code, "A123456");
        assert_eq!(details.pin, Some(Secret::from("0042")));
        assert_eq!(details.api_key, Some(Secret::from("kNj5amp1")));
        assert!(warnings.is_empty());
    }

    /// One account's PIN must not be sent for another's login.
    #[test]
    fn among_several_it_goes_to_its_own_account_alone() {
        let file = SecretFile::parse(FULL.as_bytes()).unwrap();
        let mut warnings = Vec::new();
        assert!(
            file.details(&draft("A123456"), false, &mut warnings)
                .pin
                .is_some()
        );
        assert!(warnings.is_empty());
        assert_eq!(
            file.details(&draft("B654321"), false, &mut warnings),
            Details::of(&draft("B654321"))
        );
        assert_eq!(warnings.len(), 1);
    }

    /// A PIN without quotes loses its zero, and must not be quoted by the error.
    #[test]
    fn what_is_wrong_is_told_by_its_line_alone() {
        let Err(line) = SecretFile::parse(b"{\n\"api_key\": \"kNj5amp1\",\n\"pin\": 9731}") else {
            panic!("taken");
        };
        let error = SecretFileError::Format {
            name: "f".into(),
            line,
        };
        assert!(error.to_string().contains("line 3"), "{error}");
        assert!(!error.to_string().contains("9731"));
        assert!(SecretFile::parse(br#"{"pni": "1234"}"#).is_err());
    }

    /// By position, a PIN would be taken for whatever comes first.
    #[test]
    fn only_an_object_is_taken() {
        for text in [
            r#"["7391", "kkkkkkk2"]"#,
            "[]",
            "\"7391\"",
            "7391",
            "null",
            "",
        ] {
            assert!(SecretFile::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(SecretFile::parse(b"\n\n [\"7391\"]").err(), Some(3));
        assert!(SecretFile::parse(b" \r\n\t{}").is_ok());
    }

    /// Opening one waits for a writer that may never come.
    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for path in [pipe.as_path(), folder.path()] {
                sender.send(SecretFile::read(path).err()).unwrap();
            }
        });
        for _ in 0..2 {
            let error = receiver.recv_timeout(std::time::Duration::from_secs(10));
            let error = error.expect("it hangs");
            assert!(
                matches!(error, Some(SecretFileError::NotAFile(_))),
                "{error:?}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.json");
        fs::write(&path, FULL).unwrap();
        for (mode, taken) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let read = SecretFile::read(&path);
            assert_eq!(read.is_ok(), taken, "{mode:o}");
            if let Err(error) = read {
                assert!(error.to_string().contains("chmod 600"));
            }
        }
        let absent = SecretFile::read(&folder.path().join("absent")).err();
        assert!(matches!(
            absent,
            Some(SecretFileError::Open(_, io::ErrorKind::NotFound))
        ));
    }
}
