//! What a login returns: tokens and headers.

use std::fmt;

use crate::http::{Headers, Request};
use crate::secret::{MASK, SecretText};

/// The header that makes the engine keep a session. The values of all other headers are secret.
pub(super) const PREFER: &str = "Prefer";

/// A token, exactly as the engine returned it. `Debug` does not show it, and its memory is overwritten on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(SecretText);

impl Token {
    /// The token itself, which is a secret.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Token {
    fn from(token: T) -> Self {
        Self(SecretText::from(token))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({MASK})")
    }
}

/// The headers that authenticate requests. `Debug` does not show their values.
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
    pub fn headers(mut headers: Headers) -> Self {
        headers.mark_secret_except(PREFER);
        Self { headers, token: None }
    }

    /// The token, if there is one.
    pub fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// Adds the headers to a request.
    pub(crate) fn apply(&self, request: &mut Request) {
        request.headers_mut().set_all(&self.headers);
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.headers.iter().map(|(name, _)| name)).finish()
    }
}
