//! The broker's rate limits: per client code and call, and sticky, as its users report.

use std::collections::HashMap;
use std::time::Duration;

use super::calls::Call;

/// How long the limits look back and hold on.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A call's allowance is for this long; documented: a second.
    pub per: Duration,
    /// A refused request is followed by refusals for this long, and each of those starts it anew. The broker's own
    /// seems to be over 16 seconds; tests have less time.
    pub hold: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per: Duration::from_secs(1),
            hold: Duration::from_secs(1),
        }
    }
}

impl Limits {
    /// No limits, for tests and benches that are about something else.
    pub fn off() -> Self {
        Self {
            per: Duration::ZERO,
            hold: Duration::ZERO,
        }
    }
}

/// What it takes to tell whether a request is one too many.
#[derive(Clone, Default)]
pub(super) struct Limiter {
    pub limits: Limits,
    meters: HashMap<(String, Call), Meter>,
}

#[derive(Clone, Default)]
struct Meter {
    admitted: Vec<Duration>,
    refused: Option<Duration>,
}

impl Limiter {
    /// Whether this request may pass; counts it, or makes the refusal stick.
    pub fn admits(&mut self, client_code: &str, call: Call, now: Duration) -> bool {
        let Limits { per, hold } = self.limits;
        // A moment in the future is from before the clock was set back: it counts no more.
        let within = |then: Duration, span| now.checked_sub(then).is_some_and(|ago| ago < span);
        let meter = self
            .meters
            .entry((client_code.to_owned(), call))
            .or_default();
        meter.admitted.retain(|then| within(*then, per));
        let stuck = meter.refused.is_some_and(|then| within(then, hold));
        if stuck || meter.admitted.len() >= call.allowance() {
            meter.refused = Some(now);
            return false;
        }
        meter.admitted.push(now);
        true
    }
}
