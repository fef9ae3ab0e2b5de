//! Documents that clients send.

use ovirt_sdk::DataError;
use ovirt_sdk::object::{Kind, Object, StructInfo};
use ovirt_sdk::unstable::{Decoder, LINK, utf8, wire};
use ovirt_sdk::xml::{DecodeOptions, Document};

use super::integers;
use super::json::{self, Shape};
use super::media_type::{Format, sent_format};
use super::xml_text::{has_namespace, root_tag, without_entities};
use super::xml_values::{Expected, decode};
use crate::api::fault::Fault;
use crate::api::pages;
use crate::api::registry::Argument;
use crate::api::request::ApiRequest;
use crate::fields::for_each_object;
use crate::routes::{Direction, Method};

const ACTION: &str = "action";

/// Reads the objects in the body of a request to a method that adds or updates objects. Unknown elements are errors.
/// `usage` is the address of the method's documentation.
pub(in crate::api) fn read_objects(
    request: &ApiRequest,
    method: &Method,
    usage: &str,
) -> Result<Vec<Box<dyn Object>>, Fault> {
    let read = || {
        let mut objects = match body_of(method) {
            Some(Body::Object(info)) => vec![read_object(request, info, usage)?],
            Some(Body::List(info)) => read_list(request, info, usage)?,
            None => Vec::new(),
        };
        objects.iter_mut().for_each(|object| forget_unknown(&mut **object));
        objects.iter().try_for_each(|object| integers::check(&**object))?;
        Ok(objects)
    };
    read().map_err(|fault| body_fault(request, fault, usage))
}

/// A fault about a body. In JSON, the engine doesn't tell invalid values from other mistakes.
fn body_fault(request: &ApiRequest, fault: Fault, usage: &str) -> Fault {
    match sent_format(request) {
        Some(Format::Json) if fault.text().is_some() => Fault::usage(usage, ""),
        _ => fault,
    }
}

fn read_object(request: &ApiRequest, info: &'static StructInfo, usage: &str) -> Result<Box<dyn Object>, Fault> {
    let text = text(request, info.tag, Shape::Object(info), usage)?;
    let expected = |path: &str| item_below(info, path);
    decode(&text, usage, &expected, &|decoder| {
        let mut object = info.new_object();
        decoder.root(info.tag)?;
        decoder.object(&mut *object)?;
        Ok(object)
    })
}

fn read_list(request: &ApiRequest, info: &'static StructInfo, usage: &str) -> Result<Vec<Box<dyn Object>>, Fault> {
    let text = text(request, info.plural_tag, Shape::list(info), usage)?;
    let read = Document::read(text.as_bytes(), &DecodeOptions::new().strict(true));
    Ok(read.map_err(|error| invalid(usage, &error))?.into_objects())
}

/// Removes from an object what the SDK keeps of a document besides its fields: attributes, links and actions.
fn forget_unknown(object: &mut dyn Object) {
    object.unknown_mut().clear();
    for index in 0..object.info().members.len() {
        if let Some(slot) = object.slot_mut(index).filter(|slot| slot.is_set()) {
            for_each_object(slot, forget_unknown);
        }
    }
}

/// Reads the parameters in the body of a request to an action. Elements that no action has are errors.
pub(in crate::api) fn read_action(
    request: &ApiRequest,
    method: &'static Method,
    usage: &str,
) -> Result<Vec<Argument>, Fault> {
    read_parameters(request, method, usage).map_err(|fault| body_fault(request, fault, usage))
}

