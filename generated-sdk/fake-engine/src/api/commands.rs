//! Commands of the engine: the jobs that they appear as, and what a failed validation leaves behind.

use ovirt_sdk::object::{Object, member};
use ovirt_sdk::request::Verb;
use ovirt_sdk::types::LogSeverity;

use super::fault::Fault;
use super::registry::Call;
use super::routing::root_of;
use crate::fields::{id_of, text};
use crate::path::{join, last};

/// The text for what the engine doesn't know.
const UNKNOWN: &str = "<UNKNOWN>";

/// The command of a request, with texts about its objects.
pub(super) struct Running {
    title: String,
    refused: Option<(i64, String)>,
}

/// The command of a request, if it appears as a job.
pub(super) fn running(call: &Call<'_>) -> Option<Running> {
    let command = call.registry.command_of(call.target.service.name, call.method.name)?;
    Some(Running {
        title: described(call, command.title),
        refused: command.refused.map(|(code, text)| (code, described(call, text))),
    })
}

impl Running {
    /// The description of the job.
    pub(super) fn title(&self) -> &str {
        &self.title
    }
}

/// Leaves a failed job, and an event if the command writes one, after the validation of a command failed.
pub(super) fn refuse(call: &mut Call<'_>, command: Option<&Running>, fault: &Fault) {
    let Some((_, detail)) = fault.text().filter(|(_, detail)| detail.starts_with('[')) else { return };
    if let Some(title) = call.job_title.clone() {
        call.state.refuse_job(&title);
    }
    if let Some((code, text)) = command.and_then(|command| command.refused.as_ref()) {
        let about = [call.target.path.as_str()];
        let known: Vec<&str> = about.into_iter().filter(|path| call.state.contains(path)).collect();
        call.state.event(*code, LogSeverity::Error, &text.replace("{why}", detail), &known);
    }
}

/// A text with names in place of the placeholders.
fn described(call: &Call<'_>, template: &str) -> String {
    let mut parts = template.split('{');
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        match name {
            "why" => result.push_str("{why}"),
            _ => result.push_str(&value(call, name)),
        }
        result.push_str(rest);
    }
    result
}

fn value(call: &Call<'_>, name: &str) -> String {
    let (state, target) = (&call.state, &call.target);
    let stored = state.object(&target.path);
    let sent = call.sent();
    let found = match name {
        "name" if call.method.verb == Verb::Add => {
            sent.and_then(|sent| text(sent, "name").or(text(sent, "description")))
        }
        "name" => Some(name_of(call, &target.path)),
        "parent" => Some(name_of(call, &target.parent)),
        "account" => Some(call.request.user.clone()),
        "user" => Some(call.request.user.split('@').next().unwrap_or_default().to_owned()),
        _ => {
            let of_argument = || call.argument(name).and_then(|argument| name_of_reference(call, argument));
            let of_stored = || stored.and_then(|it| referred(call, it, name));
            sent.and_then(|sent| referred(call, sent, name)).or_else(of_argument).or_else(of_stored)
        }
    };
    found.unwrap_or_else(|| UNKNOWN.to_owned())
}

/// The name of the object at a path; of a snapshot, its description.
fn name_of(call: &Call<'_>, path: &str) -> String {
    let object = call.state.object(path);
    let name = object.and_then(|object| text(object, "name").or_else(|| text(object, "description")));
    name.unwrap_or_else(|| last(path).to_owned())
}

/// The name of the object that a field of another object refers to.
fn referred(call: &Call<'_>, object: &dyn Object, field: &str) -> Option<String> {
    name_of_reference(call, member(object, field)?.as_object()?)
}

/// The name of the object to which a reference with an identifier or a name refers.
fn name_of_reference(call: &Call<'_>, reference: &dyn Object) -> Option<String> {
    let path = root_of(reference.info()).zip(id_of(reference)).map(|(root, id)| join(root, &id));
    let stored = path.filter(|path| call.state.contains(path)).map(|path| call.state.name_of(&path));
    stored.or_else(|| text(reference, "name"))
}
