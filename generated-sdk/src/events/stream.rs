//! The events of a watch.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use super::cursor::{Cursor, PAGE};
use super::settings::Settings;
use super::start::{number, request};
use crate::error::Error;
use crate::generated::roles::Event;
use crate::http::BoxFuture;
use crate::jobs::Patience;
use crate::list::List;

/// The search of each request: the oldest events first.
const OLDEST_FIRST: &str = "sortby time asc";

/// A stream of events, created by [`EventWatch::watch`](super::EventWatch::watch).
///
/// The events come in the order of their IDs, oldest first, except for an event that the engine logs late: it comes when
/// it appears, up to 30 s after events with higher IDs. The stream asks the engine periodically, and continues after the
/// engine was restarted or unreachable. Memory use is bounded: there are never more than a thousand events waiting.
///
/// With the feature `stream`, it is a `futures_core::Stream`.
pub struct Events {
    settings: Settings,
    cursor: Cursor,
    queue: VecDeque<Event>,
    /// The request in progress.
    reading: Option<BoxFuture<'static, Result<List<Event>, Error>>>,
    /// When the next request is due.
    due: Duration,
    /// When the stream ends.
    end: Option<Duration>,
    /// Whether the last request was at the end.
    has_ended: bool,
    patience: Patience,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("settings", &self.settings)
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

impl Events {
    pub(super) fn new(settings: Settings, cursor: Cursor) -> Self {
        let now = settings.connection.clock().elapsed();
        let mut patience = Patience::new(settings.longest_outage, now);
        // Starting the watch has succeeded.
        patience.answered(now);
        let end = settings.timeout.map(|timeout| now + timeout);
        Self { settings, cursor, queue: VecDeque::new(), reading: None, due: now, end, has_ended: false, patience }
    }

    /// Returns the next event as soon as it appears; `None` after the timeout of the watch. The future can be dropped: the
    /// next call continues.
    ///
    /// # Errors
    ///
    /// When the engine rejects a request, or was unreachable for too long. The next call tries again, and no event is
    /// lost.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        poll_fn(|context| self.poll_event(context)).await.transpose()
    }

    /// The ID of an event up to which all events were returned. A later watch [from it](super::EventWatch::from_id) misses
    /// nothing, but may return some events again.
    pub fn position(&self) -> u64 {
        let waiting = self.queue.front().and_then(number);
        waiting.map_or(self.cursor.floor(), |first| self.cursor.floor().min(first.saturating_sub(1)))
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Event, Error>>> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            if self.has_ended {
                return Poll::Ready(None);
            }
            let reading = self.reading.get_or_insert_with(|| read(&self.settings, &self.cursor, self.due, self.end));
            let Poll::Ready(outcome) = reading.as_mut().poll(context) else { return Poll::Pending };
            self.reading = None;
            let now = self.settings.connection.clock().elapsed();
            self.has_ended = self.end.is_some_and(|end| now >= end);
            match outcome {
                Ok(events) => self.receive(events, now),
                Err(error) => {
                    self.due = now + self.settings.interval;
                    if self.patience.ends_with(&error, now) {
                        // The next call begins with new patience.
                        self.patience.answered(now);
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }

    /// Queues the events of a response that are new.
    fn receive(&mut self, events: List<Event>, now: Duration) {
        self.patience.answered(now);
        let mut events: Vec<(u64, Event)> =
            events.into_iter().filter_map(|event| Some((number(&event)?, event))).collect();
        events.sort_by_key(|(number, _)| *number);
        let is_cut = events.len() >= PAGE;
        let numbers: BTreeSet<u64> = events.iter().map(|(number, _)| *number).collect();
        for (number, event) in events {
            let is_wanted = |event| self.settings.start.includes(event) && self.settings.filter.matches(event);
            if self.cursor.see(number) && is_wanted(&event) {
                self.queue.push_back(event);
            }
        }
        self.cursor.advance(is_cut.then_some(&numbers), now);
        self.due = if is_cut { now } else { now + self.settings.interval };
    }
}

/// Reads events when they are due, and at the end of the watch.
fn read(
    settings: &Settings,
    cursor: &Cursor,
    due: Duration,
    end: Option<Duration>,
) -> BoxFuture<'static, Result<List<Event>, Error>> {
    let clock = settings.connection.clock().clone();
    let request = request(&settings.connection, OLDEST_FIRST, PAGE).query("from", cursor.floor());
    Box::pin(async move {
        let now = clock.elapsed();
        let until = end.map_or(due, |end| due.min(end));
        if until > now {
            clock.sleep(until - now).await;
        }
        request.send().await
    })
}

#[cfg(feature = "stream")]
impl futures_core::Stream for Events {
    type Item = Result<Event, Error>;

    fn poll_next(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_event(context)
    }
}

/// Blocking counterpart of [`Events`]: an iterator, created by [`EventWatch::watch_blocking`](super::EventWatch::watch_blocking).
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub struct BlockingEvents(Events);

#[cfg(feature = "blocking")]
impl BlockingEvents {
    pub(super) fn new(events: Events) -> Self {
        Self(events)
    }

    /// The same as [`Events::position`].
    pub fn position(&self) -> u64 {
        self.0.position()
    }
}

#[cfg(feature = "blocking")]
impl Iterator for BlockingEvents {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        crate::blocking::block_on(self.0.next()).and_then(|next| next).transpose()
    }
}
