//! Each misbehaviour answers as it is named, as often as it was asked for.

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::paper::{Call, Client, Misbehaviour, PaperBroker};
use crate::raw_http::{Ask, Reply};
use crate::{NOW, latest_why, patient_broker};

/// How long nothing is watched for.
const SILENCE: Duration = Duration::from_millis(300);

/// A good login, answered with one misbehaviour.
fn misbehaved(how: &Misbehaviour) -> (PaperBroker, Client, Ask) {
    let (broker, client) = patient_broker();
    broker.misbehave(Call::Login, how.clone(), 1);
    let ask = Ask::login(&client, &broker);
    (broker, client, ask)
}

/// The match is over every variant: one that is added must say here what it does.
#[test]
fn each_answers_as_named() {
    for how in Misbehaviour::every() {
        match &how {
            Misbehaviour::RateLimited403Text => {
                says(
                    &how,
                    403,
                    "text/plain",
                    "Access denied because of exceeding access rate",
                );
            }
            Misbehaviour::RateLimitedJson200 => refuses(&how, "status", "errorcode", "AB1021"),
            Misbehaviour::RateLimited429 => says(&how, 429, "text/plain", "Too Many Requests"),
            Misbehaviour::FirewallHtml => {
                says(&how, 200, "text/html", "Request Rejected");
                says(&how, 200, "text/html", "Your support ID is: ");
            }
            Misbehaviour::Forbidden403Html => says(&how, 403, "text/html", "<html>"),
            Misbehaviour::Empty400 => assert_eq!(reply(&how, 400, "text/plain").body, ""),
            Misbehaviour::Html500 => says(&how, 500, "text/html", "<html>"),
            Misbehaviour::Html200 => {
                let page = reply(&how, 200, "text/html").body;
                assert!(page.contains("<html>") && !page.contains("Request Rejected"));
            }
            Misbehaviour::ServerError503 => says(&how, 503, "text/plain", "Service Unavailable"),
            Misbehaviour::NoStatus => {
                assert_eq!(
                    json_of(&how),
                    json!({"message": "Invalid Token", "errorcode": ""})
                );
            }
            Misbehaviour::Redirect(to) => {
                let location = reply(&how, 307, "text/plain");
                assert_eq!(location.header("location"), Some(to.as_str()));
            }
            Misbehaviour::Gateway { .. } => refuses(&how, "success", "errorCode", "AG8001"),
            Misbehaviour::Refuse { .. } => refuses(&how, "status", "errorcode", "AB1006"),
            Misbehaviour::EmptyBody200 => assert_eq!(text(&how), ""),
            Misbehaviour::NotJson => assert!(is_no_json(&text(&how))),
            Misbehaviour::StatusAsString => assert_eq!(json_of(&how)["status"], "true"),
            Misbehaviour::DataNullAsString => assert_eq!(json_of(&how)["data"], "null"),
            Misbehaviour::SuccessWithoutTokens => {
                let body =
                    json!({"status": true, "message": "SUCCESS", "errorcode": "", "data": null});
                assert_eq!(json_of(&how), body);
            }
            Misbehaviour::TokenWithBearer => says(&how, 200, "application/json", r#""Bearer eyJ"#),
            Misbehaviour::WrongTypes => {
                let body = json_of(&how);
                assert!(body["data"]["jwtToken"].is_u64() && body["message"].is_u64());
            }
            Misbehaviour::ListsAsArrays => lists_come_as_arrays(),
            Misbehaviour::HalfJson => half_of_the_json_comes_whole(),
            Misbehaviour::CutOff => half_of_what_was_promised_comes(),
            Misbehaviour::NeverAnswers => nothing_comes(),
            Misbehaviour::SlowLoris => one_byte_comes_at_a_time(),
            Misbehaviour::ResetBeforeAnswer => {
                let (broker, _, ask) = misbehaved(&how);
                let error = ask.bytes(&broker).expect_err("a reset is an error");
                assert_eq!(error.kind(), ErrorKind::ConnectionReset);
            }
            Misbehaviour::CloseBeforeAnswer => {
                let (broker, _, ask) = misbehaved(&how);
                assert_eq!(ask.bytes(&broker).expect("a close is none"), b"");
            }
            Misbehaviour::HugeBody => {
                let reply = reply(&how, 200, "application/json");
                assert!(reply.body.len() > 10_000_000);
                assert_eq!(reply.header("content-length"), None);
            }
            Misbehaviour::BadDate => {
                let reply = reply(&how, 200, "application/json");
                assert!(
                    reply
                        .header("date")
                        .is_some_and(|date| date.contains("Nonsense"))
                );
                reply.jwt();
            }
            Misbehaviour::NoDate => {
                let reply = reply(&how, 200, "application/json");
                assert_eq!(reply.header("date"), None);
                reply.jwt();
            }
        }
    }
}

/// What comes, of this status and media type.
fn reply(how: &Misbehaviour, status: u16, media_type: &str) -> Reply {
    let (broker, _, ask) = misbehaved(how);
    let reply = ask.send(&broker);
    assert_eq!(reply.status, status, "{how}");
    assert!(
        reply
            .header("content-type")
            .is_some_and(|one| one.starts_with(media_type)),
        "{how}"
    );
    assert_eq!(broker.log()[0].misbehaviour.as_ref(), Some(how));
    reply
}

fn text(how: &Misbehaviour) -> String {
    reply(how, 200, "application/json").body
}

fn json_of(how: &Misbehaviour) -> Value {
    reply(how, 200, "application/json").json()
}

fn says(how: &Misbehaviour, status: u16, media_type: &str, part: &str) {
    let body = reply(how, status, media_type).body;
    assert!(body.contains(part), "{how}: {body}");
}

fn is_no_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_err()
}

