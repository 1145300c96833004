//! Starting, stopping, the clock and the log: what tests lean on without looking.

use std::io::Read;
use std::time::{Duration, Instant};

use crate::paper::{Call, Client, Misbehaviour, PaperBroker};
use crate::raw_http::Ask;
use crate::{NOW, patient_broker};

const DEADLINE: Duration = Duration::from_secs(10);

/// A broker that restarts on its port is how tests take the network away and give it back.
#[test]
fn dropping_it_ends_every_request_and_frees_the_port() {
    let (broker, client) = patient_broker();
    broker.misbehave(Call::Login, Misbehaviour::NeverAnswers, 1);
    let mut hanging = Ask::login(&client, &broker)
        .open(&broker)
        .expect("it connects");
    assert!(broker.wait_for(DEADLINE, |log| !log.is_empty()));
    let port = broker.port();
    let begun = Instant::now();
    drop(broker);
    assert!(
        begun.elapsed() < DEADLINE / 2,
        "a hanging request does not hold it up"
    );
    assert!(
        matches!(hanging.read(&mut [0]), Ok(0) | Err(_)),
        "nothing more comes"
    );

    let again = PaperBroker::start_on(port).expect("the port is free");
    assert_eq!(again.url(), format!("http://127.0.0.1:{port}"));
    assert!(PaperBroker::start_on(port).is_err(), "and taken");
}

/// One account's broken call must not look like all accounts' broken network.
#[test]
fn a_hanging_request_holds_up_nobody_else() {
    let (broker, client) = patient_broker();
    broker.misbehave(Call::Profile, Misbehaviour::NeverAnswers, 1);
    let hanging = Ask::profile(&client, "made.up.token").open(&broker);
    assert!(broker.wait_for(DEADLINE, |log| !log.is_empty()));
    Ask::login(&client, &broker).send(&broker).jwt();
    drop(hanging);
}

#[test]
fn brokers_know_nothing_of_each_other() {
    let (first, client) = patient_broker();
    let (second, _) = patient_broker();
    assert_ne!(first.port(), second.port());
    Ask::login(&client, &first).send(&first).jwt();
    Ask::login(&client, &second).send(&second).jwt();
    assert_eq!((first.requests(), second.requests()), (1, 1));
}

#[test]
fn the_date_header_and_the_codes_follow_its_clock() {
    let (broker, client) = patient_broker();
    let reply = Ask::login(&client, &broker).send(&broker);
    assert_eq!(reply.header("date"), Some("Fri, 15 Jan 2027 08:00:00 GMT"));

    for offset in [90_i64, -3_600] {
        broker.set_clock_offset(0);
        let machine = broker.now();
        broker.set_clock_offset(offset);
        let ahead = broker.now().cast_signed() - machine.cast_signed();
        assert!((offset..offset + 10).contains(&ahead), "{ahead}");
    }
    broker.set_clock_offset(-3_600);
    let wrong = Ask::login_with(&client, &client.code_at(broker.now() + 3_600));
    assert_eq!(wrong.send(&broker).code(), "AB1050");
}

/// `wait_for` says no only when the time is up, and hears of each request.
#[test]
fn waiting_for_the_log() {
    let (broker, client) = patient_broker();
    assert!(broker.wait_for(Duration::ZERO, <[_]>::is_empty));
    assert!(!broker.wait_for(Duration::from_millis(10), |log| !log.is_empty()));
    std::thread::scope(|scope| {
        scope.spawn(|| Ask::login(&client, &broker).send(&broker));
        assert!(broker.wait_for(DEADLINE, |log| log.iter().any(|entry| entry.accepted)));
    });
    let entry = broker.log().remove(0);
    assert_eq!((entry.unix_secs, entry.call), (NOW, Some(Call::Login)));
    assert_eq!(entry.client_code.as_deref(), Some("A123456"));
    let line = format!("08:00:00Z POST Login A123456 accepted: {}", entry.why);
    assert_eq!(entry.to_string(), line);
}

/// A typing mistake in a test's account must not look like a refused login.
#[test]
fn an_account_that_can_never_log_in_is_no_account() {
    let sample = Client::sample;
    assert_eq!(sample().fault(), None);
    assert_eq!(Client::other(7).fault(), None);
    let broken = [
        Client {
            secret_base32: "not base32!".into(),
            ..sample()
        },
        Client {
            secret_base32: String::new(),
            ..sample()
        },
        Client {
            pin: "123".into(),
            ..sample()
        },
        Client {
            api_key: String::new(),
            ..sample()
        },
        Client {
            period: 0,
            ..sample()
        },
        Client {
            digits: 0,
            ..sample()
        },
    ];
    assert!(broken.iter().all(|client| client.fault().is_some()));
}
