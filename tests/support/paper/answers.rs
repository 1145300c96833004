//! What the broker says: its two envelopes, and the answers that are no envelope.

use std::time::{Duration, UNIX_EPOCH};

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, DATE};
use axum::http::{HeaderName, Response, StatusCode};
use serde_json::{Value, json};

/// An answer before it is bytes, so that a misbehaviour can still bend it.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(HeaderName, String)>,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Json(Value),
    /// A media type and a text.
    Text(&'static str, String),
}

/// The backend agrees.
pub(super) fn success(data: &Value) -> Answer {
    let envelope = json!({"status": true, "message": "SUCCESS", "errorcode": "", "data": data});
    Answer::new(StatusCode::OK, Content::Json(envelope))
}

/// The backend refuses; it does so with HTTP 200.
pub(super) fn refusal(code: &str, message: &str) -> Answer {
    let envelope = json!({"status": false, "message": message, "errorcode": code, "data": null});
    Answer::new(StatusCode::OK, Content::Json(envelope))
}

/// The gateway before it refuses. No source names the HTTP status; reports show bodies that the broker's own SDKs
/// took for ordinary answers, so 200 is the guess.
pub(super) fn gateway(code: &str, message: &str) -> Answer {
    let envelope = json!({"success": false, "message": message, "errorCode": code, "data": ""});
    Answer::new(StatusCode::OK, Content::Json(envelope))
}

pub(super) fn plain(status: StatusCode, text: &str) -> Answer {
    Answer::new(status, Content::Text("text/plain", text.to_owned()))
}

pub(super) fn html(status: StatusCode, title: &str, body: &str) -> Answer {
    let page = format!("<html><head><title>{title}</title></head><body>{body}</body></html>\n");
    Answer::new(status, Content::Text("text/html; charset=utf-8", page))
}

/// The rate limit's answer, word for word.
pub(super) fn rate_limited() -> Answer {
    plain(
        StatusCode::FORBIDDEN,
        "Access denied because of exceeding access rate",
    )
}

impl Answer {
    fn new(status: StatusCode, content: Content) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content,
        }
    }

    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn text(&self) -> String {
        match &self.content {
            Content::Json(value) => value.to_string(),
            Content::Text(_, text) => text.clone(),
        }
    }

    /// The answer with its own headers around any body, and the `Date` of a moment since 1970.
    pub fn response(&self, now: Duration, body: Body) -> Response<Body> {
        let media_type = match self.content {
            Content::Json(_) => "application/json",
            Content::Text(media_type, _) => media_type,
        };
        let mut response = Response::builder()
            .status(self.status)
            .header(CONTENT_TYPE, media_type)
            .header(DATE, httpdate::fmt_http_date(UNIX_EPOCH + now));
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        response
            .body(body)
            .expect("only a Redirect's address is from outside, and a test that makes up a bad one is told so")
    }
}
