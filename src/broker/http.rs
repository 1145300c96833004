//! One HTTP exchange: deadlines, limits, and what its failures mean.

use std::time::{Duration, Instant, SystemTime};

use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, LOCATION};
use reqwest::{Client, RequestBuilder, Response, redirect, retry};
use zeroize::Zeroizing;

use super::{BrokerError, Endpoint, NoConnection};

pub const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
const WHOLE_DEADLINE: Duration = Duration::from_secs(15);
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// A client that sends each request once: no redirects, no retries, and no
/// kept connections (a reused one that turns out dead is silently resent on).
/// Connecting takes at most `connect_within`, and never more than 5 s.
pub fn client(endpoint: &Endpoint, connect_within: Duration) -> Result<Client, BrokerError> {
    // An error here means that the process has a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("kunji/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect_within.min(CONNECT_DEADLINE))
        .timeout(WHOLE_DEADLINE)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .pool_max_idle_per_host(0)
        .https_only(!endpoint.is_loopback());
    // Plain http must not leave this computer by way of a proxy.
    let builder = if endpoint.is_loopback() {
        builder.no_proxy()
    } else {
        builder
    };
    builder
        .build()
        .map_err(|_| BrokerError::NoConnection(NoConnection::Certificate))
}

/// What came back, whatever it is.
pub struct Exchange {
    pub status: u16,
    pub body: Zeroizing<Vec<u8>>,
    pub skew_ms: Option<i64>,
}

/// Sends one request and reads its whole answer. Redirects are an error.
pub async fn exchange(request: RequestBuilder) -> Result<Exchange, BrokerError> {
    let sent_at = SystemTime::now();
    let started = Instant::now();
    let response = request.send().await.map_err(|e| failure(&e))?;
    let skew_ms = skew(response.headers(), sent_at, started.elapsed());
    let status = response.status();
    if status.is_redirection() {
        return Err(BrokerError::Redirected {
            host: redirect_host(&response),
        });
    }
    let body = read_body(response).await?;
    Ok(Exchange {
        status: status.as_u16(),
        body,
        skew_ms,
    })
}

async fn read_body(mut response: Response) -> Result<Zeroizing<Vec<u8>>, BrokerError> {
    let mut body = Zeroizing::new(Vec::with_capacity(16 * 1024));
    while let Some(chunk) = response.chunk().await.map_err(|e| failure(&e))? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(BrokerError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The host alone: the rest of the address could hold anything.
fn redirect_host(response: &Response) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let target = response.url().join(location).ok()?;
    target.host_str().map(str::to_owned)
}

/// The broker's `Date` against the middle of the exchange. Whole seconds are
/// rounded down by the server, so half a second is added.
fn skew(headers: &HeaderMap, sent_at: SystemTime, took: Duration) -> Option<i64> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let theirs = rfc2822::parse(date).ok()?.timestamp().as_millisecond() + 500;
    let ours = jiff::Timestamp::try_from(sent_at + took / 2)
        .ok()?
        .as_millisecond();
    Some(theirs - ours)
}

fn failure(error: &reqwest::Error) -> BrokerError {
    if error.is_connect() {
        return BrokerError::NoConnection(if error.is_timeout() {
            NoConnection::Timeout
        } else if caused_by_tls(error) {
            NoConnection::Certificate
        } else {
            NoConnection::Unreachable
        });
    }
    if error.is_timeout() {
        return BrokerError::NoAnswer;
    }
    if error.is_builder() {
        return BrokerError::Unsendable("request");
    }
    BrokerError::Interrupted
}

fn caused_by_tls(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<rustls::Error>() {
            return true;
        }
        // An io::Error hides the one it wraps from `source`.
        let wrapped = inner.downcast_ref::<std::io::Error>();
        let wrapped = wrapped.and_then(std::io::Error::get_ref);
        if wrapped.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) {
            return true;
        }
        cause = inner.source();
    }
    false
}
