//! The paper broker is what every other test of a login believes, so it is tested itself, with nothing of the program's.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![warn(clippy::pedantic)]

#[path = "../support/paper/mod.rs"]
mod paper;

mod codes;
mod limits;
mod misbehaviours;
mod raw_http;
mod running;
mod sessions;
mod strictness;

use paper::{Client, Limits, PaperBroker};

/// A moment in the middle of nothing: 2027-01-15 08:00:00 UTC, the first second of a step.
const NOW: u64 = 1_800_000_000;

/// A broker that knows the sample client, its clock stopped, with no rate limits.
fn patient_broker() -> (PaperBroker, Client) {
    let broker = PaperBroker::start();
    let client = Client::sample();
    broker.add(client.clone());
    broker.stop_clock_at(NOW);
    broker.set_limits(Limits::off());
    (broker, client)
}

/// Why the latest request was accepted or refused.
fn latest_why(broker: &PaperBroker) -> String {
    broker
        .log()
        .pop()
        .map(|entry| entry.why)
        .unwrap_or_default()
}
