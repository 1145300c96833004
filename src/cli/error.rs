//! Why a subcommand ended without doing what was asked, and its exit code.

use std::io;
use std::process::ExitCode;

use serde::Serialize;
use thiserror::Error;

use crate::engine::{
    ClipboardError, ConfigError, EntryError, ImportError, QrError, ReadError, VaultError,
};

/// How a command ended. Ordered so that the worst of several is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Done,
    Failed,
    /// The keyring is unavailable or locked.
    Keyring,
    /// The broker said no.
    Refused,
    /// Wrong usage.
    Usage,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::Failed => 1,
            Status::Usage => 2,
            Status::Refused => 3,
            Status::Keyring => 4,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CliError {
    #[error("{0} {advice}", advice = .0.advice())]
    Vault(#[from] VaultError),
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error(
        "KUNJI_VAULT is set to something else than `keyring`, and this Kunji keeps secrets \
         nowhere else. Unset it, or set it to `keyring`."
    )]
    OtherVault,
    #[error(
        "KUNJI_LOG names no level that Kunji knows. Set it to error, warn, info, debug or trace."
    )]
    LogLevel,
    #[error(
        "An argument looks like a secret. Arguments are visible to every program on this \
         computer; pipe it to `kunji import -` instead."
    )]
    SecretArgument,
    /// `None` where what was asked for may be a secret.
    #[error("No account is called {called}. `kunji list` shows names, client codes and ids.",
        called = .0.as_ref().map_or_else(|| "that".to_owned(), |asked| format!("{asked:?}")))]
    UnknownAccount(Option<String>),
    #[error("{asked:?} fits {count} accounts. Name one of them by its id:\n  {list}",
        count = .candidates.len(), list = .candidates.join("\n  "))]
    AmbiguousAccount {
        asked: String,
        /// A line each.
        candidates: Vec<String>,
    },
    #[error("There are no accounts yet. `kunji import SCREENSHOT` adds one.")]
    NoAccounts,
    #[error("{0}")]
    SecretFile(#[from] super::import::SecretFileError),
    #[error("{0} `kunji code` without --copy prints it.")]
    Clipboard(ClipboardError),
    #[error("The input could not be read ({0}).")]
    Input(io::ErrorKind),
    #[error(
        "The input ended before everything was answered. What was not confirmed as saved is not saved."
    )]
    InputEnded,
    #[error("The result could not be written ({0}).")]
    Output(io::ErrorKind),
    /// Whoever read the output has had enough, as `head` does.
    #[error("The output was closed.")]
    OutputClosed,
    #[error("The system gave Kunji no threads to work with ({0}).")]
    Threads(io::ErrorKind),
    #[error(
        "Kunji stopped working inside. Run the command again; if it goes on, please report it."
    )]
    EngineGone,
    #[error("This Kunji was built without its window; see `kunji --help`.")]
    NoWindow,
    #[error("{0}")]
    Window(String),
}

impl CliError {
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Vault(_) => Status::Keyring,
            Self::Config(ConfigError::Endpoint(_))
            | Self::OtherVault
            | Self::LogLevel
            | Self::SecretArgument => Status::Usage,
            Self::OutputClosed => Status::Done,
            _ => Status::Failed,
        }
    }

    /// One word for scripts.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Vault(error) => vault_kind(error),
            Self::Config(_) | Self::OtherVault | Self::LogLevel => "environment",
            Self::SecretArgument => "secret_argument",
            Self::UnknownAccount(_) => "unknown_account",
            Self::AmbiguousAccount { .. } => "ambiguous_account",
            Self::NoAccounts => "no_accounts",
            Self::SecretFile(_) => "secret_file",
            Self::Clipboard(_) => "clipboard",
            Self::Input(_) | Self::InputEnded => "input",
            Self::Output(_) | Self::OutputClosed => "output",
            Self::Threads(_) | Self::EngineGone => "internal",
            Self::NoWindow | Self::Window(_) => "window",
        }
    }
}

