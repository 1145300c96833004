//! A vault made of named items, as keyrings have them.
//!
//! An account is the item named by its id, its session the item `ID.session`.
//! A value too long for one item goes into parts `NAME.part.GENERATION.INDEX`,
//! written before the item that names them and removed after it, so that the
//! item always stands for something whole.

use std::collections::HashMap;

use uuid::Uuid;

use super::record::{Unreadable, decode_account, decode_session, encode_account, encode_session};
use super::{Contents, Vault, VaultError};
use crate::account::{Account, AccountId, Session};
use crate::secret::Secret;

/// Windows' Credential Manager takes no more in one item. Kept to everywhere,
/// so that there is one layout and it is the tested one.
pub const MAX_ITEM_BYTES: usize = 2_560;

const SESSION: &str = ".session";
const PARTS: &str = "parts:";

/// Named items with one line of text each.
pub trait ItemStore {
    /// Who keeps the items, as a person calls it.
    fn provider(&self) -> String;
    /// All items, unlocking the store first if need be.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn read_all(&mut self) -> Result<HashMap<String, Secret>, VaultError>;
    /// # Errors
    /// See [`VaultError`].
    fn get(&mut self, name: &str) -> Result<Option<Secret>, VaultError>;
    /// # Errors
    /// See [`VaultError`].
    fn set(&mut self, name: &str, value: &Secret) -> Result<(), VaultError>;
    /// Removing what is not there is no error.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn delete(&mut self, name: &str) -> Result<(), VaultError>;
}

/// [`Vault`] over any [`ItemStore`].
pub struct ItemVault<S>(S);

impl<S: ItemStore> ItemVault<S> {
    pub const fn new(store: S) -> Self {
        Self(store)
    }

    fn write(&mut self, name: &str, value: &Secret) -> Result<(), VaultError> {
        let old = self.0.get(name)?;
        self.write_new(name, value)?;
        // The new value stands: a part of the old one that stays is only litter.
        if let Some(old) = old {
            let _ = self.delete_parts(name, &old);
        }
        Ok(())
    }

    fn write_new(&mut self, name: &str, value: &Secret) -> Result<(), VaultError> {
        let text = value.expose();
        if text.len() <= MAX_ITEM_BYTES {
            self.write_checked(name, value)?;
        } else {
            let generation = Uuid::new_v4().simple().to_string();
            // base64 is ASCII: every byte is a boundary.
            let parts: Vec<&[u8]> = text.as_bytes().chunks(MAX_ITEM_BYTES).collect();
            for (index, part) in parts.iter().enumerate() {
                let part = String::from_utf8_lossy(part).into_owned();
                let part_name = part_name(name, &generation, index);
                self.write_checked(&part_name, &Secret::new(part))?;
            }
            let head = Secret::new(format!("{PARTS}{}:{generation}", parts.len()));
            self.write_checked(name, &head)?;
        }
        Ok(())
    }

    fn write_checked(&mut self, name: &str, value: &Secret) -> Result<(), VaultError> {
        self.0.set(name, value)?;
        match self.0.get(name)? {
            Some(read) if read == *value => Ok(()),
            _ => Err(VaultError::ReadBack),
        }
    }

    /// The item and everything named after it, parts that an interrupted save
    /// left behind included.
    fn erase_all(&mut self, name: &str) -> Result<(), VaultError> {
        let below = format!("{name}.");
        let mut names: Vec<String> = self.0.read_all()?.into_keys().collect();
        names.retain(|n| *n == name || n.starts_with(&below));
        // The head last: while it stands, another try finds what is left.
        names.sort_by_key(|n| *n == name);
        names.iter().try_for_each(|n| self.0.delete(n))
    }

    fn delete_parts(&mut self, name: &str, head: &Secret) -> Result<(), VaultError> {
        if let Some((count, generation)) = parse_head(head) {
            for index in 0..count {
                self.0.delete(&part_name(name, generation, index))?;
            }
        }
        Ok(())
    }
}

fn part_name(name: &str, generation: &str, index: usize) -> String {
    format!("{name}.part.{generation}.{index}")
}

/// The count and generation of a head that stands for parts.
fn parse_head(head: &Secret) -> Option<(usize, &str)> {
    let (count, generation) = head.expose().strip_prefix(PARTS)?.split_once(':')?;
    let count = count.parse().ok().filter(|c| *c <= 64)?;
    Some((count, generation))
}

/// The whole value of an item, its parts put together.
fn whole(name: &str, items: &HashMap<String, Secret>) -> Result<Secret, Unreadable> {
    let head = items.get(name).ok_or(Unreadable)?;
    let Some((count, generation)) = parse_head(head) else {
        return Ok(head.clone());
    };
    let mut text = Secret::default();
    text.expose_mut().reserve_exact(count * MAX_ITEM_BYTES);
    for index in 0..count {
        let part = items.get(&part_name(name, generation, index));
        text.expose_mut().push_str(part.ok_or(Unreadable)?.expose());
    }
    Ok(text)
}

