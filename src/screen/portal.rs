//! The XDG desktop portal's Screenshot interface, over D-Bus.
//!
//! Source: the XDG Desktop Portal documentation, `org.freedesktop.portal.Screenshot`
//! and `org.freedesktop.portal.Request`. Spoken with zbus itself: `ashpd` gives its
//! `Request` out only once the answer is there, so that nobody could close one
//! that is still open.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use uuid::Uuid;
use zbus::proxy::SignalStream;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Message, Proxy, connection};

use super::{ScreenError, runtime, stored};

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PORTAL_PATH: &str = "/org/freedesktop/portal/desktop";
const SCREENSHOT: &str = "org.freedesktop.portal.Screenshot";
const REQUEST: &str = "org.freedesktop.portal.Request";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// For the bus to start the portal, and the portal to say that it is there.
const START: Duration = Duration::from_secs(15);
/// For the portal to take its dialog away.
const CLOSE: Duration = Duration::from_millis(500);

/// The URI of the picture that the person chose. `deadline` is theirs.
///
/// # Errors
/// [`ScreenError::NoPortal`] without a portal or a backend of its that takes
/// pictures; `Cancelled`, `Timeout`, `Refused`, and `Unreadable` for an answer
/// that makes no sense.
pub fn ask(
    bus: &str,
    deadline: Duration,
    cancelled: &mut oneshot::Receiver<()>,
) -> Result<String, ScreenError> {
    runtime()?.block_on(async {
        let mut request = tokio::select! {
            biased;
            _ = &mut *cancelled => return Err(ScreenError::Cancelled),
            request = timeout(START, Request::prepare(bus)) => match request {
                Ok(Ok(request)) => request,
                Ok(Err(error)) => return Err(from_zbus(&error)),
                Err(_) => return Err(ScreenError::NoPortal),
            },
        };
        let given_up = tokio::select! {
            biased;
            answer = request.answer() => return answer,
            _ = cancelled => ScreenError::Cancelled,
            () = sleep(deadline) => ScreenError::Timeout,
        };
        request.close().await;
        Err(given_up)
    })
}

/// One request, on a connection of its own: the portal forgets whatever belongs
/// to a connection that is gone.
struct Request {
    connection: Connection,
    token: String,
    path: OwnedObjectPath,
    responses: SignalStream<'static>,
}

impl Request {
    /// Finds the portal, and listens before anything is asked: the answer may be
    /// there before the call returns.
    async fn prepare(bus: &str) -> zbus::Result<Self> {
        let connection = connection::Builder::address(bus)?.build().await?;
        // Asked for by every version; starts the portal, and fails without a backend.
        connection
            .call_method(
                Some(PORTAL),
                PORTAL_PATH,
                Some(PROPERTIES),
                "Get",
                &(SCREENSHOT, "version"),
            )
            .await?;
        // The path is made of the caller's name and a word that nobody can guess,
        // since portal 0.9.
        let token = format!("kunji_{}", Uuid::new_v4().simple());
        let name = connection.unique_name();
        let sender = name.map_or("", |name| name.trim_start_matches(':'));
        let sender = sender.replace('.', "_");
        let path = OwnedObjectPath::try_from(format!("{PORTAL_PATH}/request/{sender}/{token}"))?;
        let proxy = Proxy::new_owned(connection.clone(), PORTAL, path.clone(), REQUEST).await?;
        let responses = proxy.receive_signal("Response").await?;
        Ok(Self {
            connection,
            token,
            path,
            responses,
        })
    }

    async fn answer(&mut self) -> Result<String, ScreenError> {
        let options = HashMap::from([
            ("handle_token", Value::from(self.token.as_str())),
            ("interactive", Value::from(true)),
            ("modal", Value::from(true)),
        ]);
        let no_parent = "";
        self.connection
            .call_method(
                Some(PORTAL),
                PORTAL_PATH,
                Some(SCREENSHOT),
                "Screenshot",
                &(no_parent, options),
            )
            .await
            .map_err(|e| from_zbus(&e))?;
        // The stream ends with the bus.
        let response = self.responses.next().await;
        uri_of(&response.ok_or(ScreenError::Refused)?)
    }

    /// Ends the dialog. A picture that crossed with this is removed.
    async fn close(&mut self) {
        let path = self.path.clone();
        let call = self
            .connection
            .call_method(Some(PORTAL), path, Some(REQUEST), "Close", &());
        if !matches!(timeout(CLOSE, call).await, Ok(Ok(_))) {
            tracing::debug!("the portal did not close its request");
        }
        // The bus keeps the order: an answer from before the closing is here by now.
        let late = self.responses.next().now_or_never().flatten();
        if let Some(Ok(uri)) = late.map(|response| uri_of(&response)) {
            stored::discard(&uri);
        }
    }
}

/// Codes: 0 done, 1 cancelled by the person, 2 ended in some other way.
fn uri_of(response: &Message) -> Result<String, ScreenError> {
    let body = response.body();
    let nonsense = ScreenError::Unreadable { left_behind: None };
    let (code, mut results): (u32, HashMap<String, OwnedValue>) =
        body.deserialize().map_err(|_| nonsense.clone())?;
    match code {
        0 => {
            let uri = results.remove("uri").and_then(|uri| uri.try_into().ok());
            uri.ok_or(nonsense)
        }
        1 => Err(ScreenError::Cancelled),
        _ => Err(ScreenError::Refused),
    }
}

fn from_zbus(error: &zbus::Error) -> ScreenError {
    match error {
        zbus::Error::MethodError(name, ..) => from_error_name(name.as_str()),
        zbus::Error::FDO(error) => {
            use zbus::DBusError as _;
            match &**error {
                zbus::fdo::Error::ZBus(error) => from_zbus(error),
                other => from_error_name(other.name().as_str()),
            }
        }
        // Without a bus there is no portal on it.
        _ => ScreenError::NoPortal,
    }
}

/// What is not a missing portal is a refusal.
fn from_error_name(name: &str) -> ScreenError {
    let bus_error = name.strip_prefix("org.freedesktop.DBus.Error.");
    match bus_error {
        // GLib says `InvalidArgs` of an interface that is not there.
        Some(
            "ServiceUnknown" | "NameHasNoOwner" | "FileNotFound" | "UnknownInterface"
            | "UnknownMethod" | "UnknownObject" | "UnknownProperty" | "InvalidArgs" | "NoReply"
            | "Disconnected" | "Timeout" | "TimedOut",
        ) => ScreenError::NoPortal,
        Some(other) if other.starts_with("Spawn") => ScreenError::NoPortal,
        _ => ScreenError::Refused,
    }
}
