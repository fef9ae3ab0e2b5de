//! The credentials of a connection, and the trait behind them.

use std::fmt;
use std::sync::Arc;

use super::authorization::Authorization;
use super::login_client::LoginClient;
use crate::error::Error;
use crate::http::BoxFuture;

/// Who we are.
#[derive(Clone)]
pub struct Credentials {
    pub(super) provider: Arc<dyn CredentialProvider>,
    /// The option with a URL to which the password would go for anybody to read.
    pub(super) readable: Option<&'static str>,
}

impl Credentials {
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
    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>>;

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
        client: &'a LoginClient,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let _ = (authorization, client);
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

    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        (**self).log_in(client)
    }

    fn renews(&self) -> bool {
        (**self).renews()
    }

    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        client: &'a LoginClient,
    ) -> BoxFuture<'a, Result<(), Error>> {
        (**self).log_out(authorization, client)
    }
}

/// What is wrong with a user name and a password.
pub(super) fn name_problems(username: &str, password: &str) -> Vec<(&'static str, String)> {
    let mut problems = Vec::new();
    if username.is_empty() {
        problems.push(("username", "missing".to_owned()));
    }
    if password.is_empty() {
        problems.push(("password", "missing".to_owned()));
    }
    problems
}
