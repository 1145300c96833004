//! SOURCE: what was named on the command line, read together, so that an export
//! may be spread over several pictures.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::ask;
use crate::cli::error::{CliError, ErrorJson};
use crate::cli::output::{plain, say};
use crate::cli::running::{NAP, Running};
use crate::engine::{
    Brought as Read, Command, Draft, Event, ImportError, Imported, MAX_FILE_BYTES, Source,
};
use crate::secret::Secret;

/// How often a password may be typed wrong.
const TRIES: usize = 3;
const STDIN: &str = "standard input";

/// A code, and where it was found.
pub struct Found {
    pub source: String,
    pub draft: Draft,
}

/// Where the passwords of encrypted backups come from.
pub enum Passwords {
    Asked,
    Given(Secret),
    None,
}

/// Everything that the sources held: one bad source stops no other.
#[derive(Default)]
pub struct Brought {
    pub found: Vec<Found>,
    /// By source.
    pub errors: Vec<(String, ErrorJson)>,
    /// Whether something that was meant to be an account is none.
    pub failed: bool,
}

impl Brought {
    /// # Errors
    /// Where standard input or the engine fails; never for what a source holds.
    pub fn read(
        kunji: &Running,
        paths: &[PathBuf],
        passwords: &Passwords,
    ) -> Result<Self, CliError> {
        let mut brought = Self::default();
        let sources: Result<Vec<_>, _> = paths.iter().map(|path| source(path)).collect();
        for read in read(kunji, sources?, None)? {
            let read = unlocked(kunji, read, passwords)?;
            brought.take(read);
        }
        Ok(brought)
    }

    fn take(&mut self, read: Read) {
        let source = plain(&read.name);
        match read.result {
            Ok(imported) => self.take_imported(&source, imported),
            Err(error) => {
                self.failed = true;
                self.errors.push((source, ErrorJson::from(&error)));
            }
        }
    }

    fn take_imported(&mut self, source: &str, imported: Imported) {
        // A page may show a link to the app beside the code: no failure then.
        let beside_a_code = |error: &ImportError| {
            !imported.drafts.is_empty()
                && matches!(error, ImportError::WebLink(_) | ImportError::NotACode)
        };
        self.failed |= !imported.errors.iter().all(|e| beside_a_code(&e.error));
        let errors = imported
            .errors
            .iter()
            .map(|error| (source.to_owned(), ErrorJson::from(error)));
        self.errors.extend(errors);
        let found = |draft| Found {
            source: source.to_owned(),
            draft,
        };
        self.found.extend(imported.drafts.into_iter().map(found));
    }
}

/// Asks for the password of an encrypted backup, or takes the one that was given.
fn unlocked(kunji: &Running, read: Read, passwords: &Passwords) -> Result<Read, CliError> {
    let mut current = read;
    for left in (0..TRIES).rev() {
        let (Some(locked), Err(error)) = (current.locked.clone(), &current.result) else {
            break;
        };
        let password = match passwords {
            Passwords::None => break,
            Passwords::Given(_) if left + 1 < TRIES => break,
            Passwords::Given(password) => password.clone(),
            Passwords::Asked => {
                say(&format!("{}: {error}", plain(&current.name)));
                let typed = ask::hidden("Password (not shown; Enter skips this file)")?;
                let Some(password) = typed else { break };
                password
            }
        };
        if let Some(again) = self::read(kunji, vec![locked], Some(password))?.pop() {
            current = again;
        }
    }
    Ok(current)
}

/// The engine itself gives up on what takes too long.
fn read(
    kunji: &Running,
    sources: Vec<Source>,
    password: Option<Secret>,
) -> Result<Vec<Read>, CliError> {
    kunji.send(Command::Read {
        request: 0,
        sources,
        password,
    })?;
    loop {
        if let Some(Event::Read { brought, .. }) = kunji.next_event(NAP)? {
            return Ok(brought);
        }
    }
}

