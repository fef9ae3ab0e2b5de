//! Options that uploads and downloads share.

use std::time::Duration;

use super::copy::CONNECTIONS;
use super::progress::Listener;
use super::transfer::Route;
use crate::types::Host;

/// How long a request to a daemon is repeated by default. A host restarts within this time.
const PATIENCE: Duration = Duration::from_secs(300);

/// How to transfer.
pub(super) struct Settings {
    pub(super) connections: usize,
    pub(super) bandwidth: Option<u64>,
    pub(super) listener: Option<Listener>,
    pub(super) route: Route,
    pub(super) host: Option<Host>,
    pub(super) patience: Duration,
    pub(super) verify: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            bandwidth: None,
            listener: None,
            route: Route::Fastest,
            host: None,
            patience: PATIENCE,
            verify: false,
        }
    }
}

/// Defines the setters of a request with settings.
macro_rules! setters {
    ($request:ty) => {
        impl $request {
            /// Sets a function that is called with the progress, about ten times a second.
            pub fn on_progress(mut self, listener: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
                self.settings.listener = Some(std::sync::Arc::new(listener));
                self
            }

            /// Sets the number of connections; 4 by default. The host may allow fewer.
            pub fn connections(mut self, connections: usize) -> Self {
                self.settings.connections = connections.max(1);
                self
            }

            /// Limits the bandwidth, in bytes per second. By default, there is no limit.
            pub fn bandwidth(mut self, bytes_per_second: u64) -> Self {
                self.settings.bandwidth = Some(bytes_per_second);
                self
            }

            /// Sets the host that reads or writes the image. By default, the engine chooses one of the data center.
            pub fn host(mut self, host: Host) -> Self {
                self.settings.host = Some(host);
                self
            }

            /// Sets the address through which the data goes.
            pub fn route(mut self, route: Route) -> Self {
                self.settings.route = route;
                self
            }

            /// Sets how long a failing request to the host is repeated; 5 minutes by default.
            pub fn patience(mut self, patience: Duration) -> Self {
                self.settings.patience = patience;
                self
            }

            /// Whether to compare checksums of the image at the end. Both sides read all data again. If the host is too
            /// old for checksums, the transfer fails.
            pub fn verify(mut self, verify: bool) -> Self {
                self.settings.verify = verify;
                self
            }
        }
    };
}

pub(super) use setters;
