//! The handle of a connection.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;
use crate::authentication::Authenticator;
use crate::clock::Clock;
use crate::error::Error;
use crate::pipeline::Pipeline;
use crate::pipeline::curl::CurlOptions;
use crate::pipeline::default_headers::DefaultHeaders;
use crate::url::BaseUrl;

/// A connection to an engine.
///
/// Clones are cheap and share everything: the login, the TCP connections and the limits. A connection can be used from
/// many threads and tasks concurrently. Requests need a tokio runtime; without one, use the feature `blocking`.
///
/// Share one connection instead of creating several for the same user: each of them logs in, and many logins at once can
/// block an engine (see [`max_logins`](crate::ConnectionBuilder::max_logins)).
///
/// The first request logs in. [`close`](Self::close) logs out; dropping the connection does not.
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
/// let response = connection.raw(Method::Get, "vms").query("max", "10").send().await?;
/// println!("{}", response.text());
/// connection.close().await
/// # }
/// ```
#[derive(Clone)]
pub struct Connection(pub(super) Handle);

/// What all clones share. Its type is erased: otherwise the compiler would follow the types of all policies and options
/// wherever a connection, a service or a request is dropped or moves to another thread.
#[derive(Clone)]
pub(super) struct Handle(Arc<dyn Erased + Send + Sync>);

trait Erased {
    fn inner(&self) -> &Inner;
}

impl Erased for Inner {
    fn inner(&self) -> &Inner {
        self
    }
}

impl Handle {
    pub(super) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl Deref for Handle {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        self.0.inner()
    }
}

pub(super) struct Inner {
    pub(super) base: BaseUrl,
    pub(super) pipeline: Pipeline,
    /// Whether policies of the program or a recorder read the bodies of responses.
    pub(super) reads_bodies: bool,
    pub(super) authenticator: Arc<Authenticator>,
    /// The default timeout of requests.
    pub(super) timeout: Duration,
    /// The headers that the pipeline adds, for requests that are only inspected.
    pub(super) headers: Arc<DefaultHeaders>,
    pub(super) curl: CurlOptions,
    /// The maximum size of a response body in memory, in bytes.
    pub(super) max_body: u64,
    /// The clock of waits.
    pub(super) clock: Arc<dyn Clock>,
    pub(super) shared: Shared,
    #[cfg(feature = "images")]
    pub(super) direct: Option<crate::transport::direct::Direct>,
}

impl Connection {
    /// The URL of the API.
    pub fn url(&self) -> &str {
        self.0.base.url().as_str()
    }

    /// Returns the value of a type that all clones of the connection share.
    pub(crate) fn shared<S: Default + Send + Sync + 'static>(&self) -> Arc<S> {
        self.0.shared.get()
    }

    /// The clock of waits.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// How to reach servers beside the engine.
    #[cfg(feature = "images")]
    pub(crate) fn direct(&self) -> Result<crate::transport::direct::Direct, Error> {
        let direct = self.0.direct.clone();
        direct.ok_or_else(|| Error::request("certificates can't be verified on this machine"))
    }

    /// Returns the path below the API of an href: a URL or an absolute path below the API, or a path relative to it.
    pub(crate) fn relative_href(&self, href: &str) -> Result<String, Error> {
        self.0.base.relative(href).map_err(Error::request)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("url", &self.url()).finish_non_exhaustive()
    }
}
