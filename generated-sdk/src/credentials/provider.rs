//! The credentials of a connection, and the trait behind them.

use std::fmt;
use std::sync::Arc;

use super::authorization::Authorization;
use super::login_client::LoginClient;
use crate::error::{Error, PASSWORD, PROFILE};
use crate::http::BoxFuture;

/// The credentials of a connection. They are a [`CredentialProvider`] themselves, so that others can wrap them.
#[derive(Clone)]
pub struct Credentials {
    provider: Arc<dyn CredentialProvider>,
}

impl Credentials {
    /// A custom provider.
    pub fn provider(provider: impl CredentialProvider + 'static) -> Self {
        Self { provider: Arc::new(provider) }
    }

    pub(crate) fn into_provider(self) -> Arc<dyn CredentialProvider> {
        self.provider
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.provider.name())
    }
}

/// Provides what authenticates requests.
pub trait CredentialProvider: Send + Sync {
    /// The name in logs and in `Debug`.
    fn name(&self) -> &'static str;

    /// The account, such as a user name with its profile. Distinguishes the saved tokens of several accounts.
    fn account(&self) -> Option<&str> {
        None
    }

    /// The missing or invalid options, each with its problem. Checked before anything is sent.
    fn problems(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The option with an `http://` URL, which exposes secrets. The connection then requires `insecure`.
    fn plain_http_option(&self) -> Option<&'static str> {
        None
    }

    /// Logs in and returns the headers for requests. There is only one call at a time, however many requests wait for
    /// it, and it runs to completion even if they are cancelled.
    ///
    /// # Errors
    ///
    /// Return [`Error::refused`] if the credentials are rejected: the next attempt is then delayed, longer after each
    /// rejection, to avoid locking the account. Return any other error if the outcome is unknown.
    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>>;

    /// What [`log_in`](Self::log_in) returns, with made-up values. Shows a request before the login.
    fn sample(&self) -> Authorization {
        Authorization::bearer("token")
    }

    /// Whether another [`log_in`](Self::log_in) may help after the engine rejected the result of the first one.
    fn renews(&self) -> bool {
        true
    }

    /// Revokes the result of [`log_in`](Self::log_in) when the connection is closed. Must not revoke what others use.
    ///
    /// # Errors
    ///
    /// Fails if the engine does not confirm it.
    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        client: &'a LoginClient,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let _ = (authorization, client);
        Box::pin(async { Ok(()) })
    }
}

/// Implements the trait by calling another provider.
macro_rules! forward {
    ($this:ident => $provider:expr) => {
        fn name(&self) -> &'static str {
            let $this = self;
            $provider.name()
        }

        fn account(&self) -> Option<&str> {
            let $this = self;
            $provider.account()
        }

        fn problems(&self) -> Vec<(&'static str, String)> {
            let $this = self;
            $provider.problems()
        }

        fn plain_http_option(&self) -> Option<&'static str> {
            let $this = self;
            $provider.plain_http_option()
        }

        fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
            let $this = self;
            $provider.log_in(client)
        }

        fn sample(&self) -> Authorization {
            let $this = self;
            $provider.sample()
        }

        fn renews(&self) -> bool {
            let $this = self;
            $provider.renews()
        }

        fn log_out<'a>(
            &'a self,
            authorization: &'a Authorization,
            client: &'a LoginClient,
        ) -> BoxFuture<'a, Result<(), Error>> {
            let $this = self;
            $provider.log_out(authorization, client)
        }
    };
}

impl<P: CredentialProvider + ?Sized> CredentialProvider for Arc<P> {
    forward!(this => (**this));
}

impl CredentialProvider for Credentials {
    forward!(this => this.provider);
}

/// The hint for a rejected user name and password if the server does not state a known reason.
pub(super) fn wrong_password(username: &str, reason: &str) -> Option<&'static str> {
    match () {
        // The server has its own reason, which may be about the account.
        () if !reason.is_empty() => None,
        () if username.contains('@') => Some(PASSWORD),
        () => Some(PROFILE),
    }
}

/// Returns the problems of a user name and a password.
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
