//! Ways to log in.
//!
//! [`Credentials`] has the common ones. Implement [`CredentialProvider`] for others. [`LoginMethods`] builds credentials from
//! options by name, environment variables or arguments; [`TokenCache`] saves tokens in a file.

#[cfg(feature = "clap")]
mod arguments;
mod authorization;
mod basic;
mod chain;
mod json;
#[cfg(feature = "kerberos")]
mod kerberos;
mod login_client;
mod login_method;
mod login_methods;
mod negotiate;
mod oauth;
mod password;
mod provider;
mod standard;
mod token;
mod token_cache;

use crate::error::Error;
pub use authorization::{Authorization, Token};
#[cfg(feature = "kerberos")]
pub use kerberos::Kerberos;
pub use login_client::LoginClient;
pub use login_method::{LoginMethod, LoginOption, LoginValues};
pub use login_methods::LoginMethods;
pub(crate) use login_methods::{from_variables, variable, variable_of};
pub use negotiate::Negotiation;
pub use password::ExternalSso;
pub use provider::{CredentialProvider, Credentials};
pub use token_cache::TokenCache;

impl Credentials {
    /// A user name with its profile (`admin@ovirt@internalsso`, `admin@internal`) and a password, exchanged for a token
    /// of the engine's single sign-on.
    pub fn password(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self::provider(password::Password::new(username.into(), password.into()))
    }

    /// An existing token, for example from [`authenticate`](crate::Connection::authenticate). Closing the connection does
    /// not revoke it.
    pub fn token(token: impl Into<Token>) -> Self {
        Self::provider(token::Given(token.into()))
    }

    /// A user name and a password that every request carries. One request verifies them before others are sent: many
    /// requests with a wrong password would lock the account.
    pub fn basic(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self::provider(basic::Basic::new(username.into(), password.into()))
    }

    /// A user name and a password, for which the engine opens a session with a cookie.
    pub fn session(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self::provider(basic::Session::new(username.into(), password.into()))
    }

    /// A user name and a password, exchanged for a token of a single sign-on at another URL.
    pub fn external_sso(
        url: impl Into<String>,
        username: impl Into<String>,
        password: impl Into<String>,
    ) -> ExternalSso {
        ExternalSso::new(url.into(), username.into(), password.into())
    }

    /// Kerberos, or another mechanism of `Negotiate` (SPNEGO, RFC 4559), exchanged for a token of the engine's single
    /// sign-on. A function provides the SPNEGO tokens, for example with GSSAPI. It is called once per login, and again
    /// if the server continues the negotiation. With the feature `kerberos`, `Kerberos` needs no system libraries.
    ///
    /// ```
    /// use ovirt_sdk::{Credentials, Error};
    /// # fn gss_token(service: &str) -> Result<Vec<u8>, std::io::Error> { Ok(service.into()) }
    ///
    /// let credentials = Credentials::negotiate(|negotiation| async move {
    ///     // `HTTP@engine.example.com`, the GSSAPI name of the service.
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

    /// Uses other credentials if these are rejected: a saved token first, then a password.
    ///
    /// The others are not tried when the server can't be reached, because they would fail as well.
    ///
    /// ```
    /// use ovirt_sdk::Credentials;
    ///
    /// # let (saved, password) = ("t", "secret");
    /// let credentials = Credentials::token(saved).or(Credentials::password("admin@internal", password));
    /// ```
    #[must_use]
    pub fn or(self, others: impl Into<Self>) -> Self {
        Self::provider(chain::Chain::new(self, others.into()))
    }
}
