//! Every way a request can depart from the contract is refused, and the log says which.

use serde_json::{Value, json};

use crate::paper::{Call, Client};
use crate::raw_http::{Ask, Reply};
use crate::{NOW, latest_why, patient_broker};

const HEADERS: [&str; 8] = [
    "Content-Type",
    "Accept",
    "X-UserType",
    "X-SourceID",
    "X-ClientLocalIP",
    "X-ClientPublicIP",
    "X-MACAddress",
    "X-PrivateKey",
];

/// The broker has answered 415 to a missing media type; for the others AB1004 is this broker's guess.
fn assert_refused_for(header: &str, reply: &Reply) {
    if ["Content-Type", "Accept"].contains(&header) {
        assert_eq!(reply.status, 415, "{header}");
    } else {
        assert_eq!(reply.code(), "AB1004", "{header}");
    }
}

/// Each header missing, doubled and wrong, on a call with a session and on one without.
#[test]
fn every_header_is_wanted_once_and_right() {
    let (broker, client) = patient_broker();
    let jwt = Ask::login(&client, &broker).send(&broker).jwt();
    broker.stop_clock_at(NOW + 30);
    for good in [Ask::login(&client, &broker), Ask::profile(&client, &jwt)] {
        for header in HEADERS {
            let value = good.headers.iter().find(|(name, _)| name == header);
            let value = value.map(|(_, value)| value.clone()).unwrap_or_default();
            let cases = [
                (good.clone().without(header), "is missing"),
                (good.clone().also(header, &value), "is there more than once"),
                (good.clone().with(header, ""), "is not"),
            ];
            for (ask, why) in cases {
                let reply = ask.send(&broker);
                assert_refused_for(header, &reply);
                let said = latest_why(&broker).to_ascii_lowercase();
                assert!(
                    said.contains(&header.to_ascii_lowercase()) && said.contains(why),
                    "{said}"
                );
            }
        }
        assert_eq!(
            good.send(&broker).code(),
            "",
            "the headers were all that was wrong"
        );
    }
}

#[test]
fn header_values_are_read() {
    let (broker, client) = patient_broker();
    let cases = [
        ("Content-Type", "text/plain"),
        ("Accept", "*/*"),
        ("X-UserType", "user"),
        ("X-SourceID", "APP"),
        ("X-ClientLocalIP", "CLIENT_LOCAL_IP"),
        ("X-ClientPublicIP", "256.1.1.1"),
        ("X-MACAddress", "02:00:5e:10:00"),
        ("X-MACAddress", "02:00:5e:10:00:0g"),
    ];
    for (header, value) in cases {
        let reply = Ask::login(&client, &broker)
            .with(header, value)
            .send(&broker);
        assert_refused_for(header, &reply);
    }
    let dashes = Ask::login(&client, &broker).with("X-MACAddress", "02-00-5E-10-00-01");
    dashes.send(&broker).jwt();
}

#[test]
fn paths_and_methods_are_exact() {
    let (broker, client) = patient_broker();
    for call in Call::EVERY {
        for method in ["GET", "POST", "PUT", "DELETE", "HEAD"] {
            let ask = Ask {
                method: method.into(),
                ..Ask::new(call, &client, &Value::Null)
            };
            let reply = ask.send(&broker);
            if method == call.method().as_str() {
                assert_ne!(reply.status, 405, "{method} {call}");
            } else {
                assert_eq!(reply.status, 405, "{method} {call}");
                assert_eq!(reply.header("allow"), Some(call.method().as_str()));
            }
        }
        for path in [
            format!("{}/", call.path()),
            call.path().to_uppercase(),
            "/".into(),
        ] {
            let ask = Ask {
                path,
                ..Ask::new(call, &client, &Value::Null)
            };
            assert_eq!(ask.send(&broker).status, 404);
        }
        let path = format!("{}?x=1", call.path());
        let ask = Ask {
            path,
            ..Ask::new(call, &client, &Value::Null)
        };
        assert_eq!(ask.send(&broker).code(), "AB1004");
    }
}

