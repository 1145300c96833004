//! The broker's own clock: the `Date` header, the code check, the rate limits and midnight all read it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Running beside the machine's clock, or stopped so that a test can say what time it is.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    Running { offset_secs: i64 },
    Stopped { at_unix_secs: u64 },
}

impl Clock {
    /// Time since 1970.
    pub fn now(self) -> Duration {
        match self {
            Self::Stopped { at_unix_secs } => Duration::from_secs(at_unix_secs),
            Self::Running { offset_secs } => {
                let machine = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                let offset = Duration::from_secs(offset_secs.unsigned_abs());
                if offset_secs < 0 {
                    machine.saturating_sub(offset)
                } else {
                    machine + offset
                }
            }
        }
    }
}

/// The next midnight in India, where a session documentedly ends, for a moment; both in seconds since 1970.
pub fn next_midnight_ist(unix_secs: u64) -> u64 {
    const AHEAD_OF_UTC_SECS: u64 = 5 * 3_600 + 1_800;
    const DAY_SECS: u64 = 86_400;
    let there = unix_secs + AHEAD_OF_UTC_SECS;
    (there / DAY_SECS + 1) * DAY_SECS - AHEAD_OF_UTC_SECS
}