fn refuses(how: &Misbehaviour, status_key: &str, code_key: &str, code: &str) {
    let body = json_of(how);
    assert_eq!(
        (&body[status_key], &body[code_key]),
        (&json!(false), &json!(code))
    );
}

fn lists_come_as_arrays() {
    let (broker, client) = patient_broker();
    let jwt = Ask::login(&client, &broker).send(&broker).jwt();
    let quoted = Ask::profile(&client, &jwt).send(&broker).json();
    assert!(quoted["data"]["exchanges"].is_string());
    broker.misbehave(Call::Profile, Misbehaviour::ListsAsArrays, 1);
    let bare = Ask::profile(&client, &jwt).send(&broker).json();
    assert_eq!(bare["data"]["exchanges"][0], "NSE");
    assert_eq!(bare["data"]["products"][0], "DELIVERY");
}

fn half_of_the_json_comes_whole() {
    let reply = reply(&Misbehaviour::HalfJson, 200, "application/json");
    assert!(reply.body.starts_with("{\""));
    assert_eq!(
        reply.header("content-length"),
        Some(reply.body.len().to_string().as_str())
    );
    assert!(is_no_json(&reply.body));
}

fn half_of_what_was_promised_comes() {
    let reply = reply(&Misbehaviour::CutOff, 200, "application/json");
    let promised: usize = reply
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .expect("a length");
    assert_eq!(reply.body.len(), promised / 2);
}

fn nothing_comes() {
    let (broker, _, ask) = misbehaved(&Misbehaviour::NeverAnswers);
    let mut stream = ask.open(&broker).expect("it connects");
    assert!(broker.wait_for(Duration::from_secs(10), |log| log.len() == 1));
    stream
        .set_read_timeout(Some(SILENCE))
        .expect("it is not zero");
    let error = stream.read(&mut [0]).expect_err("no byte and no end");
    // A timeout goes by either of two names.
    assert!([ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()));
}

/// The second byte comes, and not before its second is over.
fn one_byte_comes_at_a_time() {
    let (broker, _, ask) = misbehaved(&Misbehaviour::SlowLoris);
    let begun = Instant::now();
    let mut stream = ask.open(&broker).expect("it connects");
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n{\"") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("the next byte comes");
        bytes.push(byte[0]);
    }
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

