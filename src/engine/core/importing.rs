//! Saving many accounts, one after another: each is whole or not there at all,
//! so stopping anywhere leaves nothing half done.

use std::collections::{HashSet, VecDeque};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use super::Core;
use crate::account::{Account, AccountId};
use crate::engine::lock::{FileLock, IMPORT, lock};
use crate::engine::state::Count;
use crate::engine::{Event, RequestId};
use crate::vault::VaultError;

pub struct Importing {
    request: RequestId,
    left: VecDeque<Account>,
    knowingly: Vec<AccountId>,
    saved: Vec<AccountId>,
    passed_over: usize,
    all: usize,
    /// The keyring is read first: another window or program may have saved some.
    waits_for_keyring: bool,
    /// `None` where the state folder cannot be used.
    _lock: Option<FileLock>,
}

impl Importing {
    pub const fn count(&self) -> Count {
        Count {
            done: self.saved.len() + self.passed_over,
            all: self.all,
        }
    }
}

impl Core {
    pub(super) fn import(
        &mut self,
        request: RequestId,
        accounts: Vec<Account>,
        knowingly: Vec<AccountId>,
    ) {
        let lock = lock(&self.state_dir, IMPORT, Duration::ZERO);
        let busy = matches!(&lock, Err(error) if error.kind() == ErrorKind::WouldBlock);
        // One of this window's own counts too.
        if busy || self.importing.is_some() {
            return self.tell(Event::ImportEnded {
                request,
                saved: Vec::new(),
                passed_over: 0,
                error: Some(VaultError::OtherImport),
            });
        }
        self.importing = Some(Importing {
            request,
            all: accounts.len(),
            left: accounts.into(),
            knowingly,
            saved: Vec::new(),
            passed_over: 0,
            waits_for_keyring: true,
            _lock: lock.ok(),
        });
        self.vault.load();
    }

    /// The keyring was read, or could not be.
    pub(super) fn import_after_load(&mut self, result: Result<(), VaultError>) {
        let Some(importing) = self.importing.as_mut().filter(|i| i.waits_for_keyring) else {
            return;
        };
        importing.waits_for_keyring = false;
        if let Err(error) = result {
            return self.end_import(Some(error));
        }
        let there: HashSet<&str> = self
            .state
            .accounts
            .iter()
            .map(|view| view.account.otp.secret().expose())
            .collect();
        let before = importing.left.len();
        let Importing {
            left, knowingly, ..
        } = importing;
        left.retain(|account| {
            knowingly.contains(&account.id) || !there.contains(account.otp.secret().expose())
        });
        importing.passed_over = before - importing.left.len();
        self.import_next();
    }

    fn import_next(&mut self) {
        let Some(importing) = &mut self.importing else {
            return;
        };
        let request = importing.request;
        match importing.left.pop_front() {
            Some(account) => {
                let account = Arc::new(account);
                self.vault.save(request, None, account, false, true);
            }
            None => self.end_import(None),
        }
    }

    pub(super) fn imported_one(&mut self, id: AccountId, result: Result<(), VaultError>) {
        let Some(importing) = &mut self.importing else {
            return;
        };
        match result {
            Ok(()) => {
                importing.saved.push(id);
                self.import_next();
            }
            // Whatever failed here fails for the others too: they stay unsaved.
            Err(error) => self.end_import(Some(error)),
        }
    }

    /// The one on its way is still saved, whole.
    pub(super) fn cancel_import(&mut self) {
        if let Some(importing) = &mut self.importing {
            importing.left.clear();
        }
    }

    fn end_import(&mut self, error: Option<VaultError>) {
        if let Some(Importing {
            request,
            saved,
            passed_over,
            ..
        }) = self.importing.take()
        {
            self.tell(Event::ImportEnded {
                request,
                saved,
                passed_over,
                error,
            });
        }
    }
}
