//! The response to a request.

use ovirt_sdk::object::{Member, Object, StructInfo};
use ovirt_sdk::request::Verb;
use ovirt_sdk::types::Job;
use ovirt_sdk::unstable;

use super::candidate::Candidate;
use super::follow::Follower;
use super::list;
use super::object::{Item, Secrets, complete_reference, complete_slot, show, show_bare};
use crate::api::document::{self, Action, Document};
use crate::api::fault::Fault;
use crate::api::registry::{Argument, Call, Context};
use crate::api::reply::Reply;
use crate::api::response::ApiResponse;
use crate::api::target::Target;
use crate::fields::id_of;
use crate::path::{join, last};
use crate::pattern::API;
use crate::services::action_parameter;

/// The element of a job in an action.
static JOB: Member = unstable::element("job");
/// The collection of jobs.
const JOBS: &str = "jobs";

/// Renders the reply of a handler.
pub(crate) fn render(call: &mut Call<'_>, reply: Reply) -> Result<ApiResponse, Fault> {
    let job = call.state.actor.job.clone().filter(|_| matches!(reply, Reply::Pending));
    if let Some(job) = job.as_ref().filter(|_| call.flag("async") == Some(false)) {
        call.state.hurry(job);
    }
    let pending = job.filter(|job| call.state.is_pending(job));
    let context = call.context();
    match reply {
        Reply::Created(_) if call.method.answers_action => action(call, None, None),
        Reply::Created(path) => created(call, &path),
        Reply::Added(mut object) => {
            complete_reference(&context, &mut *object);
            document::write(200, Document::Object(object))
        }
        Reply::Object(path) => {
            let is_target = call.method.verb == Verb::Get;
            let address = if is_target { context.own_address(&call.target) } else { path.clone() };
            let mut object = show(&context, Item::Stored(&path), &address)?;
            if is_target {
                Follower::new(&context).follow(&mut *object)?;
            }
            document::write(200, Document::Object(object))
        }
        Reply::Computed(object) => {
            let status = if call.method.verb == Verb::Add { 201 } else { 200 };
            let mut object = show(&context, Item::Computed(object), &call.target.address)?;
            if call.method.verb == Verb::Get && call.target.is_object {
                Follower::new(&context).follow(&mut *object)?;
            }
            document::write(status, Document::Object(object))
        }
        Reply::ComputedList(objects) => {
            let collection = &call.target.address;
            let count = list::max(&context, &call.target).unwrap_or(objects.len());
            let follower = Follower::new(&context);
            let mut shown = objects.into_iter().take(count).map(|object| {
                let address = id_of(&*object).map_or_else(|| collection.clone(), |id| format!("{collection}/{id}"));
                followed(&follower, Item::Computed(object), &address)
            });
            document::write(200, Document::List(type_of_items(call)?, &mut shown))
        }
        Reply::List(paths) => {
            let stored = |path: String| Candidate::at(&context, path);
            list(call, &context, paths.into_iter().filter_map(stored).collect())
        }
        Reply::Members => list(call, &context, Candidate::in_collection(&context, &call.target)),
        Reply::Completed | Reply::Pending => action(call, pending, None),
        Reply::Output(tag, slot) => {
            let parameter = call.method.parameter(tag);
            let parameter = parameter.ok_or_else(|| Fault::internal(format!("the action has no parameter `{tag}`")))?;
            action(call, None, Some((&parameter.member, slot)))
        }
        Reply::NoContent(status) => Ok(ApiResponse::empty(status)),
        Reply::Raw(response) => Ok(response),
    }
}

/// Renders a list of stored objects.
fn list(call: &Call<'_>, context: &Context<'_>, candidates: Vec<Candidate<'_>>) -> Result<ApiResponse, Fault> {
    let selected = list::select(context, &call.target, call.method, candidates)?;
    let address_of = context.address_of(&call.target);
    let follower = Follower::new(context);
    let mut shown = selected.iter().map(|candidate| {
        let path = candidate.path();
        followed(&follower, Item::Known(&path, candidate.object), &address_of(&path))
    });
    document::write(200, Document::List(type_of_items(call)?, &mut shown))
}

