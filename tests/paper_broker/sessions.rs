//! Logging in, what a session opens, and how it ends.

use serde_json::{Value, json};

use crate::paper::{Call, Client};
use crate::raw_http::Ask;
use crate::{NOW, latest_why, patient_broker};

/// The good day: everything else in this file and the next is a departure from it.
#[test]
fn log_in_read_log_out() {
    let (broker, client) = patient_broker();
    let login = Ask::login(&client, &broker).send(&broker);
    let envelope = login.json();
    assert_eq!(envelope["status"], true);
    assert_eq!(envelope["message"], "SUCCESS");
    assert_eq!(envelope["errorcode"], "");
    let jwt = login.jwt();
    assert!(jwt.len() > 700, "only {} characters", jwt.len());
    assert_eq!(jwt.split('.').count(), 3);
    for token in ["refreshToken", "feedToken"] {
        assert!(
            envelope["data"][token]
                .as_str()
                .is_some_and(|text| text.len() > 100)
        );
    }

    let profile = Ask::profile(&client, &jwt).send(&broker).json();
    assert_eq!(profile["data"]["clientcode"], "A123456");
    assert_eq!(profile["data"]["name"], "ASHA SAMPLE");
    let funds = Ask::new(Call::Funds, &client, &Value::Null).bearer(&jwt);
    assert_eq!(funds.send(&broker).json()["data"]["net"], "25000.5000");

    let logout = Ask::logout(&client, &jwt).send(&broker).json();
    assert_eq!(
        (&logout["status"], &logout["data"]),
        (&json!(true), &json!(""))
    );
    let gone = Ask::profile(&client, &jwt).send(&broker);
    let expected =
        json!({"success": false, "message": "Invalid Token", "errorCode": "AG8001", "data": ""});
    assert_eq!(gone.json(), expected);
    assert_eq!(latest_why(&broker), "this token was logged out");

    let accepted: Vec<bool> = broker.log().iter().map(|entry| entry.accepted).collect();
    assert_eq!(accepted, [true, true, true, true, false]);
}

#[test]
fn state_comes_back_as_it_was_sent() {
    let (broker, client) = patient_broker();
    let code = client.code_at(NOW);
    let body = json!({"clientcode": client.client_code, "password": client.pin, "totp": code, "state": "x y"});
    let answer = Ask::login(&client, &broker)
        .body(&body)
        .send(&broker)
        .json();
    assert_eq!(answer["data"]["state"], "x y");
}

/// Two sessions of one client live side by side, and tokens say nothing of what they were got with.
#[test]
fn tokens_are_random_and_hold_no_secret() {
    let (broker, client) = patient_broker();
    let first = Ask::login(&client, &broker).send(&broker).jwt();
    broker.stop_clock_at(NOW + 30);
    let second = Ask::login(&client, &broker).send(&broker).jwt();
    assert_ne!(first, second);
    for jwt in [&first, &second] {
        assert_eq!(Ask::profile(&client, jwt).send(&broker).code(), "");
        let claims = jwt.split('.').nth(1).expect("a token has three parts");
        let claims = data_encoding::BASE64URL_NOPAD
            .decode(claims.as_bytes())
            .expect("base64url");
        let claims: Value = serde_json::from_slice(&claims).expect("claims are JSON");
        assert_eq!(claims["username"], "A123456");
        assert!(
            claims["exp"].as_u64() > Some(NOW + 365 * 86_400),
            "as far off as the real one's"
        );
    }
}

#[test]
fn a_token_is_wanted_once_with_one_prefix() {
    let (broker, client) = patient_broker();
    let jwt = Ask::login(&client, &broker).send(&broker).jwt();
    let ask = Ask::profile(&client, &jwt);
    let cases = [
        (ask.clone().without("Authorization"), "AG8003", "missing"),
        (
            ask.clone().with("Authorization", &jwt),
            "AG8001",
            "no Bearer prefix",
        ),
        (
            ask.clone().bearer(&format!("Bearer {jwt}")),
            "AG8001",
            "twice",
        ),
        (
            ask.clone().also("Authorization", &format!("Bearer {jwt}")),
            "AG8001",
            "more than once",
        ),
        (
            ask.clone().bearer("made.up.token"),
            "AG8001",
            "never given out",
        ),
    ];
    for (ask, code, why) in cases {
        assert_eq!(ask.send(&broker).code(), code, "{why}");
        assert!(latest_why(&broker).contains(why), "{}", latest_why(&broker));
    }
    let login = Ask::login(&client, &broker).bearer(&jwt).send(&broker);
    assert_eq!(login.code(), "AG8001", "a login carries no token");
}

#[test]
fn logging_out_someone_else_is_refused() {
    let (broker, client) = patient_broker();
    let jwt = Ask::login(&client, &broker).send(&broker).jwt();
    let ask = Ask::logout(&client, &jwt).body(&json!({"clientcode": "B999999"}));
    assert_eq!(ask.send(&broker).code(), "AB1011");
    assert_eq!(
        Ask::profile(&client, &jwt).send(&broker).code(),
        "",
        "the session lives on"
    );
}

/// A session is its client's: another account's key does not open it.
#[test]
fn a_session_goes_with_its_own_api_key() {
    let (broker, client) = patient_broker();
    let other = Client::other(1);
    broker.add(other.clone());
    let jwt = Ask::login(&client, &broker).send(&broker).jwt();
    assert_eq!(Ask::profile(&other, &jwt).send(&broker).code(), "AG8004");
}

#[test]
fn new_tokens_replace_all_three() {
    let (broker, client) = patient_broker();
    let login = Ask::login(&client, &broker).send(&broker);
    let (jwt, old) = (login.jwt(), login.json());
    let ask = Ask::new(
        Call::GenerateTokens,
        &client,
        &json!({"refreshToken": old["data"]["refreshToken"]}),
    );
    let wrong = ask
        .clone()
        .bearer(&jwt)
        .body(&json!({"refreshToken": "made up"}));
    assert_eq!(wrong.send(&broker).code(), "AB8050");

    let renewed = ask.bearer(&jwt).send(&broker);
    for token in ["jwtToken", "refreshToken", "feedToken"] {
        assert_ne!(renewed.json()["data"][token], old["data"][token], "{token}");
    }
    assert_eq!(Ask::profile(&client, &jwt).send(&broker).code(), "AG8001");
    assert_eq!(
        Ask::profile(&client, &renewed.jwt()).send(&broker).code(),
        ""
    );
}

/// 13:30 in India at `NOW`; midnight there is ten and a half hours on.
#[test]
fn a_session_ends_at_midnight_in_india() {
    let (broker, client) = patient_broker();
    let jwt = Ask::login(&client, &broker).send(&broker).jwt();
    let midnight = NOW + 10 * 3_600 + 1_800;
    broker.stop_clock_at(midnight - 1);
    assert_eq!(Ask::profile(&client, &jwt).send(&broker).code(), "");
    broker.stop_clock_at(midnight);
    assert_eq!(Ask::profile(&client, &jwt).send(&broker).code(), "AG8002");
}
