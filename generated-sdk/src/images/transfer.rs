//! The life cycle of a transfer in the engine.

mod cleanup;
mod route;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

pub use route::Route;

use super::daemon::{Capabilities, Daemon};
use super::error::{Action, ImageProblem};
use crate::connection::Connection;
use crate::correlation_id;
use crate::error::{Error, WaitFailureKind};
use crate::services::{DiskService, ImageTransferService};
use crate::types::{ImageTransfer, ImageTransferPhase};
pub(super) use cleanup::NewDisk;
use cleanup::{Cleanup, is_over};
use route::Router;

/// How long the engine may take to find a host and to prepare the image, to release the disk, and to clean up.
const PREPARATION: Duration = Duration::from_secs(300);

/// The code of the event that no host can transfer the image.
const MISSING_HOST: i64 = 1067;

/// How often a transfer that the engine paused is resumed, until it proceeds.
const MAX_RESUMPTIONS: u32 = 3;

/// A transfer in the engine. Dropping it cancels the transfer, unless it was finished or [kept](Self::keep).
pub(super) struct Transfer {
    connection: Connection,
    plan: Plan,
    router: Router,
    current: RwLock<Current>,
    /// Whether the content of the disk was changed.
    written: AtomicBool,
    over: AtomicBool,
}

/// What to transfer, and how.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) request: ImageTransfer,
    pub(super) route: Route,
    /// The disk that receives an upload.
    pub(super) disk: Option<DiskService>,
    /// Whether that disk was created for this transfer.
    pub(super) created: bool,
    pub(super) action: Action,
}

/// The transfer that moves the data now. Another one takes its place if the host loses its ticket.
#[derive(Clone)]
struct Current {
    service: ImageTransferService,
    id: String,
    correlation_id: String,
}

/// A transfer whose image can be accessed.
pub(super) struct Started {
    pub(super) transfer: Arc<Transfer>,
    pub(super) daemon: Daemon,
    pub(super) capabilities: Capabilities,
}

impl Transfer {
    /// Adds a transfer to the engine.
    pub(super) async fn add(connection: &Connection, plan: Plan) -> Result<Arc<Self>, Error> {
        let current = Current::add(connection, &plan.request, Duration::ZERO).await?;
        Self::new(connection, plan, current).map(Arc::new)
    }

    /// A transfer that an earlier process added.
    pub(super) fn existing(connection: &Connection, id: &str, plan: Plan) -> Result<Arc<Self>, Error> {
        let transfer = Self::new(connection, plan, Current::existing(connection, id))?;
        transfer.write();
        Ok(Arc::new(transfer))
    }

    fn new(connection: &Connection, plan: Plan, current: Current) -> Result<Self, Error> {
        Ok(Self {
            connection: connection.clone(),
            router: Router::new(connection.direct()?, plan.route)?,
            plan,
            current: RwLock::new(current),
            written: AtomicBool::new(false),
            over: AtomicBool::new(false),
        })
    }

    /// Waits until a daemon serves the image.
    pub(super) async fn open(self: &Arc<Self>) -> Result<Started, Error> {
        let (daemon, capabilities) = self.open_current().await?;
        Ok(Started { transfer: Arc::clone(self), daemon, capabilities })
    }

    async fn open_current(&self) -> Result<(Daemon, Capabilities), Error> {
        let ready = self.wait_until_ready().await?;
        self.router.choose(&ready, self.action()).await
    }

