//! What the contract asks of every request, checked without knowing any client.

use std::net::IpAddr;

use axum::http::header::{ACCEPT, ALLOW, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use super::answers::{self, Answer};
use super::calls::Call;

/// A request as it came.
pub(super) struct Asked {
    pub method: Method,
    pub path: String,
    pub has_query: bool,
    pub headers: HeaderMap,
    /// None when it broke off or was too long.
    pub body: Option<Vec<u8>>,
}

/// What the client is told, and what the log is told.
pub(super) struct Refusal {
    pub answer: Answer,
    pub why: String,
}

pub(super) type Check<T> = Result<T, Refusal>;

impl Refusal {
    pub fn new(answer: Answer, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { answer, why }
    }

    /// For faults that the contract knows no answer to: the real broker may let them pass, this one must not. The
    /// code is a guess, chosen because it was seen for malformed bodies.
    fn malformed(why: impl Into<String>) -> Self {
        let message = "Something Went Wrong, Please Try After Sometime";
        Self::new(answers::refusal("AB1004", message), why)
    }

    fn token(code: &str, why: impl Into<String>) -> Self {
        let message = match code {
            "AG8002" => "Token Expired",
            "AG8003" => "Token missing",
            _ => "Invalid Token",
        };
        Self::new(answers::gateway(code, message), why)
    }

    pub fn api_key(why: &str) -> Self {
        Self::new(answers::gateway("AG8004", "Invalid API Key"), why)
    }

    pub fn invalid_token(why: impl Into<String>) -> Self {
        Self::token("AG8001", why)
    }

    pub fn expired_token(why: impl Into<String>) -> Self {
        Self::token("AG8002", why)
    }
}

/// The path, and the method that belongs to it.
pub(super) fn call(asked: &Asked) -> Check<Call> {
    let Some(call) = Call::at(&asked.path) else {
        let answer = answers::plain(StatusCode::NOT_FOUND, "Not Found");
        return Err(Refusal::new(answer, "no call lives at this path"));
    };
    if asked.method != call.method() {
        let answer = answers::plain(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
            .with(ALLOW, call.method().as_str());
        let why = format!("the method is {}, not {}", asked.method, call.method());
        return Err(Refusal::new(answer, why));
    }
    if asked.has_query {
        return Err(Refusal::malformed("a query was added to the path"));
    }
    Ok(call)
}

/// The headers that every call carries.
pub(super) fn headers(headers: &HeaderMap) -> Check<()> {
    for name in [CONTENT_TYPE.as_str(), ACCEPT.as_str()] {
        let refused = |why| {
            let answer =
                answers::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type");
            Refusal::new(answer, why)
        };
        if once(headers, name).map_err(refused)? != "application/json" {
            return Err(refused(format!("{name} is not application/json")));
        }
    }
    for (name, expected, fits) in OTHERS {
        let value = once(headers, name).map_err(Refusal::malformed)?;
        if !fits(value) {
            return Err(Refusal::malformed(format!("{name} is not {expected}")));
        }
    }
    Ok(())
}

type Fits = fn(&str) -> bool;

/// Name, what is expected, and how to tell. Whose API key it is needs the client, so the book checks that.
const OTHERS: [(&str, &str, Fits); 6] = [
    ("X-UserType", "USER", |value| value == "USER"),
    ("X-SourceID", "WEB", |value| value == "WEB"),
    ("X-ClientLocalIP", "an IP address", is_ip),
    ("X-ClientPublicIP", "an IP address", is_ip),
    ("X-MACAddress", "a MAC address", is_mac),
    ("X-PrivateKey", "an API key", |value| !value.is_empty()),
];

fn is_ip(value: &str) -> bool {
    value.parse::<IpAddr>().is_ok()
}

fn is_mac(value: &str) -> bool {
    let pairs: Vec<_> = value.split([':', '-']).collect();
    pairs.len() == 6
        && pairs
            .iter()
            .all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A header's value, if it is there exactly once.
fn once<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, String> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Err(format!("{name} is missing")),
        (Some(_), Some(_)) => Err(format!("{name} is there more than once")),
        (Some(value), None) => value
            .to_str()
            .map_err(|_| format!("{name} is not readable text")),
    }
}

/// The API key, which `headers` has found to be there.
pub(super) fn api_key(headers: &HeaderMap) -> &str {
    once(headers, "X-PrivateKey").unwrap_or_default()
}

/// The session's token on a secured call.
pub(super) fn bearer(headers: &HeaderMap) -> Check<&str> {
    if !headers.contains_key(AUTHORIZATION) {
        return Err(Refusal::token("AG8003", "Authorization is missing"));
    }
    let value = once(headers, AUTHORIZATION.as_str()).map_err(Refusal::invalid_token)?;
    let Some(token) = value.strip_prefix("Bearer ") else {
        return Err(Refusal::invalid_token("Authorization has no Bearer prefix"));
    };
    if token
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("bearer")
    {
        return Err(Refusal::invalid_token(
            "Authorization has the Bearer prefix twice",
        ));
    }
    Ok(token)
}

/// Logging in carries no token; AG8001 was seen on login, so a stray one is answered with that.
pub(super) fn no_bearer(headers: &HeaderMap) -> Check<()> {
    if headers.contains_key(AUTHORIZATION) {
        return Err(Refusal::invalid_token(
            "Authorization was sent where there is no session",
        ));
    }
    Ok(())
}

/// The body's fields: exactly these, all of them strings; `optional` may be left out.
pub(super) fn fields(
    asked: &Asked,
    required: &[&str],
    optional: &[&str],
) -> Check<Map<String, Value>> {
    let malformed = |why: &str| Err(Refusal::malformed(why));
    let Ok(body) = serde_json::from_slice::<Value>(body(asked)?) else {
        return malformed("the body is not JSON");
    };
    let Value::Object(fields) = body else {
        return malformed("the body is not a JSON object");
    };
    if let Some(missing) = required.iter().find(|name| !fields.contains_key(**name)) {
        return Err(Refusal::malformed(format!(
            "the field {missing} is missing"
        )));
    }
    let known =
        |name: &String| required.contains(&name.as_str()) || optional.contains(&name.as_str());
    if !fields.keys().all(known) {
        return malformed("the body has a field that the contract has not");
    }
    if let Some((name, _)) = fields.iter().find(|(_, value)| !value.is_string()) {
        return Err(Refusal::malformed(format!(
            "the field {name} is not a string"
        )));
    }
    Ok(fields)
}

/// Calls that only read send no body.
pub(super) fn no_body(asked: &Asked) -> Check<()> {
    if body(asked)?.is_empty() {
        return Ok(());
    }
    Err(Refusal::malformed(
        "a body was sent with a call that takes none",
    ))
}

fn body(asked: &Asked) -> Check<&[u8]> {
    asked.body.as_deref().ok_or_else(|| {
        let answer = answers::plain(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large");
        Refusal::new(answer, "the body broke off or is too long")
    })
}
