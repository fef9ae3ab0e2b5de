//! Requests and responses.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::url::Url;
use tokio::time::Instant;

use super::body::Body;
use super::headers::Headers;
use super::method::Method;
use super::status::Status;

/// A request on its way to the engine.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Headers,
    pub(crate) body: Option<Arc<[u8]>>,
    pub(crate) correlation_id: Option<String>,
    /// Until when there has to be an answer.
    pub(crate) deadline: Instant,
    /// How long the caller waits; for texts.
    pub(crate) timeout: Duration,
    /// Whether the body of the answer is wanted in pieces.
    pub(crate) streaming: bool,
    /// Counted from 1.
    pub(crate) attempt: u32,
    /// Whether it belongs to a login: what comes back is mostly a secret.
    pub(crate) login: bool,
}

impl Request {
    /// A first attempt, without headers and body, that has to be answered within a time.
    pub(crate) fn new(method: Method, url: Url, correlation_id: String, timeout: Duration) -> Self {
        Self {
            method,
            url,
            headers: Headers::new(),
            body: None,
            correlation_id: Some(correlation_id),
            deadline: Instant::now() + timeout,
            timeout,
            streaming: false,
            attempt: 1,
            login: false,
        }
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The whole URL, query included.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The path of the URL, from the root of the server.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// The query of the URL, encoded.
    pub fn query(&self) -> Option<&str> {
        self.url.query()
    }

    /// Adds a parameter to the query.
    pub fn add_query(&mut self, key: &str, value: &str) {
        self.url.query_pairs_mut().append_pair(key, value);
    }

    /// The headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The headers, to be changed.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// The body.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Replaces the body.
    pub fn set_body(&mut self, body: impl Into<Vec<u8>>) {
        self.body = Some(body.into().into());
    }

    /// The correlation id, once it is set.
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }

    /// How often the request has been tried with this one, counted from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// How long there still is for an answer; transports need not care, the connection gives up by itself.
    pub fn remaining_time(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Request");
        shown.field("method", &self.method).field("path", &self.path()).field("headers", &self.headers);
        shown.field("body", &self.body().map(<[u8]>::len)).finish_non_exhaustive()
    }
}

/// A response on its way to the caller, whatever its status.
#[derive(Debug)]
pub struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Body,
    /// How often the request was sent until it came.
    pub(crate) attempts: u32,
}

impl Response {
    /// A response; mostly for transports and tests.
    pub fn new(status: u16, headers: Headers, body: impl Into<Body>) -> Self {
        Self { status, headers, body: body.into(), attempts: 1 }
    }

    /// The status: 200 and the like.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        Status(self.status).is_success()
    }

    /// The headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The headers, to be changed.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Replaces the body.
    pub fn set_body(&mut self, body: impl Into<Body>) {
        self.body = body.into();
    }

    /// The body, to be read.
    pub fn into_body(self) -> Body {
        self.body
    }
}
