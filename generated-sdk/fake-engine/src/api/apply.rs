//! Running a request: its handler, or what all resources have in common.

use ovirt_sdk::request::Verb;

use super::fault::Fault;
use super::{document, unknown_objects};
use super::registry::Call;
use super::reply::Reply;
use crate::fields::id_of;
use crate::path::last;

/// Runs a request: its handler if a resource registered one, or else the default of its verb. A failure also fails the
/// job of the request.
pub(crate) fn apply(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if let Some(response) = unknown_objects::respond(call) {
        return response;
    }
    let result = match call.registry.handler_of(call.target.service.name, call.method.name) {
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
    };
    match &result {
        Ok(Reply::Created(path)) => {
            if let Some(created) = call.registry.created_hook() {
                created(call, path);
            }
        }
        Ok(_) => {}
        Err(_) => call.state.fail_job(),
    }
    result
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let target = &call.target;
    if call.state.contains(&target.path) {
        return Ok(Reply::Object(target.path.clone()));
    }
    let collection = target.address.rsplit_once('/').map(|(above, _)| above).ok_or_else(Fault::not_found)?;
    let context = call.context();
    let objects = context.computed(&context.resolve(collection)?).unwrap_or_default();
    let found = objects.into_iter().find(|object| id_of(&**object).as_deref() == Some(last(&target.path)));
    found.map(Reply::Computed).ok_or_else(Fault::not_found)
}

fn list(call: &Call<'_>) -> Reply {
    let context = call.context();
    match context.computed(&call.target) {
        Some(objects) => Reply::ComputedList(objects),
        None => Reply::List(context.members(&call.target)),
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut reply = None;
    while let Ok(body) = call.take_body() {
        reply = Some(call.add(body)?);
    }
    match reply {
        Some(_) if document::takes_list(call.method) => Ok(Reply::List(call.context().members(&call.target))),
        Some(reply) => Ok(reply),
        None => Err(Fault::syntax("the request has no body")),
    }
}
