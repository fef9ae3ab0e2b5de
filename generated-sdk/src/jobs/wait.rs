//! A wait for a state of an object.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::addresses::{AddressFilter, Addresses, Known};
use super::explain::explain;
use super::failure::{LONGEST_OUTAGE, Patience};
use super::poller::{Observation, Poller, Ticket};
use super::tracker::{Tracker, Verdict};
use super::waiter::{Lookup, WaiterInfo};
use crate::clock::LONGEST;
use crate::correlation_id;
use crate::error::{Error, WaitFailure, WaitFailureKind};
use crate::object::{Struct, label, text};
use crate::request::Sending;
use crate::service::{Location, Service, id_of};
use crate::url::decode_segment;

/// The limits of intervals: the first one, and the longest.
const INTERVALS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// An interval is a fifth of the time since the beginning, and at most a sixth of the usual duration.
const GROWTH: u32 = 5;
const SHARE: u32 = 6;

/// How long the events of a failure may be late: the engine writes them after it has changed the state.
const LATE: Duration = Duration::from_secs(2);

/// A function that is called with a changed object.
type OnChange<T> = Box<dyn FnMut(&T) + Send>;

/// A wait for a state of an object, created by a `wait_until_…` method of its service.
///
/// Nothing happens before [`wait`](Self::wait) or `.await`. Dropping the future ends the wait. All waits of a connection
/// on objects of one collection share requests, if they read the same data.
///
/// A wait tolerates engines that restart or are unreachable for up to three minutes. It ends with an error when the
/// object enters a state of failure or no longer exists, when the engine rejects a request, and when the timeout expires.
/// [`Error::wait_failure`] then has the states of the object, the engine's events and the failed steps of the jobs.
///
/// ```no_run
/// # async fn f(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
/// use std::time::Duration;
///
/// let found = connection.system().vms().find("web1").await?;
/// let service = connection.system().vms().vm(&found);
/// service.start().send().await?;
/// let vm = service
///     .wait_until_up()
///     .timeout(Duration::from_secs(300))
///     .on_change(|vm| println!("{:?}", vm.status))
///     .await?;
/// println!("{} runs on host {:?}", vm.try_name()?, vm.host);
/// # Ok(())
/// # }
/// ```
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<T, O = T> {
    location: Location,
    lookup: Lookup,
    info: &'static WaiterInfo,
    timeout: Duration,
    interval: Option<Duration>,
    correlation_id: Option<String>,
    on_change: Option<OnChange<T>>,
    addresses: Option<AddressFilter>,
    output: PhantomData<fn() -> O>,
}

/// The result of a wait: the object in its new state, possibly with its addresses, or nothing after a removal.
///
/// Sealed: the crate implements it.
pub trait WaitOutput<T>: Sized + Send + sealed::Sealed {
    /// Converts the object, which is unset after a removal, and the addresses that the wait has found.
    #[doc(hidden)]
    fn convert(object: Option<T>, addresses: Vec<IpAddr>) -> Option<Self>;
}

pub(super) mod sealed {
    pub trait Sealed {}
    impl<T: crate::object::Struct> Sealed for T {}
    impl Sealed for () {}
}

impl<T: Struct> WaitOutput<T> for T {
    fn convert(object: Option<T>, _: Vec<IpAddr>) -> Option<Self> {
        object
    }
}

impl<T: Struct> WaitOutput<T> for () {
    fn convert(_: Option<T>, _: Vec<IpAddr>) -> Option<Self> {
        Some(())
    }
}

impl<T, O> fmt::Debug for Wait<T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Wait");
        shown.field("location", &self.location).field("until", &self.info.name).field("timeout", &self.timeout);
        shown.finish_non_exhaustive()
    }
}

impl<T: Struct, O: WaitOutput<T>> Wait<T, O> {
    #[allow(dead_code, reason = "whether a service has waiters depends on the model")]
    pub(crate) fn new(service: &impl Service, lookup: Lookup, info: &'static WaiterInfo) -> Self {
        Self::at(service.location().clone(), lookup, info)
    }

    /// Creates a wait for the object at a location.
    pub(crate) fn at(location: Location, lookup: Lookup, info: &'static WaiterInfo) -> Self {
        Self {
            location,
            lookup,
            info,
            timeout: info.timeout(),
            interval: None,
            correlation_id: None,
            on_change: None,
            addresses: info.addresses.map(AddressFilter::new),
            output: PhantomData,
        }
    }

