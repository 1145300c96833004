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
    open: Option<Open>,
    prompt: PromptNotice,
}

struct Open {
    store: Arc<CredentialStore>,
    lookout: platform::Lookout,
}

impl KeyringItems {
    #[must_use]
    pub const fn new(prompt: PromptNotice) -> Self {
        Self { open: None, prompt }
    }

    /// Runs `work` on a connected, unlocked store. One that was connected
    /// before may be to a provider that has since been restarted: then once
    /// more on a new one. Doing an item's work twice does it once.
    fn with<T>(
        &mut self,
        work: impl Fn(&Open, &PromptNotice) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        if let Some(open) = self.open.take() {
            match self.with_open(open, &work) {
                Err(VaultError::Disconnected | VaultError::Failed(_)) => {}
                result => return result,
            }
        }
        let open = Open {
            lookout: platform::Lookout::connect()?,
            store: platform::connect().map_err(|e| from_keyring(&e))?,
        };
        self.with_open(open, &work)
    }

    fn with_open<T>(
        &mut self,
        open: Open,
        work: impl Fn(&Open, &PromptNotice) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        open.lookout.unlock(&self.prompt)?;
        let result = work(&open, &self.prompt)?;
        self.open = Some(open);
        Ok(result)
    }
}

fn entry(store: &CredentialStore, name: &str) -> Result<Entry, VaultError> {
    let label = if name.ends_with(".session") {
        "Kunji session"
    } else {
        "Kunji account"
    };
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
        let open = self.open.as_ref();
        open.map_or(platform::DEFAULT_PROVIDER, |open| &open.lookout.provider)
            .to_owned()
    }

    fn read_all(&mut self) -> Result<HashMap<String, Secret>, VaultError> {
        self.with(|open, _| {
            let found = open.store.search(&platform::search(SERVICE));
            let found = found.map_err(|e| from_keyring(&e))?;
            let mut items = HashMap::with_capacity(found.len());
            for entry in found {
                let Some((service, name)) = entry.get_specifiers() else {
                    continue;
                };
                // An item that vanished since the search is simply gone.
                if service == SERVICE
                    && let Some(value) = read(&entry)?
                {
                    items.insert(name, value);
                }
            }
            Ok(items)
        })
    }

    fn get(&mut self, name: &str) -> Result<Option<Secret>, VaultError> {
        self.with(|open, _| read(&entry(&*open.store, name)?))
    }

    fn set(&mut self, name: &str, value: &Secret) -> Result<(), VaultError> {
        self.with(|open, prompt| {
            open.lookout.ensure_collection(prompt)?;
            let entry = entry(&*open.store, name)?;
            entry
                .set_secret(value.expose().as_bytes())
                .map_err(|e| from_keyring(&e))
        })
    }

    fn delete(&mut self, name: &str) -> Result<(), VaultError> {
        self.with(
            |open, _| match entry(&*open.store, name)?.delete_credential() {
                Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
                Err(error) => Err(from_keyring(&error)),
            },
        )
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
