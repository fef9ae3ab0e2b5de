//! Requests that change something.

use super::call::{Call, Reply};
use super::document::{self, Outcome};
use super::fault::Fault;
use super::read;
use super::resolve::Target;
use crate::exchange::{Answer, Asked};
use crate::routes::Method;
use crate::state::{State, last};
use ovirt_sdk::object::{Object, Slot};
use ovirt_sdk::request::Verb;
use ovirt_sdk::unstable;

/// The rel of what stands for an operation that goes on, and the element that says how far it is.
const CREATION_STATUS: &str = "creation_status";

pub(super) fn write(
    state: &mut State,
    asked: &Asked,
    target: Target,
    method: &'static Method,
) -> Result<Answer, Fault> {
    let handler = state.registry.handler_of(target.service.name, method.name);
    let mut call = Call::new(state, asked, target, method)?;
    let done = match handler {
        Some(handler) => handler(&mut call),
        None => plain(&mut call),
    };
    match done {
        Ok(reply) => answer(&mut call, reply),
        Err(fault) => {
            call.state.fail_job();
            if method.verb != Verb::Action || fault.text.is_none() {
                return Err(fault);
            }
            let outcome = Outcome { status: fault.status, text: "failed", fault: Some(fault), ..Outcome::default() };
            document::answer_action(outcome, &call.sent)
        }
    }
}

/// What is done where no behaviour says otherwise.
fn plain(call: &mut Call<'_>) -> Result<Reply, Fault> {
    match call.method.verb {
        Verb::Add => {
            let mut last = None;
            while let Ok(body) = call.take_body() {
                last = Some(call.add(body)?);
            }
            match last {
                Some(Reply::Created(_)) if document::body_of(call.method).is_some_and(|(many, _)| many) => {
                    Ok(Reply::Paths(call.target.members(call.state)))
                }
                Some(reply) => Ok(reply),
                None => Err(Fault::syntax("the request has no body")),
            }
        }
        Verb::Update => {
            let change = call.take_body()?;
            call.update(&*change)
        }
        Verb::Remove => call.remove(),
        _ => Ok(Reply::Done),
    }
}

fn answer(call: &mut Call<'_>, reply: Reply) -> Result<Answer, Fault> {
    if !matches!(reply, Reply::Begun)
        && waits(call.asked, call.method, call)
        && let Some(job) = call.state.actor.job.clone()
    {
        call.state.hurry(&job);
    }
    let pending = call.state.actor.job.clone().filter(|job| call.state.is_pending(job));
    match reply {
        Reply::Created(_) if call.method.answers_action => done(call, pending, Vec::new()),
        Reply::Created(path) => created(call, &path, pending),
        Reply::Object(path) => document::answer_object(200, read::shown(call.state, call.asked, &path, None)?),
        Reply::Value(object) => {
            let status = if call.method.verb == Verb::Add { 201 } else { 200 };
            document::answer_object(status, read::made(call.state, call.asked, &call.target.address, object))
        }
        Reply::Values(objects) => read::answer_values(call.state, call.asked, &call.target, objects),
        Reply::Paths(paths) => read::answer_paths(call.state, call.asked, &call.target, call.method, paths),
        Reply::Done => done(call, pending, Vec::new()),
        Reply::Begun => done(call, None, Vec::new()),
        Reply::Out(tag, slot) => {
            let parameter = call.method.parameters.iter().find(|parameter| parameter.member.tag == tag);
            let member = parameter.map(|parameter| &parameter.member);
            let member = member.ok_or_else(|| Fault::internal(format!("the action has no parameter `{tag}`")))?;
            done(call, pending, vec![(member, slot)])
        }
        Reply::Empty(status) => Ok(Answer::empty(status)),
    }
}

/// Whether the client wants the end of the operation.
fn waits(asked: &Asked, method: &Method, call: &Call<'_>) -> bool {
    let expected = asked.header("Expect").or_else(|| asked.header("X-Ovirt-Expect"));
    match method.verb {
        Verb::Add => expected.is_some_and(|expected| expected.eq_ignore_ascii_case("201-created")),
        _ => call.flag("async") == Some(false),
    }
}

fn created(call: &mut Call<'_>, path: &str, pending: Option<String>) -> Result<Answer, Fault> {
    let address = call.target.address_of(call.state, path);
    let mut object = read::shown(call.state, call.asked, path, Some(&address))?;
    let href = format!("{}/{address}", call.asked.base);
    let status = match pending {
        Some(job) => {
            let unknown = object.unknown_mut();
            unstable::push_element(unknown, &format!("<{CREATION_STATUS}>pending</{CREATION_STATUS}>"));
            unstable::push_link(unknown, CREATION_STATUS, &format!("{href}/{CREATION_STATUS}/{}", last(&job)));
            202
        }
        None => 201,
    };
    document::answer_object(status, object).map(|answer| answer.header("Location", href))
}

fn done(call: &mut Call<'_>, pending: Option<String>, out: Vec<document::Sent>) -> Result<Answer, Fault> {
    let expected = call.asked.header("Expect").is_some_and(|expected| expected.eq_ignore_ascii_case("202-accepted"));
    if call.method.verb == Verb::Remove && (expected || call.asked.flag("async") == Some(true)) {
        return Ok(Answer::empty(202));
    }
    let job = call.state.actor.job.clone();
    let base = &call.asked.base;
    let job = job.map(|path| (format!("{base}/{path}"), last(&path).to_owned()));
    let mut outcome = Outcome { status: 200, text: "complete", job, ..Outcome::default() };
    if let (Some(pending), Verb::Action) = (pending, call.method.verb) {
        let parent = format!("{base}/{}", call.target.address);
        let replay = format!("{parent}/{}", call.method.segment.unwrap_or_default());
        outcome.status = 202;
        outcome.text = "pending";
        outcome.attributes = vec![("href", format!("{replay}/{}", last(&pending))), ("id", last(&pending).to_owned())];
        outcome.links = vec![("parent", parent), ("replay", replay)];
    }
    let mut members = std::mem::take(&mut call.sent);
    members.retain(|(member, _)| !out.iter().any(|(other, _)| other.tag == member.tag));
    for (_, slot) in &mut members {
        hrefs(call.state, call.asked, slot.as_mut(), super::render::complete);
    }
    let mut out = out;
    for (_, slot) in &mut out {
        hrefs(call.state, call.asked, slot.as_mut(), super::render::complete_result);
    }
    members.extend(out);
    document::answer_action(outcome, &members)
}

fn hrefs(state: &State, asked: &Asked, slot: &mut dyn Slot, complete: fn(&State, &Asked, &mut dyn Object)) {
    if slot.as_object().is_some() {
        if let Some(object) = slot.make_object() {
            complete(state, asked, object);
        }
    } else if slot.as_list().is_some()
        && let Some(list) = slot.make_list()
    {
        for index in 0..list.count() {
            if let Some(object) = list.object_mut(index) {
                let object: &mut dyn Object = object;
                complete(state, asked, object);
            }
        }
    }
}
