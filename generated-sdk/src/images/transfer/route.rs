//! Through which address the data goes.

use ::url::Url;

use super::super::daemon::{Capabilities, Daemon};
use super::super::error::{Action, ImageProblem};
use crate::error::Error;
use crate::transport::client::HttpClient;
use crate::transport::direct::Direct;
use crate::types::ImageTransfer;

/// Through which address the data goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// The fastest that works: the unix socket of this machine if it is the host, the host, or the proxy.
    #[default]
    Fastest,
    /// Directly to the host.
    Host,
    /// Through the proxy on the engine's machine.
    Proxy,
}

/// Finds the way to the daemon.
pub(super) struct Router {
    direct: Direct,
    client: HttpClient,
    route: Route,
}

impl Router {
    pub(super) fn new(direct: Direct, route: Route) -> Result<Self, Error> {
        Ok(Self { client: direct.remote(), direct, route })
    }

    /// Finds an address of the image that works.
    pub(super) async fn choose(
        &self,
        transfer: &ImageTransfer,
        action: &Action,
    ) -> Result<(Daemon, Capabilities), Error> {
        let (host, proxy) = (transfer.transfer_url.as_deref(), transfer.proxy_url.as_deref());
        let addresses = match self.route {
            // Without a proxy, engines give the address of the host twice.
            Route::Fastest => [host, proxy.filter(|proxy| Some(*proxy) != host)],
            Route::Host => [host, None],
            Route::Proxy => [None, proxy],
        };
        let mut failures = Vec::new();
        for address in addresses.into_iter().flatten() {
            let url = Url::parse(address).map_err(|error| {
                action.error(ImageProblem::Daemon, format!("the engine's URL is not valid: {error}"))
            })?;
            let daemon = Daemon::new(self.client.clone(), url.clone());
            match daemon.capabilities().await {
                Ok(capabilities) => {
                    let local = match self.route {
                        Route::Fastest => self.local(&capabilities, &url).await,
                        _ => None,
                    };
                    return Ok((local.unwrap_or(daemon), capabilities));
                }
                Err(failure) => failures.push((url.host_str().unwrap_or_default().to_owned(), failure)),
            }
        }
        // A rejection says more than an address that can't be reached.
        if let Some((_, failure)) = failures.iter().find(|(_, failure)| !failure.is_unreachable()) {
            return Err(action.error(failure.problem(), failure));
        }
        if failures.is_empty() {
            return Err(action.error(ImageProblem::Unreachable, "the engine gave no address for the data"));
        }
        let texts: Vec<String> = failures.iter().map(|(host, failure)| format!("{host}: {failure}")).collect();
        let mut problems = failures.iter().map(|(_, failure)| failure.problem());
        let certificate = problems.find(|problem| *problem == ImageProblem::Certificate);
        Err(action.error(certificate.unwrap_or(ImageProblem::Unreachable), texts.join("; ")))
    }

    /// The daemon of this machine, if it serves the image. Identifiers of tickets are unique, so a daemon that knows
    /// the ticket is the right one.
    #[cfg(unix)]
    async fn local(&self, capabilities: &Capabilities, url: &Url) -> Option<Daemon> {
        let socket = capabilities.unix_socket.as_deref()?;
        let client = self.direct.local(socket);
        let url = Url::parse(&format!("http://localhost{}", url.path())).ok()?;
        let daemon = Daemon::new(client, url);
        daemon.capabilities().await.ok().map(|_| daemon)
    }

    #[cfg(not(unix))]
    async fn local(&self, _: &Capabilities, _: &Url) -> Option<Daemon> {
        None
    }
}
