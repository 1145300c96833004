//! A vault in memory and a fixed clock, for tests of what is drawn.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kunji::broker::angelone::AngelOne;
use kunji::clock::Clock;
use kunji::engine::{Config, Endpoint, VaultError};
use kunji::secret::Secret;
use kunji::vault::{ItemStore, ItemVault};

/// Items in memory, and the error that every call gives where there is one.
#[derive(Clone, Default)]
pub struct Memory {
    pub items: Arc<Mutex<HashMap<String, Secret>>>,
    pub error: Arc<Mutex<Option<VaultError>>>,
}

impl Memory {
    fn check(&self) -> Result<(), VaultError> {
        self.error
            .lock()
            .expect("no poison")
            .clone()
            .map_or(Ok(()), Err)
    }

    pub fn fail_with(&self, error: Option<VaultError>) {
        *self.error.lock().expect("no poison") = error;
    }
}

impl ItemStore for Memory {
    fn provider(&self) -> String {
        "GNOME Keyring".into()
    }
    fn read_all(&mut self) -> Result<HashMap<String, Secret>, VaultError> {
        self.check()?;
        Ok(self.items.lock().expect("no poison").clone())
    }
    fn get(&mut self, name: &str) -> Result<Option<Secret>, VaultError> {
        self.check()?;
        Ok(self.items.lock().expect("no poison").get(name).cloned())
    }
    fn set(&mut self, name: &str, value: &Secret) -> Result<(), VaultError> {
        self.check()?;
        self.items
            .lock()
            .expect("no poison")
            .insert(name.to_owned(), value.clone());
        Ok(())
    }
    fn delete(&mut self, name: &str) -> Result<(), VaultError> {
        self.check()?;
        self.items.lock().expect("no poison").remove(name);
        Ok(())
    }
}

/// Stands still until it is set.
#[derive(Clone, Default)]
pub struct StoppedClock(pub Arc<AtomicU64>);

impl StoppedClock {
    pub fn at(unix_secs: u64) -> Self {
        Self(Arc::new(AtomicU64::new(unix_secs)))
    }
}

impl Clock for StoppedClock {
    fn since_epoch(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// The real engine and the real broker room, at `url`, over a vault in memory.
pub fn config(memory: &Memory, clock: Arc<dyn Clock>, url: &str, state_dir: &Path) -> Config {
    let endpoint = Endpoint::parse(url).expect("a loopback address");
    let memory = memory.clone();
    Config {
        broker: Arc::new(AngelOne::new(endpoint.clone())),
        endpoint,
        vault: Arc::new(move |_| Box::new(ItemVault::new(memory.clone()))),
        clock,
        state_dir: state_dir.to_owned(),
    }
}
