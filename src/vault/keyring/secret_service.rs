//! Linux and the BSDs: the Secret Service on the session bus.
//!
//! keyring-core unlocks on its own, but tells nobody that it waits for a
//! prompt, and cannot say whether an empty answer means "nothing saved" or
//! "locked". So the default collection is looked at and unlocked first.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::Arc;

use keyring_core::{CredentialStore, Error as KeyringError};
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error as ServiceError};
use zbus_secret_service_keyring_store::Store;

use super::{PromptNotice, VaultError};

pub const DEFAULT_PROVIDER: &str = "Secret Service";
const BUS_NAME: &str = "org.freedesktop.secrets";

pub fn connect() -> Result<Arc<CredentialStore>, KeyringError> {
    Ok(Store::new()?)
}

pub fn modifiers(label: &str) -> HashMap<&str, &str> {
    HashMap::from([("label", label)])
}

pub fn search(service: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", service)])
}

/// What is looked at besides the items: one long-lived connection, since
/// GNOME Keyring has been seen to die of many short ones.
pub struct Lookout {
    /// No secret goes over this connection, so it needs no encryption of its own.
    service: SecretService<'static>,
    pub provider: String,
}

impl Lookout {
    pub fn connect() -> Result<Self, VaultError> {
        let service =
            SecretService::connect(EncryptionType::Plain).map_err(|e| from_service(&e))?;
        let provider = provider_name().unwrap_or_else(|| DEFAULT_PROVIDER.to_owned());
        Ok(Self { service, provider })
    }

    /// Unlocks the default collection, prompting where need be. Without a
    /// collection there is nothing to unlock.
    pub fn unlock(&self, prompt: &PromptNotice) -> Result<(), VaultError> {
        let collection = match self.service.get_default_collection() {
            Ok(collection) => collection,
            Err(ServiceError::NoResult) => return Ok(()),
            Err(error) => return Err(from_service(&error)),
        };
        let is_locked = || collection.is_locked().map_err(|e| from_service(&e));
        if is_locked()? {
            let outcome = prompting(prompt, || collection.unlock());
            outcome.map_err(|e| from_service(&e))?;
            // Some providers report success for a prompt that was closed.
            if is_locked()? {
                return Err(VaultError::Locked);
            }
        }
        Ok(())
    }

    /// A brand-new keyring has no collection to put items into: makes one, and
    /// its provider asks the person for a password.
    pub fn ensure_collection(&self, prompt: &PromptNotice) -> Result<(), VaultError> {
        match self.service.get_default_collection() {
            Ok(_) => return Ok(()),
            Err(ServiceError::NoResult) => {}
            Err(error) => return Err(from_service(&error)),
        }
        let create = || self.service.create_collection("Default keyring", "default");
        match prompting(prompt, create) {
            Ok(_) => Ok(()),
            Err(error) => Err(match from_service(&error) {
                VaultError::Failed(_) => VaultError::NoCollection,
                other => other,
            }),
        }
    }
}

fn prompting<T>(prompt: &PromptNotice, work: impl FnOnce() -> T) -> T {
    prompt(true);
    let result = work();
    prompt(false);
    result
}

/// Asks the bus which process answers, and names it as people know it.
fn provider_name() -> Option<String> {
    let bus = zbus::blocking::Connection::session().ok()?;
    let proxy = zbus::blocking::fdo::DBusProxy::new(&bus).ok()?;
    let name = BUS_NAME.try_into().ok()?;
    let pid = proxy.get_connection_unix_process_id(name).ok()?;
    let comm = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    // The kernel cuts names at 15 letters.
    Some(match comm.trim() {
        "gnome-keyring-d" => "GNOME Keyring".to_owned(),
        "keepassxc" => "KeePassXC".to_owned(),
        "kwalletd5" | "kwalletd6" | "ksecretd" => "KWallet".to_owned(),
        other => other.to_owned(),
    })
}

pub fn from_platform(cause: &(dyn StdError + Send + Sync + 'static)) -> VaultError {
    match cause.downcast_ref::<ServiceError>() {
        Some(error) => from_service(error),
        None => VaultError::Failed("unknown reason".into()),
    }
}

fn from_service(error: &ServiceError) -> VaultError {
    match error {
        ServiceError::Unavailable => VaultError::NoService,
        ServiceError::Locked => VaultError::Locked,
        ServiceError::Prompt => VaultError::PromptDismissed,
        ServiceError::PromptDisconnected => VaultError::Disconnected,
        ServiceError::NoResult => VaultError::NoCollection,
        ServiceError::Zbus(error) => from_zbus(error),
        ServiceError::ZbusFdo(error) => from_fdo(error),
        ServiceError::Crypto(_) => VaultError::Failed("the encrypted channel broke".into()),
        _ => VaultError::Failed("an answer that makes no sense".into()),
    }
}

fn from_zbus(error: &zbus::Error) -> VaultError {
    match error {
        zbus::Error::MethodError(name, ..) => from_error_name(name.as_str()),
        zbus::Error::FDO(error) => from_fdo(error),
        // Without a bus there is no keyring on it.
        zbus::Error::Address(_) | zbus::Error::Connection(..) | zbus::Error::Handshake(_) => {
            VaultError::NoService
        }
        zbus::Error::InputOutput(error) => match error.kind() {
            std::io::ErrorKind::BrokenPipe
            | std::io::ErrorKind::ConnectionReset
            | std::io::ErrorKind::UnexpectedEof => VaultError::Disconnected,
            _ => VaultError::NoService,
        },
        _ => VaultError::Failed("the session bus refused the request".into()),
    }
}

fn from_fdo(error: &zbus::fdo::Error) -> VaultError {
    use zbus::DBusError as _;
    match error {
        zbus::fdo::Error::ZBus(error) => from_zbus(error),
        other => from_error_name(other.name().as_str()),
    }
}

/// D-Bus error names are the provider's; its descriptions are not shown.
fn from_error_name(name: &str) -> VaultError {
    match name {
        "org.freedesktop.DBus.Error.ServiceUnknown"
        | "org.freedesktop.DBus.Error.NameHasNoOwner"
        | "org.freedesktop.DBus.Error.FileNotFound" => VaultError::NoService,
        "org.freedesktop.DBus.Error.NoReply"
        | "org.freedesktop.DBus.Error.Disconnected"
        | "org.freedesktop.DBus.Error.UnknownObject" => VaultError::Disconnected,
        "org.freedesktop.DBus.Error.Timeout" | "org.freedesktop.DBus.Error.TimedOut" => {
            VaultError::Timeout
        }
        "org.freedesktop.Secret.Error.IsLocked" => VaultError::Locked,
        other if other.starts_with("org.freedesktop.DBus.Error.Spawn") => VaultError::NoService,
        other => VaultError::Failed(other.to_owned()),
    }
}
