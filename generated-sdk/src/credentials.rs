//! Who we are, and how the engine gets to know.
//!
//! [`Credentials`] has the usual ways. For others there is [`CredentialProvider`].

pub(crate) mod base64;
mod basic;
mod json;
#[cfg(feature = "kerberos")]
mod kerberos;
mod negotiate;
mod oauth;
mod password;
mod token;

use std::fmt;
use std::sync::Arc;

use crate::connection::base::origin;
use crate::error::Error;
use crate::pipeline::authentication::Channel as InnerChannel;
use crate::pipeline::{BoxFuture, Headers, Method, Request, Response};
#[cfg(feature = "kerberos")]
pub use kerberos::Kerberos;
pub use negotiate::Negotiation;
pub use password::ExternalSso;
pub use token::Token;

/// Who we are.
#[derive(Clone)]
pub struct Credentials {
    provider: Arc<dyn CredentialProvider>,
    /// The option with a URL to which the password would go for anybody to read.
    readable: Option<&'static str>,
}

impl Credentials {
    /// A user name with its profile (`admin@ovirt@internalsso`, `admin@internal`) and a password, for which the
    /// engine's single sign-on gives a token.
    pub fn password(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self::provider(password::Password::new(username.into(), password.into()))
    }

    /// A token from elsewhere, such as from [`authenticate`](crate::Connection::authenticate). It stays valid when the
    /// connection is closed.
    pub fn token(token: impl Into<Token>) -> Self {
        Self::provider(token::Given(token.into()))
    }

    /// A user name and a password that go along with every request. It is checked once that the engine accepts them,
    /// before other requests are sent: a wrong password that goes along with many requests locks the account.
    pub fn basic(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self::provider(basic::Basic::new(username.into(), password.into()))
    }

    /// A user name and a password, for which the engine opens a session and gives a cookie.
    pub fn session(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self::provider(basic::Session::new(username.into(), password.into()))
    }

    /// A user name and a password, for which a single sign-on at another URL gives a token.
    pub fn external_sso(
        url: impl Into<String>,
        username: impl Into<String>,
        password: impl Into<String>,
    ) -> ExternalSso {
        ExternalSso::new(url.into(), username.into(), password.into())
    }

    /// Kerberos, or whatever else a server takes by `Negotiate` (SPNEGO, RFC 4559), for which the engine's single sign-on
    /// gives a token. The tokens of SPNEGO come from a function, which can use what the system has for it. It is called
    /// once for each login, unless the server has something to answer. With the feature `kerberos`, `Kerberos` does it
    /// without the system.
    ///
    /// ```
    /// use ovirt_sdk::{Credentials, Error};
    /// # fn gss_token(service: &str) -> Result<Vec<u8>, std::io::Error> { Ok(service.into()) }
    ///
    /// let credentials = Credentials::negotiate(|negotiation| async move {
    ///     // `HTTP@engine.example.com`, as GSSAPI calls services of hosts.
    ///     gss_token(&negotiation.service).map_err(Error::custom)
    /// });
    /// ```
    pub fn negotiate<F, T>(tokens: F) -> Self
    where
        F: Fn(Negotiation) -> T + Send + Sync + 'static,
        T: Future<Output = Result<Vec<u8>, Error>> + Send + 'static,
    {
        Self::provider(negotiate::Negotiate::new(tokens))
    }

    /// A way of one's own.
    pub fn provider(provider: impl CredentialProvider + 'static) -> Self {
        Self { provider: Arc::new(provider), readable: None }
    }

    pub(crate) fn into_provider(self) -> Arc<dyn CredentialProvider> {
        self.provider
    }

    /// The option with a URL that begins with `http://`, if there is one.
    pub(crate) fn readable(&self) -> Option<&'static str> {
        self.readable
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.provider.name())
    }
}

/// A way to get what requests need to be accepted.
pub trait CredentialProvider: Send + Sync {
    /// What it is called in logs and in `Debug`.
    fn name(&self) -> &'static str;