    fn current(&self) -> Current {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is being done.
    pub(super) fn action(&self) -> &Action {
        &self.plan.action
    }

    /// The identifier of the transfer that moves the data now.
    pub(super) fn id(&self) -> String {
        self.current().id
    }

    /// Waits until the image can be accessed. Resumes a transfer that the engine paused.
    async fn wait_until_ready(&self) -> Result<ImageTransfer, Error> {
        let Current { service, correlation_id, .. } = self.current();
        let mut resumptions = 0;
        loop {
            let wait = service.wait_until_transferring().correlation_id(correlation_id.clone()).timeout(PREPARATION);
            let error = match wait.await {
                Ok(transfer) => return Ok(transfer),
                Err(error) => error,
            };
            let Some(failure) = error.wait_failure() else { return Err(error) };
            let problem = match (failure.kind(), failure.last_state().map(phase)) {
                // The engine pauses when it can't renew a ticket, and after inactivity.
                (WaitFailureKind::State, Some(ImageTransferPhase::PausedSystem)) if resumptions < MAX_RESUMPTIONS => {
                    resumptions += 1;
                    service.resume().send().await?;
                    continue;
                }
                _ if failure.events().iter().any(|event| event.code == Some(MISSING_HOST)) => ImageProblem::NoHost,
                (WaitFailureKind::State, Some(ImageTransferPhase::PausedSystem)) => ImageProblem::Ticket,
                (WaitFailureKind::State, Some(ImageTransferPhase::PausedUser)) => ImageProblem::Paused,
                (WaitFailureKind::Timeout, _) => ImageProblem::NoHost,
                (WaitFailureKind::State | WaitFailureKind::Absent, _) => ImageProblem::Ended,
                _ => return Err(error),
            };
            return Err(self.action().caused(problem, error));
        }
    }

    /// Gets access again after the daemon rejected the ticket.
    pub(super) async fn revive(&self) -> Result<Daemon, Error> {
        self.open_current().await.map(|(daemon, _)| daemon)
    }

    /// Adds another transfer of the same image after the host lost the ticket: the engine can't add the ticket again.
    pub(super) async fn replace(&self) -> Result<(), Error> {
        tracing::warn!(transfer = self.id(), "the host lost the ticket of the image transfer; starting another one");
        match &self.plan.disk {
            // Cancelling would remove the disk.
            Some(disk) => {
                self.current().service.finalize().send().await?;
                self.wait_until_finished().await?;
                disk.wait_until_ok().await?;
            }
            None => self.cleanup().cancel().await,
        }
        // The engine may not have released the disk yet.
        let successor = Current::add(&self.connection, &self.plan.request, PREPARATION).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = successor;
        Ok(())
    }

    /// Renews the ticket and tells the engine that the client is alive.
    pub(super) async fn extend(&self) {
        if let Err(error) = self.current().service.extend().send().await {
            tracing::debug!(%error, "can't extend the image transfer");
        }
    }

    /// Notes that the content of the disk changes.
    pub(super) fn write(&self) {
        self.written.store(true, Ordering::Relaxed);
    }

    /// Tells the engine that all data was transferred, and waits until it has verified the image and released the disk.
    pub(super) async fn finish(&self) -> Result<(), Error> {
        self.current().service.finalize().send().await?;
        self.wait_until_finished().await?;
        self.over.store(true, Ordering::Relaxed);
        match &self.plan.disk {
            Some(disk) => disk.wait_until_ok().await.map(drop),
            None => Ok(()),
        }
    }

    async fn wait_until_finished(&self) -> Result<(), Error> {
        let Current { service, correlation_id, .. } = self.current();
        // Hosts need long to verify a large image.
        match service.wait_until_finished().correlation_id(correlation_id).timeout(PREPARATION * 2).await {
            Ok(_) => Ok(()),
            // Engines remove transfers some time after their end. The disk tells whether it succeeded.
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) if self.plan.disk.is_none() && is_unfinalized(&error) => {
                Err(self.action().caused(ImageProblem::LostTicket, error))
            }
            Err(error) => {
                if error.wait_failure().is_some_and(|failure| failure.last_state().map(phase).is_some_and(is_over)) {
                    self.over.store(true, Ordering::Relaxed);
                    self.cleanup().remove_created().await;
                }
                Err(self.action().caused(ImageProblem::Ended, error))
            }
        }
    }

    /// What to do if the transfer does not succeed.
    fn cleanup(&self) -> Cleanup {
        let plan = &self.plan;
        Cleanup {
            service: self.current().service,
            created: plan.disk.clone().filter(|_| plan.created),
            finalize: plan.disk.is_some() && !plan.created && !self.written.load(Ordering::Relaxed),
        }
    }

    /// Leaves the transfer as it is when it is dropped, so that it can be resumed.
    pub(super) fn keep(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Ends the transfer without a result.
    pub(super) async fn cancel(&self) {
        if !self.over.swap(true, Ordering::Relaxed) {
            self.cleanup().run().await;
        }
    }

    /// Ends a transfer of an earlier process without a result.
    pub(super) async fn discard(connection: &Connection, id: &str, created: Option<DiskService>) {
        let service = connection.system().image_transfers().image_transfer(id);
        Cleanup { service, created, finalize: false }.run().await;
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        if *self.over.get_mut() {
            return;
        }
        // The future that used the transfer was dropped, so the work is left to a task.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let cleanup = self.cleanup();
            runtime.spawn(async move { cleanup.run().await });
        }
    }
}

impl Current {
    /// Adds a transfer to the engine. Waits for a period while the disk is locked.
    async fn add(connection: &Connection, request: &ImageTransfer, period: Duration) -> Result<Self, Error> {
        let transfers = connection.system().image_transfers();
        let correlation_id = correlation_id::generate();
        let add = transfers.add(request.clone()).correlation_id(correlation_id.clone());
        let added = add.retry_conflicts(period).send().await?;
        let id = added.try_id()?.to_owned();
        Ok(Self { service: transfers.image_transfer(&id), id, correlation_id })
    }

    fn existing(connection: &Connection, id: &str) -> Self {
        let service = connection.system().image_transfers().image_transfer(id);
        Self { service, id: id.to_owned(), correlation_id: correlation_id::generate() }
    }
}

/// Whether the engine had ended a transfer before it was finalized: it noticed that the host lost the ticket, or saw no
/// client.
fn is_unfinalized(error: &Error) -> bool {
    use ImageTransferPhase as Phase;

    let Some(failure) = error.wait_failure() else { return false };
    let has_failed = matches!(
        failure.last_state().map(phase),
        Some(Phase::CancelledSystem | Phase::FinalizingFailure | Phase::FinishedFailure)
    );
    has_failed && !failure.states().any(|state| phase(state) == Phase::FinalizingSuccess)
}

fn phase(text: &str) -> ImageTransferPhase {
    ImageTransferPhase::from(text)
}
