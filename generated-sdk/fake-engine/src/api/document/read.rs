//! Documents that clients send.

use ovirt_sdk::DataError;
use ovirt_sdk::object::{Kind, Object, StructInfo};
use ovirt_sdk::unstable::{self, LINK, utf8, wire};
use ovirt_sdk::xml::{DecodeOptions, Document};

use crate::api::fault::Fault;
use crate::api::registry::Argument;
use crate::api::request::ApiRequest;
use crate::routes::{Direction, Method};
use crate::services::action_parameter;

/// Reads the objects in the body of a request to a method that adds or updates objects. Unknown elements are errors.
pub(in crate::api) fn read_objects(request: &ApiRequest, method: &Method) -> Result<Vec<Box<dyn Object>>, Fault> {
    match body_of(method) {
        Some(Body::Object(info)) => Ok(vec![read_object(request, info)?]),
        Some(Body::List(info)) => read_list(request, info),
        None => Ok(Vec::new()),
    }
}

fn read_object(request: &ApiRequest, info: &'static StructInfo) -> Result<Box<dyn Object>, Fault> {
    let read = unstable::decode(DecodeOptions::new().strict(true), text(request)?, |decoder| {
        let mut object = info.new_object();
        decoder.root(info.tag)?;
        decoder.object(&mut *object)?;
        Ok(object)
    });
    read.map_err(|error| invalid(request, &error))
}

fn read_list(request: &ApiRequest, info: &'static StructInfo) -> Result<Vec<Box<dyn Object>>, Fault> {
    let read = Document::read(text(request)?.as_bytes(), &DecodeOptions::new().strict(true));
    let document = read.map_err(|error| invalid(request, &error))?;
    if document.info().name != info.name {
        return Err(Fault::syntax(format!("expected <{}>, found <{}>", info.plural_tag, document.info().plural_tag)));
    }
    Ok(document.into_objects())
}

/// Reads the parameters in the body of a request to an action. Elements that no action has are errors.
pub(in crate::api) fn read_action(request: &ApiRequest, method: &'static Method) -> Result<Vec<Argument>, Fault> {
    let mut arguments: Vec<Argument> = Vec::new();
    if request.body.is_empty() {
        return Ok(arguments);
    }
    let mut unknown = None;
    let read = unstable::decode(DecodeOptions::new().strict(true), text(request)?, |decoder| {
        decoder.root("action")?;
        decoder.children(&mut |_, _| {}, &mut |tag, decoder| {
            let own = method.parameters.iter().find(|parameter| parameter.member.tag == tag);
            match own.or_else(|| action_parameter(tag)) {
                Some(parameter) => {
                    let mut slot = (parameter.new)();
                    slot.decode(&parameter.member, decoder)?;
                    arguments.retain(|(member, _)| member.tag != tag);
                    arguments.push((&parameter.member, slot));
                    Ok(())
                }
                None => {
                    if !is_in_every_action(tag) {
                        unknown.get_or_insert_with(|| tag.to_owned());
                    }
                    decoder.pass()
                }
            }
        })
    });
    read.map_err(|error| invalid(request, &error))?;
    match unknown {
        Some(tag) => Err(Fault::syntax(format!("An action has no element <{tag}>; {}", usage(request)))),
        None => Ok(arguments),
    }
}

/// Whether every `<action>` can have an element.
fn is_in_every_action(tag: &str) -> bool {
    tag == LINK || [wire::LEADING, wire::TRAILING, wire::ACTION].iter().any(|tags| tags.contains(&tag))
}

fn text(request: &ApiRequest) -> Result<&str, Fault> {
    utf8(&request.body).map_err(|error| invalid(request, &error))
}

/// A fault that names the mistake, which the engine's doesn't.
fn invalid(request: &ApiRequest, error: &DataError) -> Fault {
    Fault::syntax(format!("{error}; {}", usage(request)))
}

fn usage(request: &ApiRequest) -> String {
    format!("see the documentation of {} {}", request.method, request.path)
}

/// What the body of a method contains.
enum Body {
    Object(&'static StructInfo),
    List(&'static StructInfo),
}

fn body_of(method: &Method) -> Option<Body> {
    let parameter = method.parameters.iter().find(|parameter| parameter.direction == Direction::InOut)?;
    match (parameter.new)().kind() {
        Kind::Object(info) => Some(Body::Object(info)),
        Kind::List(info) => Some(Body::List(info)),
        _ => None,
    }
}

/// Whether the body of a method is a list of objects.
pub(in crate::api) fn takes_list(method: &Method) -> bool {
    matches!(body_of(method), Some(Body::List(_)))
}
