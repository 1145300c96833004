//! [`Deadline`]: when a reading ends, found or not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::QrError;

/// Asked between rungs and between rows, so that a reading that was given up
/// on really ends and burns no core.
#[derive(Debug, Clone, Default)]
pub struct Deadline {
    at: Option<Instant>,
    given_up: Arc<AtomicBool>,
}

impl Deadline {
    /// Ends only by [`Deadline::give_up`].
    #[must_use]
    pub fn never() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn after(wait: Duration) -> Self {
        Self {
            at: Instant::now().checked_add(wait),
            given_up: Arc::default(),
        }
    }

    /// Ends every reading that holds a clone of this one.
    pub fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.given_up.load(Ordering::Relaxed) || self.at.is_some_and(|at| Instant::now() >= at)
    }

    /// # Errors
    /// [`QrError::TooLong`] where it has passed.
    pub fn check(&self) -> Result<(), QrError> {
        if self.has_passed() {
            Err(QrError::TooLong)
        } else {
            Ok(())
        }
    }
}
