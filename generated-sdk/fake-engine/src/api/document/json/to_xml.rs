//! From JSON to XML, for requests. What is converted is then read and checked as XML.

use ovirt_sdk::object::ScalarKind;
use ovirt_sdk::types::DateTime;
use ovirt_sdk::unstable::{LINK, wire};
use quick_xml::escape::escape;
use serde_json::{Map, Number, Value};

use super::shape::{Fields, Shape};
use crate::api::fault::Fault;
use crate::api::pages;
use crate::encoding::html;

/// Why a document can't be converted.
#[derive(Debug, PartialEq, Eq)]
enum Mistake {
    /// It is malformed, or a value has another type than the field.
    Syntax,
    /// A class of the engine doesn't have a field.
    UnknownField { field: String, class: String },
}

/// Converts the JSON document of a request to XML. `tag` is the tag of the root element, and `usage` the address of the
/// method's documentation.
pub(in crate::api::document) fn to_xml(document: &str, tag: &str, shape: Shape, usage: &str) -> Result<String, Fault> {
    convert(document, tag, shape).map_err(|mistake| match mistake {
        Mistake::Syntax => Fault::usage(usage, ""),
        Mistake::UnknownField { field, class } => {
            let class = format!("org.ovirt.engine.api.model.{class}");
            let text = format!("Unrecognized field \"{field}\" (class {class}), not marked as ignorable");
            Fault::raw(pages::text(400, &html(&text).replace('"', "&quot;")))
        }
    })
}

fn convert(document: &str, tag: &str, shape: Shape) -> Result<String, Mistake> {
    let value: Value = serde_json::from_str(document).map_err(|_| Mistake::Syntax)?;
    let mut xml = String::new();
    write_element(&mut xml, tag, &value, shape)?;
    Ok(xml)
}

fn write_element(xml: &mut String, tag: &str, value: &Value, shape: Shape) -> Result<(), Mistake> {
    let (mut attributes, mut content) = (String::new(), String::new());
    match (shape, value) {
        (Shape::Value(kind), value) => {
            let Some(text) = scalar(value, kind)? else { return Ok(()) };
            content.push_str(&escape(text.as_str()));
        }
        (Shape::Objects(item, _) | Shape::Values(item, _), Value::Object(members)) => {
            write_items(&mut content, item, members, shape)?;
        }
        (_, Value::Object(members)) => write_members(&mut attributes, &mut content, members, shape)?,
        _ => return Err(Mistake::Syntax),
    }
    xml.push_str(&format!("<{tag}{attributes}>{content}</{tag}>"));
    Ok(())
}

fn write_members(
    attributes: &mut String,
    content: &mut String,
    members: &Map<String, Value>,
    shape: Shape,
) -> Result<(), Mistake> {
    let fields = Fields::new(shape);
    for (name, value) in members {
        match fields.get(name) {
            Some(_) if value.is_null() => {}
            Some(field) if field.is_attribute() => {
                let Shape::Value(kind) = field.shape else { return Err(Mistake::Syntax) };
                if let Some(text) = scalar(value, kind)? {
                    attributes.push_str(&format!(" {name}=\"{}\"", escape(text.as_str())));
                }
            }
            Some(field) => write_element(content, name, value, field.shape)?,
            // The engine accepts what it writes itself, and ignores it.
            None if is_ignored(name, shape) => {}
            None => return Err(Mistake::UnknownField { field: name.clone(), class: class_name(shape) }),
        }
    }
    Ok(())
}

fn write_items(content: &mut String, item: &str, members: &Map<String, Value>, shape: Shape) -> Result<(), Mistake> {
    let Some(field) = Fields::new(shape).get(item) else { return Err(Mistake::Syntax) };
    for (name, value) in members {
        match value {
            Value::Array(items) if name == item => {
                for value in items.iter().filter(|value| !value.is_null()) {
                    write_element(content, item, value, field.shape)?;
                }
            }
            Value::Null if name == item => {}
            _ if name == item => return Err(Mistake::Syntax),
            _ => return Err(Mistake::UnknownField { field: name.clone(), class: class_name(shape) }),
        }
    }
    Ok(())
}

