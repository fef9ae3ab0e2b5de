//! A running transfer: what all its connections share.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::copy::Pool;
use super::link::Link;
use super::progress::{Limiter, Meter};
use super::settings::Settings;
use super::transfer::{Started, Transfer};

/// The time between two signs of life. Engines and daemons end transfers after 60 s without any.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(super) struct Session {
    pub(super) link: Arc<Link>,
    pub(super) meter: Arc<Meter>,
    pub(super) limiter: Arc<Limiter>,
    pub(super) pool: Pool,
}

impl Session {
    /// A session that transfers a number of bytes, of which an earlier one has done a part.
    pub(super) fn new(link: &Arc<Link>, total: u64, done: u64, settings: &Settings) -> Self {
        Self {
            link: Arc::clone(link),
            meter: Arc::new(Meter::new(total, done, settings.listener.clone())),
            limiter: Arc::new(Limiter::new(settings.bandwidth)),
            pool: Pool::default(),
        }
    }
}

impl Started {
    /// The connection to the daemon, and what keeps the transfer alive.
    pub(super) fn link(self, patience: Duration) -> (Arc<Link>, KeepAlive) {
        let transfer = Arc::clone(&self.transfer);
        let link = Arc::new(Link::new(self, patience));
        let alive = KeepAlive::start(Arc::clone(&link), transfer);
        (link, alive)
    }
}

/// Keeps a transfer alive until it is dropped.
pub(super) struct KeepAlive(AbortHandle);

impl KeepAlive {
    fn start(link: Arc<Link>, transfer: Arc<Transfer>) -> Self {
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(SIGN_OF_LIFE).await;
                // A daemon that does not answer must not keep the engine from hearing of the client.
                let _ = tokio::time::timeout(SIGN_OF_LIFE, link.touch()).await;
                transfer.extend().await;
            }
        });
        Self(task.abort_handle())
    }
}

impl Drop for KeepAlive {
    fn drop(&mut self) {
        self.0.abort();
    }
}
