//! What is so now, as the window and the command line read it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::account::{Account, AccountId, Session};
use crate::broker::Words;
use crate::login::Progress;
use crate::vault::VaultError;

/// A picture of the screen on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Capture {
    #[default]
    None,
    /// The desktop asks the person what to take, or is about to.
    Asking,
    /// All of the screen is taken: the window must not lie over it.
    Uncovered,
}

/// How far something of many pieces has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub done: usize,
    pub all: usize,
}

impl Count {
    #[must_use]
    pub const fn left(self) -> usize {
        self.all.saturating_sub(self.done)
    }
}

/// How the vault is. Only `Open` says anything about how many accounts there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum VaultState {
    #[default]
    Opening,
    /// Its provider has asked the person for a password.
    Prompting,
    Open,
    Failed(VaultError),
    /// Locked by the person; nothing secret is in memory.
    Locked,
}

/// How an account's login is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LoginState {
    #[default]
    Idle,
    Running(Progress),
    LoggingOut,
    /// The broker said no.
    Refused(Words),
    /// Nothing is sent until the account is changed.
    Stopped(Words),
    /// Anything else that kept it from working.
    Failed(Words),
}

impl LoginState {
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self, Self::Running(_) | Self::LoggingOut)
    }
}

/// One account with what goes on around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    pub account: Arc<Account>,
    pub session: Option<Arc<Session>>,
    pub login: LoginState,
    /// What was refused stands in the account: another try needs a change first.
    pub blames_account: bool,
}

impl AccountView {
    #[must_use]
    pub fn id(&self) -> AccountId {
        self.account.id
    }

    /// When the session ends, where one lives at `now`.
    #[must_use]
    pub fn live_until(&self, now: Timestamp) -> Option<Timestamp> {
        let session = self.session.as_ref()?;
        session.is_live_at(now).then(|| session.expires())
    }
}

/// Everything that a screen shows. Cheap to clone and to compare.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    pub vault: VaultState,
    /// Who keeps the secrets, as a person calls it; empty until known.
    pub provider: String,
    /// Oldest first.
    pub accounts: Vec<AccountView>,
    /// Items in the vault that could not be read and were left alone.
    pub unreadable: usize,
    /// The broker's clock minus ours, where an answer has shown it.
    pub skew_ms: Option<i64>,
    /// Whose code the clipboard holds, as far as Kunji knows.
    pub copied: Option<AccountId>,
    /// Sources being read.
    pub reading: Count,
    pub capture: Capture,
    /// Accounts being saved, where many are.
    pub importing: Option<Count>,
    /// Writes to the vault that are not through yet.
    pub saving: usize,
}

impl Snapshot {
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&AccountView> {
        self.accounts.iter().find(|view| view.id() == id)
    }
}
