//! Requests that are not typed.

use std::fmt;
use std::time::Duration;

use super::call::Call;
use super::handle::Connection;
use crate::error::Error;
use crate::http::{Headers, Method};
use crate::xml::redact::redacted;

/// A request for a path of the API; made by [`Connection::raw`].
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct RawRequest {
    connection: Connection,
    call: Call,
}

impl RawRequest {
    pub(super) fn new(connection: Connection, method: Method, path: String) -> Self {
        Self { connection, call: Call::new(method, path) }
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.call.query.push((key.into(), value.into()));
        self
    }

    /// Adds a header; it goes before one of the connection of the same name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.call.headers.push((name.into(), value.into()));
        self
    }

    /// The body: XML, unless a header `Content-Type` says otherwise.
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.call.body = Some(body.into());
        self
    }

    /// How long all of it may take, login and further attempts included; in place of the connection's timeout.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call.timeout = Some(timeout);
        self
    }

    /// The id by which the request is found in events, jobs and logs of the engine: 1 to 36 letters, digits, `_` and
    /// `-`. One is made up otherwise.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.call.correlation_id = Some(id.into());
        self
    }

    /// What would be sent, without sending it.
    ///
    /// # Errors
    ///
    /// When it can't be sent: a path that leads elsewhere, a header that is none, and the like.
    pub fn inspect(&self) -> Result<Inspected, Error> {
        self.connection.inspect(self.checked()?)
    }

    /// Sends the request.
    ///
    /// # Errors
    ///
    /// When it can't be sent, when there is no answer, and when the answer is no success or a page of HTML.
    pub async fn send(self) -> Result<RawResponse, Error> {
        let call = self.checked()?;
        let reply = self.connection.call(call).await?;
        Ok(RawResponse {
            status: reply.status,
            headers: reply.headers,
            body: reply.body,
            correlation_id: reply.correlation_id,
        })
    }

    /// Sends the request, for programs without an async runtime. Threads of a runtime are not for it, those for blocking
    /// work included.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and when it is called within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<RawResponse, Error> {
        let connection = self.connection.clone();
        connection.block_on(self.send())?
    }

    /// The call; an href has become a path.
    fn checked(&self) -> Result<Call, Error> {
        let path = self.connection.relative_href(&self.call.path)?;
        Ok(Call { path, ..self.call.clone() })
    }
}

impl Connection {
    /// A request for any path of the API, such as `vms/123`, or for an href within it.
    pub fn raw(&self, method: Method, path: impl Into<String>) -> RawRequest {
        RawRequest::new(self.clone(), method, path.into())
    }

    /// What would be sent for a call.
    pub(crate) fn inspect(&self, call: Call) -> Result<Inspected, Error> {
        let (query, body) = (call.query.clone(), call.body.clone());
        let timeout = call.timeout.unwrap_or(self.0.timeout);
        let request = self.request(call, timeout, false)?;
        Ok(Inspected { method: request.method(), path: request.path().to_owned(), query, body })
    }
}

/// A request that was not sent. `Debug` shows the body without the values of members that are secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspected {
    /// The method.
    pub method: Method,
    /// The path from the root of the server, percent-encoded.
    pub path: String,
    /// The parameters of the query, not encoded.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
}

impl fmt::Debug for Inspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, query, body } = self;
        let body = body.as_deref().map(redacted);
        let mut shown = f.debug_struct("Inspected");
        shown.field("method", method).field("path", path).field("query", query).field("body", &body).finish()
    }
}

/// The answer to a request that is not typed. `Debug` does not show the body.
#[derive(Clone)]
pub struct RawResponse {
    status: u16,
    headers: Headers,
    body: Vec<u8>,
    correlation_id: Option<String>,
}

impl RawResponse {
    /// The status: 200 and the like; always one of success.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; what is no UTF-8 in it is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The correlation id in effect.
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RawResponse");
        shown.field("status", &self.status).field("headers", &self.headers).field("length", &self.body.len());
        shown.field("correlation_id", &self.correlation_id).finish()
    }
}
