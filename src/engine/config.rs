//! Where the engine finds its broker, its vault and its folder.

use std::path::PathBuf;
use std::sync::Arc;

use directories::ProjectDirs;
use thiserror::Error;

use crate::broker::angelone::{AngelOne, DEFAULT_ENDPOINT};
use crate::broker::{Broker, Endpoint, EndpointError};
use crate::clock::{Clock, SystemClock};
use crate::vault::{ItemVault, KeyringItems};

pub use crate::vault::Factory as VaultFactory;

const ENDPOINT_VARIABLE: &str = "KUNJI_SMARTAPI_URL";

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    #[error("{ENDPOINT_VARIABLE} cannot be used. {0}")]
    Endpoint(#[from] EndpointError),
    #[error("This system names no home folder, so Kunji has nowhere to keep its state. Set HOME.")]
    NoHome,
}

/// Everything from outside that the engine works with.
#[derive(Clone)]
pub struct Config {
    pub broker: Arc<dyn Broker>,
    pub endpoint: Endpoint,
    pub vault: VaultFactory,
    pub clock: Arc<dyn Clock>,
    /// Holds which codes were sent, and nothing personal.
    pub state_dir: PathBuf,
}

impl Config {
    /// The real parts, as the environment sets them.
    ///
    /// # Errors
    /// An address that is neither https nor this computer, or no home folder.
    pub fn from_env() -> Result<Self, ConfigError> {
        let endpoint = std::env::var(ENDPOINT_VARIABLE)
            .ok()
            .filter(|t| !t.is_empty());
        let endpoint = Endpoint::parse(endpoint.as_deref().unwrap_or(DEFAULT_ENDPOINT))?;
        let folders = ProjectDirs::from("", "", "kunji").ok_or(ConfigError::NoHome)?;
        let state_dir = folders
            .state_dir()
            .unwrap_or_else(|| folders.data_local_dir());
        Ok(Self {
            broker: Arc::new(AngelOne::new(endpoint.clone())),
            endpoint,
            vault: Arc::new(|prompt| Box::new(ItemVault::new(KeyringItems::new(prompt)))),
            clock: Arc::new(SystemClock),
            state_dir: state_dir.to_owned(),
        })
    }
}
