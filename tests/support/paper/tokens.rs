//! Tokens that look like the broker's: their length and shape matter to whoever stores or prints them.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use uuid::Uuid;

/// The real token's own `exp` is this far off, though the session ends at midnight: a program must not believe it.
const THREE_YEARS_SECS: u64 = 3 * 365 * 86_400;

/// A session's three tokens. Apart from the client code they are noise.
#[derive(Clone)]
pub(super) struct Tokens {
    pub jwt: String,
    pub refresh: String,
    pub feed: String,
}

impl Tokens {
    pub fn new(client_code: &str, unix_secs: u64) -> Self {
        let expires = unix_secs + THREE_YEARS_SECS;
        Self {
            jwt: jwt(&json!({
                "username": client_code, "roles": 0, "usertype": "USER", "token": noise(320),
                "user_type": "client", "source": "WEB", "iat": unix_secs, "exp": expires,
            })),
            refresh: jwt(&json!({"token": noise(160), "iat": unix_secs, "exp": expires})),
            feed: jwt(&json!({"username": client_code, "iat": unix_secs, "exp": expires})),
        }
    }

    /// As the calls give them.
    pub fn to_json(&self) -> Value {
        json!({"jwtToken": self.jwt, "refreshToken": self.refresh, "feedToken": self.feed})
    }
}

/// Three base64url parts; the last is no signature, for nobody has a key.
fn jwt(claims: &Value) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let header = json!({"alg": "HS512"});
    format!("{}.{}.{}", part(&header), part(claims), noise(64))
}

fn noise(bytes: usize) -> String {
    let random: Vec<u8> = std::iter::repeat_with(|| Uuid::new_v4().into_bytes())
        .flatten()
        .take(bytes)
        .collect();
    BASE64URL_NOPAD.encode(&random)
}
