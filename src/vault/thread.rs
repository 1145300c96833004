//! The thread that owns the vault.
//!
//! A keyring call may wait for a person without limit. So the calls are made
//! here, one at a time, and whoever asks keeps a deadline of its own. A thread
//! that is stuck in a call is abandoned: its queue is dropped, and a new thread
//! with a new store takes over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread;

use super::Vault;

/// Told `true` when a prompt of the store opens and `false` when it has closed.
pub type PromptNotice = Box<dyn Fn(bool) + Send>;

/// Makes the store, on the thread that will own it.
pub type Factory = Arc<dyn Fn(PromptNotice) -> Box<dyn Vault> + Send + Sync>;

type Job = Box<dyn FnOnce(&mut dyn Vault) + Send>;

/// The vault is too far behind to take another request, or its thread is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// The queue of the thread that owns the vault. Dropping it ends the thread
/// after the job at hand, which cannot be recalled, and before the next: what
/// was reported as failed must not happen later. Nobody waits for that end.
pub struct VaultThread {
    jobs: SyncSender<Job>,
    abandoned: Arc<AtomicBool>,
}

impl Drop for VaultThread {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

const QUEUE: usize = 1_024;

impl VaultThread {
    /// # Errors
    /// Where the system has no thread to give.
    pub fn spawn(factory: Factory, prompt: PromptNotice) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel::<Job>(QUEUE);
        let abandoned = Arc::new(AtomicBool::new(false));
        let is_abandoned = Arc::clone(&abandoned);
        thread::Builder::new()
            .name("kunji-vault".into())
            .spawn(move || {
                let mut vault = factory(prompt);
                for job in queue {
                    if is_abandoned.load(Ordering::Relaxed) {
                        return;
                    }
                    job(&mut *vault);
                }
            })?;
        Ok(Self { jobs, abandoned })
    }

    /// Queues a job and returns at once; the job itself tells of its outcome.
    ///
    /// # Errors
    /// [`Busy`], and the job is not done.
    pub fn submit(&self, job: impl FnOnce(&mut dyn Vault) + Send + 'static) -> Result<(), Busy> {
        match self.jobs.try_send(Box::new(job)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Busy),
        }
    }
}