fn unencodable(_: Unreadable) -> VaultError {
    VaultError::Failed("the account could not be written as text".into())
}

impl<S: ItemStore> Vault for ItemVault<S> {
    fn load(&mut self) -> Result<Contents, VaultError> {
        let items = self.0.read_all()?;
        let mut contents = Contents {
            provider: self.0.provider(),
            ..Contents::default()
        };
        for name in items.keys().filter(|n| !n.contains(".part.")) {
            let read = match name.strip_suffix(SESSION) {
                Some(id) => id.parse().map_err(|_| Unreadable).and_then(|id| {
                    let session = decode_session(&whole(name, &items)?)?;
                    contents.sessions.insert(id, session);
                    Ok(())
                }),
                None => name
                    .parse()
                    .map_err(|_| Unreadable)
                    .and_then(|id: AccountId| {
                        // Another spelling of an id would be a second account of it.
                        if id.to_string() != *name {
                            return Err(Unreadable);
                        }
                        let account = decode_account(id, &whole(name, &items)?)?;
                        contents.accounts.push(account);
                        Ok(())
                    }),
            };
            contents.unreadable += usize::from(read.is_err());
        }
        contents.accounts.sort_by_key(|a| (a.created, a.id));
        Ok(contents)
    }

    fn save(&mut self, account: &Account) -> Result<(), VaultError> {
        let line = encode_account(account).map_err(unencodable)?;
        self.write(&account.id.to_string(), &line)
    }

    fn add(&mut self, account: &Account) -> Result<(), VaultError> {
        let line = encode_account(account).map_err(unencodable)?;
        self.write_new(&account.id.to_string(), &line)
    }

    fn update(&mut self, old: &Account, new: &Account) -> Result<(), VaultError> {
        let items = self.0.read_all()?;
        let name = new.id.to_string();
        if !items.contains_key(&name) {
            return Err(VaultError::Gone);
        }
        match whole(&name, &items).and_then(|line| decode_account(new.id, &line)) {
            // Already as wanted: an earlier try came through after all.
            Ok(there) if there == *old || there == *new => self.save(new),
            _ => Err(VaultError::Changed),
        }
    }

    fn remove(&mut self, id: AccountId) -> Result<(), VaultError> {
        // The session first: a session without its account would be litter.
        self.remove_session(id)?;
        self.erase_all(&id.to_string())
    }

    fn save_session(&mut self, id: AccountId, session: &Session) -> Result<(), VaultError> {
        let line = encode_session(session).map_err(unencodable)?;
        self.write(&format!("{id}{SESSION}"), &line)
    }

    fn remove_session(&mut self, id: AccountId) -> Result<(), VaultError> {
        self.erase_all(&format!("{id}{SESSION}"))
    }

