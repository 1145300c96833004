//! How the answer's bytes go out, or do not.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, DATE};
use axum::http::{HeaderValue, Response};
use futures_util::stream::{self, StreamExt};

use super::answers::Answer;
use super::misbehaviour::Misbehaviour;

const HUGE_BODY_CHUNKS: usize = 160;
const HUGE_BODY_CHUNK_BYTES: usize = 64 * 1024;

/// How a connection ends that gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HangUp {
    Reset,
    Close,
}

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?} instead of an answer")
    }
}

impl std::error::Error for HangUp {}

/// The answer as it goes out.
pub(super) async fn send(
    answer: &Answer,
    how: Option<&Misbehaviour>,
    now: Duration,
) -> Result<Response<Body>, HangUp> {
    let text = answer.text();
    let respond = |body: Body| answer.response(now, body);
    Ok(match how {
        Some(Misbehaviour::HalfJson) => respond(first_half(&text).to_owned().into()),
        Some(Misbehaviour::CutOff) => promising(text.len(), respond(cut_off(&text))),
        Some(Misbehaviour::SlowLoris) => promising(text.len(), respond(byte_a_second(text))),
        Some(Misbehaviour::HugeBody) => respond(huge()),
        Some(Misbehaviour::NeverAnswers) => std::future::pending().await,
        Some(Misbehaviour::ResetBeforeAnswer) => return Err(HangUp::Reset),
        Some(Misbehaviour::CloseBeforeAnswer) => return Err(HangUp::Close),
        Some(Misbehaviour::NoDate) => {
            let mut response = respond(text.into());
            response.headers_mut().remove(DATE);
            response
        }
        Some(Misbehaviour::BadDate) => {
            let mut response = respond(text.into());
            let nonsense = HeaderValue::from_static("Someday, 99 Nonsense 20xx 25:61:61 GMT");
            response.headers_mut().insert(DATE, nonsense);
            response
        }
        _ => respond(text.into()),
    })
}

fn promising(length: usize, mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    response
}

/// Every envelope is ASCII but for a client's name, so the cut may have to move.
fn first_half(text: &str) -> &str {
    &text[..text.floor_char_boundary(text.len() / 2)]
}

/// Half, a turn for it to be written out, then the end of the connection.
fn cut_off(text: &str) -> Body {
    let half = Bytes::from(first_half(text).to_owned());
    let close = stream::once(async {
        tokio::task::yield_now().await;
        Err(io::Error::other("cut off, as told"))
    });
    Body::from_stream(stream::once(async { Ok(half) }).chain(close))
}

fn byte_a_second(text: String) -> Body {
    let bytes = stream::iter(text.into_bytes()).enumerate();
    Body::from_stream(bytes.then(async |(index, byte)| {
        if index > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok::<_, Infallible>(vec![byte])
    }))
}

/// JSON to the end, so that only its size can be what a reader minds.
fn huge() -> Body {
    let start = br#"{"status":true,"message":""#.to_vec();
    let middle = stream::repeat(vec![b'a'; HUGE_BODY_CHUNK_BYTES]).take(HUGE_BODY_CHUNKS);
    let end = br#"","errorcode":"","data":null}"#.to_vec();
    let whole = stream::iter([start])
        .chain(middle)
        .chain(stream::iter([end]));
    Body::from_stream(whole.map(Ok::<_, Infallible>))
}
