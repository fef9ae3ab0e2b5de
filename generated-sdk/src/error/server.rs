//! Responses that report a failure, or that are not from an engine.

use std::fmt;

use super::context::RequestContext;
use super::hint;
use super::page::{Page, excerpt, is_page};
use super::reported::{fault, reports_failure};
use super::transient::{is_stopping, is_transient};
use crate::generated::roles::{FAULT, Fault};
use crate::http::{Headers, Method, Status};
use crate::redaction;

/// The reason in the engine's fault for a request body that it can't parse.
const SYNTAX: &str = "Request syntactically incorrect";

/// The reason in the engine's fault for a query that the user may not make.
const PERMISSIONS: &str = "query execution failed due to insufficient permissions";

/// The part of a failed response that is searched for its reason, in bytes.
const FAULT_SEARCHED: usize = 64 * 1024;
/// The part of a body from which an excerpt is taken, in bytes.
const EXCERPT: usize = 16 * 1024;

/// A response that reports a failure, or that is not from an engine.
#[derive(Clone, Debug)]
pub(crate) struct ServerFailure {
    pub(crate) context: RequestContext,
    pub(crate) status: u16,
    pub(crate) fault: Option<Fault>,
    /// Without those that carry credentials.
    pub(super) headers: Headers,
    /// Whether a successful response reports that the operation failed.
    reported: bool,
    body: ResponseBody,
}

/// The body of a response. A fault in it is kept separately.
#[derive(Clone, Debug)]
enum ResponseBody {
    Empty,
    /// An HTML page.
    Page(Page),
    /// The beginning of any other body.
    Text(String),
    /// A redirect that was not followed.
    Redirect {
        location: String,
    },
}

impl ServerFailure {
    pub(crate) fn new(context: RequestContext, status: u16, headers: &Headers, bytes: &[u8]) -> Self {
        let fault = fault(bytes);
        let location = headers.get("location").filter(|_| (300..400).contains(&status));
        let body = match location {
            Some(location) => {
                // Query and fragment can contain secrets.
                let location = location.split(['?', '#']).next().unwrap_or_default();
                ResponseBody::Redirect { location: excerpt(location).unwrap_or_default() }
            }
            None if is_page(headers, bytes) => ResponseBody::Page(Page::new(bytes)),
            // The body can repeat the request with its secrets.
            None => {
                let text = String::from_utf8_lossy(bytes.get(..EXCERPT).unwrap_or(bytes));
                excerpt(&redaction::document(&text)).map_or(ResponseBody::Empty, ResponseBody::Text)
            }
        };
        let reported = Status(status).is_success() && reports_failure(context.method, bytes);
        let headers = headers.without_secrets();
        Self { context, status, fault, headers, reported, body }
    }

    /// The failure without the text of the body, except for its fault.
    pub(crate) fn only_fault(self) -> Self {
        match self.body {
            ResponseBody::Text(_) => Self { body: ResponseBody::Empty, ..self },
            _ => self,
        }
    }

    /// Whether a successful response reports that the operation failed.
    pub(super) fn is_reported(&self) -> bool {
        self.reported
    }

    pub(crate) fn is_page(&self) -> bool {
        matches!(self.body, ResponseBody::Page(_))
    }

    /// Whether the engine rejected the credentials or the permissions of the user.
    pub(super) fn is_auth(&self) -> bool {
        match self.status {
            401 => !is_stopping(&self.text()),
            status => status == 403,
        }
    }

    /// The beginning of the body, or the title of a page.
    pub(super) fn excerpt(&self) -> Option<&str> {
        match &self.body {
            ResponseBody::Text(text) => Some(text),
            ResponseBody::Page(page) => page.text.as_deref().or(page.title.as_deref()),
            ResponseBody::Empty | ResponseBody::Redirect { .. } => None,
        }
    }

    /// Whether the response redirects to another server.
    fn leaves_origin(&self) -> bool {
        matches!(&self.body, ResponseBody::Redirect { location } if leaves_origin(&self.context.origin(), location))
    }

    /// Whether the redirect was not followed because there were too many before it.
    fn has_too_many_redirects(&self) -> bool {
        self.context.method.is_safe()
            && matches!(self.body, ResponseBody::Redirect { .. })
            && Status(self.status).is_redirect()
            && !self.leaves_origin()
    }

