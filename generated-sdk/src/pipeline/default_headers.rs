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
    /// Sent only to the engine, not to other servers such as a separate single sign-on.
    headers: Headers,
    /// Sent with a body.
    with_body: Headers,
    /// Sent to all servers.
    always: Headers,
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
        let with_body = Headers::from_iter([("Content-Type", "application/xml")]);
        let always = Headers::from_iter([("User-Agent", user_agent)]);
        Self { base, headers, with_body, always }
    }
}

impl DefaultHeaders {
    /// Adds the headers to a request.
    pub(crate) fn apply(&self, request: &mut Request) {
        if self.base.is_same_origin(&request.url) {
            request.headers.set_defaults(&self.headers);
        }
        if request.body.is_some() {
            request.headers.set_defaults(&self.with_body);
        }
        request.headers.set_defaults(&self.always);
    }
}

impl Policy for DefaultHeaders {
    fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        self.apply(&mut request);
        next.run(request)
    }
}
