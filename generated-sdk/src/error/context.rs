//! The failed request of an error.

use std::fmt;
use std::sync::{Arc, OnceLock};

use ::url::Url;

use crate::http::{Method, Progress, Request};
use crate::redaction;
use crate::url::origin;

/// The failed request. Its texts are created on demand: most requests don't fail.
#[derive(Clone)]
pub(crate) struct RequestContext {
    pub(crate) method: Method,
    url: Arc<Url>,
    /// The URL without secrets, once it was asked for.
    shown_url: OnceLock<String>,
    login: bool,
    pub(crate) correlation_id: Option<Arc<str>>,
    pub(crate) attempts: u32,
    /// Whether the request has a body, which can refer to other objects.
    has_body: bool,
    /// `None` for requests that only read, and for those of a login.
    progress: Option<Progress>,
}

impl RequestContext {
    /// The context of a request before its first attempt.
    pub(crate) fn new(request: &Request) -> Self {
        Self {
            method: request.method,
            url: Arc::clone(&request.url),
            shown_url: OnceLock::new(),
            login: request.login,
            correlation_id: request.correlation_id.clone(),
            attempts: 1,
            has_body: request.body.is_some(),
            progress: (!request.method.only_reads() && !request.login).then(|| request.progress.clone()),
        }
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        origin(&self.url)
    }

    /// The path from the root of the server.
    pub(crate) fn path(&self) -> &str {
        self.url.path()
    }

    /// The whole URL without secrets.
    pub(crate) fn url(&self) -> &str {
        self.shown_url.get_or_init(|| redaction::url(&self.url, self.login))
    }

    /// The same request, as a response or the retry policy describes it.
    pub(crate) fn with(self, attempts: u32, correlation_id: Option<Arc<str>>) -> Self {
        Self { attempts, correlation_id, ..self }
    }

    /// Whether the request changes something, and may have reached the engine without a definite response.
    pub(super) fn is_outcome_unknown(&self) -> bool {
        self.progress.as_ref().is_some_and(Progress::is_unanswered)
    }

    pub(super) fn has_body(&self) -> bool {
        self.has_body
    }

    /// The links that the engine was asked to follow.
    pub(super) fn follow(&self) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == "follow").map(|(_, value)| value.into_owned())
    }

    /// The ID of the object that the path names, and the path of its collection, relative to the URL of the API. The path
    /// of an action continues with its name. `None` if the path is that of a collection.
    pub(super) fn object(&self) -> Option<(&str, &str)> {
        let (_, path) = self.path().split_once("/api/")?;
        let path = path.strip_prefix("v4/").unwrap_or(path);
        let path = match path.split('/').count() % 2 {
            0 => path,
            // A collection below an object, or an action of it.
            _ => path.rsplit_once('/')?.0,
        };
        let (collection, id) = path.rsplit_once('/')?;
        Some((id, collection))
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

impl fmt::Debug for RequestContext {
    /// Shows the URL without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RequestContext");
        shown.field("method", &self.method).field("url", &self.url()).field("correlation_id", &self.correlation_id);
        shown.field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

impl fmt::Display for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn context(path: &str) -> RequestContext {
        let url = Url::parse(&format!("https://e{path}?max=1&follow=nics%2Cdisks")).unwrap();
        RequestContext::new(&Request::new(Method::Get, url, "id".to_owned(), Duration::from_secs(1)))
    }

    #[test]
    fn the_object_of_a_path_is_found() {
        let object = |path: &str| context(path).object().map(|(id, collection)| format!("{id} in {collection}"));
        assert_eq!(object("/ovirt-engine/api/vms/1").as_deref(), Some("1 in vms"));
        assert_eq!(object("/ovirt-engine/api/vms/1/start").as_deref(), Some("1 in vms"));
        assert_eq!(object("/ovirt-engine/api/v4/vms/1/nics/2").as_deref(), Some("2 in vms/1/nics"));
        for none in ["/ovirt-engine/api/vms", "/ovirt-engine/api", "/", "/ovirt-engine/sso/oauth/token"] {
            assert_eq!(object(none), None, "{none}");
        }
        assert_eq!(context("/ovirt-engine/api/vms").follow().as_deref(), Some("nics,disks"));
    }
}
