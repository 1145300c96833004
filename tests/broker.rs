//! AngelOne's room against the paper broker: real requests over real sockets,
//! with every misbehaviour that the contract lists. Guards that no answer but a
//! refusal is taken for one, that nothing is sent on, and that no wait is endless.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/paper/mod.rs"]
mod paper;

use std::future::Future;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use kunji::account::Session;
use kunji::broker::angelone::AngelOne;
use kunji::broker::{
    Answer, Broker as _, BrokerError, Endpoint, LoginRequest, NoConnection, RefusalKind,
    SessionRequest,
};
use kunji::otp::Otp;
use kunji::secret::Secret;
use paper::{Call, Client, Limits, Misbehaviour, PaperBroker};

fn broker() -> (PaperBroker, AngelOne) {
    let paper = PaperBroker::start();
    paper.set_limits(Limits::off());
    // A code made in the last instant of its step still arrives.
    paper.set_skew_steps(1);
    let angelone = AngelOne::new(Endpoint::parse(&paper.url()).unwrap());
    (paper, angelone)
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// A login of the client with the code of the broker's clock.
fn request(paper: &PaperBroker, client: &Client) -> LoginRequest {
    let otp = Otp::from_token_number(&client.secret_base32).unwrap();
    LoginRequest {
        client_code: client.client_code.clone(),
        pin: Secret::from(client.pin.as_str()),
        api_key: Secret::from(client.api_key.as_str()),
        code: otp.code_at(paper.now()),
        connect_within: Duration::from_secs(5),
    }
}

fn log_in(paper: &PaperBroker, angelone: &AngelOne, client: &Client) -> Answer<Session> {
    wait(angelone.log_in(request(paper, client)))
}

fn session_request(client: &Client, session: Session) -> SessionRequest {
    SessionRequest {
        client_code: client.client_code.clone(),
        api_key: Secret::from(client.api_key.as_str()),
        session,
    }
}

/// What a fresh client gets to hear from a broker that misbehaves so.
fn answer_to(how: Misbehaviour) -> Result<Session, BrokerError> {
    let (paper, angelone) = broker();
    let client = Client::sample();
    paper.add(client.clone());
    paper.misbehave(Call::Any, how, u32::MAX);
    let result = log_in(&paper, &angelone, &client).result;
    assert_eq!(paper.requests(), 1, "a login is sent once");
    result
}

/// Login, profile, logout as a strict broker wants them: exact paths, headers,
/// bodies. The paper broker refuses anything else and says why.
#[test]
fn a_session_from_login_to_logout() {
    let (paper, angelone) = broker();
    let client = Client::sample();
    paper.add(client.clone());
    let Answer { result, skew_ms } = log_in(&paper, &angelone, &client);
    let session = result.unwrap_or_else(|e| panic!("{e}\n{:?}", paper.log()));
    assert!(skew_ms.unwrap().abs() < 1_500, "{skew_ms:?}");

    let of = session_request(&client, session);
    let profile = wait(angelone.profile(of.clone())).result.unwrap();
    assert_eq!(
        (profile.client_code.as_str(), profile.name.as_str()),
        ("A123456", "ASHA SAMPLE")
    );
    wait(angelone.log_out(of.clone())).result.unwrap();
    let after = wait(angelone.profile(of)).result;
    let ended =
        matches!(&after, Err(BrokerError::Refused(r)) if r.kind == RefusalKind::SessionEnded);
    assert!(ended, "{after:?}");
    assert!(
        paper.log().iter().take(3).all(|entry| entry.accepted),
        "{:?}",
        paper.log()
    );
}

#[test]
fn the_brokers_clock_is_measured() {
    let (paper, angelone) = broker();
    let client = Client::sample();
    paper.add(client.clone());
    paper.set_clock_offset(43);
    let skew_ms = log_in(&paper, &angelone, &client).skew_ms.unwrap();
    assert!((42_000..=44_500).contains(&skew_ms), "{skew_ms}");
    for how in [Misbehaviour::BadDate, Misbehaviour::NoDate] {
        paper.misbehave(Call::Any, how, 1);
        assert_eq!(log_in(&paper, &angelone, &client).skew_ms, None);
    }
}

#[test]
fn what_is_refused_is_told_apart() {
    let (paper, angelone) = broker();
    let client = Client::sample();
    paper.add(client.clone());
    let kind = |change: fn(&mut LoginRequest)| {
        let mut request = request(&paper, &client);
        change(&mut request);
        match wait(angelone.log_in(request)).result {
            Err(BrokerError::Refused(refusal)) => (refusal.kind, refusal.code),
            other => panic!("{other:?}"),
        }
    };
    let wrong_code = |r: &mut LoginRequest| {
        r.code = Otp::from_token_number("MFRGGZDF").unwrap().code_at(0);
    };
    assert_eq!(kind(wrong_code), (RefusalKind::CodeOrPin, "AB1050".into()));
    let web_password = |r: &mut LoginRequest| r.pin = Secret::from("Passw0rd!");
    assert_eq!(
        kind(web_password),
        (RefusalKind::WebPassword, "AB7001".into())
    );
    let other_key = |r: &mut LoginRequest| r.api_key = Secret::from("wrong123");
    assert_eq!(kind(other_key), (RefusalKind::ApiKey, "AG8004".into()));
    let other_client = |r: &mut LoginRequest| r.client_code = "Z999999".into();
    assert_eq!(kind(other_client).0, RefusalKind::ClientCodeOrPin);
}

/// The odd but right answers that have been seen are successes.
#[test]
fn odd_but_right_answers_are_taken() {
    for how in [
        Misbehaviour::StatusAsString,
        Misbehaviour::TokenWithBearer,
        Misbehaviour::ListsAsArrays,
    ] {
        let session = answer_to(how.clone()).unwrap_or_else(|e| panic!("{how}: {e}"));
        assert!(!session.jwt.expose().starts_with("Bearer"), "{how}");
        assert!(session.jwt.expose().len() > 100, "{how}");
    }
}

/// Everything that is no answer has its own error, and none is a refusal.
#[test]
fn what_is_no_answer_is_no_refusal() {
    use BrokerError as E;
    let elsewhere = "http://127.0.0.1:1/evil".to_owned();
    let cases = [
        (Misbehaviour::RateLimited403Text, E::RateLimited),
        (Misbehaviour::RateLimitedJson200, E::RateLimited),
        (Misbehaviour::RateLimited429, E::RateLimited),
        (Misbehaviour::Forbidden403Html, E::Unwell(403)),
        (Misbehaviour::Empty400, E::Unwell(400)),
        (Misbehaviour::EmptyBody200, E::Unwell(200)),
        (Misbehaviour::Html500, E::Unwell(500)),
        (Misbehaviour::Html200, E::Unwell(200)),
        (Misbehaviour::ServerError503, E::Unwell(503)),
        (Misbehaviour::NotJson, E::BadAnswer(200)),
        (Misbehaviour::HalfJson, E::BadAnswer(200)),
        (Misbehaviour::SuccessWithoutTokens, E::BadAnswer(200)),
        (Misbehaviour::DataNullAsString, E::BadAnswer(200)),
        (Misbehaviour::WrongTypes, E::BadAnswer(200)),
        (Misbehaviour::CutOff, E::Interrupted),
        (Misbehaviour::ResetBeforeAnswer, E::Interrupted),
        (Misbehaviour::CloseBeforeAnswer, E::Interrupted),
        (Misbehaviour::HugeBody, E::TooLarge),
        (
            Misbehaviour::Redirect(elsewhere),
            E::Redirected {
                host: Some("127.0.0.1".into()),
            },
        ),
    ];
    for (how, expected) in cases {
        assert_eq!(answer_to(how.clone()).unwrap_err(), expected, "{how}");
    }
    let firewall = answer_to(Misbehaviour::FirewallHtml).unwrap_err();
    assert!(
        matches!(
            firewall,
            E::Firewall {
                support_id: Some(_)
            }
        ),
        "{firewall:?}"
    );
    let bare = answer_to(Misbehaviour::NoStatus).unwrap_err();
    assert!(matches!(bare, E::Refused(_)), "{bare:?}");
}

/// A redirect is not followed: whoever it names hears nothing.
#[test]
fn nothing_is_sent_on_to_where_a_redirect_points() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let url = format!("http://{}/", elsewhere.local_addr().unwrap());
    let error = answer_to(Misbehaviour::Redirect(url)).unwrap_err();
    assert!(matches!(error, BrokerError::Redirected { .. }));
    let nobody = elsewhere.accept().unwrap_err().kind();
    assert_eq!(nobody, std::io::ErrorKind::WouldBlock);
}

