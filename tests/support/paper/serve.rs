//! Connections. `axum::serve` would add a `Date` header and answer everything; this broker must be able not to.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::checks::Asked;
use super::shared::Shared;
use super::wire::{self, HangUp};

/// No call's body comes near this.
const BODY_LIMIT_BYTES: usize = 16 * 1024;

/// Takes connections for as long as the runtime lives.
pub(super) async fn connections(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, Arc::clone(&shared)));
        } else {
            // Out of file descriptors, most likely: others have to close first.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Only speed is lost if the system refuses.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(Arc::clone(&shared), request));
    let mut connection = http1::Builder::new()
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let ended = (&mut connection).await;
    let hung_up = ended.as_ref().err().and_then(Error::source);
    if hung_up.and_then(|cause| cause.downcast_ref()) == Some(&HangUp::Reset) {
        // With no time to linger, closing the socket is a reset. Should the system refuse, it is a plain close.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<axum::http::Response<Body>, HangUp> {
    let (head, body) = request.into_parts();
    let body = to_bytes(Body::new(body), BODY_LIMIT_BYTES).await;
    let asked = Asked {
        method: head.method,
        path: head.uri.path().to_owned(),
        has_query: head.uri.query().is_some(),
        headers: head.headers,
        body: body.ok().map(Vec::from),
    };
    let (answer, misbehaviour, now) = shared.handle(&asked);
    wire::send(&answer, misbehaviour.as_ref(), now).await
}
