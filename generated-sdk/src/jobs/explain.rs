//! What the engine reports about a failed wait: events, and the failed steps of jobs.

use std::collections::HashSet;
use std::time::Duration;

use crate::connection::Connection;
use crate::error::Error;
use crate::http::server_time;
use crate::list::List;
use crate::object::{Object, Struct, get, members, text};
use crate::request::TypedRequest;
use crate::service::Location;
use crate::types::{DateTime, Event, Job, Step};
use crate::xml;

/// Timeout of each request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Number of events to read.
const EVENTS: &str = "100";

/// How long before the wait its operation may have begun.
const SLACK: Duration = Duration::from_secs(10);

/// Maximum number of operations whose jobs are read.
const OPERATIONS: usize = 3;

/// Severities of events that explain nothing.
const HARMLESS: &str = "normal";

/// The outcome of jobs and steps that explain nothing.
const FINE: [&str; 2] = ["finished", "started"];

/// What the engine reports.
#[derive(Debug, Default)]
pub(super) struct Explanation {
    pub(super) events: Vec<Event>,
    pub(super) failed_jobs: Vec<Job>,
    pub(super) failed_steps: Vec<Step>,
}

/// Names of objects that are shorter occur in any text.
const SHORTEST_NAME: usize = 3;

impl Explanation {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.failed_jobs.is_empty()
    }
}

/// Collects what the engine reports about an object and an operation. What can't be read is left out: users may lack
/// the permission, and the wait has failed anyway.
pub(super) async fn explain(
    connection: &Connection,
    id: &str,
    name: Option<&str>,
    correlation_id: Option<&str>,
    elapsed: Duration,
) -> Explanation {
    let mut explanation = Explanation::default();
    let (latest, now) = events(connection, None).await.unwrap_or_default();
    let since = now.map(|now| now.unix_millis().saturating_sub(millis(elapsed.saturating_add(SLACK))));
    let concerns = |event: &Event| {
        let of_operation = correlation_id.is_some() && event.correlation_id.as_deref() == correlation_id;
        let is_recent = since.is_none_or(|since| event.time.is_none_or(|time| time.unix_millis() >= since));
        is_serious(event) && (of_operation || is_recent && (refers_to(event, id) || mentions(event, name)))
    };
    explanation.events = latest.into_iter().filter(concerns).collect();
    if let Some(operation) = correlation_id {
        let (found, _) = events(connection, Some(&search_for(operation))).await.unwrap_or_default();
        explanation.events.extend(found.into_iter().filter(is_serious));
    }
    // Events are numbered.
    let number = |event: &Event| event.id.as_deref().and_then(|id| id.parse::<u64>().ok());
    explanation.events.sort_by_key(number);
    explanation.events.dedup_by_key(|event| event.id.clone());

    let of_events = explanation.events.iter().filter_map(|event| event.correlation_id.as_deref());
    let mut seen = HashSet::new();
    let operations = correlation_id
        .into_iter()
        .chain(of_events)
        .filter(|operation| crate::correlation_id::problem(operation).is_none() && seen.insert(*operation))
        .take(OPERATIONS);
    let jobs = Location::root(connection.clone()).child("jobs");
    for operation in operations {
        let found = list::<Job>(&jobs, Some(&search_for(operation))).send().await.unwrap_or_default();
        for job in found.into_iter().filter(|job| has_failed(job)) {
            if let Some(id) = &job.id {
                let steps = list::<Step>(&jobs.object(id).child("steps"), None).send().await.unwrap_or_default();
                explanation.failed_steps.extend(steps.into_iter().filter(|step| has_failed(step)));
            }
            explanation.failed_jobs.push(job);
        }
    }
    explanation
}

/// The latest events, or those of a search, and the time of the engine.
async fn events(connection: &Connection, search: Option<&str>) -> Result<(List<Event>, Option<DateTime>), Error> {
    let request = list::<Event>(&Location::root(connection.clone()).child("events"), search).query("max", EVENTS);
    let reply = connection.call(request.call()?).await?;
    let events: List<Event> = xml::from_slice(&reply.body)?;
    let header = server_time(&reply.headers).and_then(|time| DateTime::try_from(time).ok());
    // Without the header, the latest event tells the time best.
    let newest = || events.iter().filter_map(|event| event.time).max();
    let now = header.or_else(newest);
    Ok((events, now))
}

fn list<T: Struct + Send>(collection: &Location, search: Option<&str>) -> TypedRequest<List<T>> {
    let request = TypedRequest::<List<T>>::list(collection).timeout(TIMEOUT);
    match search {
        Some(search) => request.query("search", search),
        None => request,
    }
}

/// The search for what belongs to an operation.
fn search_for(operation: &str) -> String {
    format!("correlation_id={operation}")
}

fn is_serious(event: &Event) -> bool {
    text(event, "severity").is_none_or(|severity| severity != HARMLESS)
}

fn has_failed(object: &dyn Object) -> bool {
    text(object, "status").is_some_and(|status| !FINE.contains(&status.as_str()))
}

/// Whether an event refers to an object, in any of its links.
fn refers_to(event: &Event, id: &str) -> bool {
    members(event)
        .filter_map(|(_, slot)| slot.as_object())
        .any(|object| get::<_, String>(object, "id").is_some_and(|it| it == id))
}

/// Whether the text of an event contains the name of an object. Events have no links to disks, for example.
fn mentions(event: &Event, name: Option<&str>) -> bool {
    let name = name.filter(|name| name.len() >= SHORTEST_NAME);
    name.zip(event.description.as_deref()).is_some_and(|(name, text)| text.contains(name))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
