//! Running a request: its handler, or what all resources have in common.

use ovirt_sdk::request::Verb;

use super::fault::Fault;
use super::registry::Call;
use super::reply::Reply;
use super::{commands, document, unknown_objects};

/// Runs a request: its handler if a resource registered one, or else the default of its verb.
///
/// A command appears as a job. If the handler fails, the job fails, or a failed job is left behind.
pub(crate) fn apply(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let command = commands::running(call);
    call.job_title = command.as_ref().map(|command| command.title().to_owned());
    let result = unknown_objects::respond(call).unwrap_or_else(|| run(call));
    let has_job = call.state.actor.job.is_some();
    match &result {
        Ok(reply) => {
            if let Some(title) = call.job_title.clone().filter(|_| !has_job && call.target.missing.is_none()) {
                call.state.begin_job(&title);
            }
            if let (Reply::Created(path), Some(created)) = (reply, call.registry.created_hook()) {
                created(call, path);
            }
        }
        Err(_) if has_job => call.state.fail_job(),
        Err(fault) => commands::refuse(call, command.as_ref(), fault),
    }
    result
}

fn run(call: &mut Call<'_>) -> Result<Reply, Fault> {
    match call.registry.handler_of(call.target.service.name, call.method.name) {
        Some(handler) => handler(call),
        None => match call.method.verb {
            Verb::Get => get(call),
            Verb::List => Ok(list(call)),
            Verb::Add => add(call),
            Verb::Update => {
                let change = call.take_body()?;
                call.update(&*change)
            }
            Verb::Remove => call.remove(),
            Verb::Action => Ok(Reply::Completed),
        },
    }
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let target = &call.target;
    if call.state.contains(&target.path) {
        return Ok(Reply::Object(target.path.clone()));
    }
    call.context().computed_at(&target.address).map(Reply::Computed)
}

fn list(call: &Call<'_>) -> Reply {
    let context = call.context();
    match context.computed(&call.target) {
        Some(objects) => Reply::ComputedList(objects),
        None => Reply::Members,
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut reply = None;
    while let Ok(body) = call.take_body() {
        reply = Some(call.add(body)?);
    }
    match reply {
        Some(_) if document::takes_list(call.method) => Ok(Reply::Members),
        Some(reply) => Ok(reply),
        None => Err(Fault::syntax("the request has no body")),
    }
}