fn source(path: &Path) -> Result<Source, CliError> {
    if !is_stdin(path) {
        return Ok(Source::File(path.to_owned()));
    }
    if io::stdin().is_terminal() {
        let pasted = ask::hidden("otpauth link or token number (not shown)")?;
        return Ok(Source::text(STDIN, pasted.unwrap_or_default()));
    }
    Ok(source_of(read_stdin()?))
}

/// Text where it is text; no picture is, for its header holds other bytes.
fn source_of(bytes: Vec<u8>) -> Source {
    let whole = |bytes| Source::Bytes {
        name: STDIN.to_owned(),
        bytes: Zeroizing::new(bytes),
    };
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => {
            let text = Secret::new(text);
            // Some editors start a file with a mark that is no part of it.
            let text = match text.expose().strip_prefix('\u{feff}') {
                Some(rest) => Secret::from(rest),
                None => text,
            };
            Source::text(STDIN, text)
        }
        Ok(text) => whole(text.into_bytes()),
        Err(error) => whole(error.into_bytes()),
    }
}

pub fn is_stdin(source: &Path) -> bool {
    source.as_os_str() == "-"
}

/// What to call it; a name need not be text, nor harmless on a terminal.
pub fn name(source: &Path) -> String {
    if is_stdin(source) {
        STDIN.to_owned()
    } else {
        plain(&source.to_string_lossy())
    }
}

/// Standard input to its end, or to more than any picture may have.
///
/// # Errors
/// [`CliError::Input`].
pub fn read_stdin() -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| CliError::Input(error.kind()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ReadError;

    #[test]
    fn text_is_told_from_pictures() {
        let is_text = |bytes: &[u8]| matches!(source_of(bytes.to_vec()), Source::Text { .. });
        assert!(
            is_text(b"otpauth://totp/A?secret=MFRGGZDF\n") && is_text(b"MFRG GZDF") && is_text(b"")
        );
        for picture in [
            &b"\x89PNG\r\n\x1a\n"[..],
            b"\xff\xd8\xff\xe0",
            b"GIF89a\x01\0\x01\0",
            b"BM\x3a\0\0\0",
            b"RIFF\x24\0\0\0WEBP",
            b"II*\0",
            b"MM\0*",
        ] {
            assert!(!is_text(picture), "{picture:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_secret() {
        let source = source_of("\u{feff}MFRGGZDF".into());
        assert_eq!(source, Source::text(STDIN, Secret::from("MFRGGZDF")));
    }

    /// The enable-TOTP page may show a link to the app beside the code.
    #[test]
    fn a_link_beside_a_code_is_told_and_no_failure() {
        let otp = crate::otp::Otp::from_token_number("MFRGGZDF").unwrap();
        let draft = Draft {
            otp,
            issuer: None,
            name: String::new(),
            client_code: None,
        };
        let link = ImportError::WebLink(None);
        let mut brought = Brought::default();
        brought.take_imported(
            "a",
            Imported {
                drafts: vec![draft.clone()],
                errors: vec![link.clone().into()],
            },
        );
        assert_eq!(
            (brought.found.len(), brought.errors.len(), brought.failed),
            (1, 1, false)
        );
        let missing = ImportError::PartsMissing {
            missing: vec![2],
            of: 2,
        };
        brought.take_imported(
            "b",
            Imported {
                drafts: vec![draft],
                errors: vec![missing.into()],
            },
        );
        assert!(brought.failed);
        let mut alone = Brought::default();
        alone.take_imported(
            "c",
            Imported {
                drafts: vec![],
                errors: vec![link.into()],
            },
        );
        assert!(alone.failed);
    }

    /// Without a terminal or a password nothing is asked, and the error stays.
    #[test]
    fn an_unread_source_is_told_by_its_name() {
        let mut brought = Brought::default();
        let error = ReadError::Import(ImportError::Unknown);
        brought.take(Read::failed("a.txt", error));
        assert!(brought.failed);
        assert_eq!(brought.errors[0].0, "a.txt");
    }
}
