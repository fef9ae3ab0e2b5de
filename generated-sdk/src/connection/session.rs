//! Logging in and out.

use super::call::Call;
use super::handle::Connection;
use crate::credentials::Token;
use crate::error::Error;
use crate::http::Method;

impl Connection {
    /// Checks that the engine can be reached and accepts the credentials.
    ///
    /// # Errors
    ///
    /// Why it can't be used, as for any request.
    pub async fn test(&self) -> Result<(), Error> {
        let reply = self.call(Call::new(Method::Get, "")).await?;
        reply.expect_document()
    }

    /// The token that requests are sent with; logs in when there is none yet. It is valid until it expires, or until
    /// this connection is closed, if the connection got it.
    ///
    /// # Errors
    ///
    /// When the login fails, or when the credentials are of a kind that has no token.
    pub async fn authenticate(&self) -> Result<Token, Error> {
        let issued = self.0.authenticator.current(None).await?;
        let token = issued.authorization.token().cloned();
        token.ok_or_else(|| {
            let kind = self.0.authenticator.kind();
            Error::request(format!("there is no token: the credentials are of the kind `{kind}`, which has none"))
        })
    }

    /// Logs out, if the connection has logged in; a token that the user brought stays valid. After that, neither this
    /// connection nor its clones send requests.
    ///
    /// # Errors
    ///
    /// When the engine does not confirm it; the connection is closed nevertheless.
    pub async fn close(&self) -> Result<(), Error> {
        self.0.authenticator.close().await
    }

    /// As [`test`](Self::test), for programs without an async runtime.
    ///
    /// # Errors
    ///
    /// As there, and when it is called within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn test_blocking(&self) -> Result<(), Error> {
        self.block_on(self.test())?
    }

    /// As [`authenticate`](Self::authenticate), for programs without an async runtime.
    ///
    /// # Errors
    ///
    /// As there, and when it is called within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn authenticate_blocking(&self) -> Result<Token, Error> {
        self.block_on(self.authenticate())?
    }

    /// As [`close`](Self::close), for programs without an async runtime.
    ///
    /// # Errors
    ///
    /// As there, and when it is called within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn close_blocking(&self) -> Result<(), Error> {
        self.block_on(self.close())?
    }
}
