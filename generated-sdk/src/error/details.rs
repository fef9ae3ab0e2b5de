//! Errors as data: the failed request, and the response to it.

use std::sync::Arc;
use std::time::Duration;

use ::url::Url;

use super::context::RequestContext;
use super::repr::{Error, Inner};
use super::server::ServerFailure;
use crate::correlation_id;
use crate::generated::wire;
use crate::http::{Headers, Method, Request, Response, retry_after};

/// The base of relative URLs in [`Error::from_response`].
const EXAMPLE: &str = "https://engine.example.com/ovirt-engine/api/";

impl Error {
    /// Creates the error that a connection returns for a response: for tests, and for transports and policies that
    /// return errors. The body must be complete. The URL can be relative to
    /// `https://engine.example.com/ovirt-engine/api/`.
    ///
    /// ```
    /// use ovirt_sdk::http::{Headers, Method, Response};
    /// use ovirt_sdk::{Error, ErrorKind};
    ///
    /// let body = "<fault><detail>[Cannot run VM. VM is running.]</detail><reason>Operation Failed</reason></fault>";
    /// let response = Response::new(409, Headers::new(), body.as_bytes().to_vec());
    /// let error = Error::from_response(Method::Post, "vms/123/start", &response);
    /// assert_eq!(error.kind(), ErrorKind::Conflict);
    /// assert!(error.is_already_done());
    /// ```
    pub fn from_response(method: Method, url: &str, response: &Response) -> Self {
        let url =
            Url::parse(url).or_else(|_| Url::parse(EXAMPLE).and_then(|base| base.join(url.trim_start_matches('/'))));
        let Ok(url) = url else { return Self::request("the URL of the error's request is not valid") };
        let id = response.headers().get(correlation_id::HEADER).map(Arc::from);
        let request = Request::new(method, url, "", Duration::ZERO);
        let context = RequestContext::new(&request).with(1, id);
        let body = response.body().bytes().unwrap_or_default();
        Self::server(ServerFailure::new(context, response.status(), response.headers(), body))
    }

    /// The method of the failed request.
    pub fn method(&self) -> Option<Method> {
        self.context().map(|context| context.method)
    }

    /// The URL of the failed request. The values of secret query parameters are masked.
    pub fn url(&self) -> Option<&str> {
        self.context().map(RequestContext::url)
    }

    /// The headers of the response that reports the failure, without those that carry credentials.
    pub fn headers(&self) -> Option<&Headers> {
        self.response().map(|response| &response.headers)
    }

    /// The delay before the next attempt: as the engine requests it (`Retry-After`), or until the next login.
    pub fn retry_after(&self) -> Option<Duration> {
        match &*self.0 {
            Inner::Login(login) => login.requested_delay(),
            _ => retry_after(self.headers()?),
        }
    }

    /// The beginning of the body of the response, on one line and without secrets. For an HTML page, its title.
    pub fn body_excerpt(&self) -> Option<&str> {
        self.response()?.excerpt()
    }

    /// Whether the engine rejected an action because the object already is in the state that the action leads to: a
    /// `start` of a running virtual machine, or an `activate` of an active host. Recognizes the texts in English, which
    /// is the default.
    pub fn is_already_done(&self) -> bool {
        let Some(response) = self.response().filter(|response| response.status == 409) else { return false };
        let action = response.context.path().rsplit('/').next().unwrap_or_default();
        let texts = wire::ALREADY_DONE.iter().filter(|(segment, _)| *segment == action).flat_map(|(_, texts)| *texts);
        let text = response.text();
        response.context.method == Method::Post && texts.into_iter().any(|already| text.contains(already))
    }

    /// The response that reports the failure, including that to a login.
    fn response(&self) -> Option<&ServerFailure> {
        match &*self.0 {
            Inner::Server(server) => Some(server),
            Inner::Login(login) => login.cause()?.response(),
            _ => None,
        }
    }
}
