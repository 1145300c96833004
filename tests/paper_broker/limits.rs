//! The documented rate limits, and that they stick.

use std::time::Duration;

use crate::NOW;
use crate::paper::{Client, Limits, PaperBroker};
use crate::raw_http::{Ask, Reply};

const TEN: Duration = Duration::from_secs(10);

/// Limits in tens of seconds of a stopped clock, so that no test waits.
fn limited_broker() -> (PaperBroker, Client) {
    let broker = PaperBroker::start();
    broker.add(Client::sample());
    broker.stop_clock_at(NOW);
    broker.set_limits(Limits {
        per: TEN,
        hold: TEN,
    });
    (broker, Client::sample())
}

fn is_limited(reply: &Reply) -> bool {
    let limited = reply.status == 403;
    if limited {
        assert_eq!(reply.body, "Access denied because of exceeding access rate");
        assert_eq!(reply.header("content-type"), Some("text/plain"));
    }
    limited
}

/// Guards against retrying into a limit: a user who retried every 16 seconds stayed refused for good.
#[test]
fn a_refusal_sticks_as_long_as_one_keeps_asking() {
    let (broker, client) = limited_broker();
    let limited_after = |secs| {
        broker.stop_clock_at(NOW + secs);
        is_limited(&Ask::login(&client, &broker).send(&broker))
    };
    assert!(!limited_after(0));
    assert!(limited_after(6), "the second within ten");
    assert!(
        limited_after(12),
        "past the first's ten, but the refusal's run on"
    );
    assert!(limited_after(21), "and each refusal starts them anew");
    assert!(!limited_after(31), "quiet for ten: open again");
}

#[test]
fn profile_may_be_asked_three_times_and_does_not_count_for_others() {
    let (broker, client) = limited_broker();
    let jwt = Ask::login(&client, &broker).send(&broker).jwt();
    let limited: Vec<bool> = (0..4)
        .map(|_| is_limited(&Ask::profile(&client, &jwt).send(&broker)))
        .collect();
    assert_eq!(limited, [false, false, false, true]);
    assert!(!is_limited(&Ask::logout(&client, &jwt).send(&broker)));
    assert_eq!(
        broker.log()[4].why,
        "over the rate limit of Profile, or too soon after that"
    );
}

#[test]
fn each_client_code_has_its_own_limit() {
    let (broker, client) = limited_broker();
    let other = Client::other(1);
    broker.add(other.clone());
    assert!(!is_limited(&Ask::login(&client, &broker).send(&broker)));
    assert!(!is_limited(&Ask::login(&other, &broker).send(&broker)));
    assert!(is_limited(&Ask::login(&client, &broker).send(&broker)));
}

/// Without asking for anything, the documented second.
#[test]
fn a_broker_has_limits_from_the_start() {
    let broker = PaperBroker::start();
    let client = Client::sample();
    broker.add(client.clone());
    broker.stop_clock_at(NOW);
    assert!(!is_limited(&Ask::login(&client, &broker).send(&broker)));
    assert!(is_limited(&Ask::login(&client, &broker).send(&broker)));
    broker.stop_clock_at(NOW + 1);
    assert!(!is_limited(&Ask::login(&client, &broker).send(&broker)));
}
