//! Requests that failed: with an answer, or without one.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::page::{excerpt, is_page, title};
use super::{hint, make};
use crate::pipeline::{Headers, Method, is_redirect};
use crate::transport::network::root;
use crate::types::Fault;
use crate::xml::redact::redacted;

/// Which request failed.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) method: Method,
    /// Scheme, host and port.
    pub(crate) origin: String,
    /// From the root of the server.
    pub(crate) path: String,
    pub(crate) correlation_id: Option<String>,
    pub(crate) attempts: u32,
}

impl Context {
    /// What is known of the request, after the text of the failure.
    pub(super) fn fmt_tail(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.correlation_id, self.attempts) {
            (Some(id), 0 | 1) => write!(f, " (correlation id {id})"),
            (Some(id), attempts) => write!(f, " (correlation id {id}, {attempts} attempts)"),
            (None, 0 | 1) => Ok(()),
            (None, attempts) => write!(f, " ({attempts} attempts)"),
        }
    }
}

/// A status with its name.
pub(super) struct Status(pub(super) u16);

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match status_name(self.0) {
            Some(name) => write!(f, "{} {name}", self.0),
            None => self.0.fmt(f),
        }
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// An answer that is no success, or that no engine gives.
#[derive(Clone, Debug)]
pub(crate) struct ServerFailure {
    pub(crate) context: Context,
    pub(crate) status: u16,
    pub(crate) fault: Option<Fault>,
    pub(crate) said: Said,
}

/// What stands in an answer besides a fault.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    Nothing,
    /// A page for people.
    Page {
        title: Option<String>,
    },
    /// The beginning of what is neither.
    Text(String),
    /// A redirect that is not followed.
    Elsewhere {
        location: String,
    },
}

impl ServerFailure {
    pub(crate) fn new(context: Context, status: u16, headers: &Headers, body: &[u8]) -> Self {
        let fault = make::fault(body);
        let location = headers.get("location").filter(|_| (300..400).contains(&status));
        let said = match location {
            Some(location) => {
                // What follows the path may carry secrets.
                let location = location.split(['?', '#']).next().unwrap_or_default();
                Said::Elsewhere { location: excerpt(location).unwrap_or_default() }
            }
            None if is_page(headers, body) => Said::Page { title: title(body) },
            // It may be what we sent, sent back.
            None => excerpt(&redacted(&String::from_utf8_lossy(body))).map_or(Said::Nothing, Said::Text),
        };
        Self { context, status, fault, said }
    }

    pub(crate) fn is_page(&self) -> bool {
        matches!(self.said, Said::Page { .. })
    }

    /// Whether it is a redirect to another server.
    pub(super) fn goes_elsewhere(&self) -> bool {
        matches!(&self.said, Said::Elsewhere { location } if hint::goes_elsewhere(&self.context.origin, location))
    }

    /// Whether it is a redirect that would be followed, had there not been so many before it.
    pub(super) fn goes_on(&self) -> bool {
        self.context.method.is_safe()
            && matches!(self.said, Said::Elsewhere { .. })
            && is_redirect(self.status)
            && !self.goes_elsewhere()
    }

    /// What the engine said, on one line.
    pub(crate) fn text(&self) -> String {
        match (&self.fault, &self.said) {
            (Some(fault), _) => {
                let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                let part = |part: &Option<String>| part.as_deref().map(line).unwrap_or_default();
                match (part(&fault.reason), part(&fault.detail)) {
                    // Some details begin with the reason.
                    (reason, detail) if detail.starts_with(&reason) => detail,
                    (reason, detail) if detail.is_empty() => reason,
                    (reason, detail) => format!("{}: {detail}", reason.trim_end_matches('.')),
                }
            }
            (None, Said::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }
}

impl fmt::Display for ServerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.context, Status(self.status))?;
        match (&self.said, self.text()) {
            (Said::Page { title: Some(title) }, text) if text.is_empty() => {
                write!(f, ", with a page of HTML titled \"{title}\"")?;
            }
            (Said::Page { title: None }, text) if text.is_empty() => f.write_str(", with a page of HTML")?,
            (Said::Elsewhere { location }, _) if self.goes_on() => {
                write!(f, ", one redirect after another, the last one to {location}")?;
            }
            (Said::Elsewhere { location }, _) => write!(f, ", a redirect to {location} that is not followed")?,
            (_, text) if self.status < 300 && self.fault.is_some() => write!(f, ", but the operation failed: {text}")?,
            // An answer of success is here only because it is no document.
            (Said::Nothing, _) if self.status < 300 => f.write_str(", without the document that it has to have")?,
            (_, text) if self.status < 300 => write!(f, ", with something that is no document: {text}")?,
            (_, text) if !text.is_empty() => write!(f, ": {text}")?,
            _ => {}
        }
        self.context.fmt_tail(f)?;
        hint::write(f, hint::of_answer(self))
    }
}

