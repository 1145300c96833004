//! AngelOne's SmartAPI: logging in, the profile, logging out.

mod answer;
mod codes;
mod identity;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tracing::info;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use self::codes::Sent;
use super::http::{self, Exchange};
use super::{Answer, Broker, BrokerError, Endpoint, LoginRequest, Profile, Reply, SessionRequest};
use crate::account::Session;
use crate::secret::Secret;

/// The documented root.
pub const DEFAULT_ENDPOINT: &str = "https://apiconnect.angelone.in";

const LOGIN: &str = "/rest/auth/angelbroking/user/v1/loginByPassword";
const PROFILE: &str = "/rest/secure/angelbroking/user/v1/getProfile";
const LOGOUT: &str = "/rest/secure/angelbroking/user/v1/logout";

/// AngelOne behind one address.
pub struct AngelOne {
    endpoint: Endpoint,
}

#[derive(Serialize, Zeroize, ZeroizeOnDrop)]
struct LoginBody {
    clientcode: String,
    password: String,
    totp: String,
}

#[derive(Serialize)]
struct LogoutBody<'a> {
    clientcode: &'a str,
}

#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
struct Tokens {
    #[serde(rename = "jwtToken")]
    jwt: String,
    #[serde(rename = "refreshToken")]
    refresh: String,
    #[serde(rename = "feedToken")]
    feed: String,
}

#[derive(Deserialize)]
struct ProfileData {
    clientcode: String,
    #[serde(default)]
    name: String,
}

impl AngelOne {
    #[must_use]
    pub const fn new(endpoint: Endpoint) -> Self {
        Self { endpoint }
    }

    /// The headers that every call carries.
    fn request(
        &self,
        method: Method,
        path: &str,
        api_key: &Secret,
        connect_within: Duration,
    ) -> Result<RequestBuilder, BrokerError> {
        let identity = identity::local(&self.endpoint);
        let client = http::client(&self.endpoint, connect_within)?;
        Ok(client
            .request(method, self.endpoint.join(path))
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .header("X-UserType", "USER")
            .header("X-SourceID", "WEB")
            .header("X-ClientLocalIP", &identity.ip)
            .header("X-ClientPublicIP", &identity.ip)
            .header("X-MACAddress", &identity.mac)
            .header("X-PrivateKey", sensitive(api_key.expose(), "API key")?))
    }

    fn secured(
        &self,
        method: Method,
        path: &str,
        of: &SessionRequest,
    ) -> Result<RequestBuilder, BrokerError> {
        let bearer = Zeroizing::new(format!("Bearer {}", of.session.jwt.expose()));
        let request = self.request(method, path, &of.api_key, http::CONNECT_DEADLINE)?;
        Ok(request.header(AUTHORIZATION, sensitive(&bearer, "token")?))
    }

    /// Sends the request, reads the envelope and logs what may be logged.
    async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        request: Result<RequestBuilder, BrokerError>,
        expects_data: bool,
        sent: Sent<'_>,
    ) -> Answer<Option<T>> {
        let started = Instant::now();
        let exchanged = match request {
            Ok(request) => http::exchange(request).await,
            Err(error) => Err(error),
        };
        let (status, skew_ms) = match &exchanged {
            Ok(Exchange {
                status, skew_ms, ..
            }) => (Some(*status), *skew_ms),
            Err(_) => (None, None),
        };
        let result = exchanged.and_then(|e| answer::read(e.status, &e.body, expects_data, sent));
        let result = result.map_err(|error| sent.strip(error));
        let outcome = result.as_ref().err().map(ToString::to_string);
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        info!(
            path,
            status,
            ms,
            error = outcome.as_deref(),
            "AngelOne answered"
        );
        Answer { result, skew_ms }
    }
}

/// A header value that no log shows.
fn sensitive(text: &str, what: &'static str) -> Result<HeaderValue, BrokerError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| BrokerError::Unsendable(what))?;
    value.set_sensitive(true);
    Ok(value)
}

fn json(body: &impl Serialize) -> Vec<u8> {
    // A struct of strings always has a JSON form; an empty body would be refused.
    serde_json::to_vec(body).unwrap_or_default()
}

/// A token may already carry the prefix that the header adds.
fn token(text: &mut String) -> Secret {
    let owned = Zeroizing::new(std::mem::take(text));
    let bare = owned.strip_prefix("Bearer ").unwrap_or(&owned);
    Secret::from(bare.trim())
}

impl Broker for AngelOne {
    fn log_in(&self, request: LoginRequest) -> Reply<'_, Session> {
        Box::pin(async move {
            let body = LoginBody {
                clientcode: request.client_code.clone(),
                password: request.pin.expose().to_owned(),
                totp: request.code.expose().to_owned(),
            };
            let http = self
                .request(
                    Method::POST,
                    LOGIN,
                    &request.api_key,
                    request.connect_within,
                )
                .map(|r| r.body(json(&body)));
            let sent = [
                request.pin.expose(),
                request.api_key.expose(),
                request.code.expose(),
            ];
            let Answer { result, skew_ms } =
                self.call::<Tokens>(LOGIN, http, true, Sent(&sent)).await;
            let result = result.and_then(|tokens| {
                let mut tokens = tokens.ok_or(BrokerError::BadAnswer(200))?;
                let session = Session {
                    jwt: token(&mut tokens.jwt),
                    refresh: token(&mut tokens.refresh),
                    feed: token(&mut tokens.feed),
                    obtained: Timestamp::now(),
                };
                if session.jwt.is_empty() {
                    return Err(BrokerError::BadAnswer(200));
                }
                Ok(session)
            });
            Answer { result, skew_ms }
        })
    }

    fn profile(&self, request: SessionRequest) -> Reply<'_, Profile> {
        Box::pin(async move {
            let http = self.secured(Method::GET, PROFILE, &request);
            let sent = [request.api_key.expose(), request.session.jwt.expose()];
            let Answer { result, skew_ms } = self
                .call::<ProfileData>(PROFILE, http, true, Sent(&sent))
                .await;
            let result = result.and_then(|data| {
                let data = data.ok_or(BrokerError::BadAnswer(200))?;
                Ok(Profile {
                    client_code: data.clientcode,
                    name: data.name,
                })
            });
            let result = result.map_err(codes::of_session);
            Answer { result, skew_ms }
        })
    }

    fn log_out(&self, request: SessionRequest) -> Reply<'_, ()> {
        Box::pin(async move {
            let body = LogoutBody {
                clientcode: &request.client_code,
            };
            let http = self
                .secured(Method::POST, LOGOUT, &request)
                .map(|r| r.body(json(&body)));
            let sent = [request.api_key.expose(), request.session.jwt.expose()];
            let answer = self
                .call::<serde::de::IgnoredAny>(LOGOUT, http, false, Sent(&sent))
                .await;
            let result = answer.result.map(|_| ()).map_err(codes::of_session);
            Answer {
                result,
                skew_ms: answer.skew_ms,
            }
        })
    }
}
