//! Tokens.

use std::fmt;

use super::{Authorization, Channel, CredentialProvider};
use crate::error::Error;
use crate::pipeline::BoxFuture;

/// A token, exactly as the engine gave it. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token itself; it is a secret.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Token {
    fn from(token: T) -> Self {
        Self(token.into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

/// A token that the user brought. It is the user's: never renewed, never revoked.
pub(super) struct Given(pub(super) Token);

impl CredentialProvider for Given {
    fn name(&self) -> &'static str {
        "token"
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let text = self.0.as_str();
        let problem = match () {
            () if text.is_empty() => "it is missing",
            () if !text.chars().all(|c| c.is_ascii_graphic()) => "it has blanks or other characters that no token has",
            () => return Vec::new(),
        };
        vec![("token", problem.to_owned())]
    }

    fn log_in<'a>(&'a self, _: &'a Channel) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(async { Ok(Authorization::bearer(self.0.clone())) })
    }

    fn renews(&self) -> bool {
        false
    }
}