    /// What is missing or wrong: the name of each option and the problem. Reported before anything is sent.
    fn problems(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Gets what requests need. There is only one call at a time, however many requests wait for it, and it is carried
    /// to its end when those that wait give up.
    ///
    /// # Errors
    ///
    /// [`Error::refused`] when the credentials are not accepted: then there is a pause before the next attempt, longer
    /// after each further one, that no account gets locked. Any other error when it can't be said.
    fn log_in<'a>(&'a self, channel: &'a Channel) -> BoxFuture<'a, Result<Authorization, Error>>;

    /// Whether another [`log_in`](Self::log_in) can help when the engine does not accept what the first one gave.
    fn renews(&self) -> bool {
        true
    }

    /// Gives back what [`log_in`](Self::log_in) got, when the connection is closed. What others may use must stay.
    ///
    /// # Errors
    ///
    /// When the engine does not confirm it.
    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let _ = (authorization, channel);
        Box::pin(async { Ok(()) })
    }
}

impl<P: CredentialProvider + ?Sized> CredentialProvider for Arc<P> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        (**self).problems()
    }

    fn log_in<'a>(&'a self, channel: &'a Channel) -> BoxFuture<'a, Result<Authorization, Error>> {
        (**self).log_in(channel)
    }

    fn renews(&self) -> bool {
        (**self).renews()
    }

    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<(), Error>> {
        (**self).log_out(authorization, channel)
    }
}

/// What requests need to be accepted: headers. `Debug` does not show their values.
#[derive(Clone)]
pub struct Authorization {
    headers: Headers,
    token: Option<Token>,
}

impl Authorization {
    /// A bearer token.
    pub fn bearer(token: impl Into<Token>) -> Self {
        let token = token.into();
        let headers = Headers::from_iter([("Authorization", format!("Bearer {}", token.as_str()))]);
        Self { headers, token: Some(token) }
    }

    /// Headers.
    pub fn headers(headers: Headers) -> Self {
        Self { headers, token: None }
    }

    /// The token, when it is one.
    pub fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// Adds the headers to a request.
    pub(crate) fn apply(&self, request: &mut Request) {
        for (name, value) in self.headers.iter() {
            request.headers_mut().set_secret(name, value);
        }
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.headers.iter().map(|(name, _)| name)).finish()
    }
}

/// What a [`CredentialProvider`] sends its requests through: as the connection's own, but without authentication and
/// without retries.
#[derive(Clone)]
pub struct Channel(pub(crate) InnerChannel);

impl Channel {
    /// The URL of the API.
    pub fn api_url(&self) -> &str {
        self.0.base().url().as_str()
    }

    /// The URL of a path of the engine outside of the API, such as `/sso/oauth/token`.
    pub fn engine_url(&self, path: &str) -> String {
        self.0.base().engine(path).into()
    }

    /// A request to any URL.
    ///
    /// # Errors
    ///
    /// When it is no URL.
    pub fn request(&self, method: Method, url: &str) -> Result<Request, Error> {
        self.0.request(method, url)
    }

    /// Sends a request.
    ///
    /// # Errors
    ///
    /// When there is no answer. One with a status that says no is not an error here.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        self.0.send(request).await
    }

    /// Where a request goes, for texts.
    pub(crate) fn target(&self, request: &Request) -> String {
        format!("{}{}", origin(&request.url), request.path())
    }

    /// The error for an answer that is none of those that are expected.
    pub(crate) fn unexpected(&self, request: &Request, response: &Response) -> Error {
        self.0.unexpected(request, response, markup(response))
    }

    /// The same, for an answer of which it is known what it says.
    pub(crate) fn unexpected_with(&self, request: &Request, response: &Response, says: &str) -> Error {
        self.0.unexpected(request, response, says.as_bytes())
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("api_url", &self.api_url()).finish()
    }
}

/// What a server says with markup: a page or a fault tells what is wrong. Anything else may have a token in it.
fn markup(response: &Response) -> &[u8] {
    let body = response.body().bytes().filter(|body| body.trim_ascii_start().first() == Some(&b'<'));
    body.unwrap_or_default()
}

/// What is wrong with a user name and a password.
fn name_problems(username: &str, password: &str) -> Vec<(&'static str, String)> {
    let mut problems = Vec::new();
    if username.is_empty() {
        problems.push(("username", "it is missing".to_owned()));
    }
    if password.is_empty() {
        problems.push(("password", "it is missing".to_owned()));
    }
    problems
}
