//! Ending a transfer that did not succeed.

use std::time::Duration;

use crate::error::Error;
use crate::service::Service;
use crate::services::{DiskService, ImageTransferService};
use crate::types::ImageTransferPhase as Phase;

/// How long the engine may take to end a transfer and to remove the disk.
const PATIENCE: Duration = Duration::from_secs(300);

/// The time between two looks at a transfer that ends.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// What to do with a transfer that did not succeed.
pub(super) struct Cleanup {
    pub(super) service: ImageTransferService,
    /// The disk that was created for the transfer.
    pub(super) created: Option<DiskService>,
    /// Whether to finalize the transfer: the engine removes the disk of a canceled upload, so this keeps a disk that
    /// existed before and was not changed.
    pub(super) finalize: bool,
}

impl Cleanup {
    pub(super) async fn run(&self) {
        if self.finalize {
            self.finalize().await;
        } else {
            self.cancel().await;
            self.remove_created().await;
        }
    }

    async fn finalize(&self) {
        let finished = match self.service.finalize().send().await {
            Ok(_) => self.service.wait_until_finished().timeout(PATIENCE).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = finished {
            tracing::warn!(%error, "can't end the image transfer");
        }
    }

    /// Cancels the transfer, and waits until the engine has released the disk.
    pub(super) async fn cancel(&self) {
        let result = match self.service.cancel().send().await {
            // The wait ends with an error: a canceled transfer does not succeed. It has ended when the engine shows the
            // last phase or nothing.
            Ok(_) => self.wait_until_over().await,
            Err(error) => Err(error),
        };
        match result {
            Err(error) if !error.is_not_found() => tracing::warn!(%error, "can't cancel the image transfer"),
            _ => {}
        }
    }

    async fn wait_until_over(&self) -> Result<(), Error> {
        let connection = self.service.location().connection();
        let began = connection.clock().elapsed();
        while connection.clock().elapsed().saturating_sub(began) < PATIENCE {
            let transfer = self.service.get().send().await?;
            if transfer.phase.is_some_and(is_over) {
                return Ok(());
            }
            connection.clock().sleep(LOOK_INTERVAL).await;
        }
        Ok(())
    }

    /// Removes the disk that was created for the transfer. The engine removes it with a canceled upload, but not if the
    /// transfer did not begin.
    pub(super) async fn remove_created(&self) {
        if let Some(disk) = &self.created {
            remove(disk).await;
        }
    }
}

/// A disk that was created for an upload. It is removed when this is dropped, unless the upload has begun.
pub(in super::super) struct NewDisk(Option<DiskService>);

impl NewDisk {
    pub(in super::super) fn new(disk: DiskService) -> Self {
        Self(Some(disk))
    }

    /// Leaves the disk to the transfer.
    pub(in super::super) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for NewDisk {
    fn drop(&mut self) {
        if let (Some(disk), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { remove(&disk).await });
        }
    }
}

/// Removes a disk, which may be locked for a moment.
async fn remove(disk: &DiskService) {
    match disk.remove().retry_conflicts(PATIENCE).send().await {
        Err(error) if !error.is_not_found() => {
            tracing::warn!(%error, "can't remove the disk of a failed upload");
        }
        _ => {}
    }
}

/// Whether a transfer has ended.
pub(super) fn is_over(phase: Phase) -> bool {
    matches!(phase, Phase::FinishedSuccess | Phase::FinishedFailure | Phase::FinishedCleanup)
}
