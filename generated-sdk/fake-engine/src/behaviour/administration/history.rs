//! Jobs and events that clients add, end and look for.

use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{FORGET, id_of, last};
use ovirt_sdk::types::{Event, Job, JobStatus, Step, StepStatus, User};

const EVENTS: &str = "events";
/// The note about an event that was removed, and can come back.
const REMOVED: &str = "removed";
/// The number of events that clients add.
const EXTERNAL: [i64; 4] = [9800, 9801, 9802, 9803];

pub(super) fn register(registry: &mut Registry) {
    registry.on("jobs", "add", add_job);
    registry.on("job", "end", end_job);
    registry.on("job", "clear", clear_job);
    registry.on("steps", "add", add_step);
    registry.on("step", "end", end_step);
    registry.effect(FORGET, |state, jobs| jobs.iter().for_each(|job| state.forget(job)));
    registry.on("events", "list", list_events);
    registry.on("events", "add", add_event);
    registry.on("events", "undelete", |call| {
        for path in call.state.paths(EVENTS) {
            call.state.clear_note(&path, REMOVED);
        }
        Ok(Reply::Done)
    });
    registry.on("event", "remove", |call| {
        let path = call.path();
        call.state.set_note(&path, REMOVED, "true");
        Ok(Reply::Done)
    });
    registry.on("bookmarks", "add", |call| {
        call.require(&["name", "value"])?;
        let bookmark = call.take_body()?;
        call.add(bookmark)
    });
    registry.on("quotas", "add", |call| {
        call.require(&["name"])?;
        let quota: ovirt_sdk::types::Quota = call.body()?;
        let percent = |value: Option<i64>, or: i64| value.unwrap_or(or);
        let (hard, soft) = (percent(quota.cluster_hard_limit_pct, 20), percent(quota.cluster_soft_limit_pct, 80));
        let quota = quota.cluster_hard_limit_pct(hard).cluster_soft_limit_pct(soft);
        let (hard, soft) = (percent(quota.storage_hard_limit_pct, 20), percent(quota.storage_soft_limit_pct, 80));
        call.add(Box::new(quota.storage_hard_limit_pct(hard).storage_soft_limit_pct(soft)))
    });
}

fn add_job(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["description"])?;
    let job: Job = call.body()?;
    let now = call.state.now();
    let owner = call.state.user_id(&call.asked.user);
    let cleared = job.auto_cleared.unwrap_or(true);
    let mut job = job.auto_cleared(cleared).external(true).status(JobStatus::Started);
    job = job.start_time(now).last_updated(now);
    job.owner = owner.map(|id| Box::new(User::with_id(id)));
    call.add(Box::new(job))
}

fn end_job(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (path, now) = (call.path(), call.state.now());
    if call.state.find::<Job>(&path)?.external != Some(true) {
        return Err(Fault::conflict("Cannot end Job. Only jobs that were added from outside can be ended."));
    }
    let succeeded = call.flag("succeeded").unwrap_or(true);
    let job = call.state.find_mut::<Job>(&path)?;
    job.status = Some(if succeeded { JobStatus::Finished } else { JobStatus::Failed });
    job.end_time = Some(now);
    job.last_updated = Some(now);
    call.state.forget_later(&path);
    Ok(Reply::Done)
}

fn clear_job(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if call.state.find::<Job>(&path)?.external != Some(true) {
        return Err(Fault::conflict("Cannot clear Job. Only jobs that were added from outside can be cleared."));
    }
    call.state.find_mut::<Job>(&path)?.auto_cleared = Some(true);
    call.state.forget_later(&path);
    Ok(Reply::Done)
}

fn add_step(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["description", "type"])?;
    let step: Step = call.body()?;
    let (path, now) = (call.path(), call.state.now());
    let number = i64::try_from(call.state.paths(&path).len()).unwrap_or(i64::MAX);
    let job = Job::with_id(last(&call.parent()));
    let mut step = step.status(StepStatus::Started).start_time(now).number(number).external(true).job(job);
    step.href = None;
    call.add(Box::new(step))
}

fn end_step(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (path, now) = (call.path(), call.state.now());
    let succeeded = call.flag("succeeded").unwrap_or(true);
    let step = call.state.find_mut::<Step>(&path)?;
    step.status = Some(if succeeded { StepStatus::Finished } else { StepStatus::Failed });
    step.end_time = Some(now);
    Ok(Reply::Done)
}

fn list_events(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let from: Option<i64> = call.asked.parameter("from").and_then(|from| from.parse().ok());
    let mut paths = call.state.paths(EVENTS);
    paths.retain(|path| {
        let is_newer = from.is_none_or(|from| last(path).parse::<i64>().is_ok_and(|id| id > from));
        is_newer && call.state.note(path, REMOVED).is_none()
    });
    Ok(Reply::Paths(paths))
}

fn add_event(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["origin", "severity", "custom_id", "description"])?;
    let event: Event = call.body()?;
    if event.origin.as_deref().is_some_and(|origin| origin.eq_ignore_ascii_case("ovirt")) {
        return Err(Fault::conflict("Cannot add an event whose origin is oVirt."));
    }
    let same = |other: &Event| other.origin == event.origin && other.custom_id == event.custom_id;
    if call.state.list::<Event>(EVENTS).any(|(_, other)| same(other)) {
        return Err(Fault::conflict("Cannot add an event: its custom ID is in use for this origin."));
    }
    use ovirt_sdk::types::LogSeverity;
    let severity = match event.severity {
        Some(LogSeverity::Warning) => 1,
        Some(LogSeverity::Error) => 2,
        Some(LogSeverity::Alert) => 3,
        _ => 0,
    };
    let number = call.state.count(EVENTS);
    let code = EXTERNAL.get(severity).copied().unwrap_or_default();
    let time = event.time.unwrap_or_else(|| call.state.now());
    let event = event.id(number.to_string()).index(number).code(code).time(time);
    debug_assert!(id_of(&event).is_some());
    Ok(Reply::Created(call.state.insert(EVENTS, event)))
}
