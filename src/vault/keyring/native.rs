//! macOS Keychain and Windows Credential Manager: always there, and their
//! prompts are the system's own.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::Arc;

use keyring_core::{CredentialStore, Error as KeyringError};

use super::{PromptNotice, VaultError};

#[cfg(target_os = "macos")]
pub const DEFAULT_PROVIDER: &str = "macOS Keychain";
#[cfg(not(target_os = "macos"))]
pub const DEFAULT_PROVIDER: &str = "Windows Credential Manager";

#[cfg(target_os = "macos")]
pub fn connect() -> Result<Arc<CredentialStore>, KeyringError> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
pub fn connect() -> Result<Arc<CredentialStore>, KeyringError> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// Neither store takes a label.
pub fn modifiers(_label: &str) -> HashMap<&str, &str> {
    HashMap::new()
}

#[cfg(target_os = "macos")]
pub fn search(service: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", service)])
}

/// Windows searches by target name; the caller sorts out what is not ours.
#[cfg(windows)]
pub fn search(service: &str) -> HashMap<&str, &str> {
    HashMap::from([("pattern", service)])
}

/// There is nothing to look out for: the system prompts by itself.
pub struct Lookout {
    pub provider: String,
}

impl Lookout {
    pub fn connect() -> Result<Self, VaultError> {
        let provider = DEFAULT_PROVIDER.to_owned();
        Ok(Self { provider })
    }

    pub fn unlock(&self, _prompt: &PromptNotice) -> Result<(), VaultError> {
        Ok(())
    }

    pub fn ensure_collection(&self, _prompt: &PromptNotice) -> Result<(), VaultError> {
        Ok(())
    }
}

/// The system's own words may quote an item: they are not shown.
pub fn from_platform(_cause: &(dyn StdError + Send + Sync + 'static)) -> VaultError {
    VaultError::Locked
}
