//! The operating system's keyring, through keyring-core.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error as KeyringError};
use zeroize::Zeroizing;

use super::thread::PromptNotice;
use super::{ItemStore, VaultError};
use crate::secret::Secret;

#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;
#[cfg(all(unix, not(target_os = "macos")))]
use self::secret_service as platform;

#[cfg(not(all(unix, not(target_os = "macos"))))]
mod native;
#[cfg(not(all(unix, not(target_os = "macos"))))]
use self::native as platform;

const SERVICE: &str = "kunji";

/// Items of service `kunji` in the person's default keyring.
pub struct KeyringItems {
    /// Rebuilt after a failure: a store remembers its connection, and with it
    /// a provider that is long gone.
    store: Option<Arc<CredentialStore>>,
    provider: String,
    prompt: PromptNotice,
}

impl KeyringItems {
    #[must_use]
    pub fn new(prompt: PromptNotice) -> Self {
        Self {
            store: None,
            provider: platform::DEFAULT_PROVIDER.to_owned(),
            prompt,
        }
    }

    /// Runs `work` on a connected, unlocked store; after a failure the next
    /// call starts from a new one.
    fn with<T>(
        &mut self,
        work: impl FnOnce(&CredentialStore) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let result = self.store().and_then(|store| work(&*store));
        if result.is_err() {
            self.store = None;
        }
        result
    }

    fn store(&mut self) -> Result<Arc<CredentialStore>, VaultError> {
        self.provider = platform::unlock(&self.prompt)?;
        if let Some(store) = &self.store {
            return Ok(Arc::clone(store));
        }
        let store = platform::connect().map_err(|e| from_keyring(&e))?;
        self.store = Some(Arc::clone(&store));
        Ok(store)
    }
}

fn entry(store: &CredentialStore, name: &str) -> Result<Entry, VaultError> {
    let label = if name.ends_with(".session") { "Kunji session" } else { "Kunji account" };
    let modifiers = platform::modifiers(label);
    store
        .build(SERVICE, name, Some(&modifiers))
        .map_err(|e| from_keyring(&e))
}

fn read(entry: &Entry) -> Result<Option<Secret>, VaultError> {
    match entry.get_secret() {
        Ok(bytes) => {
            let bytes = Zeroizing::new(bytes);
            // What is no text is no item of ours: it will count as unreadable.
            let text = std::str::from_utf8(&bytes).unwrap_or_default();
            Ok(Some(Secret::from(text)))
        }
        Err(KeyringError::NoEntry) => Ok(None),
        Err(error) => Err(from_keyring(&error)),
    }
}

impl ItemStore for KeyringItems {
    fn provider(&self) -> String {
        self.provider.clone()
    }

    fn read_all(&mut self) -> Result<HashMap<String, Secret>, VaultError> {
        self.with(|store| {
            let found = store.search(&platform::search(SERVICE)).map_err(|e| from_keyring(&e))?;
            let mut items = HashMap::with_capacity(found.len());
            for entry in found {
                let Some((service, name)) = entry.get_specifiers() else {
                    continue;
                };
                // An item that vanished since the search is simply gone.
                if service == SERVICE && let Some(value) = read(&entry)? {
                    items.insert(name, value);
                }
            }
            Ok(items)
        })
    }

    fn get(&mut self, name: &str) -> Result<Option<Secret>, VaultError> {
        self.with(|store| read(&entry(store, name)?))
    }

    fn set(&mut self, name: &str, value: &Secret) -> Result<(), VaultError> {
        self.store()?;
        platform::ensure_collection(&self.prompt)?;
        self.with(|store| {
            let entry = entry(store, name)?;
            entry
                .set_secret(value.expose().as_bytes())
                .map_err(|e| from_keyring(&e))
        })
    }

    fn delete(&mut self, name: &str) -> Result<(), VaultError> {
        self.with(|store| match entry(store, name)?.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(from_keyring(&error)),
        })
    }
}

/// Matched, never formatted: `BadEncoding` and `BadDataFormat` carry the secret.
fn from_keyring(error: &KeyringError) -> VaultError {
    match error {
        KeyringError::PlatformFailure(cause) | KeyringError::NoStorageAccess(cause) => {
            platform::from_platform(cause.as_ref())
        }
        KeyringError::Ambiguous(_) => VaultError::Ambiguous,
        KeyringError::NoEntry => VaultError::Failed("no such item".into()),
        KeyringError::BadEncoding(_)
        | KeyringError::BadDataFormat(..)
        | KeyringError::BadStoreFormat(_) => VaultError::Failed("an item is damaged".into()),
        KeyringError::TooLong(..) => VaultError::Failed("an item is too long for it".into()),
        _ => VaultError::Failed("it refused the request".into()),
    }
}
