//! The time: injected everywhere, so that tests choose it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Tells the time since the Unix epoch.
pub trait Clock: Send + Sync {
    fn since_epoch(&self) -> Duration;

    /// Whole seconds since the Unix epoch, as RFC 6238 counts its steps.
    fn unix_secs(&self) -> u64 {
        self.since_epoch().as_secs()
    }
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn since_epoch(&self) -> Duration {
        // A clock set before 1970 reads as the epoch: codes are wrong either way.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }
}

/// A skew below this is within what the broker's whole-second `Date` can tell.
pub const SKEW_TOLERANCE_MS: i64 = 2_000;

/// The computer's clock, put right by what the broker's answers showed.
///
/// The skew is applied only beyond [`SKEW_TOLERANCE_MS`], for this run alone; it
/// is never stored.
#[derive(Clone)]
pub struct BrokerClock {
    base: Arc<dyn Clock>,
    /// Broker's time minus ours in milliseconds; `i64::MIN` while unknown.
    skew_ms: Arc<AtomicI64>,
}

impl BrokerClock {
    #[must_use]
    pub fn new(base: Arc<dyn Clock>) -> Self {
        Self {
            base,
            skew_ms: Arc::new(AtomicI64::new(i64::MIN)),
        }
    }

    /// Takes the broker's clock minus ours, in milliseconds.
    pub fn set_skew_ms(&self, skew_ms: i64) {
        self.skew_ms.store(skew_ms, Ordering::Relaxed);
    }

    /// The broker's clock minus ours, where an answer has shown it.
    #[must_use]
    pub fn skew_ms(&self) -> Option<i64> {
        match self.skew_ms.load(Ordering::Relaxed) {
            i64::MIN => None,
            known => Some(known),
        }
    }

    /// The uncorrected clock, to measure the skew against.
    #[must_use]
    pub fn uncorrected(&self) -> Duration {
        self.base.since_epoch()
    }
}

impl Clock for BrokerClock {
    fn since_epoch(&self) -> Duration {
        let now = self.base.since_epoch();
        match self.skew_ms() {
            Some(skew) if skew.abs() > SKEW_TOLERANCE_MS => {
                let shift = Duration::from_millis(skew.unsigned_abs());
                if skew > 0 {
                    now.saturating_add(shift)
                } else {
                    now.saturating_sub(shift)
                }
            }
            _ => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u64);
    impl Clock for Fixed {
        fn since_epoch(&self) -> Duration {
            Duration::from_secs(self.0)
        }
    }

    /// A `Date` header has whole seconds: its rounding must not shift codes.
    #[test]
    fn small_skews_are_not_applied() {
        let clock = BrokerClock::new(Arc::new(Fixed(1_000)));
        assert_eq!(clock.skew_ms(), None);
        clock.set_skew_ms(1_400);
        assert_eq!(clock.unix_secs(), 1_000);
    }

    #[test]
    fn large_skews_are_applied_both_ways() {
        let clock = BrokerClock::new(Arc::new(Fixed(1_000)));
        clock.set_skew_ms(43_000);
        assert_eq!(clock.unix_secs(), 1_043);
        clock.set_skew_ms(-43_000);
        assert_eq!(clock.unix_secs(), 957);
    }
}