    /// Sets the timeout. By default, ten times the usual duration, and at least two minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST);
        self
    }

    /// Sets a fixed interval between requests. By default, the interval grows from 1 s to at most 10 s. Other waits on
    /// objects of the same collection can shorten it.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = Some(interval.clamp(Duration::from_millis(1), LONGEST));
        self
    }

    /// Calls a function with the object when it is first read and whenever it has changed, for progress.
    pub fn on_change(mut self, call: impl FnMut(&T) + Send + 'static) -> Self {
        self.on_change = Some(Box::new(call));
        self
    }

    /// Sets the correlation ID of the request that started the operation. If the wait fails, the error contains the
    /// events and failed jobs of the operation. Without it, those that refer to the object.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.correlation_id = Some(id.into());
        self
    }

    pub(super) fn filtered(mut self, change: impl FnOnce(&mut AddressFilter)) -> Self {
        if let Some(filter) = &mut self.addresses {
            change(filter);
        }
        self
    }

    /// Waits. The same as `.await` on this value.
    ///
    /// # Errors
    ///
    /// When the object does not reach the state in time, or when it can't be read.
    pub fn wait(self) -> Sending<O>
    where
        O: 'static,
    {
        Box::pin(self.run())
    }

    /// Blocking counterpart of [`wait`](Self::wait).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn wait_blocking(self) -> Result<O, Error>
    where
        O: 'static,
    {
        crate::blocking::block_on(self.wait())?
    }

    async fn run(mut self) -> Result<O, Error> {
        if let Some(problem) = self.correlation_id.as_deref().and_then(correlation_id::problem) {
            return Err(Error::request(problem));
        }
        if let Some(problem) = self.addresses.as_ref().and_then(AddressFilter::problem) {
            return Err(Error::request(problem));
        }
        let (collection, id) = self.location.object_in_collection()?;
        let follow = self.addresses.as_ref().map(AddressFilter::follow);
        let ticket = Poller::<T>::shared(&collection, self.lookup, follow)?.join(id);
        let mut course = Course::new(ticket, self.info, self.addresses.take());
        let end = course.run(self.timeout, self.interval, self.on_change.take()).await;
        match end {
            End::Success => match O::convert(course.object.take(), std::mem::take(&mut course.found.fitting)) {
                Some(output) => Ok(output),
                None => Err(course.fail(WaitFailureKind::Absent, None, &self.location, None).await),
            },
            End::Failure(kind, cause) => {
                Err(course.fail(kind, cause, &self.location, self.correlation_id.as_deref()).await)
            }
        }
    }
}

impl<T: Struct, O: WaitOutput<T> + 'static> IntoFuture for Wait<T, O> {
    type Output = Result<O, Error>;
    type IntoFuture = Sending<O>;

    fn into_future(self) -> Self::IntoFuture {
        self.wait()
    }
}

/// How a wait ends.
enum End {
    Success,
    Failure(WaitFailureKind, Option<Arc<Error>>),
}

/// A wait in progress.
struct Course<T: Struct> {
    ticket: Ticket<T>,
    info: &'static WaiterInfo,
    tracker: Tracker,
    /// When the wait began.
    began: Duration,
    patience: Patience,
    /// The object as last read.
    object: Option<T>,
    filter: Option<AddressFilter>,
    /// What was read to find out about its addresses.
    known: Known,
    /// Its addresses.
    found: Addresses,
}

impl<T: Struct> Course<T> {
    fn new(ticket: Ticket<T>, info: &'static WaiterInfo, filter: Option<AddressFilter>) -> Self {
        let began = ticket.connection().clock().elapsed();
        let patience = Patience::new(LONGEST_OUTAGE, began);
        let (tracker, found) = (Tracker::new(info), Addresses::default());
        Self { ticket, info, tracker, began, patience, object: None, filter, known: Known::new(), found }
    }

    /// The time since the beginning.
    fn elapsed(&self) -> Duration {
        self.ticket.connection().clock().elapsed().saturating_sub(self.began)
    }

