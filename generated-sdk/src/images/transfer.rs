//! The life cycle of a transfer in the engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Url;
use tokio::time::Instant;

use super::daemon::{Capabilities, Daemon};
use super::error::{Action, ImageProblem};
use super::failure::Failure;
use crate::connection::Connection;
use crate::correlation_id;
use crate::error::Error;
use crate::services::{DiskService, ImageTransferService};
use crate::transport::direct::Direct;
use crate::types::{DiskStatus, ImageTransfer, ImageTransferPhase, LogSeverity};

/// The time between two looks at a transfer.
pub(super) const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How long the engine may take to find a host and to prepare the image, and to clean up.
const PREPARATION: Duration = Duration::from_secs(300);

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

/// A transfer in the engine. Dropping it cancels the transfer, unless it was finished or [kept](Self::keep).
pub(super) struct Transfer {
    connection: Connection,
    service: ImageTransferService,
    correlation_id: String,
    route: Route,
    direct: Direct,
    client: reqwest::Client,
    /// The disk to remove if the transfer fails.
    created: Option<DiskService>,
    over: AtomicBool,
}

/// What to transfer, and how.
pub(super) struct Start {
    pub(super) request: ImageTransfer,
    pub(super) route: Route,
    /// The disk that was created for this transfer.
    pub(super) created: Option<DiskService>,
}

/// A transfer whose image can be accessed.
pub(super) struct Started {
    pub(super) transfer: Arc<Transfer>,
    pub(super) daemon: Daemon,
    pub(super) capabilities: Capabilities,
}

impl Transfer {
    /// Adds a transfer and waits until a daemon serves its image.
    pub(super) async fn start(connection: &Connection, start: Start, action: &Action) -> Result<Started, Error> {
        let id = correlation_id::generate();
        let transfers = connection.system().image_transfers();
        let added = transfers.add(start.request).correlation_id(id.clone()).send().await?;
        let service = transfers.image_transfer(added.try_id()?);
        Self::with(connection, service, id, start.route, start.created)?.open(action).await
    }

    /// Continues a transfer that an earlier process started.
    pub(super) async fn resume(
        connection: &Connection,
        id: &str,
        route: Route,
        action: &Action,
    ) -> Result<Started, Error> {
        let service = connection.system().image_transfers().image_transfer(id);
        Self::with(connection, service, correlation_id::generate(), route, None)?.open(action).await
    }

    fn with(
        connection: &Connection,
        service: ImageTransferService,
        correlation_id: String,
        route: Route,
        created: Option<DiskService>,
    ) -> Result<Self, Error> {
        let direct = connection.direct()?;
        let client = direct.remote()?;
        let connection = connection.clone();
        Ok(Self { connection, service, correlation_id, route, direct, client, created, over: AtomicBool::new(false) })
    }

    async fn open(self, action: &Action) -> Result<Started, Error> {
        let ready = self.wait_until_ready(action).await?;
        let (daemon, capabilities) = self.choose(&ready, action).await?;
        Ok(Started { transfer: Arc::new(self), daemon, capabilities })
    }

    /// The identifier.
    pub(super) async fn id(&self) -> Result<String, Error> {
        Ok(self.service.get().send().await?.try_id()?.to_owned())
    }

