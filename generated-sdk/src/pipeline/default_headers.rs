//! The policy that adds default headers.

use super::policy::{Next, Policy};
use crate::error::Error;
use crate::http::{BoxFuture, Headers, Request, Response};
use crate::url::BaseUrl;

/// The header that asks for all fields of an object.
pub(crate) const ALL_CONTENT: &str = "All-Content";

/// Adds the headers that the API requires and those set on the connection. Headers of the request take precedence.
pub(crate) struct DefaultHeaders {
    base: BaseUrl,
    user_agent: String,
    /// Sent only to the engine, not to other servers such as a separate single sign-on.
    headers: Headers,
}

impl DefaultHeaders {
    pub(crate) fn new(
        base: BaseUrl,
        user_agent: String,
        mut headers: Headers,
        filter: bool,
        all_content: bool,
    ) -> Self {
        if filter {
            headers.set("Filter", "true");
        }
        if all_content {
            headers.set(ALL_CONTENT, "true");
        }
        headers.set_default("Accept", "application/xml");
        headers.set_default("Version", "4");
        // The engine translates its fault texts; transient failures are recognized by their English text.
        headers.set_default("Accept-Language", "en-US");
        Self { base, user_agent, headers }
    }
}

impl DefaultHeaders {
    /// Adds the headers to a request.
    pub(crate) fn apply(&self, request: &mut Request) {
        if self.base.is_same_origin(&request.url) {
            request.headers.set_defaults(&self.headers);
        }
        if request.body.is_some() {
            request.headers.set_default("Content-Type", "application/xml");
        }
        request.headers.set_default("User-Agent", &self.user_agent);
    }
}

impl Policy for DefaultHeaders {
    fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        self.apply(&mut request);
        next.run(request)
    }
}
