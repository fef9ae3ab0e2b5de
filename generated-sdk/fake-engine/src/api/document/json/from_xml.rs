//! From XML to JSON, for responses.

use ovirt_sdk::object::ScalarKind;
use ovirt_sdk::types::DateTime;
use ovirt_sdk::unstable::LINK;
use roxmltree::{Document, Node};

use super::shape::{Field, Fields, Shape};
use crate::api::follow_paths::FollowPaths;
use crate::api::registry::Registry;

const ACTIONS: &str = "actions";
/// The fields that all resources share. The engine writes them after the others, before the attributes.
const SHARED: [&str; 6] = [ACTIONS, "name", "description", "comment", "creation_status", LINK];

/// What a JSON document shows and an XML document doesn't: which of the empty lists have an array. The engine leaves the
/// array out unless its code touched the list.
pub(in crate::api) struct EmptyArrays<'a> {
    /// The types that show empty lists and empty links.
    pub(in crate::api) registry: &'a Registry,
    /// What the request follows. The engine touches the links of each object that it follows from, and each list that
    /// it follows further.
    pub(in crate::api) follow: FollowPaths<'a>,
    /// Whether the list that is the document has an array.
    pub(in crate::api) in_root: bool,
    /// Whether the list with a `rel` of the object at an address has an array.
    pub(in crate::api) in_list: &'a dyn Fn(&str, &str) -> bool,
}

/// A JSON value.
enum Value {
    /// A value as it is written: a text in quotation marks, or a number.
    Scalar(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// Converts an XML document of a response to JSON in the engine's layout. Returns `None` if it is not XML.
pub(in crate::api::document) fn from_xml(document: &str, arrays: &EmptyArrays<'_>) -> Option<String> {
    let document = Document::parse(document).ok()?;
    let root = document.root_element();
    let shape = Shape::for_document(tag(root));
    let converter = Converter { arrays };
    let value = match shape {
        Some(Shape::Objects(item, _)) => converter.list(root, shape, item, &arrays.follow, arrays.in_root),
        _ => converter.value(root, shape, &arrays.follow),
    };
    let mut text = String::new();
    value.write(&mut text, 0);
    Some(text)
}

fn tag<'d>(element: Node<'d, '_>) -> &'d str {
    element.tag_name().name()
}

fn children<'d, 'i>(element: Node<'d, 'i>) -> impl Iterator<Item = Node<'d, 'i>> {
    element.children().filter(Node::is_element)
}

struct Converter<'a> {
    arrays: &'a EmptyArrays<'a>,
}

impl Converter<'_> {
    /// The value of an element, from which paths are followed. Elements that the tables don't have become texts and
    /// objects.
    fn value(&self, element: Node<'_, '_>, shape: Option<Shape>, follow: &FollowPaths<'_>) -> Value {
        let is_text = element.attributes().len() == 0 && children(element).next().is_none();
        let text = element.text().unwrap_or_default();
        match shape {
            Some(Shape::Value(kind)) => scalar(text, kind),
            None if is_text => Value::Scalar(quoted(text)),
            Some(Shape::Action(_) | Shape::Object(_)) | None => self.object(element, shape, follow),
            Some(Shape::Objects(item, _) | Shape::Values(item, _)) => self.list(element, shape, item, follow, false),
        }
    }

    /// The value of a field.
    fn field(&self, parent: Node<'_, '_>, element: Node<'_, '_>, field: &Field, follow: &FollowPaths<'_>) -> Value {
        let shape = Some(field.shape);
        let followed = field.member.and_then(|member| follow.of_field(member));
        let Shape::Objects(item, _) = field.shape else {
            return self.value(element, shape, &followed.unwrap_or_default());
        };
        let has_array = self.arrays.registry.shows_empty_lists(tag(parent))
            || followed.as_ref().is_some_and(|followed| !followed.is_empty() || self.is_touched(parent, field));
        self.list(element, shape, item, &followed.unwrap_or_default(), has_array)
    }

    /// Whether the collection that was followed from an object has an array.
    fn is_touched(&self, parent: Node<'_, '_>, field: &Field) -> bool {
        let rel = field.member.and_then(|member| member.rel);
        rel.zip(parent.attribute("href")).is_some_and(|(rel, href)| (self.arrays.in_list)(href, rel))
    }