/// What is stopped in front leaves the code good; what goes wrong behind has used it up. Programs must not count on
/// the first: they cannot tell.
#[test]
fn only_the_backend_uses_up_a_code() {
    for (how, used_up) in [
        (Misbehaviour::FirewallHtml, false),
        (Misbehaviour::ServerError503, false),
        (Misbehaviour::EmptyBody200, true),
        (Misbehaviour::CloseBeforeAnswer, true),
    ] {
        let (broker, _, ask) = misbehaved(&how);
        drop(ask.bytes(&broker));
        let log = broker.log();
        assert_eq!(log[0].accepted, used_up, "{how}");
        assert_eq!(log[0].step, Some(NOW / 30), "known either way");
        assert!(
            log[0].why.contains("logged in with the code of step"),
            "{}",
            log[0].why
        );
        assert_eq!(ask.send(&broker).code() == "AB1050", used_up, "{how}");
    }
}

/// A bent answer is still the true one: a wrong PIN stays wrong.
#[test]
fn a_refusal_is_bent_too() {
    let (broker, client) = patient_broker();
    broker.misbehave(Call::Any, Misbehaviour::StatusAsString, u32::MAX);
    let wrong = Client {
        pin: "0000".into(),
        ..client.clone()
    };
    let body = Ask::login(&wrong, &broker).send(&broker).json();
    assert_eq!(
        (&body["status"], &body["errorcode"]),
        (&json!("false"), &json!("AB1007"))
    );
    let body = Ask::profile(&client, "made.up.token").send(&broker).json();
    assert_eq!(
        (&body["success"], &body["errorCode"]),
        (&json!("false"), &json!("AG8001"))
    );
}

/// A token that came with the prefix is sent with one, and works.
#[test]
fn a_prefixed_token_is_good() {
    let (broker, client, ask) = misbehaved(&Misbehaviour::TokenWithBearer);
    let jwt = ask.send(&broker).jwt();
    let profile = Ask::profile(&client, "")
        .with("Authorization", &jwt)
        .send(&broker);
    assert_eq!(profile.code(), "");
}

#[test]
fn it_comes_in_order_on_its_call_and_as_often_as_asked() {
    let (broker, client) = patient_broker();
    broker.misbehave(Call::Profile, Misbehaviour::ServerError503, 1);
    broker.misbehave(Call::Profile, Misbehaviour::RateLimited429, 2);
    broker.misbehave(Call::Any, Misbehaviour::Empty400, u32::MAX);
    let status = |ask: &Ask| ask.send(&broker).status;
    let profile = Ask::profile(&client, "made.up.token");
    assert_eq!([(); 4].map(|()| status(&profile)), [503, 429, 429, 400]);
    let nowhere = Ask {
        path: "/nowhere".into(),
        ..profile.clone()
    };
    assert_eq!(status(&nowhere), 400, "Any is any path too");
    assert_eq!(status(&Ask::login(&client, &broker)), 400);
    assert!(latest_why(&broker).contains("logged in"));
    broker.behave();
    Ask::login(&client, &broker).send(&broker).jwt();
}

/// The runnable broker takes them from its command line.
#[test]
fn names_are_read_as_they_are_written() {
    for how in Misbehaviour::every() {
        assert_eq!(how.to_string().parse(), Ok(how.clone()));
        assert_eq!(how.name().to_lowercase().parse(), Ok(how));
    }
    let refuse = "refuse=AB1006:Client is blocked".parse();
    let (code, message) = ("AB1006".into(), "Client is blocked".into());
    assert_eq!(refuse, Ok(Misbehaviour::Refuse { code, message }));
    assert_eq!("firewall-html".parse(), Ok(Misbehaviour::FirewallHtml));
    assert!(
        "Nonsense"
            .parse::<Misbehaviour>()
            .is_err_and(|said| said.contains("FirewallHtml"))
    );
    assert!("NoDate=3".parse::<Misbehaviour>().is_err());
    assert!("Redirect=a\nb".parse::<Misbehaviour>().is_err());
    assert_eq!("generate-tokens".parse(), Ok(Call::GenerateTokens));
    assert!("Nonsense".parse::<Call>().is_err());
}
