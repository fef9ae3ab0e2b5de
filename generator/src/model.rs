//! The resolved model: references are indexes, wire names are computed, and fields are in the engine's order. Code that
//! reads it applies no rules and looks up no names.

mod action;
mod common;
mod follow;
mod methods;
mod objects;
mod roles;
mod searches;
mod waiters;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::Position;
use crate::name::Name;
use crate::syntax::{Comparison, Direction, Docs, Envelope, Faults, Positioned, Waiter};
pub use action::ActionMember;
pub use common::CommonParameters;
pub(crate) use follow::Collections;
pub use follow::Following;
pub(crate) use methods::NoField;
pub use methods::dotted;
pub use methods::{Ensures, Lookup};
pub use objects::Located;
pub use roles::{Role, RoleCollection};
pub use searches::{
    BrokenStep, Search, SearchField, SearchId, SearchReference, SearchTarget, SearchValues, SearchValuesId,
};
pub use waiters::{Polling, REMOVAL, REMOVED};

/// The API.
#[derive(Debug)]
pub struct Model {
    /// Title.
    pub title: String,
    /// Version.
    pub version: String,
    /// The service at the base URL.
    pub root: Option<ServiceId>,
    /// The parameter of `list` methods that takes a search query.
    pub search: Option<Name>,
    /// The parameter of `list` methods that limits the length of the list.
    pub limit: Option<Name>,
    /// The parameter with the links to follow.
    pub follow: Option<Name>,
    /// The field of objects that search queries know under the same name.
    pub name_search: Option<Name>,
    /// The parameter of `get` methods that asks for the configuration that updates change, where it is not the current one.
    pub pending: Option<Name>,
    /// Elements around the fields of an object.
    pub envelope: Envelope,
    /// The types with a role in the SDK.
    pub roles: Vec<Role>,
    /// Summaries of parameters that have the same meaning in all methods.
    pub parameters: BTreeMap<Name, String>,
    /// Codes of the events that the engine logs when an operation has succeeded, by the name of the event.
    pub completion_events: BTreeMap<Name, u32>,
    /// All types, sorted by name.
    pub types: Vec<Type>,
    /// All services, sorted by name.
    pub services: Vec<Service>,
    /// All searches, sorted by name.
    pub searches: Vec<Search>,
    /// The values of enums in searches, in the order of the file.
    pub search_values: Vec<SearchValues>,
    /// Messages of the engine about conflicts.
    pub faults: Faults,
}

/// Index into [`Model::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub(crate) usize);

/// Index into [`Model::services`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub(crate) usize);

/// A type.
#[derive(Debug)]
pub struct Type {
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// Whether upstream's model lacks it, although the engine has it.
    pub builtin: bool,
    /// Documentation.
    pub docs: Docs,
    /// Struct or enum.
    pub kind: TypeKind,
}

impl Type {
    /// Returns the struct, unless the type is an enum.
    pub fn as_struct(&self) -> Option<&Struct> {
        match &self.kind {
            TypeKind::Struct(it) => Some(it),
            TypeKind::Enum(_) => None,
        }
    }
}

/// The kind of a type.
#[derive(Debug)]
pub enum TypeKind {
    /// A struct.
    Struct(Struct),
    /// An enum with its values, sorted by name.
    Enum(Vec<Value>),
}

/// A struct.
#[derive(Debug)]
pub struct Struct {
    /// The struct whose fields it inherits.
    pub base: Option<TypeId>,
    /// Whether it is emitted as a trait of the structs that extend it, and not as a struct.
    pub is_abstract: bool,
    /// Fields with a `with_…` constructor, including inherited ones.
    pub references: Vec<Name>,
    /// Tag of one object.
    pub tag: String,
    /// Tag of a collection of objects.
    pub plural_tag: String,
    /// All fields, including inherited ones, in the engine's order: XML attributes first.
    pub fields: Vec<Field>,
    /// Groups of fields of which at most one is set.
    pub one_of: Vec<OneOf>,
    /// Index in `fields` before which the engine writes links, if it writes any.
    pub links_at: Option<usize>,
    /// Rels of links that the engine writes and that match no field.
    pub other_rels: Vec<String>,
}

impl Struct {
    /// The fields of a group.
    pub fn fields_of<'s>(&'s self, group: &'s OneOf) -> impl Iterator<Item = &'s Field> {
        group.fields.iter().filter_map(|index| self.fields.get(*index))
    }
}

