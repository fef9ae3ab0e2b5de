//! Existing tokens.

use super::authorization::{Authorization, Token};
use super::login_client::LoginClient;
use super::provider::CredentialProvider;
use crate::error::Error;
use crate::http::BoxFuture;

/// A token that the user provided, which is never renewed or revoked.
pub(super) struct Given(pub(super) Token);

impl CredentialProvider for Given {
    fn name(&self) -> &'static str {
        "token"
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let text = self.0.as_str();
        let problem = match () {
            () if text.is_empty() => "missing",
            () if !text.chars().all(|c| c.is_ascii_graphic()) => {
                "contains spaces or other characters that no token has"
            }
            () => return Vec::new(),
        };
        vec![("token", problem.to_owned())]
    }

    fn log_in<'a>(&'a self, _: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(async { Ok(Authorization::bearer(self.0.clone())) })
    }

    fn renews(&self) -> bool {
        false
    }
}
