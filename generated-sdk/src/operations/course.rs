//! Finding the jobs of an operation, and its outcome if they don't tell it.

use std::sync::Arc;
use std::time::Duration;

use super::progress::{REQUEST_TIMEOUT, jobs};
use crate::connection::{Call, Connection};
use crate::error::{Error, WaitFailure, WaitFailureKind};
use crate::generated::roles::{EVENT, Event, JOB, Job};
use crate::generated::wire::COMPLETION_EVENTS;
use crate::http::Method;
use crate::jobs::{Explanation, LONGEST_OUTAGE, Patience};
use crate::list::List;
use crate::object::Struct;
use crate::request::{OperationState, Sending, TypedRequest};
use crate::roles::{self, OperationSearch};
use crate::service::Location;

/// The interval between searches for the jobs of an operation.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long the job of an operation may take to appear, if the engine may not have begun when it responded.
const LATEST_BEGINNING: Duration = Duration::from_secs(30);

/// Number of jobs or events to read.
const MAX: &str = "100";

/// What a failed operation did not do.
pub(super) const UNMET: &str = "did not succeed";

/// A wait for an operation in progress.
pub(super) struct Course {
    connection: Connection,
    state: OperationState,
    began: Duration,
    end: Duration,
    /// The interval between requests.
    interval: Duration,
    patience: Patience,
}

/// Why reading failed: the timeout expired, or the error ends the wait.
struct ReadFailure {
    kind: WaitFailureKind,
    cause: Option<Error>,
}

impl Course {
    pub(super) fn new(
        connection: Connection,
        state: OperationState,
        limit: Duration,
        interval: Option<Duration>,
    ) -> Self {
        let began = connection.clock().elapsed();
        let patience = Patience::new(LONGEST_OUTAGE, began);
        let interval = interval.unwrap_or(INTERVAL);
        Self { connection, state, began, end: began + limit, interval, patience }
    }

    /// The time until the end.
    pub(super) fn left(&self) -> Duration {
        self.end.saturating_sub(self.connection.clock().elapsed())
    }

    fn elapsed(&self) -> Duration {
        self.connection.clock().elapsed().saturating_sub(self.began)
    }

    /// Sends a request until the engine answers. Also returns whether it failed to answer before.
    async fn read<T>(&mut self, request: impl Fn(&Self) -> Sending<T>) -> Result<(T, bool), ReadFailure> {
        let mut failed = false;
        loop {
            let outcome = request(self).await;
            let now = self.connection.clock().elapsed();
            let error = match outcome {
                Ok(found) => {
                    self.patience.answered(now);
                    return Ok((found, failed));
                }
                Err(error) => error,
            };
            if self.patience.ends_with(&error, now) {
                return Err(ReadFailure { kind: WaitFailureKind::Request, cause: Some(error) });
            }
            if self.left().is_zero() {
                return Err(ReadFailure { kind: WaitFailureKind::Timeout, cause: Some(error) });
            }
            failed = true;
            self.pause().await;
        }
    }

    async fn pause(&self) {
        self.connection.clock().sleep(self.interval.min(self.left())).await;
    }

    /// Finds the jobs of the operation. At first there may be none although the operation has begun.
    pub(super) async fn find(&mut self, is_first: bool) -> Result<List<Job>, Error> {
        let mut began = self.elapsed();
        let longest = match () {
            () if !is_first => Duration::ZERO,
            () if self.state.accepted => LATEST_BEGINNING,
            () => INTERVAL,
        };
        loop {
            let found = self.read(|course| course.list::<Job>(jobs(&course.connection), JOB.search)).await;
            let (mut found, is_after_outage) = found.map_err(|failure| self.failure(failure.kind, failure.cause))?;
            if is_after_outage {
                // The time in which the engine did not answer does not count.
                began = self.elapsed();
            }
            self.remove_refused(&mut found);
            if !found.is_empty() || self.elapsed().saturating_sub(began) >= longest {
                return Ok(found);
            }
            if self.left().is_zero() {
                return Err(self.failure(WaitFailureKind::Timeout, None));
            }
            self.pause().await;
        }
    }

