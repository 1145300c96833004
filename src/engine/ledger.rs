//! Which codes were sent and what was refused: one small file, shared by every
//! Kunji of this person, with ids and numbers in it and nothing personal.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use tracing::warn;

use super::lock::{FileLock, lock};
use crate::account::AccountId;
use crate::login::{Ledger, LedgerError, MAX_REFUSALS, Reserved};

/// Older codes are long invalid; a clock that was put back cannot reach them.
const KEPT_STEPS: usize = 16;

/// Another process writes for a moment; one that holds the lock longer is stuck.
const LOCK_DEADLINE: Duration = Duration::from_secs(1);

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

    fn path(&self) -> PathBuf {
        self.folder.join("logins.json")
    }

    /// Another process waits here until this one has written, but not for ever.
    fn lock(&self) -> io::Result<FileLock> {
        lock(&self.folder, "logins.lock", LOCK_DEADLINE)
    }

    /// Entries that make no sense are passed over. A file that is damaged as a
    /// whole is set aside, and the second value is `true`: nobody knows then
    /// whether the code of this moment was sent.
    fn read(&self) -> io::Result<(Entries, bool)> {
        let bytes = match fs::read(self.path()) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((Entries::default(), false));
            }
            Err(error) => return Err(error),
        };
        let Ok(raw) = serde_json::from_slice::<BTreeMap<String, serde_json::Value>>(&bytes) else {
            warn!("the list of sent codes is damaged and is set aside");
            fs::rename(self.path(), self.folder.join("logins.damaged.json"))?;
            return Ok((Entries::default(), true));
        };
        let entries = raw.into_iter().filter_map(|(id, entry)| {
            Some((id.parse().ok()?, serde_json::from_value(entry).ok()?))
        });
        Ok((entries.collect(), false))
    }

    fn update<T>(&self, change: impl FnOnce(&mut Entries, bool) -> T) -> io::Result<T> {
        let _lock = self.lock()?;
        let (mut entries, was_damaged) = self.read()?;
        let result = change(&mut entries, was_damaged);
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
    fn reserve(
        &self,
        id: AccountId,
        revision: u32,
        step_start: u64,
    ) -> Result<Reserved, LedgerError> {
        let reserved = self.update(|entries, was_damaged| {
            let entry = entries.entry(id).or_default();
            if entry.revision == revision && entry.refusals >= MAX_REFUSALS {
                return Reserved::Stopped;
            }
            if entry.sent.contains(&step_start) {
                return Reserved::AlreadySent;
            }
            entry.sent.push(step_start);
            let surplus = entry.sent.len().saturating_sub(KEPT_STEPS);
            entry.sent.drain(..surplus);
            if was_damaged {
                Reserved::AlreadySent
            } else {
                Reserved::Yes
            }
        });
        reserved.map_err(|error| LedgerError(error.kind().to_string()))
    }

    fn release(&self, id: AccountId, step_start: u64) {
        Self::noted(self.update(|entries, _| {
            if let Some(entry) = entries.get_mut(&id) {
                entry.sent.retain(|sent| *sent != step_start);
            }
        }));
    }

    fn refused(&self, id: AccountId, revision: u32) -> u32 {
        let counted = Self::noted(self.update(|entries, _| {
            let entry = entries.entry(id).or_default();
            if entry.revision != revision {
                entry.revision = revision;
                entry.refusals = 0;
            }
            entry.refusals += 1;
            entry.refusals
        }));
        // Not kept, so better stop at once than never.
        counted.unwrap_or(MAX_REFUSALS)
    }

    fn accepted(&self, id: AccountId) {
        Self::noted(self.update(|entries, _| {
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
        let new = |_| FileLedger::new(folder.path().join("state"));
        let ledgers: Vec<FileLedger> = (0..8).map(new).collect();
        let won = std::thread::scope(|scope| {
            let tries: Vec<_> = ledgers
                .iter()
                .map(|ledger| scope.spawn(|| ledger.reserve(id, 0, 60).unwrap()))
                .collect();
            let results = tries.into_iter().map(|t| t.join().unwrap());
            results
                .filter(|reserved| *reserved == Reserved::Yes)
                .count()
        });
        assert_eq!(won, 1);
        ledgers[0].release(id, 60);
        assert_eq!(ledgers[1].reserve(id, 0, 60), Ok(Reserved::Yes));
    }

    /// Refusals stop what was refused, and not its repair.
    #[test]
    fn refusals_are_counted_by_revision() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = FileLedger::new(folder.path().to_owned());
        let id = AccountId::random();
        assert_eq!((ledger.refused(id, 1), ledger.refused(id, 1)), (1, 2));
        assert_eq!(ledger.reserve(id, 1, 60), Ok(Reserved::Stopped));
        assert_eq!(ledger.reserve(id, 2, 60), Ok(Reserved::Yes));
        assert_eq!(ledger.refused(id, 2), 1);
        ledger.accepted(id);
        assert_eq!(ledger.refused(id, 2), 1);
    }

    /// Nobody knows what a damaged list held: the code of the moment waits.
    #[test]
    fn a_damaged_list_is_set_aside_and_an_odd_entry_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = FileLedger::new(folder.path().to_owned());
        let id = AccountId::random();
        fs::write(folder.path().join("logins.json"), "{half").unwrap();
        assert_eq!(ledger.reserve(id, 0, 60), Ok(Reserved::AlreadySent));
        assert_eq!(ledger.reserve(id, 0, 90), Ok(Reserved::Yes));
        assert!(folder.path().join("logins.damaged.json").exists());

        let list = fs::read_to_string(ledger.path()).unwrap();
        let odd = list.replacen('{', "{\"odd\":{\"sent\":\"x\"},", 1);
        fs::write(ledger.path(), odd).unwrap();
        assert_eq!(ledger.reserve(id, 0, 90), Ok(Reserved::AlreadySent));
    }

    /// A folder that cannot be written, or a lock that is held for ever: an
    /// error, soon, and nothing is sent.
    #[test]
    fn what_cannot_be_kept_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let id = AccountId::random();
        fs::write(folder.path().join("file"), "").unwrap();
        let nowhere = FileLedger::new(folder.path().join("file").join("x"));
        assert!(nowhere.reserve(id, 0, 60).is_err());
        assert_eq!(nowhere.refused(id, 0), MAX_REFUSALS);

        let ledger = FileLedger::new(folder.path().to_owned());
        let _held = ledger.lock().unwrap();
        assert!(ledger.reserve(id, 0, 60).is_err());
    }
}
