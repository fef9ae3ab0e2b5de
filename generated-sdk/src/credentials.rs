//! Who we are, and how the engine gets to know.
//!
//! [`Credentials`] has the usual ways. For others there is [`CredentialProvider`].

mod authorization;
mod basic;
mod json;
#[cfg(feature = "kerberos")]
mod kerberos;
mod login_client;
mod negotiate;
mod oauth;
mod password;
mod provider;
mod token;

use crate::error::Error;
pub use authorization::{Authorization, Token};
#[cfg(feature = "kerberos")]
pub use kerberos::Kerberos;
pub use login_client::LoginClient;
pub use negotiate::Negotiation;
pub use password::ExternalSso;
pub use provider::{CredentialProvider, Credentials};

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
}
