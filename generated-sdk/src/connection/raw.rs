//! Untyped requests.

use std::fmt;
use std::time::Duration;

use super::call::Call;
use super::handle::Connection;
use crate::correlation_id;
use crate::error::Error;
use crate::http::{Headers, Method};
use crate::pipeline::curl;
use crate::redaction;

/// An untyped request to a path of the API. Created by [`Connection::raw`].
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

    /// Adds a header. It takes precedence over a header of the connection with the same name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.call.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body: XML, unless the header `Content-Type` is set.
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.call.body = Some(body.into());
        self
    }

    /// Sets the total timeout, including login and retries, instead of the connection's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call.timeout = Some(timeout);
        self
    }

    /// Sets the correlation ID, which appears in events, jobs and logs of the engine: 1 to 36 letters, digits, `_` and
    /// `-`. By default it is generated.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.call.correlation_id = Some(id.into());
        self
    }

    /// Returns the request as it would be sent, without sending it.
    ///
    /// # Errors
    ///
    /// Fails if the request is invalid, for example because of a path outside of the API or an invalid header.
    pub fn inspect(&self) -> Result<Inspected, Error> {
        self.connection.inspect(self.checked()?)
    }

    /// Sends the request.
    ///
    /// # Errors
    ///
    /// Fails if the request is invalid, if there is no response, and if the response is not successful, is an HTML page or
    /// reports a failure in its body.
    pub async fn send(self) -> Result<RawResponse, Error> {
        let call = self.checked()?;
        let reply = self.connection.call(call).await?;
        Ok(RawResponse {
            status: reply.status,
            headers: reply.headers,
            body: reply.body,
            correlation_id: reply.context.correlation_id.as_deref().map(str::to_owned),
        })
    }

    /// Sends the request and blocks until the response arrives. Not for async code; within it, use `spawn_blocking`.
    ///
    /// # Errors
    ///
    /// The errors of [`send`](Self::send); also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<RawResponse, Error> {
        crate::blocking::block_on(self.send())?
    }

    /// Returns the call, with an href converted into a path.
    fn checked(&self) -> Result<Call, Error> {
        let path = self.connection.relative_href(&self.call.path)?;
        Ok(Call { path, ..self.call.clone() })
    }
}

impl Connection {
    /// Returns an untyped request to a path of the API, such as `vms/123`, or to an href below it.
    pub fn raw(&self, method: Method, path: impl Into<String>) -> RawRequest {
        RawRequest::new(self.clone(), method, path.into())
    }

    /// Returns the request that would be sent for a call.
    pub(crate) fn inspect(&self, call: Call) -> Result<Inspected, Error> {
        let (query, body) = (call.query.clone(), call.body.clone());
        let timeout = call.timeout.unwrap_or(self.0.timeout);
        let correlation_id = call.correlation_id.clone();
        let mut request = self.request(call, timeout)?;
        self.0.headers.apply(&mut request);
        if let Some(id) = correlation_id {
            request.headers_mut().set(correlation_id::HEADER, id);
        }
        self.0.authenticator.apply_sample(&mut request);
        let curl = curl::command(&request, &self.0.curl);
        Ok(Inspected { method: request.method(), path: request.path().to_owned(), query, body, curl })
    }
}

/// A request that was not sent. `Debug` masks secret parameters, and secret fields in the body.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspected {
    /// The method.
    pub method: Method,
    /// The path from the root of the server, percent-encoded.
    pub path: String,
    /// The query parameters, not encoded.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
    curl: String,
}

impl Inspected {
    /// A command for `curl` that sends the request: the same that is logged with the target `ovirt_sdk::curl`. Shell
    /// variables replace secrets, such as `OVIRT_TOKEN`; [`pipeline`](crate::pipeline) lists them. The random
    /// correlation ID and the changes of custom policies are missing.
    pub fn curl(&self) -> &str {
        &self.curl
    }
}

impl fmt::Debug for Inspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, query, body, .. } = self;
        let body = body.as_deref().map(redaction::document);
        let mut shown = f.debug_struct("Inspected");
        shown
            .field("method", method)
            .field("path", path)
            .field("query", &redaction::parameters(query))
            .field("body", &body)
            .finish_non_exhaustive()
    }
}

/// The response to an untyped request. `Debug` does not show the body.
#[derive(Clone)]
pub struct RawResponse {
    status: u16,
    headers: Headers,
    body: Vec<u8>,
    correlation_id: Option<String>,
}

impl RawResponse {
    /// The status code, always one of success, such as 200.
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

    /// The body as text. Invalid UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The correlation ID of the response, otherwise that of the request.
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
