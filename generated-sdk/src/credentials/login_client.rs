//! The client for login requests.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::url::Url;

use crate::correlation_id;
use crate::error::{Error, RequestContext, ServerFailure, is_failure};
use crate::http::{Method, Request, Response};
use crate::transport::Transport;
use crate::url::{BaseUrl, origin};

/// The time after which a request without a response is abandoned.
const ANSWER_LIMIT: Duration = Duration::from_secs(45);

/// The maximum size of the response to a login or logout, in bytes.
const MAX_BODY: u64 = 1 << 20;

/// Sends the requests of a [`CredentialProvider`](super::CredentialProvider): with the connection's policies, but without
/// authentication and retries.
#[derive(Clone)]
pub struct LoginClient {
    base: BaseUrl,
    pipeline: Arc<dyn Transport>,
    timeout: Duration,
}

impl LoginClient {
    pub(crate) fn new(base: BaseUrl, pipeline: Arc<dyn Transport>, timeout: Duration) -> Self {
        Self { base, pipeline, timeout }
    }

    /// The URL of the API.
    pub fn api_url(&self) -> &str {
        self.base.url().as_str()
    }

    /// The URL of a path of the engine outside of the API, such as `/sso/oauth/token`.
    pub fn engine_url(&self, path: &str) -> String {
        self.base.engine(path).into()
    }

    /// A request to any URL.
    ///
    /// # Errors
    ///
    /// Fails if the URL is invalid.
    pub fn request(&self, method: Method, url: &str) -> Result<Request, Error> {
        let url = Url::parse(url).map_err(|error| Error::request(format!("invalid login URL: {error}")))?;
        let request = Request::new(method, url, correlation_id::generate(), self.timeout);
        Ok(Request { login: true, max_body: MAX_BODY, ..request })
    }

    /// Sends a request.
    ///
    /// # Errors
    ///
    /// Fails if there is no response. A response with an error status is not an error here.
    pub async fn send(&self, mut request: Request) -> Result<Response, Error> {
        let context = RequestContext::new(&request);
        // An engine that restarts accepts connections that it never answers; the requests that wait can try again.
        request.answer_limit = Some(ANSWER_LIMIT);
        match tokio::time::timeout(self.timeout, self.pipeline.send(request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::timeout(self.timeout)),
        }
        .map_err(|error| error.within(|| context))
    }

    /// The target of a request, for error texts.
    pub(super) fn target(&self, request: &Request) -> String {
        format!("{}{}", origin(&request.url), request.path())
    }

    /// Checks that a response reports success, also in its body.
    pub(super) fn check(&self, request: &Request, response: &Response) -> Result<(), Error> {
        let body = response.body().bytes().unwrap_or_default();
        if !is_failure(request.method, response.status(), response.headers(), body) {
            return Ok(());
        }
        let failure = self.failure(request, response, &String::from_utf8_lossy(body));
        // Texts other than those of a failure can contain a token.
        Err(Error::server(if markup(response).is_empty() { failure.only_fault() } else { failure }))
    }

    /// The error for an unexpected response.
    pub(super) fn unexpected(&self, request: &Request, response: &Response) -> Error {
        self.unexpected_with(request, response, &String::from_utf8_lossy(markup(response)))
    }

    /// Like `unexpected`, with a text instead of the body.
    pub(super) fn unexpected_with(&self, request: &Request, response: &Response, body: &str) -> Error {
        Error::server(self.failure(request, response, body))
    }

    fn failure(&self, request: &Request, response: &Response, body: &str) -> ServerFailure {
        let context = RequestContext::new(request);
        let body = response.secrets.hide(body.to_owned());
        let mut headers = response.headers().clone();
        headers.hide(&response.secrets);
        ServerFailure::new(context, response.status(), &headers, body.as_bytes())
    }
}

impl fmt::Debug for LoginClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginClient").field("api_url", &self.api_url()).finish()
    }
}

/// Returns a body with markup: a page or a fault explains the failure. Other bodies may contain a token.
pub(super) fn markup(response: &Response) -> &[u8] {
    let body = response.body().bytes().filter(|body| body.trim_ascii_start().first() == Some(&b'<'));
    body.unwrap_or_default()
}