/// 15 s in all, whether nothing comes or a byte a second does.
#[test]
fn no_wait_is_endless() {
    std::thread::scope(|scope| {
        for how in [Misbehaviour::NeverAnswers, Misbehaviour::SlowLoris] {
            scope.spawn(move || {
                let started = Instant::now();
                assert_eq!(
                    answer_to(how.clone()).unwrap_err(),
                    BrokerError::NoAnswer,
                    "{how}"
                );
                let took = started.elapsed();
                let limit = Duration::from_secs(14)..Duration::from_secs(20);
                assert!(limit.contains(&took), "{how}: {took:?}");
            });
        }
    });
}

/// Nothing was sent: the policy may use the code again.
#[test]
fn nobody_there_is_not_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let angelone = AngelOne::new(Endpoint::parse(&url).unwrap());
    let paper = PaperBroker::start();
    let error = log_in(&paper, &angelone, &Client::sample())
        .result
        .unwrap_err();
    assert_eq!(error, BrokerError::NoConnection(NoConnection::Unreachable));
    assert!(error.was_not_sent());
}

/// A plain-text server where TLS is expected: a connection that was not made.
#[test]
fn a_failed_handshake_is_not_sent() {
    let paper = PaperBroker::start();
    let url = paper.url().replace("http://127.0.0.1", "https://localhost");
    let angelone = AngelOne::new(Endpoint::parse(&url).unwrap());
    let error = log_in(&paper, &angelone, &Client::sample())
        .result
        .unwrap_err();
    assert!(error.was_not_sent(), "{error:?}");
}
