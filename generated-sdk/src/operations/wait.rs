//! Waiting for the end of an operation.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use super::course::{Course, UNMET};
use super::progress::{Changes, OnProgress, Progress, jobs};
use crate::clock::LONGEST;
use crate::connection::Connection;
use crate::error::{Error, WaitFailureKind};
use crate::generated::roles::{JOB, Job};
use crate::jobs::{Lookup, Wait, WaiterInfo, race};
use crate::request::{Operation, OperationState, Sending};
use crate::service::id_of;

/// The default timeout.
const TIMEOUT: Duration = Duration::from_secs(3600);

/// The wait for the success of a job.
static FINISHED: WaiterInfo = WaiterInfo {
    name: "finished",
    unmet: UNMET,
    field: JOB.status,
    success: JOB.succeeded,
    failure: JOB.failed,
    initial: &[],
    waiting: &[],
    typical: 60,
    grace: 0,
    settle: 0,
    addresses: None,
};

/// Jobs can't be searched by their identifiers.
const LOOKUP: Lookup = Lookup { get: true, list: true, search: None };

/// A wait for the end of an operation, created by [`Operation::wait`].
///
/// Nothing happens before `.await`. Dropping the future ends the wait, but not the operation.
#[must_use = "a wait does nothing until it is awaited"]
pub struct OperationWait {
    connection: Connection,
    state: OperationState,
    timeout: Duration,
    interval: Option<Duration>,
    on_change: Option<OnProgress>,
}

impl<T> Operation<T> {
    /// Waits until the operation has succeeded. Returns its job, or `None` if the engine has no job for it: small
    /// operations have none, and the engine deletes the jobs of successful operations after 10 minutes.
    ///
    /// Fails when the job fails or is aborted, or when the engine does not know its outcome, for example after a restart.
    /// The error explains itself as that of any wait ([`Error::wait_failure`]): with the engine's events and the failed
    /// steps of the job. If the engine has deleted the job, the events of the operation decide, or the absence of an
    /// object that was to be removed. If they do not tell the outcome either, the wait fails with
    /// [`WaitFailureKind::Unknown`].
    ///
    /// The end of the job is not always the end of what it started: the job of `shutdown` ends when the guest has been
    /// told to shut down. Handles of services have `wait_until_…` methods for the states of objects.
    pub fn wait(&self) -> OperationWait {
        OperationWait {
            connection: self.connection().clone(),
            state: self.state.clone(),
            timeout: TIMEOUT,
            interval: None,
            on_change: None,
        }
    }
}

impl OperationWait {
    /// Sets the timeout; an hour by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST);
        self
    }

    /// Sets a fixed interval between requests. By default, the interval grows from 1 s to at most 10 s.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = Some(interval.clamp(Duration::from_millis(1), LONGEST));
        self
    }

    /// Calls a function with the job and its steps when they are first read and whenever they have changed.
    pub fn on_change(mut self, call: impl FnMut(&Progress) + Send + 'static) -> Self {
        self.on_change = Some(Box::new(call));
        self
    }

    /// Blocking counterpart of `.await`.
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn wait_blocking(self) -> Result<Option<Job>, Error> {
        crate::blocking::block_on(self.into_future())?
    }

    async fn run(mut self) -> Result<Option<Job>, Error> {
        let mut course = Course::new(self.connection.clone(), self.state.clone(), self.timeout, self.interval);
        let mut followed: Vec<Job> = Vec::new();
        if let Some(id) = self.state.job.clone() {
            return match self.follow(&id, &course).await? {
                Some(job) => Ok(Some(job)),
                None => course.settle(true).await.map(|()| None),
            };
        }
        loop {
            let found = course.find(followed.is_empty()).await?;
            let is_new = |job: &&Job| followed.iter().all(|known| id_of(known).ok() != id_of(*job).ok());
            let Some(next) = found.iter().find(is_new) else { break };
            let ended = match id_of(next) {
                Ok(id) if !JOB.has_succeeded(next) => self.follow(id, &course).await?,
                _ => {
                    if let Some(call) = &mut self.on_change {
                        call(&Progress::read(&self.connection, next.clone()).await);
                    }
                    Some(next.clone())
                }
            };
            match ended {
                Some(job) => followed.push(job),
                None => {
                    course.settle(true).await?;
                    followed.push(next.clone());
                }
            }
        }
        match followed.into_iter().next() {
            Some(job) => Ok(Some(job)),
            None => course.settle(false).await.map(|()| None),
        }
    }

    /// Waits for the end of a job; `None` if the engine has deleted it.
    async fn follow(&mut self, id: &str, course: &Course) -> Result<Option<Job>, Error> {
        let Some(jobs) = jobs(&self.connection) else { return Ok(None) };
        let mut wait = Wait::<Job>::at(jobs.object(id), LOOKUP, &FINISHED)
            .timeout(course.left())
            .correlation_id(&self.state.correlation_id);
        if let Some(interval) = self.interval {
            wait = wait.interval(interval);
        }
        let outcome = match &mut self.on_change {
            None => wait.await,
            Some(call) => {
                let changes = Changes::default();
                let pushed = changes.clone();
                let wait = wait.on_change(move |job| pushed.push(job)).wait();
                let outcome = race(wait, changes.report(&self.connection, call)).await;
                changes.report_latest(&self.connection, call).await;
                outcome.into_one()
            }
        };
        match outcome {
            Ok(job) => Ok(Some(job)),
            Err(error) => match error.wait_failure().map(|failure| failure.kind()) {
                Some(WaitFailureKind::Absent) => Ok(None),
                _ => Err(error),
            },
        }
    }
}

impl IntoFuture for OperationWait {
    type Output = Result<Option<Job>, Error>;
    type IntoFuture = Sending<Option<Job>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for OperationWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationWait")
            .field("state", &self.state)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