/// Renders the fault of a handler: as an `<action>` that contains it if the method is an action.
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
fn followed(follower: &Follower<'_>, item: Item<'_>, address: &str) -> Result<Box<dyn Object>, Fault> {
    let mut shown = show(follower.context, item, address)?;
    follower.follow(&mut *shown)?;
    Ok(shown)
}

fn type_of_items(call: &Call<'_>) -> Result<&'static StructInfo, Fault> {
    let service = call.target.service;
    service.object.ok_or_else(|| Fault::internal(format!("`{}` has no objects", service.name)))
}

/// The response with a new object. Its address in the header is not one of the API, as with a real engine.
fn created(call: &Call<'_>, path: &str) -> Result<ApiResponse, Fault> {
    let context = call.context();
    let address = context.address_of(&call.target)(path);
    let object = show(&context, Item::Stored(path), &address)?;
    let location = format!("{}{API}/v4{}/{address}", call.state.origin, call.request.base);
    Ok(document::write(201, Document::Object(object))?.header("Location", location))
}

/// The response to an action or a removal. `pending` is the path of the job that the response names as pending.
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
    let base = &call.request.base;
    let job = call.state.actor.job.as_ref().map(|path| (format!("{base}/{path}"), last(path).to_owned()));
    let mut action = Action { status: "complete", job, ..Action::default() };
    let mut status = 200;
    if let Some(job) = pending {
        let parent = format!("{base}/{}", call.target.address);
        let replay = format!("{parent}/{}", call.method.segment.unwrap_or_default());
        status = 202;
        action.status = "pending";
        action.is_async = true;
        action.attributes = vec![("href", format!("{replay}/{}", last(&job))), ("id", last(&job).to_owned())];
        action.links = vec![("parent", parent), ("replay", replay)];
    } else if let Some((member, mut slot)) = output {
        complete_slot(&context, &mut *slot, Secrets::Kept);
        parameters.retain(|(other, _)| other.tag != member.tag);
        parameters.push((member, slot));
    } else if let Some((member, slot)) = applied_object(call) {
        if member.tag == JOB.tag {
            action.job = None;
        }
        parameters.retain(|(other, _)| other.tag != member.tag);
        parameters.push((member, slot));
    }
    action.parameters = parameters;
    document::write(status, Document::Action(action))
}

/// The object to which an action was applied, with its address, actions and links only.
fn applied_object(call: &Call<'_>) -> Option<Argument> {
    let (target, action) = (&call.target, call.method);
    let service = target.service.name;
    let is_shown = action.verb == Verb::Action && target.is_object;
    if !is_shown || !call.registry.responds_with_object(service, action.name) {
        return None;
    }
    let info = target.service.object?;
    let (member, mut slot): Argument = match action_parameter(info.tag) {
        Some(parameter) => (&parameter.member, (parameter.new)()),
        None if info.tag == JOB.tag => (&JOB, Box::new(None::<Box<Job>>)),
        None => return None,
    };
    let object = slot.make_object().filter(|object| object.info().name == info.name)?;
    show_bare(&call.context(), object, target);
    Some((member, slot))
}

/// The status of an action to which the response was 202, if a request asks for it. An unknown one is complete.
pub(crate) fn action_status(context: &Context<'_>, target: &Target) -> Option<Result<ApiResponse, Fault>> {
    let run = target.run.as_ref().filter(|_| context.request.method == "GET")?;
    let is_pending = context.state.is_pending(&join(JOBS, run));
    let segment = target.action.and_then(|action| action.segment).unwrap_or_default();
    let href = format!("{}/{}/{segment}/{run}", context.request.base, target.address);
    let status = if is_pending { "pending" } else { "complete" };
    let attributes = vec![("href", href), ("id", run.clone())];
    Some(document::write(200, Document::Action(Action { status, attributes, ..Action::default() })))
}
