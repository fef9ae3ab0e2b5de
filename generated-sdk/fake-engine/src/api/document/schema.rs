//! The XML schema of the documents, from the tables of the types.
//!
//! It accepts what the engine's own schema accepts. The engine's has types that extend each other; here, each type lists
//! all its elements.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use ovirt_sdk::object::{self, Kind, Member, ScalarKind, StructInfo};
use ovirt_sdk::registry;
use ovirt_sdk::unstable::{self, wire};

use super::{integers, java_numbers};
use crate::api::fault::pascal_case;

const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
                     <xs:schema version=\"1.0\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\n";
const END: &str = "</xs:schema>\n";

/// Types that no table has: links, actions, and what all collections share.
const LINKS: &str = "\
  <xs:element name=\"link\" type=\"Link\"/>
  <xs:complexType name=\"Link\">
    <xs:attribute name=\"href\" type=\"xs:string\"/>
    <xs:attribute name=\"rel\" type=\"xs:string\"/>
  </xs:complexType>
  <xs:complexType name=\"Actions\">
    <xs:sequence>
      <xs:element ref=\"link\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>
    </xs:sequence>
  </xs:complexType>
";
const TEXT: &str = "xs:string";
const MANY: &str = " maxOccurs=\"unbounded\"";

/// The schema.
pub(crate) fn schema() -> &'static str {
    static SCHEMA: OnceLock<String> = OnceLock::new();
    SCHEMA.get_or_init(write)
}

fn write() -> String {
    let mut schema = Schema { text: format!("{BEGIN}{LINKS}"), ..Schema::default() };
    registry::structs().iter().copied().chain([registry::action()]).for_each(|info| schema.structure(info));
    let enums = std::mem::take(&mut schema.enums);
    enums.iter().for_each(|(name, texts)| schema.enumeration(name, texts));
    schema.text + END
}

#[derive(Default)]
struct Schema {
    text: String,
    /// The enums of the members so far, with their texts.
    enums: BTreeMap<&'static str, Vec<&'static str>>,
    /// The tags of documents so far. Several types can have the same.
    roots: BTreeSet<&'static str>,
}

impl Schema {
    fn line(&mut self, depth: usize, text: &str) {
        self.text.extend(std::iter::repeat_n("  ", depth));
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// An element that can be missing.
    fn element(&mut self, depth: usize, tag: &str, type_name: &str, occurs: &str) {
        self.line(depth, &format!("<xs:element name=\"{tag}\" type=\"{type_name}\" minOccurs=\"0\"{occurs}/>"));
    }

    /// The type of a struct, the type of its collections, and their documents.
    fn structure(&mut self, info: &'static StructInfo) {
        let name = pascal_case(info.name);
        self.root(info.tag, &name);
        self.complex_type(&name, |schema| schema.members(info));
        // `<actions>` is an element of every resource.
        if info.plural_tag != registry::action().plural_tag {
            self.root(info.plural_tag, &collection(info));
            self.complex_type(&collection(info), |schema| {
                schema.line(2, "<xs:sequence>");
                if info.is_resource() {
                    wire::COLLECTION.iter().for_each(|tag| schema.shared(tag, "xs:unsignedInt"));
                }
                schema.element(3, info.tag, &name, MANY);
                schema.line(2, "</xs:sequence>");
            });
        }
    }

    /// The element of a document.
    fn root(&mut self, tag: &'static str, type_name: &str) {
        if self.roots.insert(tag) {
            self.line(1, &format!("<xs:element name=\"{tag}\" type=\"{type_name}\"/>"));
        }
    }

    fn complex_type(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.line(1, &format!("<xs:complexType name=\"{name}\">"));
        content(self);
        self.line(1, "</xs:complexType>");
    }

    /// The elements and attributes of a struct.
    fn members(&mut self, info: &'static StructInfo) {
        let object = info.new_object();
        self.line(2, "<xs:sequence>");
        if info.is_resource() {
            wire::LEADING.iter().for_each(|tag| self.shared(tag, TEXT));
        }
        for (index, (member, slot)) in object::members(&*object).enumerate() {
            if unstable::links_at(info) == Some(index) {
                self.links();
            }
            if !member.is_attribute {
                self.member(info, member, slot.kind());
            }
        }
        if unstable::links_at(info) == Some(info.members.len()) {
            self.links();
        }
        self.line(2, "</xs:sequence>");
        for (member, slot) in object::members(&*object).filter(|(member, _)| member.is_attribute) {
            let Kind::Value(kind) = slot.kind() else { continue };
            let type_name = self.scalar(info, member, kind);
            self.line(2, &format!("<xs:attribute name=\"{}\" type=\"{type_name}\"/>", member.tag));
        }
    }

    /// What the engine writes between the members that all resources have and the others.
    fn links(&mut self) {
        wire::TRAILING.iter().for_each(|tag| self.shared(tag, TEXT));
        self.element(3, "link", "Link", MANY);
    }

    /// An element that all resources or all collections have.
    fn shared(&mut self, tag: &str, type_name: &str) {
        self.element(3, tag, if tag == registry::action().plural_tag { "Actions" } else { type_name }, "");
    }

    fn member(&mut self, info: &StructInfo, member: &'static Member, kind: Kind) {
        let (type_name, item) = match kind {
            Kind::Value(kind) => (self.scalar(info, member, kind), None),
            Kind::Values(kind) => (self.scalar(info, member, kind), Some(member.item_tag)),
            Kind::Object(of) => (pascal_case(of.name), None),
            Kind::List(of) if member.item_tag == Some(of.tag) => (collection(of), None),
            Kind::List(of) => (pascal_case(of.name), Some(member.item_tag)),
            _ => return,
        };
        match item {
            None => self.element(3, member.tag, &type_name, ""),
            // Items without an element around them.
            Some(None) => self.element(3, member.tag, &type_name, MANY),
            Some(Some(item)) => {
                self.line(3, &format!("<xs:element name=\"{}\" minOccurs=\"0\">", member.tag));
                self.line(4, "<xs:complexType>");
                self.line(5, "<xs:sequence>");
                self.element(6, item, &type_name, MANY);
                self.line(5, "</xs:sequence>");
                self.line(4, "</xs:complexType>");
                self.line(3, "</xs:element>");
            }
        }
    }

    /// The name of the type of a scalar.
    fn scalar(&mut self, info: &StructInfo, member: &Member, kind: ScalarKind) -> String {
        let name = match kind {
            ScalarKind::Boolean => "xs:boolean",
            ScalarKind::Integer if integers::is_long(info.name, member.name) => "xs:long",
            ScalarKind::Integer => "xs:int",
            ScalarKind::Decimal if java_numbers::is_double(member.tag) => "xs:double",
            ScalarKind::Decimal => "xs:decimal",
            ScalarKind::Date => "xs:dateTime",
            ScalarKind::Enum { name, texts } => {
                self.enums.entry(name).or_insert_with(texts);
                return pascal_case(name);
            }
            _ => TEXT,
        };
        name.to_owned()
    }

    fn enumeration(&mut self, name: &str, texts: &[&str]) {
        self.line(1, &format!("<xs:simpleType name=\"{}\">", pascal_case(name)));
        self.line(2, "<xs:restriction base=\"xs:string\">");
        texts.iter().for_each(|text| self.line(3, &format!("<xs:enumeration value=\"{text}\"/>")));
        self.line(2, "</xs:restriction>");
        self.line(1, "</xs:simpleType>");
    }
}

/// The name of the type of the collections of a struct.
fn collection(info: &StructInfo) -> String {
    pascal_case(info.plural_tag)
}
