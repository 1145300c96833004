//! SOURCE: what was named on the command line, read one after another.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;
use std::time::Duration;

use super::ask;
use crate::cli::error::{CliError, ErrorJson};
use crate::cli::output::plain;
use crate::cli::running::Running;
use crate::engine::{
    Command, Draft, EntryError, Event, ImportError, Imported, MAX_FILE_BYTES, READ_DEADLINE,
    ReadError,
};
use crate::secret::Secret;

/// Beyond the engine's own patience with a picture.
const DEADLINE: Duration = READ_DEADLINE.saturating_add(Duration::from_secs(2));

/// A code, and where it was found.
pub struct Found {
    pub source: String,
    pub draft: Draft,
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
    pub fn add(&mut self, kunji: &Running, source: &Path) -> Result<(), CliError> {
        let name = name(source);
        let imported = if is_stdin(source) {
            from_stdin(kunji)?
        } else {
            read(
                kunji,
                Command::ReadPicture {
                    request: 0,
                    path: source.to_owned(),
                },
            )?
        };
        match imported {
            Ok(imported) => self.take(&name, imported),
            Err(error) => {
                self.failed = true;
                self.errors.push((name, ErrorJson::from(&error)));
            }
        }
        Ok(())
    }

    fn take(&mut self, source: &str, imported: Imported) {
        // A page may show a link to the app beside the code: no failure then.
        let beside_a_code = |error: &EntryError| {
            !imported.drafts.is_empty()
                && matches!(error.error, ImportError::WebLink(_) | ImportError::NotACode)
        };
        self.failed |= !imported.errors.iter().all(beside_a_code);
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

fn read(kunji: &Running, command: Command) -> Result<Result<Imported, ReadError>, CliError> {
    kunji.send(command)?;
    let read = kunji.wait(DEADLINE, |event| match event {
        Event::Read { result, .. } => Some(result),
        _ => None,
    })?;
    Ok(read.unwrap_or(Err(ReadError::Timeout)))
}

fn from_stdin(kunji: &Running) -> Result<Result<Imported, ReadError>, CliError> {
    let bytes = if io::stdin().is_terminal() {
        let pasted = ask::hidden("otpauth link or token number (not shown)")?;
        pasted.unwrap_or_default().expose().as_bytes().to_vec()
    } else {
        read_stdin()?
    };
    read(kunji, command_for(bytes))
}

/// Text where it is text; no picture is, for its header holds other bytes.
fn command_for(bytes: Vec<u8>) -> Command {
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => {
            let text = Secret::new(text);
            // Some editors start a file with a mark that is no part of it.
            let text = match text.expose().strip_prefix('\u{feff}') {
                Some(rest) => Secret::from(rest),
                None => text,
            };
            Command::ReadText { request: 0, text }
        }
        Ok(text) => Command::ReadBytes {
            request: 0,
            bytes: text.into_bytes(),
        },
        Err(error) => Command::ReadBytes {
            request: 0,
            bytes: error.into_bytes(),
        },
    }
}

pub fn is_stdin(source: &Path) -> bool {
    source.as_os_str() == "-"
}

/// What to call it; a name need not be text, nor harmless on a terminal.
pub fn name(source: &Path) -> String {
    if is_stdin(source) {
        "standard input".to_owned()
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

    #[test]
    fn text_is_told_from_pictures() {
        let is_text =
            |bytes: &[u8]| matches!(command_for(bytes.to_vec()), Command::ReadText { .. });
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
        let Command::ReadText { text, .. } = command_for("\u{feff}MFRGGZDF".into()) else {
            panic!("no text");
        };
        assert_eq!(text, Secret::from("MFRGGZDF"));
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
        let link = EntryError::from(ImportError::WebLink(None));
        let mut brought = Brought::default();
        brought.take(
            "a",
            Imported {
                drafts: vec![draft.clone()],
                errors: vec![link.clone()],
            },
        );
        assert_eq!(
            (brought.found.len(), brought.errors.len(), brought.failed),
            (1, 1, false)
        );
        brought.take(
            "b",
            Imported {
                drafts: vec![draft],
                errors: vec![ImportError::NoSecret.into()],
            },
        );
        assert!(brought.failed);
        let mut alone = Brought::default();
        alone.take(
            "c",
            Imported {
                drafts: vec![],
                errors: vec![link],
            },
        );
        assert!(alone.failed);
    }
}