    /// Waits until the image can be accessed. Resumes a transfer that the engine paused.
    async fn wait_until_ready(&self, action: &Action) -> Result<ImageTransfer, Error> {
        let began = Instant::now();
        let mut resumed = 0;
        loop {
            let transfer = self.look(action).await?;
            match transfer.phase.clone().unwrap_or(ImageTransferPhase::UnknownValue) {
                ImageTransferPhase::Transferring => return Ok(transfer),
                // The engine pauses when no host is available, when it can't renew a ticket, and after inactivity.
                ImageTransferPhase::PausedSystem if resumed < 3 => {
                    resumed += 1;
                    self.service.resume().send().await?;
                }
                ImageTransferPhase::PausedSystem => {
                    return Err(self.failed(action, ImageProblem::NoHost, "the engine paused the transfer").await);
                }
                ImageTransferPhase::PausedUser => {
                    return Err(action.error(ImageProblem::Paused, "the transfer was paused"));
                }
                phase if has_ended(&phase) => {
                    let detail = format!("the engine ended the transfer with `{phase}`");
                    return Err(self.failed(action, ImageProblem::Ended, &detail).await);
                }
                phase if began.elapsed() > PREPARATION => {
                    let detail = format!("the transfer is still in phase `{phase}` after {PREPARATION:?}");
                    return Err(self.failed(action, ImageProblem::NoHost, &detail).await);
                }
                _ => {}
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn look(&self, action: &Action) -> Result<ImageTransfer, Error> {
        match self.service.get().send().await {
            Err(error) if error.is_not_found() => {
                self.over.store(true, Ordering::Relaxed);
                Err(self.failed(action, ImageProblem::Ended, "the engine has removed the transfer").await)
            }
            result => result,
        }
    }

    /// The error of a transfer that the engine stopped, with what the engine says about it.
    async fn failed(&self, action: &Action, problem: ImageProblem, detail: &str) -> Error {
        let search = format!("correlation_id={}", self.correlation_id);
        let events = self.connection.system().events().list().search(search).max(20).send().await.unwrap_or_default();
        let serious = events.iter().filter(|event| {
            matches!(event.severity, Some(LogSeverity::Warning | LogSeverity::Error | LogSeverity::Alert))
        });
        // The newest event comes first.
        match serious.filter_map(|event| event.description.as_deref()).next() {
            Some(description) => action.error(problem, format!("{detail}; the engine says: {description}")),
            None => action.error(problem, detail),
        }
    }

    /// Finds an address of the image that works.
    async fn choose(&self, transfer: &ImageTransfer, action: &Action) -> Result<(Daemon, Capabilities), Error> {
        let addresses = match self.route {
            Route::Fastest => [transfer.transfer_url.as_deref(), transfer.proxy_url.as_deref()],
            Route::Host => [transfer.transfer_url.as_deref(), None],
            Route::Proxy => [None, transfer.proxy_url.as_deref()],
        };
        let mut failures = Vec::new();
        for address in addresses.into_iter().flatten() {
            let url = Url::parse(address).map_err(|error| {
                action.error(ImageProblem::Daemon, format!("the engine's URL is not valid: {error}"))
            })?;
            let host = url.host_str().unwrap_or_default().to_owned();
            let daemon = Daemon::new(self.client.clone(), url.clone());
            match daemon.capabilities().await {
                Ok(capabilities) => {
                    if self.route == Route::Fastest
                        && let Some(local) = self.local(&capabilities, &url).await
                    {
                        return Ok((local, capabilities));
                    }
                    return Ok((daemon, capabilities));
                }
                Err(failure) => failures.push((host, failure)),
            }
        }
        match failures.as_slice() {
            [] => Err(action.error(ImageProblem::Unreachable, "the engine gave no address for the data")),
            // A rejection says more than an address that can't be reached.
            [.., (_, failure)] if failures.iter().all(|(_, failure)| !is_unreachable(failure)) => {
                Err(action.daemon(failure))
            }
            _ => {
                let texts: Vec<String> = failures.iter().map(|(host, failure)| format!("{host}: {failure}")).collect();
                let certificate = failures.iter().any(|(_, failure)| is_certificate(failure));
                let problem = if certificate { ImageProblem::Certificate } else { ImageProblem::Unreachable };
                Err(action.error(problem, texts.join("; ")))
            }
        }
    }

    /// The daemon of this machine, if it serves the image. Identifiers of tickets are unique, so a daemon that knows
    /// the ticket is the right one.
    #[cfg(unix)]
    async fn local(&self, capabilities: &Capabilities, url: &Url) -> Option<Daemon> {
        let socket = capabilities.unix_socket.as_deref()?;
        let client = self.direct.local(socket).ok()?;
        let url = Url::parse(&format!("http://localhost{}", url.path())).ok()?;
        let daemon = Daemon::new(client, url);
        daemon.capabilities().await.ok().map(|_| daemon)
    }

    #[cfg(not(unix))]
    async fn local(&self, _: &Capabilities, _: &Url) -> Option<Daemon> {
        None
    }

    /// Gets access again after the daemon rejected the ticket.
    pub(super) async fn revive(&self, action: &Action) -> Result<Daemon, Error> {
        let ready = self.wait_until_ready(action).await?;
        self.choose(&ready, action).await.map(|(daemon, _)| daemon)
    }

    /// Renews the ticket and tells the engine that the client is alive.
    pub(super) async fn extend(&self) {
        if let Err(error) = self.service.extend().send().await {
            tracing::debug!(%error, "can't extend the image transfer");
        }
    }

    /// Tells the engine that all data was sent, and waits until it has verified the image and released the disk.
    pub(super) async fn finalize(&self, disk: &DiskService, action: &Action) -> Result<(), Error> {
        let finished = self.finish(action).await;
        if finished.is_err() && self.over.load(Ordering::Relaxed) {
            self.remove_created().await;
        }
        finished?;
        self.wait_for_disk(disk, action).await
    }

    /// Tells the engine that all data was transferred, and waits for the end of the transfer.
    pub(super) async fn finish(&self, action: &Action) -> Result<(), Error> {
        self.service.finalize().send().await?;
        loop {
            let phase = match self.service.get().send().await {
                Ok(transfer) => transfer.phase.unwrap_or(ImageTransferPhase::UnknownValue),
                // Engines remove transfers some time after their end.
                Err(error) if error.is_not_found() => ImageTransferPhase::FinishedSuccess,
                Err(error) => return Err(error),
            };
            if has_finished(&phase) {
                self.over.store(true, Ordering::Relaxed);
                if phase == ImageTransferPhase::FinishedSuccess {
                    return Ok(());
                }
                let detail = format!("the engine ended the transfer with `{phase}`");
                return Err(self.failed(action, ImageProblem::Ended, &detail).await);
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn wait_for_disk(&self, disk: &DiskService, action: &Action) -> Result<(), Error> {
        let began = Instant::now();
        loop {
            match disk.get().send().await?.status {
                Some(DiskStatus::Locked) if began.elapsed() < PREPARATION => tokio::time::sleep(POLL_INTERVAL).await,
                Some(DiskStatus::Illegal) => {
                    let error = self.failed(action, ImageProblem::Ended, "the engine rejected the image").await;
                    self.remove_created().await;
                    return Err(error);
                }
                Some(DiskStatus::Locked) => {
                    return Err(action.error(ImageProblem::Ended, "the disk is still locked after the transfer"));
                }
                _ => return Ok(()),
            }
        }
    }

    /// Cancels a transfer of an earlier process.
    pub(super) async fn discard(connection: &Connection, id: &str, created: Option<DiskService>) -> Result<(), Error> {
        let service = connection.system().image_transfers().image_transfer(id);
        Self::with(connection, service, correlation_id::generate(), Route::Fastest, created)?.cancel().await;
        Ok(())
    }

    /// Leaves the transfer as it is when it is dropped, so that it can be resumed.
    pub(super) fn keep(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Cancels the transfer and removes the disk that was created for it.
    pub(super) async fn cancel(&self) {
        if !self.over.swap(true, Ordering::Relaxed) {
            cancel(&self.service).await;
            self.remove_created().await;
        }
    }

    async fn remove_created(&self) {
        if let Some(disk) = &self.created {
            remove(disk).await;
        }
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        if *self.over.get_mut() {
            return;
        }
        // The future that used the transfer was dropped, so the work is left to a task.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (service, created) = (self.service.clone(), self.created.take());
            runtime.spawn(async move {
                cancel(&service).await;
                if let Some(disk) = created {
                    remove(&disk).await;
                }
            });
        }
    }
}

/// Cancels a transfer, and waits until the engine has released the disk.
async fn cancel(service: &ImageTransferService) {
    if let Err(error) = service.cancel().send().await {
        if !error.is_not_found() {
            tracing::warn!(%error, "can't cancel the image transfer");
        }
        return;
    }
    let began = Instant::now();
    while began.elapsed() < PREPARATION {
        match service.get().send().await {
            Ok(transfer) if !transfer.phase.as_ref().is_some_and(has_finished) => {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
            _ => return,
        }
    }
}

/// Removes a disk, which may be locked for a moment.
async fn remove(disk: &DiskService) {
    let began = Instant::now();
    loop {
        match disk.remove().send().await {
            Err(error) if error.is_conflict() && began.elapsed() < PREPARATION => {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
            Err(error) if !error.is_not_found() => {
                tracing::warn!(%error, "can't remove the disk of a failed upload");
                return;
            }
            _ => return,
        }
    }
}

fn has_finished(phase: &ImageTransferPhase) -> bool {
    use ImageTransferPhase as Phase;
    matches!(phase, Phase::FinishedSuccess | Phase::FinishedFailure | Phase::FinishedCleanup)
}

/// Whether a transfer can't be continued.
fn has_ended(phase: &ImageTransferPhase) -> bool {
    use ImageTransferPhase as Phase;
    has_finished(phase)
        || matches!(
            phase,
            Phase::Cancelled
                | Phase::CancelledSystem
                | Phase::CancelledUser
                | Phase::FinalizingCleanup
                | Phase::FinalizingFailure
                | Phase::FinalizingSuccess
        )
}

fn is_unreachable(failure: &Failure) -> bool {
    matches!(failure, Failure::Transport(_) | Failure::Broken(_))
}

fn is_certificate(failure: &Failure) -> bool {
    matches!(failure, Failure::Transport(error) if error.is_certificate())
}
