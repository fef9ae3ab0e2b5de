//! Requests and responses as the pipeline sees them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Body, Headers};

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Read.
    Get,
    /// Read the headers only.
    Head,
    /// Add something, or act.
    Post,
    /// Change.
    Put,
    /// Remove.
    Delete,
    /// Ask what can be done.
    Options,
}

impl Method {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }

    /// Whether a request that is sent twice has the effect of one that is sent once.
    pub fn is_idempotent(self) -> bool {
        self != Self::Post
    }

    /// Whether a request only reads: it may be sent on by a redirect.
    pub(crate) fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Delete, Self::Options];
        all.into_iter().find(|method| method.as_str() == name)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request on its way to the engine.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: reqwest::Url,
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
        (200..300).contains(&self.status)
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
