//! Saving many accounts, one after another: each is whole or not there at all,
//! so stopping anywhere leaves nothing half done.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Core;
use crate::account::{Account, AccountId};
use crate::engine::state::Count;
use crate::engine::{Event, RequestId};
use crate::vault::VaultError;

pub struct Importing {
    request: RequestId,
    left: VecDeque<Account>,
    saved: Vec<AccountId>,
    all: usize,
}

impl Importing {
    pub const fn count(&self) -> Count {
        Count {
            done: self.saved.len(),
            all: self.all,
        }
    }
}

impl Core {
    pub(super) fn import(&mut self, request: RequestId, accounts: Vec<Account>) {
        // One after the other: what is asked for meanwhile joins the end.
        if let Some(importing) = &mut self.importing {
            importing.request = request;
            importing.all += accounts.len();
            importing.left.extend(accounts);
            return;
        }
        self.importing = Some(Importing {
            request,
            all: accounts.len(),
            left: accounts.into(),
            saved: Vec::new(),
        });
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
        if let Some(Importing { request, saved, .. }) = self.importing.take() {
            self.tell(Event::ImportEnded {
                request,
                saved,
                error,
            });
        }
    }
}
