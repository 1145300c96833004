//! The engine as a subcommand holds it: started, its vault opened, waited for
//! with deadlines, and ended when the command is through.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::error::CliError;
use super::output::say;
use crate::engine::{Command, Config, Endpoint, Engine, Event, Snapshot, VaultState};

/// Beyond the engine's own patience with a prompt: this never comes first.
pub const VAULT_DEADLINE: Duration = Duration::from_secs(130);
/// How often the snapshot is looked at while nothing is told.
pub const NAP: Duration = Duration::from_millis(100);
/// How long leaving may take.
const SHUTDOWN: Duration = Duration::from_secs(2);

pub struct Running {
    engine: Engine,
    endpoint: Endpoint,
    state_dir: PathBuf,
}

/// # Errors
/// A `KUNJI_VAULT` that this Kunji cannot use.
pub fn check_environment() -> Result<(), CliError> {
    match env::var_os("KUNJI_VAULT") {
        Some(vault) if !vault.is_empty() && vault != "keyring" => Err(CliError::OtherVault),
        _ => Ok(()),
    }
}

impl Running {
    pub fn start() -> Result<Self, CliError> {
        check_environment()?;
        let config = Config::from_env()?;
        let (endpoint, state_dir) = (config.endpoint.clone(), config.state_dir.clone());
        let engine = Engine::start(&config, Arc::new(|| {}))
            .map_err(|error| CliError::Threads(error.kind()))?;
        Ok(Self {
            engine,
            endpoint,
            state_dir,
        })
    }

    /// Starts with the vault open: what most commands need.
    pub fn open() -> Result<(Self, Arc<Snapshot>), CliError> {
        let kunji = Self::start()?;
        let snapshot = kunji.open_vault()?;
        Ok((kunji, snapshot))
    }

    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.engine.snapshot()
    }

    /// By the clock that codes are made with.
    pub fn unix_secs(&self) -> u64 {
        self.engine.clock().unix_secs()
    }

    pub fn now(&self) -> Timestamp {
        let secs = i64::try_from(self.unix_secs()).unwrap_or(i64::MAX);
        Timestamp::from_second(secs).unwrap_or(Timestamp::MAX)
    }

    pub fn send(&self, command: Command) -> Result<(), CliError> {
        self.engine.send(command).map_err(|_| CliError::EngineGone)
    }

    /// The next event within `wait`.
    pub fn next_event(&self, wait: Duration) -> Result<Option<Event>, CliError> {
        let asked = Instant::now();
        let event = self.engine.wait_event(wait);
        // No event before its time means that there will be none any more.
        if event.is_none() && asked.elapsed() < wait / 2 {
            return Err(CliError::EngineGone);
        }
        Ok(event)
    }

    /// The first event that `pick` takes; `None` after `deadline`.
    pub fn wait<T>(
        &self,
        deadline: Duration,
        mut pick: impl FnMut(Event) -> Option<T>,
    ) -> Result<Option<T>, CliError> {
        let until = Instant::now() + deadline;
        while Instant::now() < until {
            if let Some(picked) = self.next_event(NAP)?.and_then(&mut pick) {
                return Ok(Some(picked));
            }
        }
        Ok(None)
    }

    pub fn open_vault(&self) -> Result<Arc<Snapshot>, CliError> {
        self.send(Command::OpenVault)?;
        let until = Instant::now() + VAULT_DEADLINE;
        let mut told = false;
        while Instant::now() < until {
            match self.next_event(NAP)? {
                Some(Event::VaultOpened) => return Ok(self.snapshot()),
                Some(Event::VaultFailed(error)) => return Err(error.into()),
                _ => {}
            }
            if !told && self.snapshot().vault == VaultState::Prompting {
                say("Waiting for the keyring's password prompt…");
                told = true;
            }
        }
        Err(crate::engine::VaultError::Timeout.into())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.engine.shut_down(SHUTDOWN);
    }
}
