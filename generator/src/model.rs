//! The resolved model: references are indexes, wire names are computed, members are in the engine's order. Whoever
//! reads it needs no rule and looks up no name.

mod methods;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::Place;
use crate::name::Name;
use crate::syntax::{At, Direction, Docs, Envelope};
pub use methods::Finding;

/// The whole API.
#[derive(Debug)]
pub struct Model {
    /// Title of the API.
    pub title: String,
    /// Its release.
    pub version: String,
    /// The service at the base URL.
    pub root: Option<ServiceId>,
    /// The parameter of a list that takes a query.
    pub search: Option<Name>,
    /// What the engine writes around values.
    pub envelope: Envelope,
    /// Texts of parameters that mean the same everywhere.
    pub parameters: BTreeMap<Name, String>,
    /// All types, sorted by name.
    pub types: Vec<Type>,
    /// All services, sorted by name.
    pub services: Vec<Service>,
}

/// A type of [`Model::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub(crate) usize);

/// A service of [`Model::services`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub(crate) usize);

/// A type.
#[derive(Debug)]
pub struct Type {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub place: Place,
    /// Whether the engine has it although upstream's model does not list it.
    pub builtin: bool,
    /// What people read about it.
    pub docs: Docs,
    /// What it is.
    pub kind: TypeKind,
}

impl Type {
    /// The struct, if it is one.
    pub fn as_struct(&self) -> Option<&Struct> {
        match &self.kind {
            TypeKind::Struct(it) => Some(it),
            TypeKind::Enum(_) => None,
        }
    }
}

/// What a type is.
#[derive(Debug)]
pub enum TypeKind {
    /// A struct.
    Struct(Struct),
    /// An enum and its values, sorted by name.
    Enum(Vec<Value>),
}

/// A struct.
#[derive(Debug)]
pub struct Struct {
    /// The struct whose members it has too.
    pub base: Option<TypeId>,
    /// It has no values of its own: no Rust struct, a trait of what extends it.
    pub is_abstract: bool,
    /// Members for which there are constructors of references, inherited ones included.
    pub references: Vec<Name>,
    /// The member by which people find an object, inherited or not.
    pub found_by: Option<Name>,
    /// Tag of one.
    pub tag: String,
    /// Tag of a collection of them.
    pub plural_tag: String,
    /// All members, inherited ones included, in the engine's order: XML attributes first.
    pub members: Vec<Member>,
    /// Where in `members` the engine writes links, when it writes any: before the member of that index.
    pub links_at: Option<usize>,
    /// Rels that its services link to and no member matches.
    pub other_rels: Vec<String>,
}

/// A member of a struct.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub place: Place,
    /// The struct that declares it; `None` for `href`, which every resource has.
    pub owner: Option<TypeId>,
    /// Its type.
    pub ty: TypeRef,
    /// Whether it is another resource.
    pub link: bool,
    /// Whether its value must never be shown.
    pub secret: bool,
    /// What people read about it.
    pub docs: Docs,
    /// Tag of its element, or name of its XML attribute.
    pub tag: String,
    /// Tag of the items of a list.
    pub item_tag: Option<String>,
    /// Rel of the link that tells where a list is.
    pub rel: Option<String>,
    /// Whether it is an XML attribute.
    pub xml_attribute: bool,
}

/// The type of a member or parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeRef {
    /// The type, or that of the items.
    pub base: BaseType,
    /// Whether it is a list.
    pub list: bool,
}

/// The type of a value that is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseType {
    /// A type that the model has not to declare.
    Primitive(Primitive),
    /// A struct of the model.
    Struct(TypeId),
    /// An enum of the model.
    Enum(TypeId),
}

/// A type that the model has not to declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// `true` or `false`.
    Boolean,
    /// A date with time and offset.
    Date,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// Text.
    String,
}

impl Primitive {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Boolean, Self::Date, Self::Decimal, Self::Integer, Self::String];

    /// Its name in the model.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::String => "string",
        }
    }
}

/// A value of an enum.
#[derive(Debug)]
pub struct Value {
    /// Its name, which is its text too.
    pub name: Name,
    /// Where it is declared.
    pub place: Place,
    /// What people read about it.
    pub docs: Docs,
}

/// A service.
#[derive(Debug)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub place: Place,
    /// The service whose methods and locators it has too.
    pub base: Option<ServiceId>,
    /// Area of the product.
    pub area: Option<String>,
    /// Upstream's folder, where it is not the main one.
    pub module: Option<String>,
    /// What people read about it.
    pub docs: Docs,
    /// Its own methods, sorted by name.
    pub methods: Vec<Method>,
    /// Its own locators, sorted by name.
    pub locators: Vec<Locator>,
}

/// How a method travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `POST` of a new object.
    Add,
    /// `GET` of one object.
    Get,
    /// `GET` of a collection.
    List,
    /// `PUT` of a changed object.
    Update,
    /// `DELETE`.
    Remove,
    /// `POST` of an `<action>` to a segment of its own.
    Action,
}

impl Verb {
    /// The verb of a method, by its name.
    pub fn of(name: &Name) -> Self {
        match name.as_str() {
            "add" => Self::Add,
            "get" => Self::Get,
            "list" => Self::List,
            "update" => Self::Update,
            "remove" => Self::Remove,
            _ => Self::Action,
        }
    }
}

