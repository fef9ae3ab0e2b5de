//! The model as its files say it: every reference is still a name, and everything knows its place.

use std::collections::BTreeMap;

use crate::diagnostics::Place;
use crate::name::Name;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its node.
    pub place: Place,
}

/// All files.
#[derive(Debug)]
pub struct Model {
    /// `model.yaml`.
    pub api: Api,
    /// The files of `types/`.
    pub types: Vec<Type>,
    /// The files of `services/`.
    pub services: Vec<Service>,
}

/// `model.yaml`: what holds for the whole API.
#[derive(Debug, Default)]
pub struct Api {
    /// Title of the API.
    pub title: String,
    /// Its release.
    pub version: String,
    /// The service at the base URL.
    pub root: Option<At<Name>>,
    /// The parameter of a list that takes a query.
    pub search: Option<At<Name>>,
    /// Plurals that the rule does not give, by singular word.
    pub plurals: BTreeMap<Name, At<String>>,
    /// What the engine writes around values.
    pub envelope: Envelope,
    /// Texts of parameters that mean the same everywhere.
    pub parameters: BTreeMap<Name, String>,
}

/// What the engine writes around values; no type has it as a member.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// Elements before the members of a resource.
    pub leading: Vec<String>,
    /// Elements after the members of the struct that is marked as `resource`.
    pub trailing: Vec<String>,
    /// Rels of links that are no list of the model.
    pub rels: Vec<String>,
    /// `vms/search` beside `vms`.
    pub rel_suffixes: Vec<String>,
    /// Elements of a collection that are no items.
    pub collection: Vec<String>,
    /// Elements of an `<action>` whatever it is about.
    pub action: Vec<String>,
}

/// What people read about an item.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    /// One sentence.
    pub summary: Option<String>,
    /// More, where one sentence is not enough.
    pub details: Option<String>,
    /// The release that added it, where known.
    pub since: Option<String>,
    /// Whether it is deprecated, and what to use instead.
    pub deprecated: Option<Deprecated>,
}

/// A deprecation.
#[derive(Clone, Debug)]
pub struct Deprecated {
    /// What to use instead.
    pub note: Option<String>,
}

/// A file of `types/`.
#[derive(Debug)]
pub struct Type {
    /// Its name.
    pub name: At<Name>,
    /// Whether the engine has it although upstream's model does not list it.
    pub builtin: bool,
    /// What people read about it.
    pub docs: Docs,
    /// What it is.
    pub kind: TypeKind,
}

/// What a type is.
#[derive(Debug)]
pub enum TypeKind {
    /// A struct.
    Struct(Box<Struct>),
    /// An enum.
    Enum(Vec<Value>),
}

/// A struct.
#[derive(Debug)]
pub struct Struct {
    /// The struct whose members it has too.
    pub extends: Option<At<Name>>,
    /// It has no values of its own: no Rust struct, a trait of what extends it.
    pub is_abstract: bool,
    /// What extends it has `href`, links and the rest of the envelope.
    pub resource: bool,
    /// Members for which there are constructors of references.
    pub references: Vec<At<Name>>,
    /// The member by which people find an object.
    pub found_by: Option<At<Name>>,
    /// Members that are written before the others, in this order.
    pub order: Vec<At<Name>>,
    /// Tag that the rule does not give.
    pub tag: Option<At<String>>,
    /// Tag of its collection that the rule does not give.
    pub plural_tag: Option<At<String>>,
    /// Its own members.
    pub members: Vec<Member>,
}

/// A member of a struct.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: At<Name>,
    /// Its type.
    pub ty: At<TypeName>,
    /// Whether it is another resource, which the engine links to.
    pub link: bool,
    /// Whether its value must never be shown.
    pub secret: bool,
    /// What people read about it.
    pub docs: Docs,
    /// Tag that the rule does not give.
    pub tag: Option<At<String>>,
    /// Tag of its items that the rule does not give.
    pub item_tag: Option<At<String>>,
    /// Rel of its link that the rule does not give.
    pub rel: Option<At<String>>,
}

/// The name of a type, as it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// The type, or that of the items.
    pub name: Name,
    /// Whether it is a list.
    pub list: bool,
}

/// A value of an enum.
#[derive(Debug)]
pub struct Value {
    /// Its name, which is its text too.
    pub name: At<Name>,
    /// What people read about it.
    pub docs: Docs,
}

/// A file of `services/`.
#[derive(Debug)]
pub struct Service {
    /// Its name.
    pub name: At<Name>,
    /// The service whose methods and locators it has too.
    pub extends: Option<At<Name>>,
    /// Area of the product.
    pub area: Option<String>,
    /// Upstream's folder, where it is not the main one.
    pub module: Option<String>,
    /// What people read about it.
    pub docs: Docs,
    /// Its methods.
    pub methods: Vec<Method>,
    /// Its locators.
    pub locators: Vec<Locator>,
}

/// A method, or one of the signatures of a method.
#[derive(Debug)]
pub struct Method {
    /// Its name.
    pub name: At<Name>,
    /// What people read about it.
    pub docs: Docs,
    /// Rust that calls it, for its documentation.
    pub example: Option<At<String>>,
    /// Path segment of an action that the rule does not give.
    pub segment: Option<At<String>>,
    /// The engine answers with `<action>` where the model says entity.
    pub answers_action: bool,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Other sets of parameters: same verb, same path.
    pub signatures: Vec<Method>,
}

/// A parameter of a method.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: At<Name>,
    /// Its type.
    pub ty: At<TypeName>,
    /// Which way it goes.
    pub direction: Direction,
    /// What people read about it.
    pub docs: Docs,
    /// Tag that the rule does not give.
    pub tag: Option<At<String>>,
    /// Fields that upstream's documentation calls mandatory, as dotted paths.
    pub mandatory: Vec<String>,
    /// Fields that upstream's documentation calls optional, as dotted paths.
    pub optional: Vec<String>,
}

/// Which way a parameter goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// To the engine.
    #[default]
    In,
    /// From the engine.
    Out,
    /// Both.
    InOut,
}

impl Direction {
    /// As the model writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::InOut => "inout",
        }
    }

    /// Whether it goes to the engine.
    pub fn is_in(self) -> bool {
        self != Self::Out
    }

    /// Whether it comes from the engine.
    pub fn is_out(self) -> bool {
        self != Self::In
    }
}

/// A way from a service to another.
#[derive(Debug)]
pub struct Locator {
    /// Its name.
    pub name: At<Name>,
    /// Where it leads.
    pub service: At<Name>,
    /// Name of the identifier that takes the place of a segment.
    pub parameter: Option<At<Name>>,
    /// Path segment that the rule does not give.
    pub segment: Option<At<String>>,
    /// What people read about it.
    pub docs: Docs,
}
