//! From XML to JSON, for responses.

use ovirt_sdk::object::ScalarKind;
use ovirt_sdk::types::DateTime;
use ovirt_sdk::unstable::LINK;
use roxmltree::{Document, Node};

use super::shape::{Fields, Shape};

const ACTIONS: &str = "actions";
/// The fields that all resources share. The engine writes them after the others, before the attributes.
const SHARED: [&str; 6] = [ACTIONS, "name", "description", "comment", "creation_status", LINK];
/// Collections that the engine writes with an empty array if they are empty; it leaves the array out of all others.
const WITH_EMPTY_ARRAY: [&str; 8] = [
    "affinity_labels",
    "disk_profiles",
    "hooks",
    "host_labels",
    "ssh_public_keys",
    "user_options",
    "vm_labels",
    "vm_numa_nodes",
];

/// A JSON value.
enum Value {
    /// A value as it is written: a text in quotation marks, or a number.
    Scalar(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// Converts an XML document of a response to JSON in the engine's layout. Returns `None` if it is not XML.
pub(in crate::api::document) fn from_xml(document: &str) -> Option<String> {
    let document = Document::parse(document).ok()?;
    let root = document.root_element();
    let mut text = String::new();
    value(root, Shape::for_document(tag(root))).write(&mut text, 0);
    Some(text)
}

fn tag<'d>(element: Node<'d, '_>) -> &'d str {
    element.tag_name().name()
}

fn children<'d, 'i>(element: Node<'d, 'i>) -> impl Iterator<Item = Node<'d, 'i>> {
    element.children().filter(Node::is_element)
}

/// The value of an element. Elements that the tables don't have become texts and objects.
fn value(element: Node<'_, '_>, shape: Option<Shape>) -> Value {
    let is_text = element.attributes().len() == 0 && children(element).next().is_none();
    let text = element.text().unwrap_or_default();
    match shape {
        Some(Shape::Value(kind)) => scalar(text, kind),
        None if is_text => Value::Scalar(quoted(text)),
        Some(Shape::Action(_) | Shape::Object(_)) | None => object(element, shape),
        Some(Shape::Objects(item, _) | Shape::Values(item, _)) => list(element, shape, item),
    }
}

fn scalar(text: &str, kind: ScalarKind) -> Value {
    let number = match kind {
        ScalarKind::Date => text.parse::<DateTime>().ok().map(|date| date.unix_millis().to_string()),
        ScalarKind::Decimal => Some(text.to_owned()).filter(|text| text.parse::<serde_json::Number>().is_ok()),
        _ => None,
    };
    Value::Scalar(number.unwrap_or_else(|| quoted(text)))
}

fn object(element: Node<'_, '_>, shape: Option<Shape>) -> Value {
    let fields = shape.map(Fields::new);
    let mut members: Vec<(String, Value)> = Vec::new();
    for child in children(element) {
        let tag = tag(child);
        let is_link = tag == LINK;
        let value = match &fields {
            Some(_) if is_link => object(child, None),
            Some(_) if tag == ACTIONS => list(child, None, LINK),
            Some(fields) => value(child, fields.get(tag).map(|field| field.shape)),
            None => value(child, None),
        };
        match members.iter_mut().find(|(name, _)| name == tag) {
            Some((_, Value::Array(items))) => items.push(value),
            Some((_, first)) => {
                let others = std::mem::replace(first, Value::Array(Vec::new()));
                *first = Value::Array(vec![others, value]);
            }
            None if is_link => members.push((tag.to_owned(), Value::Array(vec![value]))),
            None => members.push((tag.to_owned(), value)),
        }
    }
    if shape.is_some_and(Shape::is_resource) {
        // Sorting is stable: the order of the other fields is that of the XML.
        members.sort_by_key(|(tag, _)| SHARED.iter().position(|shared| shared == tag).map_or(0, |at| at + 1));
    }
    members.extend(attributes(element));
    Value::Object(members)
}

/// A list: an object with one array.
fn list(element: Node<'_, '_>, shape: Option<Shape>, item: &str) -> Value {
    let fields = shape.map(Fields::new);
    let item_shape = fields.and_then(|fields| fields.get(item)).map(|field| field.shape);
    let items: Vec<Value> = children(element).map(|child| value(child, item_shape)).collect();
    let name = children(element).next().map_or(item, tag);
    let mut members = Vec::new();
    if !items.is_empty() || tag(element) == ACTIONS || WITH_EMPTY_ARRAY.contains(&tag(element)) {
        members.push((name.to_owned(), Value::Array(items)));
    }
    members.extend(attributes(element));
    Value::Object(members)
}

fn attributes(element: Node<'_, '_>) -> impl Iterator<Item = (String, Value)> {
    element.attributes().map(|attribute| (attribute.name().to_owned(), Value::Scalar(quoted(attribute.value()))))
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Value {
    /// Writes the value as the engine does: objects on several lines, arrays on the line of their first item.
    fn write(&self, text: &mut String, depth: usize) {
        match self {
            Self::Scalar(scalar) => text.push_str(scalar),
            Self::Object(members) if members.is_empty() => text.push_str("{ }"),
            Self::Object(members) => {
                for (at, (name, value)) in members.iter().enumerate() {
                    text.push_str(if at == 0 { "{\n" } else { ",\n" });
                    text.push_str(&"  ".repeat(depth + 1));
                    text.push_str(&quoted(name));
                    text.push_str(" : ");
                    value.write(text, depth + 1);
                }
                text.push('\n');
                text.push_str(&"  ".repeat(depth));
                text.push('}');
            }
            Self::Array(items) if items.is_empty() => text.push_str("[ ]"),
            Self::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    text.push_str(if at == 0 { "[ " } else { ", " });
                    item.write(text, depth);
                }
                text.push_str(" ]");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_converted() {
        let document = "<?xml version=\"1.0\"?>\n<vm href=\"/vms/1\" id=\"1\">\n  <actions><link href=\"/vms/1/start\" \
                        rel=\"start\"/></actions><name>a &amp; &quot;b&quot;</name><description></description>\
                        <link href=\"/vms/1/nics\" rel=\"nics\"/><link href=\"/vms/1/tags\" rel=\"tags\"/>\
                        <creation_time>1970-01-01T00:00:01.500Z</creation_time><memory>1024</memory>\
                        <os><boot><devices><device>hd</device></devices></boot></os><stateless>false</stateless>\
                        <nics/><cluster id=\"c\"/></vm>";
        let expected = r#"{
  "creation_time" : 1500,
  "memory" : "1024",
  "os" : {
    "boot" : {
      "devices" : {
        "device" : [ "hd" ]
      }
    }
  },
  "stateless" : "false",
  "nics" : { },
  "cluster" : {
    "id" : "c"
  },
  "actions" : {
    "link" : [ {
      "href" : "/vms/1/start",
      "rel" : "start"
    } ]
  },
  "name" : "a & \"b\"",
  "description" : "",
  "link" : [ {
    "href" : "/vms/1/nics",
    "rel" : "nics"
  }, {
    "href" : "/vms/1/tags",
    "rel" : "tags"
  } ],
  "href" : "/vms/1",
  "id" : "1"
}"#;
        assert_eq!(from_xml(document).as_deref(), Some(expected));
    }

    #[test]
    fn lists_actions_and_faults_are_converted() {
        for (document, expected) in [
            ("<vms/>", "{ }"),
            ("<hosts><host id=\"1\"/></hosts>", "{\n  \"host\" : [ {\n    \"id\" : \"1\"\n  } ]\n}"),
            ("<affinity_labels/>", "{\n  \"affinity_label\" : [ ]\n}"),
            (
                "<fault><detail>d</detail><reason>r</reason></fault>",
                "{\n  \"detail\" : \"d\",\n  \"reason\" : \"r\"\n}",
            ),
            (
                "<action><job id=\"j\"/><status>complete</status></action>",
                "{\n  \"job\" : {\n    \"id\" : \"j\"\n  },\n  \"status\" : \"complete\"\n}",
            ),
            (
                "<statistic><values><value><datum>0.5</datum></value></values></statistic>",
                "{\n  \"values\" : {\n    \"value\" : [ {\n      \"datum\" : 0.5\n    } ]\n  }\n}",
            ),
        ] {
            assert_eq!(from_xml(document).as_deref(), Some(expected), "{document}");
        }
        assert_eq!(from_xml("plain text"), None);
    }
}
