//! Several credentials, of which the first ones that work are used.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::authorization::Authorization;
use super::login_client::LoginClient;
use super::provider::{CredentialProvider, Credentials};
use crate::error::Error;
use crate::http::BoxFuture;

/// Two credentials: the second ones are used after the first ones were rejected.
pub(super) struct Chain {
    first: Credentials,
    second: Credentials,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Default)]
struct State {
    /// Whether the first credentials were rejected.
    uses_second: bool,
    /// Whether the current credentials have logged in. Another login then means that the engine rejected the result.
    logged_in: bool,
}

impl Chain {
    pub(super) fn new(first: Credentials, second: Credentials) -> Self {
        Self { first, second, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> &Credentials {
        if self.state().uses_second { &self.second } else { &self.first }
    }

    async fn get_authorization(&self, client: &LoginClient) -> Result<Authorization, Error> {
        let state = *self.state();
        let rejected = state.logged_in && !self.first.renews();
        if !state.uses_second && !rejected {
            match self.first.log_in(client).await {
                Ok(authorization) => {
                    self.state().logged_in = true;
                    return Ok(authorization);
                }
                // The second ones would fail as well.
                Err(error) if error.is_connect() || error.is_timeout() || error.is_retryable() => return Err(error),
                Err(error) => {
                    tracing::debug!(target: "ovirt_sdk", %error, next = self.second.name(), "trying other credentials");
                }
            }
        }
        *self.state() = State { uses_second: true, logged_in: true };
        self.second.log_in(client).await
    }
}

impl CredentialProvider for Chain {
    fn name(&self) -> &'static str {
        self.current().name()
    }

    fn account(&self) -> Option<&str> {
        self.first.account().or_else(|| self.second.account())
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = self.first.problems();
        problems.extend(self.second.problems());
        problems
    }

    fn plain_http_option(&self) -> Option<&'static str> {
        self.first.plain_http_option().or_else(|| self.second.plain_http_option())
    }

    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(self.get_authorization(client))
    }

    fn sample(&self) -> Authorization {
        self.current().sample()
    }

    fn renews(&self) -> bool {
        !self.state().uses_second || self.second.renews()
    }

    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        client: &'a LoginClient,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.current().log_out(authorization, client).await })
    }
}
