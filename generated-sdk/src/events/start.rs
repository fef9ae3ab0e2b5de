//! Where a watch starts.

use std::time::Duration;

use super::cursor::{Cursor, PAGE};
use crate::connection::Connection;
use crate::date_time::DateTime;
use crate::error::Error;
use crate::generated::roles::{EVENT, Event};
use crate::list::List;
use crate::request::TypedRequest;
use crate::service::{Location, id_of};

/// Timeout of a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Number of events before a watch from now, between which late ones can appear.
const BEFORE: usize = 100;

/// The start of a watch.
#[derive(Clone, Debug, Default)]
pub(super) enum Start {
    #[default]
    Now,
    After(u64),
    Time(DateTime),
}

impl Start {
    /// Whether an event is not before the start: the numbers of events do not tell their times.
    pub(super) fn includes(&self, event: &Event) -> bool {
        match self {
            Self::Now | Self::After(_) => true,
            Self::Time(time) => is_since(event, *time),
        }
    }
}

fn is_since(event: &Event, time: DateTime) -> bool {
    EVENT.time(event).is_none_or(|it| it.unix_millis() >= time.unix_millis())
}

/// The request for events: a search and the maximum number.
///
/// Without a search, the engine ignores other parameters if it filters the events for a user who is not an administrator.
pub(super) fn request(connection: &Connection, search: &str, max: usize) -> TypedRequest<List<Event>> {
    // Without events in the API, the request fails.
    let events = Location::root(connection.clone()).child(EVENT.collection.unwrap_or("events"));
    let parameter = EVENT.search.map_or("search", |(parameter, _)| parameter);
    TypedRequest::<List<Event>>::list(&events).query(parameter, search).query("max", max).timeout(REQUEST_TIMEOUT)
}

/// The search for a page of events, newest first.
fn page(number: u32) -> String {
    format!("page {number}")
}

/// The number of an event.
pub(super) fn number(event: &Event) -> Option<u64> {
    id_of(event).ok().and_then(|id| id.parse().ok())
}

/// Returns the position at which a watch starts.
pub(super) async fn position(connection: &Connection, start: &Start) -> Result<Cursor, Error> {
    match start {
        Start::After(number) => Ok(Cursor::after(*number)),
        Start::Now => {
            let newest = request(connection, &page(1), BEFORE).send().await?;
            let numbers: Vec<u64> = newest.iter().filter_map(number).collect();
            Ok(Cursor::after_newest(&numbers, connection.clock().elapsed()))
        }
        Start::Time(time) => before(connection, *time).await.map(Cursor::after),
    }
}

/// Returns the number before the first event since a time. Reads backwards, because the numbers of events do not tell
/// their times.
async fn before(connection: &Connection, time: DateTime) -> Result<u64, Error> {
    let mut first: Option<u64> = None;
    for index in 1.. {
        let events = request(connection, &page(index), PAGE).send().await?;
        let on_page = events.iter().filter(|event| is_since(event, time)).filter_map(number).min();
        if events.is_empty() && index > 1 {
            // All were since then, or the engine filters the events for the user, and then has only one page.
            return Ok(0);
        }
        first = first.into_iter().chain(on_page).min();
        if on_page.is_none() || events.len() < PAGE {
            let newest = events.iter().filter_map(number).max();
            return Ok(first.map_or(newest.unwrap_or_default(), |first| first.saturating_sub(1)));
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_before_the_time_are_not_included() {
        let time = |text: &str| text.parse::<DateTime>().unwrap();
        let event = Event::new().time(time("2026-01-01T12:00:00.000+01:00"));
        assert!(Start::Time(time("2026-01-01T11:00:00.000Z")).includes(&event));
        assert!(!Start::Time(time("2026-01-01T11:00:01.000Z")).includes(&event));
        assert!(Start::After(7).includes(&event) && Start::Now.includes(&event));
    }
}