/// Whether the engine knows a field that the tables don't have.
fn is_ignored(name: &str, shape: Shape) -> bool {
    let is_shared = name == LINK || wire::LEADING.contains(&name) || wire::TRAILING.contains(&name);
    match shape {
        Shape::Action(_) => is_shared || wire::ACTION.contains(&name),
        _ => is_shared && shape.is_resource(),
    }
}

/// The text of a value; `None` if the value is unset. As in the engine, only texts can be empty.
fn scalar(value: &Value, kind: ScalarKind) -> Result<Option<String>, Mistake> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag.to_string())),
        Value::String(text) if text.is_empty() && !matches!(kind, ScalarKind::Text) => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Number(number) => Ok(Some(match kind {
            ScalarKind::Date => date(number)?,
            _ => number.to_string(),
        })),
        Value::Array(_) | Value::Object(_) => Err(Mistake::Syntax),
    }
}

/// A date in milliseconds.
fn date(number: &Number) -> Result<String, Mistake> {
    let date = number.as_i64().and_then(DateTime::from_unix_millis);
    date.map(|date| date.to_string()).ok_or(Mistake::Syntax)
}

/// The name of the engine's class for elements with a shape.
fn class_name(shape: Shape) -> String {
    let name = match shape {
        Shape::Object(info) => info.name,
        Shape::Objects(_, info) => info.plural_tag,
        Shape::Values(item, _) => item,
        Shape::Action(_) | Shape::Value(_) => "action",
    };
    crate::api::fault::pascal_case(name)
}

#[cfg(test)]
mod tests {
    use ovirt_sdk::object::Struct;
    use ovirt_sdk::types::Vm;

    use super::*;

    fn vm(document: &str) -> Result<String, Mistake> {
        convert(document, "vm", Shape::Object(Vm::INFO))
    }

    #[test]
    fn objects_are_converted() {
        for (document, expected) in [
            ("{}", "<vm></vm>"),
            (r#"{"name": "a<b\"", "id": "1"}"#, r#"<vm id="1"><name>a&lt;b&quot;</name></vm>"#),
            (
                r#"{"name": null, "memory": 5, "stateless": true}"#,
                "<vm><memory>5</memory><stateless>true</stateless></vm>",
            ),
            (r#"{"memory": "5", "comment": "", "stateless": ""}"#, "<vm><comment></comment><memory>5</memory></vm>"),
            (r#"{"cluster": {"name": "c"}, "link": [], "actions": {}}"#, "<vm><cluster><name>c</name></cluster></vm>"),
            (r#"{"nics": {"nic": [{"name": "n"}, null]}}"#, "<vm><nics><nic><name>n</name></nic></nics></vm>"),
            (r#"{"nics": {}, "tags": {"tag": null}}"#, "<vm><nics></nics><tags></tags></vm>"),
            (
                r#"{"os": {"boot": {"devices": {"device": ["hd"]}}}}"#,
                "<vm><os><boot><devices><device>hd</device></devices></boot></os></vm>",
            ),
        ] {
            assert_eq!(vm(document).as_deref(), Ok(expected), "{document}");
        }
        let action = convert(r#"{"vm": {"stateless": true}, "status": "x"}"#, "action", Shape::Action(None));
        assert_eq!(action.as_deref(), Ok("<action><vm><stateless>true</stateless></vm></action>"));
        let date = vm(r#"{"start_time": 1500}"#).expect("a valid document");
        assert!(date.contains("1970-01-01T00:00:01.5"), "{date}");
    }

    #[test]
    fn mistakes_are_found() {
        for document in [
            "",
            "[]",
            "\"x\"",
            "{\"name\":",
            "{\"name\": []}",
            "{\"nics\": []}",
            "{\"nics\": {\"nic\": {}}}",
            "{\"cluster\": \"x\"}",
        ] {
            assert_eq!(vm(document), Err(Mistake::Syntax), "{document}");
        }
        for (document, field, class) in [
            ("{\"vm\": {}}", "vm", "Vm"),
            ("{\"nics\": {\"x\": 1}}", "x", "Nics"),
            ("{\"cluster\": {\"x\": null}}", "x", "Cluster"),
            ("{\"disk_attachments\": {\"disk_attachment\": [{\"x\": 1}]}}", "x", "DiskAttachment"),
        ] {
            let expected = Mistake::UnknownField { field: field.to_owned(), class: class.to_owned() };
            assert_eq!(vm(document), Err(expected), "{document}");
        }
    }
}