/// Fields of a struct of which at most one is set.
#[derive(Clone, Debug)]
pub struct OneOf {
    /// Name of the group.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// Positions in the fields of the struct.
    pub fields: Vec<usize>,
}

/// An attribute or link of a struct.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// The struct that declares it, or `None` for `href`, which every resource has.
    pub owner: Option<TypeId>,
    /// Type.
    pub ty: TypeRef,
    /// Whether it is a link to another resource.
    pub link: bool,
    /// Whether the engine can follow it as a link.
    pub following: Following,
    /// Whether its value is secret and must not be logged.
    pub secret: bool,
    /// When the engine reads and returns it.
    pub access: Access,
    /// How it is compared with what was sent, if the rule does not tell.
    pub compare: Option<Positioned<Comparison>>,
    /// Documentation.
    pub docs: Docs,
    /// Tag of the element, or name of the XML attribute.
    pub tag: String,
    /// Tag of the items of a list.
    pub item_tag: Option<String>,
    /// Rel of the link with the address of the list.
    pub rel: Option<String>,
    /// Whether it is an XML attribute rather than an element.
    pub xml_attribute: bool,
}

/// When the engine reads a field from requests, and returns it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The engine never reads it.
    pub read_only: bool,
    /// It is fixed when the object is created.
    pub create_only: bool,
    /// The engine never returns it.
    pub write_only: bool,
}

/// The type of a field or parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeRef {
    /// The type of the value, or of the items of a list.
    pub base: BaseType,
    /// Whether it is a list.
    pub list: bool,
}

/// The type of a single value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseType {
    /// A primitive type, which the model does not declare.
    Primitive(Primitive),
    /// A struct of the model.
    Struct(TypeId),
    /// An enum of the model.
    Enum(TypeId),
}

/// A primitive type, which the model does not declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// `true` or `false`.
    Boolean,
    /// A date with time and UTC offset.
    Date,
    /// A decimal number.
    Decimal,
    /// An integer.
    Integer,
    /// A text.
    String,
}

impl Primitive {
    /// All primitive types.
    pub const ALL: [Self; 5] = [Self::Boolean, Self::Date, Self::Decimal, Self::Integer, Self::String];

    /// Returns the name in the model.
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

/// An enum value.
#[derive(Debug)]
pub struct Value {
    /// Name, which is also its text in the API.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// Documentation.
    pub docs: Docs,
}

/// A service.
#[derive(Debug)]
pub struct Service {
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// The service whose methods and locators it inherits.
    pub base: Option<ServiceId>,
    /// Area of the product, such as Storage.
    pub area: Option<String>,
    /// Upstream's Java subpackage, if any.
    pub module: Option<String>,
    /// The field that identifies an item of the collection, as a path.
    pub found_by: Option<Positioned<Vec<Name>>>,
    /// Documentation.
    pub docs: Docs,
    /// Methods that it declares, sorted by name.
    pub methods: Vec<Method>,
    /// Locators that it declares, sorted by name.
    pub locators: Vec<Locator>,
    /// The search field that contains the identifier of the objects, for collections.
    pub id_search: Option<Positioned<Name>>,
    /// Waiters that it declares, sorted by name.
    pub waiters: Vec<Waiter>,
}

/// How a method maps to HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `POST` with a new object.
    Add,
    /// `GET` of one object.
    Get,
    /// `GET` of a collection.
    List,
    /// `PUT` with a changed object.
    Update,
    /// `DELETE`.
    Remove,
    /// `POST` with an `<action>` to a path segment of its own.
    Action,
}

