//! HTTP clients for servers beside the engine: the daemons that serve images.

use std::time::Duration;

use super::proxy::Proxy;
use crate::error::Error;

/// A daemon that sends nothing for this time is considered lost. Zeroing and flushing a slow storage take long.
const READ_TIMEOUT: Duration = Duration::from_secs(300);

/// How to reach servers beside the engine: the options of the connection apply to them as well, but not its
/// credentials.
#[derive(Clone)]
pub(crate) struct Direct {
    pub(crate) tls: rustls::ClientConfig,
    pub(crate) proxy: Proxy,
    pub(crate) connect_timeout: Duration,
}

impl Direct {
    fn builder(&self) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .read_timeout(READ_TIMEOUT)
            .tcp_nodelay(true)
    }

    /// A client for servers of the network.
    pub(crate) fn remote(&self) -> Result<reqwest::Client, Error> {
        let builder = self.builder().tls_backend_preconfigured(self.tls.clone());
        let builder = match &self.proxy {
            Proxy::Environment => builder,
            Proxy::None => builder.no_proxy(),
            // The connection was built with the same URL.
            Proxy::Url(url) => builder.proxy(reqwest::Proxy::all(url).map_err(|_| Error::request("invalid proxy"))?),
        };
        builder.build().map_err(|error| Error::custom(error.without_url()))
    }

    /// A client for a server that listens at a unix socket.
    #[cfg(unix)]
    pub(crate) fn local(&self, socket: &str) -> Result<reqwest::Client, Error> {
        let builder = self.builder().tls_backend_preconfigured(self.tls.clone()).no_proxy().unix_socket(socket);
        builder.build().map_err(|error| Error::custom(error.without_url()))
    }
}