#[test]
fn a_body_is_the_contracts_fields_in_strings() {
    let (broker, client) = patient_broker();
    let code = client.code_at(NOW);
    let good = json!({"clientcode": client.client_code, "password": client.pin, "totp": code});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let mut without = good.clone();
    without
        .as_object_mut()
        .expect("it is an object")
        .remove("totp");
    let cases = [
        (without, "the field totp is missing"),
        (
            with("pin", json!("2580")),
            "has a field that the contract has not",
        ),
        (
            with("password", json!(2580)),
            "the field password is not a string",
        ),
        (with("totp", Value::Null), "the field totp is not a string"),
        (
            with("state", json!(true)),
            "the field state is not a string",
        ),
        (json!([good]), "is not a JSON object"),
    ];
    let ask = Ask::login(&client, &broker);
    for (body, why) in cases {
        assert_eq!(ask.clone().body(&body).send(&broker).code(), "AB1004");
        assert!(latest_why(&broker).contains(why), "{}", latest_why(&broker));
    }
    for body in ["", "{", "clientcode=A123456"] {
        let ask = Ask {
            body: body.into(),
            ..ask.clone()
        };
        assert_eq!(ask.send(&broker).code(), "AB1004");
    }
    let ask_long = Ask {
        body: " ".repeat(20_000),
        ..ask.clone()
    };
    assert_eq!(ask_long.send(&broker).status, 413);
    let jwt = ask.send(&broker).jwt();
    let reading = Ask::profile(&client, &jwt).body(&json!({}));
    assert_eq!(
        reading.send(&broker).code(),
        "AB1004",
        "a reading call has no body"
    );
}

/// What people get wrong, each with the code they have reported, or the guess that the source says is one.
#[test]
fn wrong_credentials_get_their_codes() {
    let (broker, client) = patient_broker();
    broker.add(Client::other(1));
    let other = Client::other(1);
    let cases = [
        ("clientcode", "asha@example.org", "AB1050"),
        ("clientcode", "A999999", "AB1032"),
        ("clientcode", "a123456", "AB1032"),
        ("clientcode", "A123456 ", "AB1032"),
        ("clientcode", &other.client_code, "AG8004"),
        ("password", "", "AB1050"),
        ("password", "2581", "AB1007"),
        ("password", "Web@Pass1", "AB7001"),
        ("password", "258", "AB7001"),
        ("password", "2580 ", "AB7001"),
    ];
    for (number, (field, value, code)) in (1..).zip(cases) {
        broker.stop_clock_at(NOW + 30 * number);
        let totp = client.code_at(broker.now());
        let mut body =
            json!({"clientcode": client.client_code, "password": client.pin, "totp": totp});
        body[field] = json!(value);
        let reply = Ask::login(&client, &broker).body(&body).send(&broker);
        assert_eq!(reply.code(), code, "{field} {value}");
        assert_eq!(reply.status, 200);
    }
    for key in ["KNJ5AMP1", "wrong", "kNj5amp1x"] {
        let reply = Ask::login(&client, &broker)
            .with("X-PrivateKey", key)
            .send(&broker);
        assert_eq!(reply.json()["errorCode"], "AG8004");
    }
}

/// A log that could be pasted into a bug report.
#[test]
fn the_log_holds_no_secret() {
    let (broker, client) = patient_broker();
    let jwt = Ask::login(&client, &broker).send(&broker).jwt();
    let everything = format!("{}-{}-{}", client.pin, client.api_key, client.secret_base32);
    let path = format!("/{everything}?{everything}");
    Ask {
        path,
        ..Ask::profile(&client, &jwt)
    }
    .send(&broker);
    for field in ["clientcode", "password", "totp", "state"] {
        let mut body = json!({"clientcode": "A123456", "password": "2580", "totp": "0"});
        body[field] = json!(everything);
        Ask::login(&client, &broker).body(&body).send(&broker);
        body[&everything] = json!("x");
        Ask::login(&client, &broker).body(&body).send(&broker);
    }
    for header in HEADERS {
        Ask::login(&client, &broker)
            .with(header, &everything)
            .send(&broker);
    }
    for entry in broker.log() {
        let text = format!("{entry} {entry:?}");
        for secret in [&client.pin, &client.api_key, &client.secret_base32, &jwt] {
            assert!(!text.contains(secret.as_str()), "{text}");
        }
    }
}