    /// Removes the jobs of earlier attempts that the engine refused.
    fn remove_refused(&self, jobs: &mut List<Job>) {
        let mut refusals = self.state.refusals;
        jobs.retain(|job| {
            let is_refused = refusals > 0 && JOB.has_failed(job);
            refusals -= u32::from(is_refused);
            !is_refused
        });
    }

    /// Lists the objects of a collection that belong to the operation. There are none if the API can't search for them.
    fn list<T: Struct>(&self, collection: Option<Location>, search: OperationSearch) -> Sending<List<T>> {
        match (collection, roles::query(search, &self.state.correlation_id)) {
            (Some(collection), Some((parameter, query))) => {
                let request = TypedRequest::<List<T>>::list(&collection).query(parameter, query).query("max", MAX);
                request.timeout(REQUEST_TIMEOUT).send()
            }
            _ => Box::pin(std::future::ready(Ok(List::default()))),
        }
    }

    /// Decides about an operation whose job the engine has deleted, or that never had one.
    pub(super) async fn settle(&mut self, had_job: bool) -> Result<(), Error> {
        if self.is_removed().await {
            return Ok(());
        }
        let events = Location::at_root(&self.connection, EVENT.collection);
        let events = self.read(|course| course.list::<Event>(events.clone(), EVENT.search)).await;
        let (events, cause) = match events {
            Ok((events, _)) => (events, None),
            Err(failure) => (List::default(), failure.cause),
        };
        if events.iter().any(|event| EVENT.is_failure(event)) {
            let mut events: List<Event> = events.into_iter().filter(|event| EVENT.is_serious(event)).collect();
            events.sort_by_key(|event| EVENT.number(event));
            let explanation = Explanation { events, ..Explanation::default() };
            return Err(self.explained(WaitFailureKind::State, None, explanation));
        }
        let is_completed =
            events.iter().filter_map(|event| EVENT.code(event)).any(|code| COMPLETION_EVENTS.contains(&code));
        // Without a job, the engine has done everything when it responds or logs the event.
        let is_done_without_job = !had_job && (!events.is_empty() || !self.state.accepted);
        if is_completed || is_done_without_job {
            return Ok(());
        }
        Err(self.failure(WaitFailureKind::Unknown, cause))
    }

    /// Whether the object of a removal no longer exists.
    async fn is_removed(&mut self) -> bool {
        let Some(path) = self.state.path.clone().filter(|_| self.state.removal) else { return false };
        let exists = self.read(|course| {
            let (connection, call) = (course.connection.clone(), Call::new(Method::Head, path.as_str()));
            Box::pin(async move {
                match connection.call(Call { timeout: Some(REQUEST_TIMEOUT), ..call }).await {
                    Ok(_) => Ok(true),
                    // A web server without its engine answers any path with 404.
                    Err(error) if error.is_not_found() => connection.test().await.map(|()| false),
                    Err(error) => Err(error),
                }
            })
        });
        matches!(exists.await, Ok((false, _)))
    }

    /// Returns the error of an operation about which the engine reports nothing.
    pub(super) fn failure(&self, kind: WaitFailureKind, cause: Option<Error>) -> Error {
        self.explained(kind, cause, Explanation::default())
    }

    fn explained(&self, kind: WaitFailureKind, cause: Option<Error>, explanation: Explanation) -> Error {
        let of = self.state.path.as_ref().map(|path| format!(" of {path}")).unwrap_or_default();
        Error::wait(WaitFailure {
            subject: format!("operation {}{of}", self.state.correlation_id),
            unmet: UNMET,
            kind,
            elapsed: self.elapsed(),
            states: Vec::new(),
            events: explanation.events,
            failed_jobs: explanation.failed_jobs,
            failed_steps: explanation.failed_steps,
            missing: None,
            cause: cause.map(Arc::new),
        })
    }
}