    fn object(&self, element: Node<'_, '_>, shape: Option<Shape>, follow: &FollowPaths<'_>) -> Value {
        let fields = shape.map(Fields::new);
        let is_resource = shape.is_some_and(Shape::is_resource);
        let mut members: Vec<(String, Value)> = Vec::new();
        let none = FollowPaths::default();
        for child in children(element) {
            let tag = tag(child);
            let is_link = tag == LINK;
            let value = match &fields {
                Some(_) if is_link => self.object(child, None, &none),
                Some(_) if tag == ACTIONS => self.list(child, None, LINK, &none, true),
                Some(fields) => match fields.get(tag) {
                    Some(field) => self.field(element, child, &field, follow),
                    None => self.value(child, None, &none),
                },
                None => self.value(child, None, &none),
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
        if is_resource {
            let has_links = members.iter().any(|(name, _)| name == LINK);
            let is_whole = children(element).any(|child| tag(child) == ACTIONS)
                && self.arrays.registry.shows_empty_links(tag(element));
            if !has_links && (!follow.is_empty() || is_whole) {
                members.push((LINK.to_owned(), Value::Array(Vec::new())));
            }
            // Sorting is stable: the order of the other fields is that of the XML.
            members.sort_by_key(|(tag, _)| SHARED.iter().position(|shared| shared == tag).map_or(0, |at| at + 1));
        }
        members.extend(attributes(element));
        Value::Object(members)
    }

    /// A list: an object with one array. An empty one has no array, or an empty one.
    fn list(
        &self,
        element: Node<'_, '_>,
        shape: Option<Shape>,
        item: &str,
        follow: &FollowPaths<'_>,
        has_array: bool,
    ) -> Value {
        let fields = shape.map(Fields::new);
        let item_shape = fields.and_then(|fields| fields.get(item)).map(|field| field.shape);
        let items: Vec<Value> = children(element).map(|child| self.value(child, item_shape, follow)).collect();
        let name = children(element).next().map_or(item, tag);
        let mut members = Vec::new();
        if !items.is_empty() || has_array {
            members.push((name.to_owned(), Value::Array(items)));
        }
        members.extend(attributes(element));
        Value::Object(members)
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
    use crate::api::ApiRequest;

    fn registry() -> Registry {
        let mut registry = Registry::default();
        registry.show_empty_lists("affinity_group");
        registry.show_empty_links("snapshot");
        registry
    }

    fn converted(document: &str) -> Option<String> {
        let registry = registry();
        let follow = FollowPaths::default();
        let arrays = EmptyArrays { registry: &registry, follow, in_root: false, in_list: &|_, _| false };
        from_xml(document, &arrays)
    }

    fn converted_with_follow(document: &str, follow: &str) -> Option<String> {
        let query = vec![("follow".to_owned(), follow.to_owned())];
        let request = ApiRequest { query, ..ApiRequest::default() };
        let registry = registry();
        let arrays = EmptyArrays {
            registry: &registry,
            follow: FollowPaths::of(&request),
            in_root: true,
            in_list: &|href, rel| (href, rel) == ("/vms/1", "numanodes"),
        };
        from_xml(document, &arrays)
    }

    #[test]
    fn empty_lists_have_an_array_if_the_engine_touched_them() {
        let compact = |text: Option<String>| text.unwrap().replace([' ', '\n'], "");
        for (document, follow, expected) in [
            ("<vms/>", "", r#"{"vm":[]}"#),
            ("<vms/>", "nics", r#"{"vm":[]}"#),
            (
                "<vm href=\"/vms/1\"><nics/><host_numa_nodes/><tags/></vm>",
                "nics.vnic_profile,numa_nodes,tags",
                r#"{"nics":{"nic":[]},"host_numa_nodes":{"host_numa_node":[]},"tags":{},"link":[],"href":"/vms/1"}"#,
            ),
            (
                "<events><event id=\"1\"><user id=\"2\"/></event></events>",
                "user",
                r#"{"event":[{"user":{"id":"2"},"link":[],"id":"1"}]}"#,
            ),
        ] {
            assert_eq!(compact(converted_with_follow(document, follow)), expected, "{document} {follow}");
        }
    }

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
        assert_eq!(converted(document).as_deref(), Some(expected));
    }

    #[test]
    fn lists_actions_and_faults_are_converted() {
        for (document, expected) in [
            ("<vms/>", "{ }"),
            ("<hosts><host id=\"1\"/></hosts>", "{\n  \"host\" : [ {\n    \"id\" : \"1\"\n  } ]\n}"),
            ("<affinity_group><vms/></affinity_group>", "{\n  \"vms\" : {\n    \"vm\" : [ ]\n  }\n}"),
            (
                "<snapshot id=\"s\"><actions/></snapshot>",
                "{\n  \"actions\" : {\n    \"link\" : [ ]\n  },\n  \"link\" : [ ],\n  \"id\" : \"s\"\n}",
            ),
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
            assert_eq!(converted(document).as_deref(), Some(expected), "{document}");
        }
        assert_eq!(converted("plain text"), None);
    }
}