/// A method.
#[derive(Debug)]
pub struct Method {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub place: Place,
    /// How it travels.
    pub verb: Verb,
    /// Path segment, for actions.
    pub segment: Option<String>,
    /// The engine answers with `<action>` where the model says entity.
    pub answers_action: bool,
    /// What people read about it.
    pub docs: Docs,
    /// Rust that calls it, for its documentation.
    pub example: Option<At<String>>,
    /// Its parameters, sorted by name.
    pub parameters: Vec<Parameter>,
    /// Other sets of parameters: same verb, same path.
    pub signatures: Vec<Method>,
}

impl Method {
    /// Its parameters, and then those that only its signatures have: one request in Rust stands for all of them.
    pub fn all_parameters(&self) -> Vec<&Parameter> {
        let mut all: Vec<&Parameter> = self.parameters.iter().collect();
        for parameter in self.signatures.iter().flat_map(|signature| &signature.parameters) {
            if !all.iter().any(|known| known.name == parameter.name) {
                all.push(parameter);
            }
        }
        all
    }
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub place: Place,
    /// Its type.
    pub ty: TypeRef,
    /// Which way it goes.
    pub direction: Direction,
    /// What people read about it.
    pub docs: Docs,
    /// Key of the query, or tag in the `<action>`.
    pub tag: String,
    /// Tag of the items of a list.
    pub item_tag: Option<String>,
    /// Fields that upstream's documentation calls mandatory, as dotted paths.
    pub mandatory: Vec<String>,
    /// Fields that upstream's documentation calls optional, as dotted paths.
    pub optional: Vec<String>,
}

/// A way from a service to another.
#[derive(Debug)]
pub struct Locator {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub place: Place,
    /// Where it leads.
    pub service: ServiceId,
    /// What stands in the path.
    pub segment: Segment,
    /// What people read about it.
    pub docs: Docs,
}

/// What a locator adds to the path.
#[derive(Debug)]
pub enum Segment {
    /// This text.
    Text(String),
    /// The value of the parameter of this name.
    Parameter(Name),
}

impl Model {
    /// A type.
    pub fn ty(&self, id: TypeId) -> &Type {
        #[expect(clippy::indexing_slicing, reason = "ids are made by the resolver, from positions in this list")]
        &self.types[id.0]
    }

    /// A service.
    pub fn service(&self, id: ServiceId) -> &Service {
        #[expect(clippy::indexing_slicing, reason = "ids are made by the resolver, from positions in this list")]
        &self.services[id.0]
    }

    /// Whether a struct has a member from itself, and not from what it extends.
    pub fn is_own(&self, id: TypeId, member: &Member) -> bool {
        let parent = || self.ty(id).as_struct()?.base.and_then(|base| self.ty(base).as_struct());
        // `href` comes from the struct that is marked as a resource.
        member.owner.map_or_else(|| parent().is_none_or(|parent| parent.links_at.is_none()), |owner| owner == id)
    }

    /// All types with their ids.
    pub fn types(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        self.types.iter().enumerate().map(|(index, ty)| (TypeId(index), ty))
    }

    /// All services with their ids.
    pub fn services(&self) -> impl Iterator<Item = (ServiceId, &Service)> {
        self.services.iter().enumerate().map(|(index, service)| (ServiceId(index), service))
    }

    /// The methods of a service with those that it inherits: who declares it, and its position there. What a service
    /// declares itself comes first and hides what it inherits.
    pub fn methods_of(&self, id: ServiceId) -> Vec<(ServiceId, usize)> {
        self.declared(id, |service| service.methods.iter().map(|method| &method.name).collect())
    }

    /// The locators of a service with those that it inherits, as [`methods_of`](Self::methods_of).
    pub fn locators_of(&self, id: ServiceId) -> Vec<(ServiceId, usize)> {
        self.declared(id, |service| service.locators.iter().map(|locator| &locator.name).collect())
    }

    /// What a service and those that it extends declare, by name: each name from the nearest of them.
    fn declared<'m>(&'m self, id: ServiceId, names: impl Fn(&'m Service) -> Vec<&'m Name>) -> Vec<(ServiceId, usize)> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for owner in self.family_of(id) {
            for (index, name) in names(self.service(owner)).into_iter().enumerate() {
                if seen.insert(name) {
                    found.push((owner, index));
                }
            }
        }
        found
    }

    /// A service and what it extends, itself first.
    fn family_of(&self, id: ServiceId) -> Vec<ServiceId> {
        let mut family = vec![id];
        while let Some(base) = family.last().and_then(|last| self.service(*last).base) {
            if family.contains(&base) {
                break;
            }
            family.push(base);
        }
        family
    }

    /// The name of a type as the model and the export write it: `vm`, or `vm[]` for a list.
    pub fn type_text(&self, ty: TypeRef) -> String {
        let name = match ty.base {
            BaseType::Primitive(primitive) => primitive.as_str(),
            BaseType::Struct(id) | BaseType::Enum(id) => self.ty(id).name.as_str(),
        };
        if ty.list { format!("{name}[]") } else { name.to_owned() }
    }
}
