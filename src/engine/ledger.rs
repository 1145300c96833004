//! Which codes were sent and what was refused: one small file, shared by every
//! Kunji of this person, with ids and numbers in it and nothing personal.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use tracing::warn;

use crate::account::AccountId;
use crate::login::{Ledger, LedgerError};

/// Older codes are long invalid; a clock that was put back cannot reach them.
const KEPT_STEPS: usize = 16;

#[derive(Default, Serialize, Deserialize)]
struct Entry {
    /// Unix seconds at which the steps of sent codes start, newest last.
    sent: Vec<u64>,
    refusals: u32,
    revision: u32,
}

type Entries = BTreeMap<AccountId, Entry>;

/// The ledger as a file, read and written under a lock.
pub struct FileLedger {
    folder: PathBuf,
}

impl FileLedger {
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Forgets an account that was deleted.
    pub fn forget(&self, id: AccountId) {
        Self::noted(self.update(|entries| entries.remove(&id)));
    }

    fn path(&self) -> PathBuf {
        self.folder.join("logins.json")
    }

    /// Another process waits here until this one has written.
    fn lock(&self) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        let lock = File::create(self.folder.join("logins.lock"))?;
        lock.lock()?;
        Ok(lock)
    }

    fn read(&self) -> io::Result<Entries> {
        match fs::read(self.path()) {
            // A damaged file loses a convenience of the last minute, no secret.
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_else(|_| {
                warn!("the list of sent codes is damaged and starts anew");
                Entries::default()
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Entries::default()),
            Err(error) => Err(error),
        }
    }

    fn update<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> io::Result<T> {
        let _lock = self.lock()?;
        let mut entries = self.read()?;
        let result = change(&mut entries);
        // A new file renamed over the old one: never half a file.
        let mut file = NamedTempFile::new_in(&self.folder)?;
        serde_json::to_writer(&mut file, &entries)?;
        file.as_file().sync_all()?;
        file.persist(self.path()).map_err(|e| e.error)?;
        Ok(result)
    }

    fn noted<T>(result: io::Result<T>) -> Option<T> {
        result
            .inspect_err(
                |error| warn!(kind = %error.kind(), "the list of sent codes cannot be kept"),
            )
            .ok()
    }
}

impl Ledger for FileLedger {
    fn reserve(&self, id: AccountId, step_start: u64) -> Result<bool, LedgerError> {
        let reserved = self.update(|entries| {
            let sent = &mut entries.entry(id).or_default().sent;
            if sent.contains(&step_start) {
                return false;
            }
            sent.push(step_start);
            let surplus = sent.len().saturating_sub(KEPT_STEPS);
            sent.drain(..surplus);
            true
        });
        reserved.map_err(|error| LedgerError(error.kind().to_string()))
    }

    fn release(&self, id: AccountId, step_start: u64) {
        Self::noted(self.update(|entries| {
            if let Some(entry) = entries.get_mut(&id) {
                entry.sent.retain(|sent| *sent != step_start);
            }
        }));
    }

    fn refusals(&self, id: AccountId, revision: u32) -> u32 {
        let entries = Self::noted(self.read()).unwrap_or_default();
        let entry = entries.get(&id).filter(|e| e.revision == revision);
        entry.map_or(0, |e| e.refusals)
    }

    fn refused(&self, id: AccountId, revision: u32) -> u32 {
        let counted = Self::noted(self.update(|entries| {
            let entry = entries.entry(id).or_default();
            if entry.revision != revision {
                entry.revision = revision;
                entry.refusals = 0;
            }
            entry.refusals += 1;
            entry.refusals
        }));
        // Not kept, so better stop at once than never.
        counted.unwrap_or(crate::login::MAX_REFUSALS)
    }

    fn accepted(&self, id: AccountId) {
        Self::noted(self.update(|entries| {
            if let Some(entry) = entries.get_mut(&id) {
                entry.refusals = 0;
            }
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two processes must not both send one code.
    #[test]
    fn a_step_is_reserved_once_over_all_instances() {
        let folder = tempfile::tempdir().unwrap();
        let id = AccountId::random();
        let ledgers: Vec<FileLedger> = (0..8)
            .map(|_| FileLedger::new(folder.path().join("state")))
            .collect();
        let won: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = ledgers
                .iter()
                .map(|l| scope.spawn(|| usize::from(l.reserve(id, 60).unwrap())))
                .collect();
            tries.into_iter().map(|t| t.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
        ledgers[0].release(id, 60);
        assert_eq!(ledgers[1].reserve(id, 60), Ok(true));
    }

    #[test]
    fn refusals_are_counted_by_revision() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = FileLedger::new(folder.path().to_owned());
        let id = AccountId::random();
        assert_eq!((ledger.refused(id, 1), ledger.refused(id, 1)), (1, 2));
        assert_eq!((ledger.refusals(id, 1), ledger.refusals(id, 2)), (2, 0));
        assert_eq!(ledger.refused(id, 2), 1);
        ledger.accepted(id);
        assert_eq!(ledger.refusals(id, 2), 0);
    }

    #[test]
    fn a_damaged_file_starts_anew_and_an_unwritable_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("logins.json"), "{half").unwrap();
        let id = AccountId::random();
        assert_eq!(
            FileLedger::new(folder.path().to_owned()).reserve(id, 60),
            Ok(true)
        );
        let nowhere = FileLedger::new(folder.path().join("logins.json").join("x"));
        assert!(nowhere.reserve(id, 60).is_err());
        assert_eq!(nowhere.refused(id, 0), crate::login::MAX_REFUSALS);
    }
}
