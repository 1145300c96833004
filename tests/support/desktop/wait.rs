//! Waiting for a condition with a deadline, never for luck.

use std::time::{Duration, Instant};

/// How long anything on the desktop may take before the test fails.
/// Generous, because software rendering shares two cores with the tests.
pub const DEADLINE: Duration = Duration::from_secs(20);

const INTERVAL: Duration = Duration::from_millis(20);

/// Looks until there is something to see, or the deadline has passed.
pub fn look_for<T>(deadline: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return Some(seen);
        }
        if start.elapsed() > deadline {
            return None;
        }
        std::thread::sleep(INTERVAL);
    }
}

/// The same for a condition; says whether it came true.
pub fn holds_within(deadline: Duration, mut condition: impl FnMut() -> bool) -> bool {
    look_for(deadline, || condition().then_some(())).is_some()
}

/// As [`look_for`] with the usual deadline, failing the test with `what` was waited for.
#[track_caller]
pub fn wait_for<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    match look_for(DEADLINE, look) {
        Some(seen) => seen,
        None => panic!("waited {DEADLINE:?} in vain for {what}"),
    }
}
