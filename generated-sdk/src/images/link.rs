//! The connection to the daemon that serves an image, which survives failures of the network and of the daemon.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::copy::DATA_SIZE;
use super::daemon::{Capabilities, Daemon};
use super::error::{ImageError, ImageProblem};
use super::extent::Extent;
use super::failure::Failure;
use super::transfer::{Started, Transfer};
use crate::error::Error;
use crate::random;

/// Pauses between attempts.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A daemon that serves the image of a transfer.
pub(super) struct Link {
    daemon: RwLock<Daemon>,
    pub(super) capabilities: Capabilities,
    /// The transfer that the engine can revive.
    transfer: Arc<Transfer>,
    /// One task at a time asks the engine to revive the transfer.
    reviving: tokio::sync::Mutex<()>,
    /// How long a request is repeated without success.
    patience: Duration,
}

impl Link {
    pub(super) fn new(started: Started, patience: Duration) -> Self {
        let Started { transfer, daemon, capabilities } = started;
        Self { daemon: RwLock::new(daemon), capabilities, transfer, reviving: tokio::sync::Mutex::new(()), patience }
    }

    pub(super) async fn write(&self, offset: u64, data: &Bytes) -> Result<(), Error> {
        let flush = !self.capabilities.flush;
        self.note_write();
        self.persist(|daemon| {
            let data = data.clone();
            async move { daemon.write(offset, data, flush).await }
        })
        .await
    }

    /// Makes a range read as zeros; sends zeros to a daemon that can't do it itself.
    pub(super) async fn zero(&self, offset: u64, size: u64) -> Result<(), Error> {
        if self.capabilities.zero {
            self.note_write();
            return self.persist(|daemon| async move { daemon.zero(offset, size).await }).await;
        }
        let zeros = Bytes::from(vec![0; DATA_SIZE.min(size) as usize]);
        let end = offset.saturating_add(size);
        let mut start = offset;
        while start < end {
            let length = DATA_SIZE.min(end - start);
            self.write(start, &zeros.slice(..length as usize)).await?;
            start += length;
        }
        Ok(())
    }

    pub(super) async fn flush(&self) -> Result<(), Error> {
        match self.capabilities.flush {
            true => self.persist(|daemon| async move { daemon.flush().await }).await,
            false => Ok(()),
        }
    }

    /// The data at an offset, read into a buffer.
    pub(super) async fn read(&self, offset: u64, buffer: Vec<u8>) -> Result<Vec<u8>, Error> {
        let buffer = Arc::new(tokio::sync::Mutex::new(buffer));
        self.persist(|daemon| {
            let buffer = Arc::clone(&buffer);
            async move { daemon.read(offset, buffer.lock().await.as_mut_slice()).await }
        })
        .await?;
        Ok(std::mem::take(&mut *buffer.lock().await))
    }

    pub(super) async fn extents(&self, dirty: bool) -> Result<Vec<Extent>, Error> {
        self.persist(|daemon| async move { daemon.extents(dirty).await }).await
    }

    pub(super) async fn size(&self) -> Result<u64, Error> {
        self.persist(|daemon| async move { daemon.size().await }).await
    }

    pub(super) async fn checksum(&self) -> Result<String, Error> {
        self.persist(|daemon| async move { daemon.checksum().await }).await
    }

    /// Tells the daemon that the client is alive.
    pub(super) async fn touch(&self) {
        let daemon = self.daemon();
        if let Err(failure) = daemon.capabilities().await {
            tracing::debug!(%failure, "can't keep the transfer alive");
        }
    }

    fn note_write(&self) {
        self.transfer.write();
    }

    fn daemon(&self) -> Daemon {
        self.daemon.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Repeats a request until it succeeds, fails for good, or failed for too long. All requests may be repeated: they
    /// set or read a range.
    async fn persist<T, F>(&self, mut request: impl FnMut(Daemon) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut pause = FIRST_PAUSE;
        let mut began = None;
        loop {
            let failure = match request(self.daemon()).await {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            let revivable = failure.is_ticket() && !failure.is_lost_ticket();
            let began = *began.get_or_insert_with(Instant::now);
            if !(revivable || failure.is_transient()) || began.elapsed() >= self.patience {
                return Err(self.transfer.action().error(failure.problem(), &failure));
            }
            tracing::warn!(%failure, "repeating a request to the imageio daemon in {pause:?}");
            tokio::time::sleep(pause.mul_f64(0.5 + 0.5 * random::fraction())).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            if revivable && let Err(error) = self.revive().await {
                // The engine may not have noticed yet that the daemon lost the ticket.
                let problem = error.downcast_ref().map(ImageError::problem);
                if !matches!(problem, Some(ImageProblem::Ticket | ImageProblem::Unreachable)) {
                    return Err(error);
                }
            }
        }
    }

    /// Asks the engine whether the transfer goes on, perhaps at another address.
    async fn revive(&self) -> Result<(), Error> {
        let _single = self.reviving.lock().await;
        let daemon = self.transfer.revive().await?;
        *self.daemon.write().unwrap_or_else(PoisonError::into_inner) = daemon;
        Ok(())
    }

    /// The size of the image; fails if the daemon's extents can't be those of an image.
    pub(super) fn covered(&self, extents: &[Extent]) -> Result<u64, Error> {
        super::extent::covered(extents).map_err(|problem| self.transfer.action().error(ImageProblem::Daemon, problem))
    }
}
