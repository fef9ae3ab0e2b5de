//! Responses that report a failure, or that no engine sends.

use std::fmt;

use super::context::RequestContext;
use super::hint;
use super::page::{excerpt, is_page, title};
use super::transient::is_transient;
use crate::http::{Headers, Status};
use crate::types::Fault;
use crate::xml::redact::redacted;

/// What the engine says of a document that it does not understand.
const SYNTAX: &str = "Request syntactically incorrect";

/// An answer that is no success, or that no engine gives.
#[derive(Clone, Debug)]
pub(crate) struct ServerFailure {
    pub(crate) context: RequestContext,
    pub(crate) status: u16,
    pub(crate) fault: Option<Fault>,
    body: ResponseBody,
}

/// The body of a response, apart from a fault.
#[derive(Clone, Debug)]
enum ResponseBody {
    Empty,
    /// A page for people.
    Page {
        title: Option<String>,
    },
    /// The beginning of what is neither.
    Text(String),
    /// A redirect that is not followed.
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
                // What follows the path may carry secrets.
                let location = location.split(['?', '#']).next().unwrap_or_default();
                ResponseBody::Redirect { location: excerpt(location).unwrap_or_default() }
            }
            None if is_page(headers, bytes) => ResponseBody::Page { title: title(bytes) },
            // It may be what we sent, sent back.
            None => excerpt(&redacted(&String::from_utf8_lossy(bytes))).map_or(ResponseBody::Empty, ResponseBody::Text),
        };
        Self { context, status, fault, body }
    }

    pub(crate) fn is_page(&self) -> bool {
        matches!(self.body, ResponseBody::Page { .. })
    }

    /// Whether it is a redirect to another server.
    fn leaves_origin(&self) -> bool {
        matches!(&self.body, ResponseBody::Redirect { location } if leaves_origin(&self.context.origin, location))
    }

    /// Whether it is a redirect that would be followed, had there not been so many before it.
    fn is_redirect_loop(&self) -> bool {
        self.context.method.is_safe()
            && matches!(self.body, ResponseBody::Redirect { .. })
            && Status(self.status).is_redirect()
            && !self.leaves_origin()
    }

    /// What the engine said, on one line.
    pub(crate) fn text(&self) -> String {
        match (&self.fault, &self.body) {
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
            (None, ResponseBody::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// Helps with common mistakes.
    fn hint(&self) -> Option<String> {
        let hint = match (self.status, &self.body) {
            (200..=299, _) if self.fault.is_some() => return None,
            (200..=299, _) => hint::BASE_URL,
            (404, ResponseBody::Page { .. }) if self.fault.is_none() => hint::BASE_URL,
            (300..=399, ResponseBody::Redirect { .. }) if self.leaves_origin() => {
                "credentials are sent only to the server of the connection's URL; if it moved, use its new URL"
            }
            (300..=399, ResponseBody::Redirect { .. }) if self.is_redirect_loop() => {
                "the server sends requests from one address to the next: is the URL of the connection that of the API?"
            }
            (300..=399, ResponseBody::Redirect { .. }) => {
                "only requests that change nothing are sent on; if the engine moved, use its new URL"
            }
            (400, _) if self.text().contains(SYNTAX) => {
                "this engine does not know something in the body, or not that value for it: a member that is newer than the \
                 engine, or one that it writes and does not read; `inspect` shows the body"
            }
            (401, _) => "the credentials are wrong, or what they gave has expired",
            (403, _) => {
                "this user may not do this; users who are no administrators need `filter(true)` at the connection, to be \
                 given what they may see"
            }
            (407, _) => hint::PROXY_LOGIN,
            (500, ResponseBody::Empty) if self.fault.is_none() => {
                "the engine's own log (/var/log/ovirt-engine/engine.log) says more, under the correlation id"
            }
            (502..=504, ResponseBody::Page { .. }) => {
                "the engine behind this web server does not run, or is just starting"
            }
            (status, _) if is_transient(status, || self.text()) => "this passes by itself: try again a little later",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl fmt::Display for ServerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.context, Status(self.status))?;
        match (&self.body, self.text()) {
            (ResponseBody::Page { title: Some(title) }, text) if text.is_empty() => {
                write!(f, ", with a page of HTML titled \"{title}\"")?;
            }
            (ResponseBody::Page { title: None }, text) if text.is_empty() => f.write_str(", with a page of HTML")?,
            (ResponseBody::Redirect { location }, _) if self.is_redirect_loop() => {
                write!(f, ", one redirect after another, the last one to {location}")?;
            }
            (ResponseBody::Redirect { location }, _) => write!(f, ", a redirect to {location} that is not followed")?,
            (_, text) if self.status < 300 && self.fault.is_some() => write!(f, ", but the operation failed: {text}")?,
            // An answer of success is here only because it is no document.
            (ResponseBody::Empty, _) if self.status < 300 => {
                f.write_str(", without the document that it has to have")?
            }
            (_, text) if self.status < 300 => write!(f, ", with something that is no document: {text}")?,
            (_, text) if !text.is_empty() => write!(f, ": {text}")?,
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

/// The fault of a body: at its root, or inside of an action that failed.
fn fault(body: &[u8]) -> Option<Fault> {
    let text = String::from_utf8_lossy(body);
    let begin = text.find("<fault>")?;
    let rest = text.get(begin..)?;
    // What broke off, or is odd elsewhere, still tells something.
    let whole = match rest.find("</fault>") {
        Some(end) => rest.get(..end + "</fault>".len())?,
        None => rest,
    };
    let fault: Option<Fault> = crate::xml::from_str(whole).ok();
    fault.filter(|fault| fault.reason.is_some() || fault.detail.is_some())
}

#[cfg(test)]
mod tests {
    use super::leaves_origin;

    #[test]
    fn redirects_to_other_servers_are_told_from_others() {
        let leads = |location: &str| leaves_origin("https://engine.example.com", location);
        for here in ["/ovirt-engine/login", "login", "https://engine.example.com", "https://engine.example.com/x", ""] {
            assert!(!leads(here), "{here}");
        }
        for elsewhere in ["//other/x", "https://other/x", "http://engine.example.com/", "https://engine.example.com.x/"]
        {
            assert!(leads(elsewhere), "{elsewhere}");
        }
    }
}