/// The kind of a failure without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// There was no connection.
    Connect,
    /// There was no connection in time.
    ConnectTimeout,
    /// The certificate of the server was not accepted.
    Certificate,
    /// There was no answer in time.
    Timeout,
    /// The connection failed while the request was sent or the answer came.
    Broken,
    /// Something that will not change by itself.
    Other,
}

/// There was no answer, or not all of it.
#[derive(Debug)]
pub(crate) struct TransportFailure {
    pub(crate) context: Option<Context>,
    pub(crate) kind: TransportErrorKind,
    /// How often the request was sent; until the context is known.
    pub(crate) attempts: u32,
    limit: Option<Duration>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl TransportFailure {
    pub(super) fn new(kind: TransportErrorKind, cause: Box<dyn StdError + Send + Sync>) -> Self {
        Self { context: None, attempts: 1, kind, limit: None, cause: Some(cause) }
    }

    pub(super) fn timeout(limit: Duration) -> Self {
        Self { context: None, attempts: 1, kind: TransportErrorKind::Timeout, limit: Some(limit), cause: None }
    }

    pub(super) fn because(self, cause: String) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// Whether it is a time that the user can set.
    pub(super) fn has_limit(&self) -> bool {
        self.limit.is_some()
    }

    pub(super) fn is_timeout(&self) -> bool {
        matches!(self.kind, TransportErrorKind::Timeout | TransportErrorKind::ConnectTimeout)
    }

    pub(super) fn is_connect(&self) -> bool {
        use TransportErrorKind::{Certificate, Connect, ConnectTimeout};
        matches!(self.kind, Connect | ConnectTimeout | Certificate)
    }

    pub(super) fn is_transient(&self) -> bool {
        !matches!(self.kind, TransportErrorKind::Certificate | TransportErrorKind::Other)
    }

    pub(super) fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }

    pub(crate) fn cause_text(&self) -> Option<String> {
        self.source().map(root)
    }

    /// Whether it is a proxy that there is no connection through. The type that says so is nobody else's.
    pub(super) fn is_of_proxy(&self) -> bool {
        let mut next = self.source();
        while let Some(cause) = next {
            if cause.to_string().starts_with("tunnel error") {
                return true;
            }
            next = cause.source();
        }
        false
    }
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = match &self.context {
            Some(context) => {
                write!(f, "{context}: ")?;
                context.origin.as_str()
            }
            None => "the server",
        };
        match self.kind {
            TransportErrorKind::Connect if self.is_of_proxy() => {
                write!(f, "no connection to {server} through the proxy")?;
            }
            TransportErrorKind::Connect => write!(f, "no connection to {server}")?,
            TransportErrorKind::ConnectTimeout => write!(f, "no connection to {server} in time")?,
            TransportErrorKind::Certificate => write!(f, "the certificate of {server} is not trusted")?,
            TransportErrorKind::Timeout => f.write_str("no complete answer")?,
            TransportErrorKind::Broken => f.write_str("the connection failed before the answer was complete")?,
            TransportErrorKind::Other => f.write_str("the request can't be sent")?,
        }
        if let Some(limit) = self.limit {
            write!(f, " within {limit:?}")?;
        }
        if let Some(cause) = self.cause_text().filter(|_| self.kind != TransportErrorKind::ConnectTimeout) {
            write!(f, ": {cause}")?;
        }
        if let Some(context) = &self.context {
            context.fmt_tail(f)?;
        }
        hint::write(f, hint::of_transport(self))
    }
}

/// What the status means, for those that occur.
fn status_name(status: u16) -> Option<&'static str> {
    Some(match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return None,
    })
}
