//! Requests and responses.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::url::Url;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::body::{Body, BodyError};
use super::headers::Headers;
use super::method::Method;
use super::progress::Progress;
use super::sink::Delivery;
use super::status::Status;
use crate::secret::Secrets;

/// A request to the engine, as it passes through the pipeline.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Arc<Url>,
    pub(crate) headers: Headers,
    /// Overwritten when it is dropped, because it can contain secrets.
    pub(crate) body: Option<Arc<Zeroizing<Vec<u8>>>>,
    pub(crate) correlation_id: Option<Arc<str>>,
    /// The time at which the request times out.
    pub(crate) deadline: Instant,
    /// The total timeout. For a streamed body, it limits the total time of waiting for chunks.
    pub(crate) timeout: Duration,
    /// The number of the attempt, starting at 1.
    pub(crate) attempt: u32,
    /// Whether the request belongs to a login. The response then usually contains secrets.
    pub(crate) login: bool,
    /// The limit for the headers of the response, if the request can be repeated afterwards.
    pub(crate) answer_limit: Option<Duration>,
    /// Whether the caller handles temporary conflicts.
    pub(crate) returns_conflicts: bool,
    pub(crate) progress: Progress,
    /// The maximum size of the response body in memory, in bytes.
    pub(crate) max_body: u64,
    pub(crate) delivery: Delivery,
}

/// The maximum size of a response body that reports a failure. The rest of a longer one is dropped.
const MAX_FAILURE: u64 = 1 << 20;

impl Request {
    /// Creates the first attempt of a request without headers and body. The timeout starts now.
    pub(crate) fn new(method: Method, url: Url, correlation_id: impl Into<Arc<str>>, timeout: Duration) -> Self {
        Self {
            method,
            url: Arc::new(url),
            headers: Headers::new(),
            body: None,
            correlation_id: Some(correlation_id.into()),
            deadline: Instant::now() + timeout,
            timeout,
            attempt: 1,
            login: false,
            answer_limit: None,
            returns_conflicts: false,
            progress: Progress::default(),
            max_body: u64::MAX,
            delivery: Delivery::Whole,
        }
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The whole URL, including the query.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The path of the URL, from the root of the server.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// The percent-encoded query of the URL.
    pub fn query(&self) -> Option<&str> {
        self.url.query()
    }

    /// Adds a parameter to the query.
    pub fn add_query(&mut self, key: &str, value: &str) {
        Arc::make_mut(&mut self.url).query_pairs_mut().append_pair(key, value);
    }

    /// The headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The headers, for modification.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// The body.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_ref().map(|body| body.as_slice())
    }

    /// Replaces the body.
    pub fn set_body(&mut self, body: impl Into<Vec<u8>>) {
        self.body = Some(Arc::new(Zeroizing::new(body.into())));
    }

    /// The correlation ID. Without one, a random ID is set after [`Position::Call`](crate::pipeline::Position::Call).
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }

    /// The number of this attempt, starting at 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Reads the body of a response into memory or the sink. Returns whether it is complete: of a failure, the beginning is
    /// enough.
    pub(crate) async fn read_body(&self, response: &mut Response) -> Result<bool, BodyError> {
        let success = response.is_success();
        let limit = if success { self.max_body } else { self.max_body.min(MAX_FAILURE) };
        let body = std::mem::replace(&mut response.body, Body::from(Vec::new()));
        let (body, complete) = match &self.delivery {
            Delivery::Sink(sink) if success => body.pass_to(&**sink, limit).await?,
            _ => {
                let (bytes, complete) = body.collect_up_to(limit).await?;
                (bytes.into(), complete)
            }
        };
        response.body = body;
        Ok(complete || !success)
    }

    /// The remaining time until the request times out. The connection enforces the timeout; transports don't have to.
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

/// A response of any status, as it passes through the pipeline.
#[derive(Debug)]
pub struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Body,
    /// The number of times the request was sent.
    pub(crate) attempts: u32,
    /// The secrets of the request. Texts that are taken from the response must not contain them.
    pub(crate) secrets: Secrets,
}

impl Response {
    /// Creates a response, for transports and tests.
    pub fn new(status: u16, headers: Headers, body: impl Into<Body>) -> Self {
        Self { status, headers, body: body.into(), attempts: 1, secrets: Secrets::default() }
    }

    /// The status code, such as 200.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status code reports success (2xx).
    pub fn is_success(&self) -> bool {
        Status(self.status).is_success()
    }

    /// The headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The headers, for modification.
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

    /// Returns the body for reading.
    pub fn into_body(self) -> Body {
        self.body
    }
}