fn read_parameters(request: &ApiRequest, method: &'static Method, usage: &str) -> Result<Vec<Argument>, Fault> {
    let text = text(request, ACTION, Shape::Action(Some(method)), usage)?;
    let expected = |path: &str| {
        let (tag, rest) = path.split_once('/').map_or((path, ""), |(tag, rest)| (tag, rest));
        let slot = (method.argument(tag)?.new)();
        match slot.kind() {
            Kind::Value(item) => Some(item),
            Kind::Object(info) | Kind::List(info) => item_below(info, rest),
            _ => None,
        }
    };
    let (arguments, unknown) = decode(&text, usage, &expected, &|decoder| read_arguments(decoder, method))?;
    if let Some(tag) = unknown {
        return Err(Fault::usage(usage, &format!("an action has no element <{tag}>")));
    }
    arguments.iter().try_for_each(|(_, slot)| integers::check_slot(&**slot, false))?;
    Ok(arguments)
}

/// The arguments of an action, and the first element that no action has.
fn read_arguments(
    decoder: &mut Decoder<'_>,
    method: &'static Method,
) -> Result<(Vec<Argument>, Option<String>), DataError> {
    let mut arguments: Vec<Argument> = Vec::new();
    let mut unknown = None;
    decoder.root(ACTION)?;
    decoder.children(&mut |_, _| {}, &mut |tag, decoder| match method.argument(tag) {
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
    })?;
    Ok((arguments, unknown))
}

/// Whether every `<action>` can have an element.
fn is_in_every_action(tag: &str) -> bool {
    tag == LINK || [wire::LEADING, wire::TRAILING, wire::ACTION].iter().any(|tags| tags.contains(&tag))
}

/// The body as XML, if its root element is the expected one.
fn text(request: &ApiRequest, tag: &str, shape: Shape, usage: &str) -> Result<String, Fault> {
    let text = utf8(&request.body).map_err(|error| invalid(usage, &error))?;
    if sent_format(request) == Some(Format::Json) {
        return json::to_xml(text, tag, shape, usage);
    }
    match root_tag(text) {
        Some(_) if has_namespace(text) => Err(Fault::usage(usage, "elements have no namespace")),
        Some(root) if root == tag => Ok(without_entities(text)),
        // The engine passes an object of another type to its method, which then fails.
        Some(root) if root == ACTION || ovirt_sdk::registry::by_tag(root).is_some() => {
            Err(Fault::raw(pages::text(500, "argument type mismatch")))
        }
        Some(root) => Err(Fault::usage(usage, &format!("expected <{tag}>, found <{root}>"))),
        None => Err(Fault::usage(usage, "")),
    }
}

fn invalid(usage: &str, error: &DataError) -> Fault {
    Fault::usage(usage, &error.to_string())
}

/// The kind of value at a path below an object of a type: tags, with the positions of items in brackets.
fn item_below(mut info: &'static StructInfo, path: &str) -> Expected {
    let mut steps = path.split('/').map(|step| step.split('[').next().unwrap_or(step));
    while let Some(step) = steps.next() {
        let index = info.members.iter().position(|member| member.tag == step)?;
        match info.new_object().slot(index)?.kind() {
            Kind::Value(item) | Kind::Values(item) => return Some(item),
            Kind::Object(inner) => info = inner,
            Kind::List(inner) => {
                info = inner;
                steps.next();
            }
            _ => return None,
        }
    }
    None
}

/// The content of the body of a method.
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

#[cfg(test)]
mod tests {
    use ovirt_sdk::object::Struct;
    use ovirt_sdk::types::Vm;

    use super::*;

    #[test]
    fn values_have_the_kind_of_their_field() {
        let kind =
            |path| item_below(Vm::INFO, path).map(|item| format!("{item:?}").split(' ').next().unwrap().to_owned());
        assert_eq!(kind("stateless").as_deref(), Some("Boolean"));
        assert_eq!(kind("cpu/topology/sockets").as_deref(), Some("Integer"));
        assert_eq!(kind("nics/nic[2]/plugged").as_deref(), Some("Boolean"));
        assert_eq!(kind("type").as_deref(), Some("Enum"));
        assert_eq!(kind("cpu"), None);
        assert_eq!(kind("nothing"), None);
    }
}
