//! Documents of the API: what clients send, and what they get, laid out as the engine does.

use super::fault::Fault;
use crate::exchange::{Answer, Asked};
use crate::routes::{Direction, Method, action_parameter};
use ovirt_sdk::Error;
use ovirt_sdk::object::{Info, Member, Object, Slot};
use ovirt_sdk::types;
use ovirt_sdk::unstable::{self, LINK, Record, utf8, wire};
use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};

static STATUS: Member = unstable::element("status");
static JOB: Member = unstable::element("job");
static FAULT: Member = unstable::element("fault");

/// How the engine lays documents out.
fn layout<'o>() -> EncodeOptions<'o> {
    unstable::indent(EncodeOptions::new().declaration(true).unknown(true), 4)
}

/// A parameter of an action that was sent.
pub(super) type Sent = (&'static Member, Box<dyn Slot>);

/// Reads the object that a client sent; nothing in it may be unknown.
pub(super) fn object(asked: &Asked, info: &'static Info) -> Result<Box<dyn Object>, Fault> {
    let text = text(asked)?;
    let read = unstable::decode(DecodeOptions::new().strict(true), text, |decoder| {
        let mut object = info.new_object();
        decoder.root(info.tag)?;
        decoder.object(&mut *object)?;
        Ok(object)
    });
    read.map_err(|error| refused(asked, &error))
}

/// Reads the objects that a client sent, of which there can be several.
pub(super) fn objects(asked: &Asked, info: &'static Info) -> Result<Vec<Box<dyn Object>>, Fault> {
    let read = Document::read(text(asked)?.as_bytes(), &DecodeOptions::new().strict(true));
    let document = read.map_err(|error| refused(asked, &error))?;
    if document.info().name != info.name {
        return Err(Fault::syntax(format!("expected <{}>, found <{}>", info.plural_tag, document.info().plural_tag)));
    }
    Ok(document.into_objects())
}

/// Reads the parameters of an action that a client sent.
pub(super) fn action(asked: &Asked, method: &'static Method) -> Result<Vec<Sent>, Fault> {
    let mut sent: Vec<Sent> = Vec::new();
    if asked.body.is_empty() {
        return Ok(sent);
    }
    let mut unknown = None;
    let read = unstable::decode(DecodeOptions::new().strict(true), text(asked)?, |decoder| {
        decoder.root("action")?;
        decoder.children(&mut |_, _| {}, &mut |tag, decoder| {
            let own = method.parameters.iter().find(|parameter| parameter.member.tag == tag);
            match own.or_else(|| action_parameter(tag)) {
                Some(parameter) => {
                    let mut slot = (parameter.new)();
                    slot.decode(&parameter.member, decoder)?;
                    sent.retain(|(member, _)| member.tag != tag);
                    sent.push((&parameter.member, slot));
                    Ok(())
                }
                None => {
                    if !is_envelope(tag) {
                        unknown.get_or_insert_with(|| tag.to_owned());
                    }
                    decoder.pass()
                }
            }
        })
    });
    read.map_err(|error| refused(asked, &error))?;
    match unknown {
        Some(tag) => Err(Fault::syntax(format!("An action has no element <{tag}>; {}", usage(asked)))),
        None => Ok(sent),
    }
}

/// Whether an element may be in an `<action>` whatever that is about.
fn is_envelope(tag: &str) -> bool {
    tag == LINK || [wire::LEADING, wire::TRAILING, wire::ACTION].iter().any(|tags| tags.contains(&tag))
}

fn text(asked: &Asked) -> Result<&str, Fault> {
    utf8(&asked.body).map_err(|error| refused(asked, &error))
}

/// The engine does not say what it did not understand; this one does.
fn refused(asked: &Asked, error: &Error) -> Fault {
    Fault::syntax(format!("{error}; {}", usage(asked)))
}

fn usage(asked: &Asked) -> String {
    format!("see the documentation of {} {}", asked.method, asked.path)
}

/// An answer with an object.
pub(super) fn answer_object(status: u16, object: Box<dyn Object>) -> Result<Answer, Fault> {
    written(status, Document::from(object).write(&layout()))
}

/// An answer with objects of a struct.
pub(super) fn answer_objects(info: &'static Info, objects: Vec<Box<dyn Object>>) -> Result<Answer, Fault> {
    written(200, unstable::collection(info, objects).write(&layout()))
}

/// What is said of an operation.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) status: u16,
    pub(super) text: &'static str,
    /// Address of the job.
    pub(super) job: Option<(String, String)>,
    pub(super) fault: Option<Fault>,
    /// Addresses of what stands for the operation while it goes on.
    pub(super) links: Vec<(&'static str, String)>,
    pub(super) attributes: Vec<(&'static str, String)>,
}

/// An answer with an `<action>`, which repeats what was sent and has what came out.
pub(super) fn answer_action(outcome: Outcome, members: &[Sent]) -> Result<Answer, Fault> {
    let status = Some(outcome.text.to_owned());
    let job = outcome.job.map(|(href, id)| Box::new(types::Job::with_id(id).href(href)));
    let fault = outcome
        .fault
        .as_ref()
        .and_then(|fault| fault.text.as_ref())
        .map(|(reason, detail)| Box::new(types::Fault::new().reason(reason.as_str()).detail(detail.as_str())));
    let mut all: Vec<(&'static Member, &dyn Slot)> = members.iter().map(|(member, slot)| (*member, &**slot)).collect();
    all.retain(|(member, _)| ![STATUS.tag, JOB.tag, FAULT.tag].contains(&member.tag));
    all.extend([(&STATUS, &status as &dyn Slot), (&JOB, &job), (&FAULT, &fault)]);
    all.sort_by_key(|(member, _)| member.tag);
    let record = Record { tag: "action", attributes: &outcome.attributes, links: &outcome.links, members: &all };
    written(outcome.status, unstable::encode_record(layout(), &record))
}

fn written(status: u16, document: Result<String, Error>) -> Result<Answer, Fault> {
    document.map(|text| Answer::xml(status, text)).map_err(|error| Fault::internal(error.to_string()))
}

/// Whether a method takes several objects, and the struct of what it takes.
pub(super) fn body_of(method: &Method) -> Option<(bool, &'static Info)> {
    let parameter = method.parameters.iter().find(|parameter| parameter.direction == Direction::InOut)?;
    match (parameter.new)().kind() {
        ovirt_sdk::object::Kind::Object(info) => Some((false, info)),
        ovirt_sdk::object::Kind::List(info) => Some((true, info)),
        _ => None,
    }
}
