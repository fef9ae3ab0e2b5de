//! The members of `<action>` documents: the parameters and results of all actions, and those that each one has.

use std::collections::BTreeMap;

use super::{BaseType, Method, Model, Parameter, Primitive, TypeRef, Verb};
use crate::wire::{HREF, ID};

/// A member of `<action>` documents.
#[derive(Clone, Debug)]
pub struct ActionMember {
    /// Name of the parameter.
    pub name: String,
    /// Tag of the element, or name of the XML attribute.
    pub tag: String,
    /// Tag of the items of a list.
    pub item_tag: Option<String>,
    /// Type.
    pub ty: TypeRef,
    /// Whether its value is secret.
    pub secret: bool,
    /// Whether it is an XML attribute.
    pub xml_attribute: bool,
    /// Whether the engine writes it before links.
    pub precedes_links: bool,
}

impl Model {
    /// Returns the members of `<action>` documents in the engine's order: XML attributes first.
    pub fn action_members(&self) -> Vec<ActionMember> {
        let envelope = &self.envelope;
        let leading = envelope.action_leading.iter();
        let mut members: Vec<ActionMember> = [HREF, ID].map(|name| own(name, TEXT, true, true)).into();
        members.extend(leading.map(|name| own(name, TEXT, false, true)));
        let mut others: BTreeMap<&str, ActionMember> = BTreeMap::new();
        for parameter in self.action_parameters() {
            others.entry(&parameter.tag).or_insert_with(|| from_parameter(parameter));
        }
        for name in &envelope.action {
            others.insert(name, own(name, self.struct_or_text(name), false, false));
        }
        others.retain(|tag, _| !members.iter().any(|member| member.tag == **tag));
        members.extend(others.into_values());
        members
    }

    /// Returns the parameters that are sent in an `<action>`, or are in one of a response. In the schema of the engine,
    /// those of all signatures are among them.
    pub fn action_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.services().flat_map(|(_, service)| &service.methods).flat_map(|method| {
            let own = method.parameters.iter().filter(|parameter| is_in_action(method, parameter));
            own.chain(method.signatures.iter().flat_map(|signature| &signature.parameters))
        })
    }

    /// Returns the type of an element that is not a parameter: a struct of that name, or else a text.
    fn struct_or_text(&self, name: &str) -> TypeRef {
        let found =
            self.types().find(|(_, ty)| *ty.name.as_str() == *name && ty.as_struct().is_some_and(|it| !it.is_abstract));
        found.map_or(TEXT, |(id, _)| TypeRef { base: BaseType::Struct(id), list: false })
    }
}

const TEXT: TypeRef = TypeRef { base: BaseType::Primitive(Primitive::String), list: false };

fn own(name: &str, ty: TypeRef, xml_attribute: bool, precedes_links: bool) -> ActionMember {
    let name = name.to_owned();
    ActionMember { tag: name.clone(), name, item_tag: None, ty, secret: false, xml_attribute, precedes_links }
}

fn from_parameter(parameter: &Parameter) -> ActionMember {
    ActionMember {
        name: parameter.name.to_string(),
        tag: parameter.tag.clone(),
        item_tag: parameter.item_tag.clone(),
        ty: parameter.ty,
        secret: parameter.secret,
        xml_attribute: false,
        precedes_links: false,
    }
}

fn is_in_action(method: &Method, parameter: &Parameter) -> bool {
    let is_body = method.body().is_some_and(|(_, body)| body.name == parameter.name);
    method.verb == Verb::Action || parameter.direction.is_in() && !is_body && !method.is_in_query(parameter)
}
