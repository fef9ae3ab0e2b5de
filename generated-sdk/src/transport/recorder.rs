//! Recording the exchanges of a transport.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::recording::{Exchange, Message, Recording, target};
use super::traits::Transport;
use crate::error::Error;
use crate::http::{BoxFuture, Headers, Request, Response};
use crate::redaction;
use crate::secret::{MASK, Secrets};

/// Records the exchanges of a connection. Pass it to [`ConnectionBuilder::record`](crate::ConnectionBuilder::record).
///
/// Secrets are masked or omitted: headers with credentials, passwords, tokens and pages of logins, and values that the
/// model marks as secret. While recording, response bodies are not streamed; each is received as a whole.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Recording>>);

impl Recorder {
    /// Creates a recorder with an empty recording.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a copy of the recording so far.
    pub fn recording(&self) -> Recording {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Wraps a transport to record its exchanges.
    pub(crate) fn around(self, transport: Arc<dyn Transport>) -> Arc<dyn Transport> {
        Arc::new(RecordingTransport { recorder: self, transport })
    }

    fn add(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).exchanges.push(exchange);
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder({} exchanges)", self.recording().len())
    }
}

/// A transport whose exchanges are recorded.
struct RecordingTransport {
    recorder: Recorder,
    transport: Arc<dyn Transport>,
}

impl RecordingTransport {
    async fn exchange(&self, request: Request) -> Result<Response, Error> {
        let secrets = redaction::secrets(&request);
        let (method, login) = (request.method(), request.login);
        let target = target(&request);
        let sent = message(request.headers(), request.body(), login, &secrets);
        let mut response = self.transport.send(request.clone()).await?;
        if !request.read_body(&mut response).await? {
            return Err(Error::too_large(request.max_body, login));
        }
        let body = response.body().bytes().filter(|body| !body.is_empty());
        let received = message(response.headers(), body, login, &secrets);
        let target = secrets.hide(target);
        self.recorder.add(Exchange { method, target, request: sent, status: response.status(), response: received });
        Ok(response)
    }
}

impl Transport for RecordingTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.exchange(request))
    }
}

/// Headers and body without secrets.
fn message(headers: &Headers, body: Option<impl AsRef<[u8]>>, login: bool, secrets: &Secrets) -> Message {
    let kind = headers.get("content-type").unwrap_or_default();
    let body = body.map(|body| String::from_utf8_lossy(body.as_ref()).into_owned());
    // Before the masking of fields: it can cut an escaped secret into pieces.
    let body = body.map(|text| redaction::recorded(&secrets.hide(text), kind, login));
    // Any header of a login can contain secrets; a replay needs only this one.
    let open = headers.without_secrets();
    let shown = open.iter().filter(|(name, _)| !login || name.eq_ignore_ascii_case("content-type"));
    let shown = shown.map(|(name, value)| (name, secrets.hide(value.to_owned())));
    // Replaying the login of a session requires its cookie; the name is enough.
    let cookies = headers.get_all("set-cookie").filter(|_| login).filter_map(|cookie| cookie.split_once('='));
    let cookies = cookies.map(|(name, _)| ("Set-Cookie", format!("{name}={MASK}")));
    Message { headers: shown.chain(cookies).collect(), body }
}