impl Verb {
    /// Returns the verb of a method, which depends on its name.
    pub fn from_method(name: &Name) -> Self {
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
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// HTTP verb.
    pub verb: Verb,
    /// Path segment of an action.
    pub segment: Option<String>,
    /// Whether the engine responds with `<action>`, where the model says entity.
    pub returns_action: bool,
    /// Texts of the conflicts that report that an action is already done.
    pub already: Vec<String>,
    /// Documentation.
    pub docs: Docs,
    /// Example code for the documentation.
    pub example: Option<Positioned<String>>,
    /// Parameters, sorted by name.
    pub parameters: Vec<Parameter>,
    /// Other sets of parameters for the same verb and path.
    pub signatures: Vec<Method>,
}

impl Method {
    /// Returns its parameters, followed by those that only signatures have. One Rust request covers all signatures.
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
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// Type.
    pub ty: TypeRef,
    /// Direction.
    pub direction: Direction,
    /// Whether its value is secret and must not be logged.
    pub secret: bool,
    /// Documentation.
    pub docs: Docs,
    /// Key in the query, or tag in the `<action>`.
    pub tag: String,
    /// Tag of the items of a list.
    pub item_tag: Option<String>,
    /// Whether engines require it.
    pub required: bool,
    /// Fields that engines require, as dotted paths; the last name can be alternatives: `cluster.id|name`.
    pub mandatory: Vec<String>,
    /// Fields that upstream documents as optional, as dotted paths.
    pub optional: Vec<String>,
}

/// A step from a service to another one.
#[derive(Debug)]
pub struct Locator {
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// The service that it leads to.
    pub service: ServiceId,
    /// The path segment that it adds.
    pub segment: Segment,
    /// Documentation.
    pub docs: Docs,
}

/// The path segment that a locator adds.
#[derive(Debug)]
pub enum Segment {
    /// A fixed text.
    Text(String),
    /// The value of a parameter with this name.
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

    /// Whether a struct declares a field itself, rather than inheriting it.
    pub fn is_own(&self, id: TypeId, field: &Field) -> bool {
        let parent = || self.ty(id).as_struct()?.base.and_then(|base| self.ty(base).as_struct());
        // The struct that is marked as a resource has `href`.
        field.owner.map_or_else(|| parent().is_none_or(|parent| parent.links_at.is_none()), |owner| owner == id)
    }

    /// Returns all types with their indexes.
    pub fn types(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        self.types.iter().enumerate().map(|(index, ty)| (TypeId(index), ty))
    }

    /// Returns all services with their indexes.
    pub fn services(&self) -> impl Iterator<Item = (ServiceId, &Service)> {
        self.services.iter().enumerate().map(|(index, service)| (ServiceId(index), service))
    }

    /// Returns the methods of a service, including inherited ones, as declaring service and index there. A service's
    /// own methods come first and override inherited ones.
    pub fn methods_of(&self, id: ServiceId) -> Vec<(ServiceId, usize)> {
        self.declared(id, |service| service.methods.iter().map(|method| &method.name).collect())
    }

    /// Returns the locators of a service, including inherited ones, like [`methods_of`](Self::methods_of).
    pub fn locators_of(&self, id: ServiceId) -> Vec<(ServiceId, usize)> {
        self.declared(id, |service| service.locators.iter().map(|locator| &locator.name).collect())
    }

    /// Returns the methods of a service, including inherited ones.
    pub fn all_methods(&self, id: ServiceId) -> impl Iterator<Item = &Method> {
        self.methods_of(id).into_iter().filter_map(|(owner, index)| self.service(owner).methods.get(index))
    }

    /// Returns the locators of a service, including inherited ones.
    pub fn all_locators(&self, id: ServiceId) -> impl Iterator<Item = &Locator> {
        self.locators_of(id).into_iter().filter_map(|(owner, index)| self.service(owner).locators.get(index))
    }

    /// Returns the waiters of a service, including inherited ones, like [`methods_of`](Self::methods_of).
    pub fn waiters_of(&self, id: ServiceId) -> Vec<(ServiceId, usize)> {
        self.declared(id, |service| service.waiters.iter().map(|waiter| &waiter.name.value).collect())
    }

    /// Collects what a service and its ancestors declare. For each name, the nearest declaration wins.
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

    /// A service and its ancestors, nearest first.
    pub(crate) fn family_of(&self, id: ServiceId) -> Vec<ServiceId> {
        let mut family = vec![id];
        while let Some(base) = family.last().and_then(|last| self.service(*last).base) {
            if family.contains(&base) {
                break;
            }
            family.push(base);
        }
        family
    }

    /// Returns the name of a type as the export writes it: `vm`, or `vm[]` for a list.
    pub fn type_text(&self, ty: TypeRef) -> String {
        let name = match ty.base {
            BaseType::Primitive(primitive) => primitive.as_str(),
            BaseType::Struct(id) | BaseType::Enum(id) => self.ty(id).name.as_str(),
        };
        if ty.list { format!("{name}[]") } else { name.to_owned() }
    }
}
