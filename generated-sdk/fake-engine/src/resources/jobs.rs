//! Jobs and steps that clients add.

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::path::{above, last};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Job, JobStatus, Step, StepStatus, User};

const CLEAR: &str = "Clear External Job";
const NOT_EXTERNAL: &str = "External steps can be added only to external jobs or steps.";

pub(super) fn register(registry: &mut Registry) {
    registry.on("jobs", "add", add);
    registry.on("job", "end", end);
    registry.on("job", "clear", clear);
    registry.on("steps", "add", add_step);
    registry.on("step", "end", end_step);
    on_effect!(registry, |state, JobDeleted { job }| delete_job(state, job));
}

/// Removes a job some time after its end, unless a client clears it.
fn delete_job(state: &mut State, path: &str) {
    if state.get::<Job>(path).is_some_and(|job| job.auto_cleared != Some(false)) {
        state.remove(path);
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let job: Job = call.body()?;
    let now = call.state.now();
    let owner = call.state.user_id(&call.request.user);
    let is_auto_cleared = job.auto_cleared.unwrap_or(true);
    let mut job = job.auto_cleared(is_auto_cleared).external(true).status(JobStatus::Started);
    job = job.start_time(now).last_updated(now);
    job.owner = owner.map(|id| Box::new(User::with_id(id)));
    let description = job.description.clone().unwrap_or_default();
    let path = call.store(Box::new(job))?;
    let text = format!("New external Job {description} was added by user {}", call.state.actor.user);
    call.state.event(11000, Severity::Normal, &text, &[]);
    Ok(Reply::Created(path))
}

/// Fails if a job was not added by a client.
fn check_external(state: &State, job: &str, action: &str) -> Result<(), Fault> {
    match state.find::<Job>(job)?.external {
        Some(true) => Ok(()),
        _ => Err(Fault::bad(&format!("Cannot {action}. {NOT_EXTERNAL}"))),
    }
}

fn end(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (path, now) = (call.path(), call.state.now());
    check_external(call.state, &path, CLEAR)?;
    let is_success = call.flag("succeeded").unwrap_or(true);
    let job = call.state.find_mut::<Job>(&path)?;
    job.status = Some(if is_success { JobStatus::Finished } else { JobStatus::Failed });
    job.end_time = Some(now);
    job.last_updated = Some(now);
    call.state.delete_job_later(&path);
    Ok(Reply::Completed)
}

fn clear(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check_external(call.state, &path, CLEAR)?;
    call.state.find_mut::<Job>(&path)?.auto_cleared = Some(true);
    call.state.delete_job_later(&path);
    Ok(Reply::Completed)
}

fn add_step(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let step: Step = call.body()?;
    check_external(call.state, &call.target.parent, "add External Job")?;
    let (path, now) = (call.path(), call.state.now());
    let number = i64::try_from(call.state.paths(&path).len()).unwrap_or(i64::MAX);
    let job = Job::with_id(last(&call.parent()));
    let mut step = step.status(StepStatus::Started).start_time(now).number(number).external(true).job(job);
    step.href = None;
    call.store(Box::new(step)).map(Reply::Created)
}

fn end_step(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (path, now) = (call.path(), call.state.now());
    if call.state.find::<Step>(&path)?.external != Some(true) {
        return Err(Fault::bad(&format!("Cannot ${{action}} ${{type}}. {NOT_EXTERNAL}")));
    }
    check_external(call.state, above(&path, 2), "End External Step")?;
    let is_success = call.flag("succeeded").unwrap_or(true);
    let step = call.state.find_mut::<Step>(&path)?;
    step.status = Some(if is_success { StepStatus::Finished } else { StepStatus::Failed });
    step.end_time = Some(now);
    Ok(Reply::Completed)
}
