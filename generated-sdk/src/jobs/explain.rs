//! What the engine reports about a failed wait: events, and the failed steps of jobs.

use std::collections::HashSet;
use std::time::Duration;

use crate::connection::Connection;
use crate::date_time::DateTime;
use crate::error::Error;
use crate::generated::roles::{EVENT, Event, JOB, Job, STEP, Step};
use crate::http::server_time;
use crate::list::List;
use crate::object::{Struct, members};
use crate::request::TypedRequest;
use crate::roles;
use crate::service::{Location, id_of};
use crate::xml;

/// Timeout of each request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Number of events to read.
const EVENTS: &str = "100";

/// How long before the wait its operation may have begun.
const SLACK: Duration = Duration::from_secs(10);

/// Maximum number of operations whose jobs are read.
const OPERATIONS: usize = 3;

/// What the engine reports.
#[derive(Debug, Default)]
pub(crate) struct Explanation {
    pub(crate) events: List<Event>,
    pub(crate) failed_jobs: List<Job>,
    pub(crate) failed_steps: List<Step>,
}

/// Names of objects that are shorter occur in any text.
const SHORTEST_NAME: usize = 3;

impl Explanation {
    pub(crate) fn is_empty(&self) -> bool {
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
        let of_operation = correlation_id.is_some() && EVENT.correlation_id(event) == correlation_id;
        let is_recent = since.is_none_or(|since| EVENT.time(event).is_none_or(|time| time.unix_millis() >= since));
        EVENT.is_serious(event)
            && (of_operation || is_recent && (refers_to(event, id) || is_about(EVENT.description(event), name)))
    };
    explanation.events = latest.into_iter().filter(concerns).collect();
    if let Some(query) = correlation_id.and_then(|operation| roles::query(EVENT.search, operation)) {
        let (found, _) = events(connection, Some(query)).await.unwrap_or_default();
        explanation.events.extend(found.into_iter().filter(|event| EVENT.is_serious(event)));
    }
    explanation.events.sort_by_key(|event| EVENT.number(event));
    explanation.events.dedup_by(|event, before| id_of(event).ok() == id_of(before).ok());

    let of_events = explanation.events.iter().filter_map(|event| EVENT.correlation_id(event));
    let mut seen = HashSet::new();
    let operations = correlation_id
        .into_iter()
        .chain(of_events)
        .filter(|operation| crate::correlation_id::problem(operation).is_none() && seen.insert(*operation))
        .take(OPERATIONS);
    let jobs = Location::at_root(connection, JOB.collection);
    let Some(jobs) = jobs else { return explanation };
    let mut failed = Vec::new();
    for operation in operations {
        let Some(query) = roles::query(JOB.search, operation) else { break };
        let found = list::<Job>(&jobs, Some(query)).send().await.unwrap_or_default();
        failed.extend(found.into_iter().filter(|job| JOB.has_failed(job)));
    }
    if explanation.events.is_empty() && failed.is_empty() {
        // An operation that fails at once may log no event. Jobs have no links to their objects.
        let found = list::<Job>(&jobs, None).send().await.unwrap_or_default();
        let is_recent = |job: &Job| since.zip(JOB.time(job)).is_some_and(|(since, time)| time.unix_millis() >= since);
        let concerns = |job: &Job| JOB.has_failed(job) && is_recent(job) && is_about(JOB.description(job), name);
        failed.extend(found.into_iter().filter(concerns));
    }
    for job in failed {
        if let (Ok(id), Some(collection)) = (id_of(&job), STEP.collection) {
            let steps = list::<Step>(&jobs.object(id).child(collection), None).send().await.unwrap_or_default();
            explanation.failed_steps.extend(steps.into_iter().filter(|step| STEP.has_failed(step)));
        }
        explanation.failed_jobs.push(job);
    }
    explanation
}

/// The latest events, or those of a search, and the time of the engine.
async fn events(
    connection: &Connection,
    search: Option<(&str, String)>,
) -> Result<(List<Event>, Option<DateTime>), Error> {
    let Some(collection) = Location::at_root(connection, EVENT.collection) else { return Ok(Default::default()) };
    let request = list::<Event>(&collection, search).query("max", EVENTS);
    let reply = connection.call(request.call()?).await?;
    let events: List<Event> = xml::from_slice(&reply.body)?;
    let header = server_time(&reply.headers).and_then(|time| DateTime::try_from(time).ok());
    // Without the header, the latest event tells the time best.
    let newest = || events.iter().filter_map(|event| EVENT.time(event)).max();
    let now = header.or_else(newest);
    Ok((events, now))
}

fn list<T: Struct>(collection: &Location, search: Option<(&str, String)>) -> TypedRequest<List<T>> {
    let request = TypedRequest::<List<T>>::list(collection).timeout(TIMEOUT);
    match search {
        Some((parameter, search)) => request.query(parameter, search),
        None => request,
    }
}

/// Whether an event refers to an object, in any of its links.
pub(crate) fn refers_to(event: &Event, id: &str) -> bool {
    members(event).filter_map(|(_, slot)| slot.as_object()).any(|object| id_of(object).ok() == Some(id))
}

/// Whether a text contains the name of an object. Events have no links to disks, for example.
fn is_about(text: Option<&str>, name: Option<&str>) -> bool {
    let name = name.filter(|name| name.len() >= SHORTEST_NAME);
    name.zip(text).is_some_and(|(name, text)| text.contains(name))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