    async fn run(&mut self, timeout: Duration, interval: Option<Duration>, mut on_change: Option<OnChange<T>>) -> End {
        let end = self.began + timeout;
        // When a state has lasted long enough for a decision.
        let mut decision: Option<Duration> = None;
        let mut last_error = None;
        loop {
            let elapsed = self.elapsed();
            let interval = interval.unwrap_or_else(|| self.growing(elapsed));
            let due = self.ticket.due(interval, self.began + elapsed);
            let due = decision.map_or(due, |decision| due.min((self.began + decision).max(self.began + elapsed)));
            let Some(news) = self.ticket.news(due, end).await else {
                return End::Failure(WaitFailureKind::Timeout, last_error);
            };
            let news = self.complete(news).await;
            let elapsed = self.elapsed();
            let verdict = match news {
                Observation::Found(object) => {
                    self.patience.answered(self.began + elapsed);
                    last_error = None;
                    self.found = self.filter.as_ref().map(|filter| filter.find(&object)).unwrap_or_default();
                    let is_complete = self.filter.is_none() || !self.found.fitting.is_empty();
                    let state = text(&object, self.info.field);
                    let verdict = self.tracker.observe(state.as_deref(), is_complete, elapsed);
                    if self.object.as_ref() != Some(&object) {
                        if let Some(call) = &mut on_change {
                            call(&object);
                        }
                        self.object = Some(object);
                    }
                    verdict
                }
                Observation::Absent => self.tracker.absent(),
                Observation::Failed(error) => {
                    if self.patience.ends_with(&error, self.began + elapsed) {
                        return End::Failure(WaitFailureKind::Request, Some(error));
                    }
                    last_error = Some(error);
                    Verdict::Continue(None)
                }
            };
            match verdict {
                Verdict::Continue(next) => decision = next,
                Verdict::Success => return End::Success,
                Verdict::Failure(kind) => return End::Failure(kind, None),
            }
        }
    }

    /// Reads what an observed object lacks for a decision.
    async fn complete(&mut self, news: Observation<T>) -> Observation<T> {
        match (news, &self.filter) {
            (Observation::Found(mut object), Some(filter)) => {
                let connection = self.ticket.connection();
                match filter.read_networks(&mut object, &mut self.known, connection).await {
                    Ok(()) => Observation::Found(object),
                    Err(error) => Observation::Failed(Arc::new(error)),
                }
            }
            (news, _) => news,
        }
    }

    /// The interval after a time: it grows up to a part of the usual duration.
    fn growing(&self, elapsed: Duration) -> Duration {
        let (shortest, longest) = INTERVALS;
        let usual = Duration::from_secs(self.info.typical.into()) / SHARE;
        (elapsed / GROWTH).min(usual.clamp(shortest, longest)).max(shortest)
    }

    /// Returns the error of a failed wait, with what the engine reports about it.
    async fn fail(
        self,
        kind: WaitFailureKind,
        cause: Option<Arc<Error>>,
        location: &Location,
        correlation_id: Option<&str>,
    ) -> Error {
        let elapsed = self.elapsed();
        let id = self.object.as_ref().and_then(|object| id_of(object).ok()).map(str::to_owned);
        let in_path = || location.object_in_collection().ok().map(|(_, id)| decode_segment(id));
        let id = id.or_else(in_path).unwrap_or_default();
        let name = self.object.as_ref().and_then(|object| label(object));
        let subject = name.clone().unwrap_or_else(|| format!("{} {id}", T::INFO.name));
        let explanation = match kind {
            // An object that was never there has no history, and an engine that does not answer tells none.
            WaitFailureKind::Absent if !self.tracker.has_state() => Default::default(),
            WaitFailureKind::Request => Default::default(),
            _ => {
                let connection = self.ticket.connection();
                let first = explain(connection, &id, name.as_deref(), correlation_id, elapsed).await;
                match kind {
                    WaitFailureKind::State | WaitFailureKind::Back if first.is_empty() => {
                        connection.clock().sleep(LATE).await;
                        explain(connection, &id, name.as_deref(), correlation_id, elapsed + LATE).await
                    }
                    _ => first,
                }
            }
        };
        // Without an address, a state of success explains nothing.
        let missing = self.filter.as_ref().filter(|_| self.tracker.is_in_success());
        let missing = missing.map(|filter| (self.tracker.lasted(elapsed), filter.describe(&self.found)));
        Error::wait(WaitFailure {
            subject,
            unmet: self.info.unmet,
            kind,
            elapsed,
            states: self.tracker.into_states(),
            events: explanation.events,
            failed_jobs: explanation.failed_jobs,
            failed_steps: explanation.failed_steps,
            missing,
            cause,
        })
    }
}
