//! The handle of a connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::authentication::Authenticator;
use crate::error::Error;
use crate::pipeline::Pipeline;
use crate::url::BaseUrl;

/// A connection to an engine.
///
/// Clones are cheap and share everything: the login, the TCP connections and the limits. It can be used from many
/// threads and tasks at once. Requests need the runtime of tokio; without one, see the feature `blocking`.
///
/// It logs in with the first request. [`close`](Self::close) logs out; dropping it does not.
///
/// ```no_run
/// use ovirt_sdk::{Connection, Credentials};
/// use ovirt_sdk::http::Method;
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
pub struct Connection(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) base: BaseUrl,
    pub(super) pipeline: Pipeline,
    pub(super) authenticator: Arc<Authenticator>,
    /// How long a request may take, unless it says otherwise.
    pub(super) timeout: Duration,
}

impl Connection {
    /// The URL of the API.
    pub fn url(&self) -> &str {
        self.0.base.url().as_str()
    }

    /// Runs a future of this connection to its end on this thread; an error within an async runtime.
    #[cfg(feature = "blocking")]
    pub(crate) fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        crate::blocking::block_on(future)
    }

    /// The path inside of the API that an href stands for: a URL or path inside of the API, or such a path already.
    pub(crate) fn relative_href(&self, href: &str) -> Result<String, Error> {
        self.0.base.relative(href).map_err(Error::request)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("url", &self.url()).finish_non_exhaustive()
    }
}
