//! The response to a request.

use ovirt_sdk::object::{Object, StructInfo};
use ovirt_sdk::request::Verb;
use ovirt_sdk::unstable;

use super::follow::follow;
use super::list;
use super::object::{Item, Secrets, complete_slot, show};
use crate::api::document::{self, Action, Document};
use crate::api::fault::Fault;
use crate::api::registry::{Argument, Call, Context};
use crate::api::reply::Reply;
use crate::api::response::ApiResponse;
use crate::fields::id_of;
use crate::path::last;

/// The element with the progress of a creation, and the link to it.
const CREATION_STATUS: &str = "creation_status";

/// Makes the response from the reply of a handler.
pub(crate) fn render(call: &mut Call<'_>, reply: Reply) -> Result<ApiResponse, Fault> {
    let is_awaited = !matches!(reply, Reply::Started) && waits(call);
    if let Some(job) = call.state.actor.job.clone().filter(|_| is_awaited) {
        call.state.hurry(&job);
    }
    let pending = call.state.actor.job.clone().filter(|job| call.state.is_pending(job));
    let context = call.context();
    match reply {
        Reply::Created(_) if call.method.answers_action => action(call, pending, None),
        Reply::Created(path) => created(call, &path, pending),
        Reply::Object(path) => {
            let is_target = call.method.verb == Verb::Get;
            let address = if is_target { context.own_address(&call.target) } else { path.clone() };
            document::write(200, Document::Object(followed(&context, Item::Stored(&path), &address)?))
        }
        Reply::Computed(object) => {
            let status = if call.method.verb == Verb::Add { 201 } else { 200 };
            let object = followed(&context, Item::Computed(object), &call.target.address)?;
            document::write(status, Document::Object(object))
        }
        Reply::ComputedList(objects) => {
            let collection = &call.target.address;
            let count = list::max(&context).unwrap_or(objects.len());
            let shown = objects.into_iter().take(count).map(|object| {
                let address = id_of(&*object).map_or_else(|| collection.clone(), |id| format!("{collection}/{id}"));
                followed(&context, Item::Computed(object), &address)
            });
            let shown = shown.collect::<Result<Vec<_>, _>>()?;
            document::write(200, Document::List(type_of_items(call)?, shown))
        }
        Reply::List(paths) => {
            let paths = list::select(&context, &call.target, call.method, paths)?;
            let address_of = context.address_of(&call.target);
            let shown = paths.iter().map(|path| followed(&context, Item::Stored(path), &address_of(path)));
            let shown = shown.collect::<Result<Vec<_>, _>>()?;
            document::write(200, Document::List(type_of_items(call)?, shown))
        }
        Reply::Completed => action(call, pending, None),
        Reply::Started => action(call, None, None),
        Reply::Output(tag, slot) => {
            let parameter = call.method.parameters.iter().find(|parameter| parameter.member.tag == tag);
            let parameter = parameter.ok_or_else(|| Fault::internal(format!("the action has no parameter `{tag}`")))?;
            action(call, pending, Some((&parameter.member, slot)))
        }
        Reply::NoContent(status) => Ok(ApiResponse::empty(status)),
    }
}

/// Makes the response from the fault of a handler: an `<action>` with the fault if the method is an action.
pub(crate) fn render_failure(call: &mut Call<'_>, fault: Fault) -> Result<ApiResponse, Fault> {
    if call.method.verb != Verb::Action || fault.text().is_none() {
        return Err(fault);
    }
    let status = fault.status;
    let parameters = std::mem::take(&mut call.parameters);
    let action = Action { status: "failed", fault: Some(fault), parameters, ..Action::default() };
    document::write(status, Document::Action(action))
}

/// Shows an object with the objects that the request follows.
fn followed(context: &Context<'_>, item: Item<'_>, address: &str) -> Result<Box<dyn Object>, Fault> {
    let mut shown = show(context, item, address)?;
    follow(context, &mut *shown)?;
    Ok(shown)
}

fn type_of_items(call: &Call<'_>) -> Result<&'static StructInfo, Fault> {
    let service = call.target.service;
    service.object.ok_or_else(|| Fault::internal(format!("`{}` has no objects", service.name)))
}

/// Whether the client waits for the end of the operation.
fn waits(call: &Call<'_>) -> bool {
    match call.method.verb {
        Verb::Add => {
            let name = if call.request.header("Expect").is_some() { "Expect" } else { "X-Ovirt-Expect" };
            call.request.header_is(name, "201-created")
        }
        _ => call.flag("async") == Some(false),
    }
}

/// The response with a new object.
fn created(call: &Call<'_>, path: &str, pending: Option<String>) -> Result<ApiResponse, Fault> {
    let context = call.context();
    let address = context.address_of(&call.target)(path);
    let mut object = followed(&context, Item::Stored(path), &address)?;
    let href = format!("{}/{address}", call.request.base);
    let status = match pending {
        Some(job) => {
            let unknown = object.unknown_mut();
            unstable::push_element(unknown, &format!("<{CREATION_STATUS}>pending</{CREATION_STATUS}>"));
            unstable::push_link(unknown, CREATION_STATUS, &format!("{href}/{CREATION_STATUS}/{}", last(&job)));
            202
        }
        None => 201,
    };
    Ok(document::write(status, Document::Object(object))?.header("Location", href))
}

/// The response to an action or a removal.
fn action(call: &mut Call<'_>, pending: Option<String>, output: Option<Argument>) -> Result<ApiResponse, Fault> {
    let is_removal = call.method.verb == Verb::Remove;
    if is_removal && (call.request.header_is("Expect", "202-accepted") || call.request.flag("async") == Some(true)) {
        return Ok(ApiResponse::empty(202));
    }
    let mut parameters = std::mem::take(&mut call.parameters);
    let context = call.context();
    for (_, slot) in &mut parameters {
        complete_slot(&context, &mut **slot, Secrets::Removed);
    }
    if let Some((member, mut slot)) = output {
        complete_slot(&context, &mut *slot, Secrets::Kept);
        parameters.retain(|(other, _)| other.tag != member.tag);
        parameters.push((member, slot));
    }
    let base = &call.request.base;
    let job = call.state.actor.job.as_ref().map(|path| (format!("{base}/{path}"), last(path).to_owned()));
    let mut action = Action { status: "complete", job, parameters, ..Action::default() };
    let mut status = 200;
    if let (Some(job), Verb::Action) = (pending, call.method.verb) {
        let parent = format!("{base}/{}", call.target.address);
        let replay = format!("{parent}/{}", call.method.segment.unwrap_or_default());
        status = 202;
        action.status = "pending";
        action.attributes = vec![("href", format!("{replay}/{}", last(&job))), ("id", last(&job).to_owned())];
        action.links = vec![("parent", parent), ("replay", replay)];
    }
    document::write(status, Document::Action(action))
}