    fn probe(&mut self) -> Result<String, VaultError> {
        let name = format!("probe-{}", Uuid::new_v4().simple());
        let written = self.write_checked(&name, &Secret::from("probe"));
        let deleted = self.0.delete(&name);
        written.and(deleted)?;
        Ok(self.0.provider())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::Otp;

    /// Items in memory; fails from the given call on, as a full or dying keyring.
    #[derive(Default)]
    struct Memory {
        items: HashMap<String, Secret>,
        calls_left: Option<usize>,
    }

    impl Memory {
        fn call(&mut self) -> Result<(), VaultError> {
            match &mut self.calls_left {
                Some(0) => Err(VaultError::Disconnected),
                Some(left) => {
                    *left -= 1;
                    Ok(())
                }
                None => Ok(()),
            }
        }
    }

    impl ItemStore for Memory {
        fn provider(&self) -> String {
            "memory".into()
        }
        fn read_all(&mut self) -> Result<HashMap<String, Secret>, VaultError> {
            self.call()?;
            Ok(self.items.clone())
        }
        fn get(&mut self, name: &str) -> Result<Option<Secret>, VaultError> {
            self.call()?;
            Ok(self.items.get(name).cloned())
        }
        fn set(&mut self, name: &str, value: &Secret) -> Result<(), VaultError> {
            self.call()?;
            assert!(value.expose().len() <= MAX_ITEM_BYTES);
            self.items.insert(name.to_owned(), value.clone());
            Ok(())
        }
        fn delete(&mut self, name: &str) -> Result<(), VaultError> {
            self.call()?;
            self.items.remove(name);
            Ok(())
        }
    }

    fn account() -> Account {
        Account::new(Otp::from_token_number("MFRGGZDF").unwrap())
    }

    /// One of hundreds: written, read back, and not looked for first.
    #[test]
    fn a_new_account_takes_two_calls_and_is_whole() {
        let account = account();
        let mut vault = ItemVault::new(Memory {
            calls_left: Some(2),
            ..Memory::default()
        });
        vault.add(&account).unwrap();
        vault.0.calls_left = None;
        assert_eq!(vault.load().unwrap().accounts, [account]);
    }

    fn session(letters: usize) -> Session {
        Session {
            jwt: Secret::new("j".repeat(letters)),
            refresh: Secret::from("r"),
            feed: Secret::from("f"),
            obtained: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn long_values_are_split_and_come_back() {
        let mut vault = ItemVault::new(Memory::default());
        let account = account();
        vault.save(&account).unwrap();
        vault.save_session(account.id, &session(6_000)).unwrap();
        vault.save_session(account.id, &session(5_000)).unwrap();
        let contents = vault.load().unwrap();
        assert_eq!(contents.accounts, std::slice::from_ref(&account));
        assert_eq!(contents.sessions[&account.id], session(5_000));
        assert_eq!(contents.unreadable, 0);
        // Head and three parts of the session, one account: no litter of the first.
        assert_eq!(vault.0.items.len(), 5);
    }

    /// Delete removes every keyring item of that account, and no other's.
    #[test]
    fn removing_leaves_nothing_of_it_behind() {
        let mut vault = ItemVault::new(Memory::default());
        let (gone, kept) = (account(), account());
        for account in [&gone, &kept] {
            vault.save(account).unwrap();
            vault.save_session(account.id, &session(6_000)).unwrap();
        }
        vault.remove(gone.id).unwrap();
        assert!(
            !vault
                .0
                .items
                .keys()
                .any(|k| k.contains(&gone.id.to_string()))
        );
        assert_eq!(vault.load().unwrap().accounts, [kept]);
    }

    /// A keyring that dies at any call of a save leaves the old value or the new.
    #[test]
    fn a_save_cut_short_anywhere_leaves_something_whole() {
        let account = account();
        let mut cut = 0;
        loop {
            let mut vault = ItemVault::new(Memory::default());
            vault.save_session(account.id, &session(6_000)).unwrap();
            vault.0.calls_left = Some(cut);
            let outcome = vault.save_session(account.id, &session(7_000));
            vault.0.calls_left = None;
            let contents = vault.load().unwrap();
            let read = &contents.sessions[&account.id];
            if outcome.is_ok() {
                assert_eq!(*read, session(7_000));
                break;
            }
            assert!(
                *read == session(6_000) || *read == session(7_000),
                "cut at {cut}"
            );
            cut += 1;
        }
        assert!(cut > 4, "the save was never cut: {cut}");
    }

    /// An odd item must not hide the others, and must not be touched.
    #[test]
    fn unreadable_items_are_counted_and_kept() {
        let mut vault = ItemVault::new(Memory::default());
        let account = account();
        vault.save(&account).unwrap();
        let odd = AccountId::random().to_string();
        vault.0.set(&odd, &Secret::from("???")).unwrap();
        let contents = vault.load().unwrap();
        assert_eq!((contents.accounts.len(), contents.unreadable), (1, 1));
        assert!(vault.0.items.contains_key(&odd));
    }

    /// What another window deleted must not come back, nor its change be lost.
    #[test]
    fn an_update_wants_the_account_as_it_was() {
        let mut vault = ItemVault::new(Memory::default());
        let (old, mut new) = (account(), account());
        new.id = old.id;
        assert_eq!(vault.update(&old, &new), Err(VaultError::Gone));
        vault.save(&old).unwrap();
        new.label = "Mine".into();
        assert_eq!(vault.update(&old, &new), Ok(()));
        let mut other = old.clone();
        other.label = "Family".into();
        assert_eq!(vault.update(&old, &other), Err(VaultError::Changed));
        assert_eq!(vault.load().unwrap().accounts, [new]);
    }

    /// Parts that a killed process left have no head; deleting finds them too.
    #[test]
    fn removing_takes_the_litter_along() {
        let mut vault = ItemVault::new(Memory::default());
        let account = account();
        vault.save(&account).unwrap();
        let litter = format!("{}.session.part.abc.0", account.id);
        vault.0.set(&litter, &Secret::from("x")).unwrap();
        vault.remove(account.id).unwrap();
        assert!(vault.0.items.is_empty());
    }

    #[test]
    fn probing_leaves_nothing_behind() {
        let mut vault = ItemVault::new(Memory::default());
        assert_eq!(vault.probe().unwrap(), "memory");
        assert!(vault.0.items.is_empty());
    }
}
