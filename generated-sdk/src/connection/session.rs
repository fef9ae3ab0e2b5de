//! Logging in and out.

use super::call::{Call, require_runtime};
use super::handle::Connection;
use crate::credentials::Token;
use crate::error::Error;
use crate::generated::wire;
use crate::http::Method;

impl Connection {
    /// Checks that the engine is reachable and accepts the credentials, and that the URL is the one of the API.
    ///
    /// # Errors
    ///
    /// The errors of any request.
    pub async fn test(&self) -> Result<(), Error> {
        let mut call = Call::new(Method::Get, "");
        call.headers.push(("Accept".to_owned(), "application/xml".to_owned()));
        let reply = self.call(call).await?;
        wire::ROOT.map_or(Ok(()), |root| reply.expect_document(root))
    }

    /// Returns the token of the requests; logs in if there is none yet. The token is valid until it expires, or until
    /// this connection is closed if it requested the token.
    ///
    /// # Errors
    ///
    /// Fails if the login fails, or if the credentials use no token.
    pub async fn authenticate(&self) -> Result<Token, Error> {
        require_runtime()?;
        let issued = self.0.authenticator.current(None).await?;
        let token = issued.authorization.token().cloned();
        token.ok_or_else(|| {
            let kind = self.0.authenticator.kind();
            Error::request(format!("credentials of the kind `{kind}` use no token"))
        })
    }

    /// Logs out if the connection logged in; a token that you provided stays valid. Afterwards this connection and its
    /// clones reject requests.
    ///
    /// # Errors
    ///
    /// Fails if the engine does not confirm the logout. The connection is closed nevertheless.
    pub async fn close(&self) -> Result<(), Error> {
        require_runtime()?;
        self.0.authenticator.close().await
    }

    /// The blocking form of [`test`](Self::test).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn test_blocking(&self) -> Result<(), Error> {
        crate::blocking::block_on(self.test())?
    }

    /// The blocking form of [`authenticate`](Self::authenticate).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn authenticate_blocking(&self) -> Result<Token, Error> {
        crate::blocking::block_on(self.authenticate())?
    }

    /// The blocking form of [`close`](Self::close).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn close_blocking(&self) -> Result<(), Error> {
        crate::blocking::block_on(self.close())?
    }
}
