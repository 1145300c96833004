//! What is asked of the vault, and what becomes of its answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::Core;
use super::vault_desk::{Asked, Done, VaultInput};
use crate::account::{Account, AccountId};
use crate::engine::state::{AccountView, LoginState, Snapshot, VaultState};
use crate::engine::{Event, RequestId};
use crate::vault::{Contents, VaultError};

impl Core {
    pub(super) fn open_vault(&mut self) {
        if self.state.vault != VaultState::Open {
            self.state.vault = VaultState::Opening;
        }
        self.vault.load();
    }

    pub(super) fn lock(&mut self) {
        self.clipboard.clear(Duration::from_secs(1));
        self.logins.clear();
        self.first_with.clear();
        self.vault.forget();
        self.reading.forget();
        self.cancel_import();
        self.digests.clear();
        self.state = Snapshot {
            vault: VaultState::Locked,
            provider: std::mem::take(&mut self.state.provider),
            skew_ms: self.state.skew_ms,
            ..Snapshot::default()
        };
    }

    pub(super) fn save(
        &mut self,
        request: RequestId,
        old: Option<Box<Account>>,
        mut account: Account,
        then_log_in: bool,
    ) {
        if let Some(old) = &old {
            account.revision = old.revision + u32::from(!old.logs_in_like(&account));
        }
        let account = Arc::new(account);
        self.vault.save(request, old, account, then_log_in, false);
    }

    /// Whatever logs this account in is cancelled first: its session must not
    /// be kept behind the account's back.
    pub(super) fn remove(&mut self, id: AccountId) {
        self.logins.remove(&id);
        self.vault.remove(id);
    }

    pub(super) fn vault_input(&mut self, input: VaultInput) {
        match input {
            VaultInput::Prompt(open, thread) => {
                if self.vault.prompt(open, thread) && self.state.vault != VaultState::Open {
                    self.state.vault = if open {
                        VaultState::Prompting
                    } else {
                        VaultState::Opening
                    };
                }
            }
            VaultInput::Done(ticket, done) => match self.vault.finish(ticket) {
                Some(asked) => self.vault_done(asked, done),
                // It was given up on, and came through after all: look again.
                None if self.state.vault != VaultState::Locked => self.vault.load(),
                None => {}
            },
        }
    }

    pub(super) fn vault_done(&mut self, asked: Asked, done: Done) {
        match (asked, done) {
            (Asked::Load, Done::Loaded(Ok(contents))) => self.opened(contents),
            (Asked::Load, Done::Loaded(Err(error))) => {
                self.state.vault = VaultState::Failed(error.clone());
                self.state.accounts.clear();
                self.import_after_load(Err(error.clone()));
                self.tell(Event::VaultFailed(error));
            }
            (Asked::Probe, Done::Probed(result)) => self.tell(Event::VaultProbed(result)),
            (
                Asked::Save {
                    account,
                    import: true,
                    ..
                },
                Done::Written(result),
            ) => {
                let id = account.id;
                if result.is_ok() {
                    self.saved(account);
                }
                self.imported_one(id, result);
            }
            (
                Asked::Save {
                    request,
                    account,
                    then_log_in,
                    import: false,
                },
                Done::Written(Ok(())),
            ) => {
                let id = account.id;
                self.saved(account);
                self.tell(Event::Saved { request, id });
                if then_log_in {
                    self.log_in(id);
                }
            }
            (Asked::Save { request, .. }, Done::Written(Err(error))) => {
                if matches!(error, VaultError::Gone | VaultError::Changed) {
                    self.vault.load();
                }
                self.tell(Event::SaveFailed { request, error });
            }
            (Asked::Remove(id), Done::Written(Ok(()))) => {
                self.state.accounts.retain(|view| view.id() != id);
                self.tell(Event::Removed(id));
            }
            (Asked::Remove(id), Done::Written(Err(error))) => {
                self.tell(Event::RemoveFailed { id, error });
            }
            (Asked::KeepSession { id, outcome }, Done::Written(result)) => {
                self.tell(Event::LoginEnded {
                    id,
                    outcome: *outcome,
                    not_kept: result.err(),
                });
            }
            // A session that stays behind is dead at the broker all the same.
            (Asked::DropSession, _) => {}
            (asked, Done::Failed(error)) => {
                let written = Done::Written(Err(error.clone()));
                match asked {
                    Asked::Load => self.vault_done(Asked::Load, Done::Loaded(Err(error))),
                    Asked::Probe => self.vault_done(Asked::Probe, Done::Probed(Err(error))),
                    asked => self.vault_done(asked, written),
                }
            }
            // An answer of another kind than the question: cannot be.
            _ => {}
        }
    }

    pub(super) fn opened(&mut self, contents: Contents) {
        let Contents {
            provider,
            accounts,
            mut sessions,
            unreadable,
        } = contents;
        let blamed = self
            .state
            .accounts
            .iter()
            .filter(|view| view.blames_account);
        let old_blames: Vec<AccountId> = blamed.map(AccountView::id).collect();
        let mut old: HashMap<AccountId, LoginState> = self
            .state
            .accounts
            .drain(..)
            .map(|view| (view.id(), view.login))
            .collect();
        self.state.accounts = accounts
            .into_iter()
            .map(|account| AccountView {
                session: sessions.remove(&account.id).map(Arc::new),
                blames_account: old_blames.contains(&account.id),
                login: old.remove(&account.id).unwrap_or_default(),
                account: Arc::new(account),
            })
            .collect();
        tracing::info!(
            accounts = self.state.accounts.len(),
            unreadable,
            "vault opened"
        );
        self.state.provider = provider;
        self.state.unreadable = unreadable;
        self.state.vault = VaultState::Open;
        self.tell(Event::VaultOpened);
        self.import_after_load(Ok(()));
    }

    pub(super) fn saved(&mut self, account: Arc<Account>) {
        // Locked meanwhile: unlocking reads it from the vault.
        if self.state.vault != VaultState::Open {
            return;
        }
        match self.view(account.id) {
            Some(view) => {
                if view.account.revision != account.revision && !view.login.is_running() {
                    view.login = LoginState::Idle;
                }
                view.account = account;
            }
            None => self.state.accounts.push(AccountView {
                account,
                session: None,
                login: LoginState::Idle,
                blames_account: false,
            }),
        }
    }

    pub(super) fn view(&mut self, id: AccountId) -> Option<&mut AccountView> {
        self.state.accounts.iter_mut().find(|view| view.id() == id)
    }
}
