//! The failed request of an error.

use std::fmt;

use crate::http::{Method, Request};
use crate::url::origin;
use crate::xml::redact::redacted_url;

/// The failed request.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    pub(crate) method: Method,
    /// Scheme, host and port.
    pub(crate) origin: String,
    /// The path from the root of the server.
    pub(crate) path: String,
    /// The whole URL without secrets.
    pub(crate) url: String,
    pub(crate) correlation_id: Option<String>,
    pub(crate) attempts: u32,
}

impl RequestContext {
    /// The context of a request before its first attempt.
    pub(crate) fn new(request: &Request) -> Self {
        Self {
            method: request.method,
            origin: origin(&request.url),
            path: request.path().to_owned(),
            url: redacted_url(&request.url, request.login),
            correlation_id: request.correlation_id.clone(),
            attempts: 1,
        }
    }

    /// Appends the correlation ID and the number of attempts to the text of an error.
    pub(super) fn fmt_tail(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.correlation_id, self.attempts) {
            (Some(id), 0 | 1) => write!(f, " (correlation id {id})"),
            (Some(id), attempts) => write!(f, " (correlation id {id}, {attempts} attempts)"),
            (None, 0 | 1) => Ok(()),
            (None, attempts) => write!(f, " ({attempts} attempts)"),
        }
    }
}

impl fmt::Display for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
