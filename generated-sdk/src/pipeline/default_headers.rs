//! The headers that every request has.

use super::policy::{Next, Policy};
use crate::error::Error;
use crate::http::{BoxFuture, Headers, Request, Response};
use crate::url::BaseUrl;

/// Adds what the API needs and what the user asked for.
pub(crate) struct DefaultHeaders {
    base: BaseUrl,
    user_agent: String,
    /// For the engine only.
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
            headers.set("All-Content", "true");
        }
        headers.set_default("Accept", "application/xml");
        headers.set_default("Version", "4");
        // Texts of the engine follow the language; those that tell what passes by itself are known in one.
        headers.set_default("Accept-Language", "en-US");
        Self { base, user_agent, headers }
    }
}

impl Policy for DefaultHeaders {
    fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        if self.base.is_same_origin(&request.url) {
            request.headers.set_defaults(&self.headers);
        }
        if request.body.is_some() {
            request.headers.set_default("Content-Type", "application/xml");
        }
        request.headers.set_default("User-Agent", &self.user_agent);
        next.run(request)
    }
}
