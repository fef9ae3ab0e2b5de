//! Jobs and steps that clients add.

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::path::last;
use crate::state::State;
use ovirt_sdk::types::{Job, JobStatus, Step, StepStatus, User};

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
    call.require(&["description"])?;
    let job: Job = call.body()?;
    let now = call.state.now();
    let owner = call.state.user_id(&call.request.user);
    let cleared = job.auto_cleared.unwrap_or(true);
    let mut job = job.auto_cleared(cleared).external(true).status(JobStatus::Started);
    job = job.start_time(now).last_updated(now);
    job.owner = owner.map(|id| Box::new(User::with_id(id)));
    call.add(Box::new(job))
}

fn end(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (path, now) = (call.path(), call.state.now());
    if call.state.find::<Job>(&path)?.external != Some(true) {
        return Err(Fault::conflict("Cannot end Job. Only jobs that were added from outside can be ended."));
    }
    let succeeded = call.flag("succeeded").unwrap_or(true);
    let job = call.state.find_mut::<Job>(&path)?;
    job.status = Some(if succeeded { JobStatus::Finished } else { JobStatus::Failed });
    job.end_time = Some(now);
    job.last_updated = Some(now);
    call.state.delete_job_later(&path);
    Ok(Reply::Completed)
}

fn clear(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if call.state.find::<Job>(&path)?.external != Some(true) {
        return Err(Fault::conflict("Cannot clear Job. Only jobs that were added from outside can be cleared."));
    }
    call.state.find_mut::<Job>(&path)?.auto_cleared = Some(true);
    call.state.delete_job_later(&path);
    Ok(Reply::Completed)
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
    Ok(Reply::Completed)
}
