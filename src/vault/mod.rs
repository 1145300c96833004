//! Where credentials live: the trait, its errors, one file per store, and the
//! thread that owns the store.

mod items;
mod keyring;
mod record;
mod thread;

use std::collections::HashMap;

use thiserror::Error;

use crate::account::{Account, AccountId, Session};

pub use items::{ItemStore, ItemVault, MAX_ITEM_BYTES};
pub use keyring::KeyringItems;
pub use thread::{Busy, Factory, PromptNotice, VaultThread};

/// Why the vault could not do what was asked. Never holds a stored value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VaultError {
    #[error("No keyring is running on this computer.")]
    NoService,
    #[error("The keyring is locked.")]
    Locked,
    #[error("The keyring’s password prompt was closed without an answer.")]
    PromptDismissed,
    #[error("The keyring does not answer.")]
    Timeout,
    #[error("The keyring stopped while Kunji was talking to it.")]
    Disconnected,
    #[error("The keyring has no default collection yet.")]
    NoCollection,
    #[error("The keyring holds this account twice.")]
    Ambiguous,
    #[error("This account was deleted elsewhere, by another window or program.")]
    Gone,
    #[error("This account was changed elsewhere, by another window or program.")]
    Changed,
    #[error("Another window or program is importing into this keyring.")]
    OtherImport,
    #[error("The keyring gave back something else than was saved.")]
    ReadBack,
    #[error("The keyring failed ({0}).")]
    Failed(String),
}

impl VaultError {
    /// What the person can do about it.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::NoService => {
                "Kunji keeps secrets only in the operating system’s keyring. Start GNOME Keyring, \
                 KWallet or KeePassXC’s Secret Service (on Debian and Ubuntu: install \
                 gnome-keyring and sign in again), then retry."
            }
            Self::Locked => "Unlock it (signing in to the desktop does so), then retry.",
            Self::PromptDismissed => {
                "Nothing was changed. Retry, and enter the keyring’s password when it asks."
            }
            Self::Timeout => {
                "It may be waiting for a prompt hidden behind another window, or be stuck. Look \
                 for the prompt, or restart the keyring, then retry. What was asked of it last \
                 may still happen when it answers again."
            }
            Self::Disconnected => "Start it again (or sign in again), then retry.",
            Self::NoCollection => "Retry, and choose a password for the new keyring when it asks.",
            Self::Ambiguous => {
                "Another program has copied Kunji’s item. Remove one of the two with your \
                 keyring’s own manager (Seahorse, for instance), then retry."
            }
            Self::Gone => {
                "Nothing was saved, so that it does not come back. Close this form; to have it \
                 again, add it anew."
            }
            Self::Changed => {
                "Nothing was saved, so that the other change is not lost. Close this form and \
                 edit the account as it is now."
            }
            Self::OtherImport => "Nothing was saved. Wait until it is done, then import again.",
            Self::ReadBack | Self::Failed(_) => {
                "What was saved before is untouched. Retry; if it goes on, run `kunji doctor`."
            }
        }
    }
}

/// Everything the vault holds, as of one reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Who keeps it, as a person calls it: `GNOME Keyring`.
    pub provider: String,
    /// Oldest first.
    pub accounts: Vec<Account>,
    pub sessions: HashMap<AccountId, Session>,
    /// Items that could not be read. They are left as they are.
    pub unreadable: usize,
}

/// A store of credentials. Its calls may block for as long as a person takes
/// to answer a prompt: only the vault thread makes them.
pub trait Vault {
    /// Reads everything, unlocking the store first if need be.
    ///
    /// # Errors
    /// See [`VaultError`]. An error is never to be shown as an empty list.
    fn load(&mut self) -> Result<Contents, VaultError>;

    /// Adds the account, or replaces the one of the same id; whole or not at all.
    ///
    /// # Errors
    /// See [`VaultError`]; what was there before is then still there.
    fn save(&mut self, account: &Account) -> Result<(), VaultError>;

    /// Adds an account whose id was never used, whole or not at all: one of many,
    /// so a store may leave out looking for what it would replace.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn add(&mut self, account: &Account) -> Result<(), VaultError> {
        self.save(account)
    }

    /// Replaces the account `old` by `new`, where it is still as `old` has it.
    ///
    /// # Errors
    /// [`VaultError::Gone`], [`VaultError::Changed`], and all others.
    fn update(&mut self, old: &Account, new: &Account) -> Result<(), VaultError>;

    /// Removes every item of that account, its session included.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn remove(&mut self, id: AccountId) -> Result<(), VaultError>;

    /// # Errors
    /// See [`VaultError`].
    fn save_session(&mut self, id: AccountId, session: &Session) -> Result<(), VaultError>;

    /// # Errors
    /// See [`VaultError`].
    fn remove_session(&mut self, id: AccountId) -> Result<(), VaultError>;

    /// Writes, reads, compares and deletes an item of no meaning.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn probe(&mut self) -> Result<String, VaultError>;
}
