//! The connection to an engine.

pub(crate) mod base;
mod builder;
mod call;
mod environment;
mod options;
mod raw;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::credentials::Token;
use crate::error::Error;
use crate::pipeline::authentication::Authenticator;
use crate::pipeline::{Method, Policy};
use base::Base;
pub use builder::ConnectionBuilder;
pub(crate) use call::Call;

pub(crate) use call::{RawReply, StreamingReply};
pub use raw::{Inspected, RawRequest, RawResponse};

/// A connection to an engine.
///
/// Clones are cheap and share everything: the login, the TCP connections and the limits. It can be used from many
/// threads and tasks at once. Requests need the runtime of tokio; without one, see the feature `blocking`.
///
/// It logs in with the first request. [`close`](Self::close) logs out; dropping it does not.
///
/// ```no_run
/// use ovirt_sdk::{Connection, Credentials};
/// use ovirt_sdk::pipeline::Method;
///
/// # async fn example() -> Result<(), ovirt_sdk::Error> {
/// let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
///     .credentials(Credentials::password("admin@ovirt@internalsso", "secret"))
///     .ca_file("ca.pem")
///     .build()?;
/// let answer = connection.raw(Method::Get, "vms").query("max", "10").send().await?;
/// println!("{}", answer.text());
/// connection.close().await
/// # }
/// ```
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

struct Inner {
    base: Base,
    policies: Vec<Arc<dyn Policy>>,
    authenticator: Arc<Authenticator>,
    /// How long a request may take, unless it says otherwise.
    timeout: Duration,
}

impl Connection {
    /// Begins a connection to an engine: the URL is that of its API, usually
    /// `https://engine.example.com/ovirt-engine/api`.
    pub fn builder(url: impl Into<String>) -> ConnectionBuilder {
        ConnectionBuilder::new(url.into())
    }

    /// A connection as the environment says: `OVIRT_URL`; `OVIRT_TOKEN`, or `OVIRT_USERNAME` and `OVIRT_PASSWORD`;
    /// `OVIRT_CAFILE`; `OVIRT_INSECURE` (`true` or `false`). Variables that are empty count as absent. Where both a token
    /// and a password are set, the token counts.
    ///
    /// # Errors
    ///
    /// When something is missing or wrong; the error lists everything that is.
    pub fn from_env() -> Result<Self, Error> {
        ConnectionBuilder::from_env().build()
    }

    /// The URL of the API.
    pub fn url(&self) -> &str {
        self.0.base.url().as_str()
    }

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

    /// Runs a future of this connection to its end on this thread; an error within an async runtime.
    #[cfg(feature = "blocking")]
    pub(crate) fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        crate::blocking::block_on(future)
    }

    /// A request for any path of the API, such as `vms/123`, or for an href within it.
    pub fn raw(&self, method: Method, path: impl Into<String>) -> RawRequest {
        RawRequest::new(self.clone(), method, path.into())
    }

    /// The path inside of the API that an href stands for: a URL or path inside of the API, or such a path already.
    pub(crate) fn relative_href(&self, href: &str) -> Result<String, Error> {
        self.0.base.relative(href)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("url", &self.url()).finish_non_exhaustive()
    }
}