/// An error as JSON has it.
#[derive(Debug, Serialize)]
pub struct ErrorJson {
    pub kind: &'static str,
    pub message: String,
}

impl From<&CliError> for ErrorJson {
    fn from(error: &CliError) -> Self {
        Self {
            kind: error.kind(),
            message: error.to_string(),
        }
    }
}

impl From<&ReadError> for ErrorJson {
    fn from(error: &ReadError) -> Self {
        Self {
            kind: read_kind(error),
            message: error.to_string(),
        }
    }
}

impl From<&EntryError> for ErrorJson {
    fn from(error: &EntryError) -> Self {
        Self {
            kind: import_kind(&error.error),
            message: error.to_string(),
        }
    }
}

impl From<&VaultError> for ErrorJson {
    fn from(error: &VaultError) -> Self {
        let message = format!("{error} {}", error.advice());
        Self {
            kind: vault_kind(error),
            message,
        }
    }
}

const fn vault_kind(error: &VaultError) -> &'static str {
    match error {
        VaultError::NoService => "keyring_unavailable",
        VaultError::Locked => "keyring_locked",
        VaultError::PromptDismissed => "keyring_prompt_dismissed",
        VaultError::Timeout => "keyring_timeout",
        _ => "keyring_failed",
    }
}

const fn read_kind(error: &ReadError) -> &'static str {
    match error {
        ReadError::Qr(QrError::Open(..)) => "not_opened",
        ReadError::Qr(QrError::Folder(_)) => "folder",
        ReadError::Qr(QrError::NotAFile(_)) => "not_a_file",
        ReadError::Qr(QrError::Empty) => "empty",
        ReadError::Qr(
            QrError::FileTooLarge | QrError::TooManyPixels { .. } | QrError::TooMuchMemory,
        ) => "too_large",
        ReadError::Qr(QrError::NotAPicture | QrError::Heif) => "not_a_picture",
        ReadError::Qr(QrError::NoCode) => "no_code",
        ReadError::Qr(QrError::Unreadable) => "unreadable",
        ReadError::Import(error) => import_kind(error),
        ReadError::Timeout | ReadError::Qr(QrError::TooLong) => "timeout",
        // Whatever else keeps a picture from being read.
        _ => "damaged",
    }
}

const fn import_kind(error: &ImportError) -> &'static str {
    match error {
        ImportError::Nothing => "nothing",
        ImportError::WebLink(_) => "web_link",
        ImportError::Otpauth(_) | ImportError::NoSecret => "otpauth",
        ImportError::Token(_) => "token_number",
        ImportError::NotACode => "not_a_code",
        ImportError::NotDone(_) => "not_supported",
        ImportError::Entry => "damaged_entry",
        ImportError::Unknown => "unknown_format",
        ImportError::Damaged(_) => "damaged",
        ImportError::NoCodes(_) => "no_code",
        ImportError::NeedsPassword(_) => "needs_password",
        ImportError::WrongPassword(_) => "wrong_password",
        ImportError::Elsewhere(_) => "bound_to_account",
        ImportError::TooCostly(_) | ImportError::TooMany(_) => "too_large",
        ImportError::NoMemory(_) => "no_memory",
        ImportError::PartsMissing { .. } => "parts_missing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A refusal must not hide behind another account's lesser failure.
    #[test]
    fn the_worst_status_is_the_maximum() {
        let worst = [
            Status::Done,
            Status::Refused,
            Status::Failed,
            Status::Keyring,
        ];
        assert_eq!(worst.into_iter().max(), Some(Status::Refused));
    }

    #[test]
    fn errors_are_one_object() {
        let error = CliError::from(VaultError::NoService);
        let json = serde_json::to_value(ErrorJson::from(&error)).unwrap();
        assert_eq!(json["kind"], "keyring_unavailable");
        assert!(
            json["message"]
                .as_str()
                .unwrap()
                .starts_with("No keyring is running")
        );
        assert_eq!(json.as_object().unwrap().len(), 2);
    }
}
