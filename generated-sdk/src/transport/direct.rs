//! HTTP clients for servers beside the engine: the daemons that serve images.

use std::time::Duration;

use super::client::{ClientOptions, HttpClient};
use super::connector::Target;
use super::proxy::Proxy;

/// A daemon that sends nothing for this time is considered lost. Zeroing and flushing a slow storage take long.
const READ_TIMEOUT: Duration = Duration::from_secs(300);

/// Idle connections are closed after this time.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// How to reach servers beside the engine: the options of the connection apply to them as well, but not its
/// credentials.
#[derive(Clone)]
pub(crate) struct Direct {
    pub(crate) tls: rustls::ClientConfig,
    pub(crate) proxy: Proxy,
    pub(crate) connect_timeout: Duration,
}

impl Direct {
    /// A client for servers of the network.
    pub(crate) fn remote(&self) -> HttpClient {
        self.client(self.proxy.clone(), Target::Url)
    }

    /// A client for a server that listens at a unix socket.
    #[cfg(unix)]
    pub(crate) fn local(&self, socket: &str) -> HttpClient {
        self.client(Proxy::None, Target::Socket(socket.to_owned()))
    }

    fn client(&self, proxy: Proxy, target: Target) -> HttpClient {
        HttpClient::new(ClientOptions {
            tls: self.tls.clone(),
            proxy: proxy.matcher(),
            target,
            connect_timeout: self.connect_timeout,
            max_idle: usize::MAX,
            idle_timeout: IDLE_TIMEOUT,
            read_timeout: Some(READ_TIMEOUT),
        })
    }
}
