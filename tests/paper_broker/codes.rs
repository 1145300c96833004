//! Codes: how they are computed, and that each is good once, in its step.

use serde_json::json;

use crate::paper::{Algorithm, Client};
use crate::raw_http::Ask;
use crate::{NOW, latest_why, patient_broker};

/// Guards the one computation that must not lean on the program's: RFC 6238, Appendix B, every row. The secrets are the
/// ones the RFC's code uses, 20, 32 and 64 digits, here in base32.
#[test]
fn codes_are_those_of_rfc_6238() {
    let secrets = [
        (Algorithm::Sha1, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        (
            Algorithm::Sha256,
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA",
        ),
        (
            Algorithm::Sha512,
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA",
        ),
    ];
    let rows = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ];
    for (index, (algorithm, secret)) in secrets.into_iter().enumerate() {
        let client = Client {
            algorithm,
            secret_base32: secret.into(),
            digits: 8,
            ..Client::sample()
        };
        for (unix_secs, codes) in rows {
            assert_eq!(
                client.code_at(unix_secs),
                codes[index],
                "{algorithm:?} at {unix_secs}"
            );
        }
    }
}

/// People paste secrets in lower case, with spaces and padding, and 26 characters leave two bits over; the account is
/// the same.
#[test]
fn the_way_a_secret_is_written_does_not_matter() {
    let spaced = "kunj isam pleq rnot asec ret2 34======";
    let spare_bits_set = "KUNJISAMPLEQRNOTASECRET237";
    for written in [spaced, spare_bits_set] {
        let client = Client {
            secret_base32: written.into(),
            ..Client::sample()
        };
        assert_eq!(client.fault(), None, "{written}");
        assert_eq!(client.code_at(NOW), Client::sample().code_at(NOW));
    }
}

/// Nobody knows whether the real broker takes a code twice; this one must catch a program that tries.
#[test]
fn a_code_is_good_once() {
    let (broker, client) = patient_broker();
    let ask = Ask::login(&client, &broker);
    ask.send(&broker).jwt();
    assert_eq!(ask.send(&broker).code(), "AB1050");
    let step = NOW / 30;
    assert_eq!(
        latest_why(&broker),
        format!("the code of step {step} was already used")
    );
    assert_eq!(broker.log()[1].step, Some(step));

    broker.stop_clock_at(NOW + 30);
    Ask::login(&client, &broker).send(&broker).jwt();
}

/// A program that retries with another PIN has to wait for another code.
#[test]
fn a_code_is_used_up_by_a_wrong_pin() {
    let (broker, client) = patient_broker();
    let wrong = Client {
        pin: "0000".into(),
        ..client.clone()
    };
    assert_eq!(Ask::login(&wrong, &broker).send(&broker).code(), "AB1007");
    assert_eq!(Ask::login(&client, &broker).send(&broker).code(), "AB1050");
    assert!(latest_why(&broker).ends_with("was already used"));
}

#[test]
fn a_neighbouring_step_is_refused_unless_skew_is_allowed() {
    let (broker, client) = patient_broker();
    for (secs, side) in [
        (NOW - 30, "1 behind"),
        (NOW + 30, "1 ahead of"),
        (NOW - 90, "3 behind"),
    ] {
        let ask = Ask::login_with(&client, &client.code_at(secs));
        assert_eq!(ask.send(&broker).code(), "AB1050");
        assert!(
            latest_why(&broker).contains(side),
            "{}",
            latest_why(&broker)
        );
    }
    broker.set_skew_steps(1);
    Ask::login_with(&client, &client.code_at(NOW - 30))
        .send(&broker)
        .jwt();
    assert_eq!(broker.log()[3].step, Some(NOW / 30 - 1));
}

/// The last second of a step and the first of the next are different codes.
#[test]
fn a_step_ends_on_its_second() {
    let (broker, client) = patient_broker();
    let code = client.code_at(NOW);
    broker.stop_clock_at(NOW + 30);
    assert_eq!(
        Ask::login_with(&client, &code).send(&broker).code(),
        "AB1050"
    );
    broker.stop_clock_at(NOW + 29);
    Ask::login_with(&client, &code).send(&broker).jwt();
}

/// The commonest mistake of all, and the two that give the same error code.
#[test]
fn what_is_no_code_is_told_apart_in_the_log() {
    let (broker, client) = patient_broker();
    let cases = [
        ("", "the code is empty"),
        (
            "kunji sample qrnotasecret234",
            "the secret itself was sent as the code",
        ),
        (
            "KUNJISAMPLEQRNOTASECRET234",
            "the secret itself was sent as the code",
        ),
        ("12345", "the code is of no step near the broker's clock"),
    ];
    for (code, why) in cases {
        assert_eq!(
            Ask::login_with(&client, code).send(&broker).code(),
            "AB1050"
        );
        assert_eq!(latest_why(&broker), why);
    }
}

/// Accounts differ in digits, period and hash; the broker checks what the account has.
#[test]
fn an_account_may_have_other_parameters() {
    let (broker, sample) = patient_broker();
    let client = Client {
        algorithm: Algorithm::Sha256,
        digits: 8,
        period: 60,
        ..Client::other(1)
    };
    broker.add(client.clone());
    let foreign = json!({"clientcode": client.client_code, "password": client.pin, "totp": sample.code_at(NOW)});
    let ask = Ask::login(&client, &broker);
    assert_eq!(ask.clone().body(&foreign).send(&broker).code(), "AB1050");
    ask.send(&broker).jwt();
}
