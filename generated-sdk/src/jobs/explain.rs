//! What the engine reports about a failed wait: events, and the failed steps of jobs.

use std::time::Duration;

use crate::connection::{Call, Connection};
use crate::error::Error;
use crate::http::Method;
use crate::list::List;
use crate::object::{Object, get, members, text};
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
    let latest = events(connection, &[("max", EVENTS)]).await.unwrap_or_default();
    let since = latest.now.map(|now| now.unix_millis() - millis(elapsed + SLACK));
    let concerns = |event: &Event| {
        let of_operation = correlation_id.is_some() && event.correlation_id.as_deref() == correlation_id;
        let is_recent = since.is_none_or(|since| event.time.is_none_or(|time| time.unix_millis() >= since));
        is_serious(event) && (of_operation || is_recent && (refers_to(event, id) || mentions(event, name)))
    };
    explanation.events = latest.events.into_iter().filter(concerns).collect();
    if let Some(operation) = correlation_id {
        let search = format!("correlation_id={operation}");
        let found = events(connection, &[("search", &search), ("max", EVENTS)]).await.unwrap_or_default();
        explanation.events.extend(found.events.into_iter().filter(is_serious));
    }
    // Events are numbered.
    let number = |event: &Event| event.id.as_deref().and_then(|id| id.parse::<u64>().ok());
    explanation.events.sort_by_key(number);
    explanation.events.dedup_by_key(|event| event.id.clone());

    let of_events = explanation.events.iter().filter_map(|event| event.correlation_id.as_deref());
    let mut operations: Vec<&str> = correlation_id.into_iter().chain(of_events).collect();
    let mut seen = Vec::new();
    operations.retain(|operation| {
        let is_new = crate::correlation_id::problem(operation).is_none() && !seen.contains(operation);
        seen.push(operation);
        is_new
    });
    let operations: Vec<String> = operations.into_iter().take(OPERATIONS).map(str::to_owned).collect();
    for operation in operations {
        let search = format!("correlation_id={operation}");
        let jobs: List<Job> = read(connection, "jobs", &[("search", &search)]).await.unwrap_or_default();
        for job in jobs.into_iter().filter(|job| has_failed(job)) {
            if let Some(id) = &job.id {
                let path = format!("jobs/{}/steps", crate::url::encode_segment(id));
                let steps: List<Step> = read(connection, &path, &[]).await.unwrap_or_default();
                explanation.failed_steps.extend(steps.into_iter().filter(|step| has_failed(step)));
            }
            explanation.failed_jobs.push(job);
        }
    }
    explanation
}

/// The latest events and the time of the engine.
#[derive(Default)]
struct Latest {
    events: Vec<Event>,
    now: Option<DateTime>,
}

async fn events(connection: &Connection, query: &[(&str, &str)]) -> Result<Latest, Error> {
    let reply = connection.call(call("events", query)).await?;
    let events: List<Event> = xml::from_str(xml::utf8(&reply.body)?)?;
    let header = reply.headers.get("date").and_then(DateTime::from_http);
    // Without the header, the latest event tells the time best.
    let newest = || events.iter().filter_map(|event| event.time).max();
    Ok(Latest { now: header.or_else(newest), events: events.into_vec() })
}

async fn read<R: xml::Root>(connection: &Connection, path: &str, query: &[(&str, &str)]) -> Result<R, Error> {
    let reply = connection.call(call(path, query)).await?;
    Ok(xml::from_str(xml::utf8(&reply.body)?)?)
}

fn call(path: &str, query: &[(&str, &str)]) -> Call {
    let query = query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Call { query, timeout: Some(TIMEOUT), ..Call::new(Method::Get, path) }
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