    /// The text of the response on one line: of its fault, of its page, or of its body.
    pub(crate) fn text(&self) -> String {
        match (&self.fault, &self.body) {
            (Some(fault), _) => fault_text(fault),
            (None, ResponseBody::Text(text)) => text.clone(),
            (None, ResponseBody::Page(page)) => page.text.clone().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// The hint for common mistakes.
    fn hint(&self) -> Option<String> {
        let hint = match (self.status, &self.body) {
            (200..=299, _) if self.reported => return None,
            (200..=299, _) => hint::BASE_URL,
            (404, ResponseBody::Page(_)) if self.fault.is_none() => hint::BASE_URL,
            (404, _) if self.context.has_body() => {
                "an object that the body refers to by name or ID may be missing as well, such as a cluster, a template or \
                 a storage domain"
            }
            (300..=399, ResponseBody::Redirect { .. }) if self.leaves_origin() => {
                "credentials are sent only to the server in the URL of the connection; if the engine moved, use its new \
                 URL"
            }
            (300..=399, ResponseBody::Redirect { .. }) if self.has_too_many_redirects() => hint::BASE_URL,
            (300..=399, ResponseBody::Redirect { .. }) => {
                "redirects are followed only for requests that read; if the engine moved, use its new URL"
            }
            (400, _) if self.text().contains(SYNTAX) => {
                "the engine does not accept an element or a value in the body: it may be read-only, or supported only \
                 by newer versions; `inspect` shows the body"
            }
            (401, _) if is_stopping(&self.text()) => "the engine is stopping; the credentials may be right",
            (401, _) => {
                hint::for_rejection(&self.text()).unwrap_or("the credentials are wrong, or the session has expired")
            }
            (403, _) | (400, _) if self.status == 403 || self.text().contains(PERMISSIONS) => {
                "this user lacks the permission; users without administrator roles need `filter(true)` on the \
                 connection, which limits results to objects they have access to"
            }
            (407, _) => hint::PROXY_LOGIN,
            (500, ResponseBody::Page(_)) if self.fault.is_none() && self.context.follow().is_some() => {
                return self.context.follow().map(|follow| {
                    format!(
                        "engines respond like this if one of the objects lacks a link in `follow={follow}`; follow fewer \
                         links, or follow them object by object"
                    )
                });
            }
            (500, ResponseBody::Empty | ResponseBody::Page(_)) if self.fault.is_none() => {
                "look up the correlation id in the engine's log (/var/log/ovirt-engine/engine.log) for details"
            }
            (502..=504, ResponseBody::Page(_)) => "the engine behind this web server is stopped or starting",
            (status, _) if is_transient(status, || self.text()) => "usually transient; retry shortly",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl fmt::Display for ServerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.context, Status(self.status))?;
        match (&self.body, self.text()) {
            (ResponseBody::Page(page), text) if self.fault.is_none() => {
                match &page.title {
                    // The status says as much.
                    Some(_) if page.has_generic_title() && !text.is_empty() && self.status >= 300 => {}
                    Some(title) => write!(f, ", with an HTML page titled \"{title}\"")?,
                    None => f.write_str(", with an HTML page")?,
                }
                if !text.is_empty() {
                    write!(f, ": {text}")?;
                }
            }
            (ResponseBody::Redirect { location }, _) if self.has_too_many_redirects() => {
                write!(f, ", too many redirects, the last one to {location}")?;
            }
            (ResponseBody::Redirect { location }, _) => write!(f, ", redirect to {location} not followed")?,
            (_, text) if self.reported && text.is_empty() => f.write_str(", but the operation failed")?,
            (_, text) if self.reported => write!(f, ", but the operation failed: {text}")?,
            // Any other successful response is a failure only because it contains no document.
            (ResponseBody::Empty, _) if self.status < 300 => f.write_str(", but the response is empty")?,
            (_, text) if self.status < 300 => write!(f, ", but the response is not a document: {text}")?,
            (_, text) if !text.is_empty() => write!(f, ": {text}")?,
            _ if self.status == 404 => {
                if let Some((id, collection)) = self.context.object() {
                    write!(f, ": no `{id}` in `{collection}`")?;
                }
            }
            _ => {}
        }
        self.context.fmt_tail(f)?;
        hint::write(f, self.hint())
    }
}

/// Whether a redirect leads to another server.
fn leaves_origin(origin: &str, location: &str) -> bool {
    let rest = location.strip_prefix(origin);
    match rest {
        Some(rest) => !rest.is_empty() && !rest.starts_with('/'),
        None => location.starts_with("//") || location.contains("://"),
    }
}

/// Whether a response reports a failure: with its status, by being a page, or in its body.
pub(crate) fn is_failure(method: Method, status: u16, headers: &Headers, body: &[u8]) -> bool {
    !Status(status).is_success() || is_page(headers, body) || reports_failure(method, body)
}

/// The text of a failed response, to recognize its reason.
pub(crate) fn failure_text(headers: &Headers, body: &[u8]) -> String {
    let body = body.get(..body.len().min(FAULT_SEARCHED)).unwrap_or(body);
    match fault(body) {
        Some(fault) => fault_text(&fault),
        None if is_page(headers, body) => Page::new(body).text.unwrap_or_default(),
        None => String::from_utf8_lossy(body).into_owned(),
    }
}

/// The reason and the detail of a fault on one line.
fn fault_text(fault: &Fault) -> String {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let part = |part: Option<&str>| part.map(line).unwrap_or_default();
    match (part(FAULT.reason(fault)), part(FAULT.detail(fault))) {
        // Some details repeat the reason.
        (reason, detail) if detail.starts_with(&reason) => detail,
        (reason, detail) if detail.is_empty() => reason,
        (reason, detail) => format!("{}: {detail}", reason.trim_end_matches('.')),
    }
}

#[cfg(test)]
mod tests {
    use super::leaves_origin;

    #[test]
    fn redirects_to_other_servers_are_detected() {
        let leaves = |location: &str| leaves_origin("https://engine.example.com", location);
        for here in ["/ovirt-engine/login", "login", "https://engine.example.com", "https://engine.example.com/x", ""] {
            assert!(!leaves(here), "{here}");
        }
        for elsewhere in ["//other/x", "https://other/x", "http://engine.example.com/", "https://engine.example.com.x/"]
        {
            assert!(leaves(elsewhere), "{elsewhere}");
        }
    }
}
