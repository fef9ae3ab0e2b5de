//! The model as written in its files: references are names, and all items know their position.

mod follow;
mod roles;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::Position;
use crate::name::Name;
pub use follow::{Follow, FollowException};
pub use roles::{Content, Role, RoleField, RoleKind, RoleStates};
pub use search::{
    Search, SearchField, SearchKind, SearchOrder, SearchReference, SearchRelations, SearchValue, SearchValues,
};

/// A value with its position.
#[derive(Clone, Debug)]
pub struct Positioned<T> {
    /// The value.
    pub value: T,
    /// The position.
    pub position: Position,
}

/// All files of a model.
#[derive(Debug)]
pub struct Model {
    /// `model.yaml`.
    pub api: Api,
    /// The files of `types/`.
    pub types: Vec<Type>,
    /// The files of `services/`.
    pub services: Vec<Service>,
    /// The files of `searches/`.
    pub searches: Vec<Search>,
    /// `search_values.yaml`.
    pub search_values: Vec<SearchValues>,
    /// `faults.yaml`.
    pub faults: Faults,
    /// Paths of the files that declare nothing, or something else than their name says, because of mistakes.
    pub unreadable: BTreeSet<String>,
}

/// `faults.yaml`: messages of the engine about conflicts.
#[derive(Debug, Default)]
pub struct Faults {
    /// The messages, in the order of the file.
    pub messages: Vec<FaultMessage>,
}

/// A message of the engine about a conflict.
#[derive(Clone, Debug)]
pub struct FaultMessage {
    /// The engine's name of the message.
    pub key: Positioned<String>,
    /// Whether the conflict ends without anyone's help.
    pub temporary: bool,
    /// Why.
    pub because: String,
    /// The texts by which the message is recognized.
    pub texts: Vec<FaultText>,
}

/// A text by which a message is recognized: its literal parts, between which there are parameters.
pub type FaultText = Vec<String>;

/// `model.yaml`: settings of the whole API.
#[derive(Debug, Default)]
pub struct Api {
    /// Title.
    pub title: String,
    /// Version.
    pub version: String,
    /// The service at the base URL.
    pub root: Option<Positioned<Name>>,
    /// The parameter of `list` methods that takes a search query.
    pub search: Option<Positioned<Name>>,
    /// The parameter of `list` methods that limits the length of the list.
    pub limit: Option<Positioned<Name>>,
    /// The parameter with the links to follow.
    pub follow: Option<Positioned<Name>>,
    /// The field of objects that search queries know under the same name.
    pub name_search: Option<Positioned<Name>>,
    /// The parameter of `get` methods that asks for the configuration that updates change, where it is not the current one.
    pub pending: Option<Positioned<Name>>,
    /// Irregular plurals, by singular word.
    pub plurals: BTreeMap<Name, Positioned<String>>,
    /// Elements around the fields of an object.
    pub envelope: Envelope,
    /// The types with a role in the SDK.
    pub roles: Vec<Role>,
    /// Summaries of parameters that have the same meaning in all methods.
    pub parameters: BTreeMap<Name, String>,
    /// Codes of the events that the engine logs when an operation has succeeded, by the name of the event.
    pub completion_events: BTreeMap<Name, u32>,
}

/// Elements that the engine writes around the fields of objects, and that no type declares.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// Elements before the fields of a resource.
    pub leading: Vec<String>,
    /// Elements after the fields of the struct that is marked as `resource`.
    pub trailing: Vec<String>,
    /// Rels of links that any resource can have and that match no field.
    pub rels: Vec<String>,
    /// Suffixes of rels after a slash, as in `vms/search`.
    pub rel_suffixes: Vec<String>,
    /// Elements of a collection other than items.
    pub collection: Vec<String>,
    /// Elements of any `<action>` before its links.
    pub action_leading: Vec<String>,
    /// Other elements that any `<action>` can have.
    pub action: Vec<String>,
}

/// The documentation of an item, and its name in Rust.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    /// The name from which the Rust names are derived, if the item's own name is taken.
    pub rust_name: Option<Positioned<Name>>,
    /// Summary: one sentence.
    pub summary: Option<String>,
    /// Details, in Markdown.
    pub details: Option<String>,
    /// Version that added the item, if known.
    pub since: Option<String>,
    /// Deprecation, if the item is deprecated.
    pub deprecated: Option<Deprecated>,
}

impl Docs {
    /// The name from which the Rust names of an item are derived.
    pub fn rust_name<'a>(&'a self, name: &'a Name) -> &'a Name {
        self.rust_name.as_ref().map_or(name, |rust| &rust.value)
    }
}

/// A deprecation.
#[derive(Clone, Debug)]
pub struct Deprecated {
    /// What to use instead, if known.
    pub note: Option<String>,
}

/// A file of `types/`.
#[derive(Debug)]
pub struct Type {
    /// Name.
    pub name: Positioned<Name>,
    /// Whether upstream's model lacks it, although the engine has it.
    pub builtin: bool,
    /// Documentation.
    pub docs: Docs,
    /// Struct or enum.
    pub kind: TypeKind,
}

/// The kind of a type.
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
    /// The struct whose fields it inherits.
    pub extends: Option<Positioned<Name>>,
    /// Whether it is emitted as a trait of the structs that extend it, and not as a struct.
    pub is_abstract: bool,
    /// Whether it, and what extends it, has `href`, links and the rest of the envelope.
    pub resource: bool,
    /// Fields with a `with_…` constructor.
    pub references: Vec<Positioned<Name>>,
    /// Fields that are written before the others, in this order.
    pub order: Vec<Positioned<Name>>,
    /// Fields that the engine never reads from a request, including inherited ones.
    pub read_only: Vec<Positioned<Name>>,
    /// Fields that are fixed when an object is created, including inherited ones.
    pub create_only: Vec<Positioned<Name>>,
    /// Fields that the engine reads and never returns, including inherited ones.
    pub write_only: Vec<Positioned<Name>>,
    /// Groups of fields of which at most one is set.
    pub one_of: Vec<OneOf>,
    /// Exceptions from the rule for the links that the engine can follow.
    pub follow: Follow,
    /// Tag, if the rule does not give it.
    pub tag: Option<Positioned<String>>,
    /// Tag of the collection, if the rule does not give it.
    pub plural_tag: Option<Positioned<String>>,
    /// Fields that it declares.
    pub fields: Vec<Field>,
}

/// An attribute or link of a struct.
#[derive(Debug)]
pub struct Field {
    /// Name.
    pub name: Positioned<Name>,
    /// Type.
    pub ty: Positioned<TypeName>,
    /// Whether it is a link to another resource.
    pub link: bool,
    /// Whether its value is secret and must not be logged.
    pub secret: bool,
    /// How the value that was sent is compared with the value that the engine returns.
    pub compare: Option<Positioned<Comparison>>,
    /// Documentation.
    pub docs: Docs,
    /// Tag, if the rule does not give it.
    pub tag: Option<Positioned<String>>,
    /// Tag of the items, if the rule does not give it.
    pub item_tag: Option<Positioned<String>>,
    /// Rel of the link, if the rule does not give it.
    pub rel: Option<Positioned<String>>,
}

/// Fields of which at most one is set, including inherited ones.
#[derive(Clone, Debug)]
pub struct OneOf {
    /// Name of the group.
    pub name: Positioned<Name>,
    /// Names of the fields.
    pub fields: Vec<Positioned<Name>>,
}

/// How a value that was sent is compared with the value that the engine returns, if they need not be equal. Without it,
/// values must be equal, and lists must have equal items in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The items of the lists have the same order.
    InOrder,
    /// The engine's list contains all items; it may contain more.
    Contains,
    /// The engine stores whole MiB.
    WholeMebibytes,
}

impl Comparison {
    /// All ways to compare.
    pub const ALL: [Self; 3] = [Self::InOrder, Self::Contains, Self::WholeMebibytes];

    /// Returns the name in the model.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InOrder => "in_order",
            Self::Contains => "contains",
            Self::WholeMebibytes => "whole_mebibytes",
        }
    }
}

/// A reference to a type by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// The type of the value, or of the items of a list.
    pub name: Name,
    /// Whether it is a list.
    pub list: bool,
}

/// An enum value.
#[derive(Debug)]
pub struct Value {
    /// Name, which is also its text in the API.
    pub name: Positioned<Name>,
    /// Documentation.
    pub docs: Docs,
}

/// A file of `services/`.
#[derive(Debug)]
pub struct Service {
    /// Name.
    pub name: Positioned<Name>,
    /// The service whose methods and locators it inherits.
    pub extends: Option<Positioned<Name>>,
    /// Area of the product, such as Storage.
    pub area: Option<String>,
    /// Upstream's Java subpackage, if any.
    pub module: Option<String>,
    /// The field that identifies an item of the collection, as a path.
    pub found_by: Option<Positioned<Vec<Name>>>,
    /// Documentation.
    pub docs: Docs,
    /// Methods.
    pub methods: Vec<Method>,
    /// Locators.
    pub locators: Vec<Locator>,
    /// The search field that contains the identifier of the objects, for collections.
    pub id_search: Option<Positioned<Name>>,
    /// Waiters.
    pub waiters: Vec<Waiter>,
}

/// A state of an object that programs wait for.
#[derive(Clone, Debug)]
pub struct Waiter {
    /// Name, such as `up`.
    pub name: Positioned<Name>,
    /// Documentation.
    pub docs: Docs,
    /// What a failed wait says about the object, such as `did not start`.
    pub unmet: String,
    /// The field that contains the state.
    pub field: Positioned<Name>,
    /// The states by their role.
    pub states: Vec<WaiterState>,
    /// The usual duration, in seconds.
    pub typical: u32,
    /// How long an initial state may last, in seconds, if that is limited.
    pub grace: Option<u32>,
    /// How long a state of success must last to count as one, in seconds, unless the object was in another state before.
    pub settle: Option<u32>,
    /// Where the object has IP addresses, if the wait needs one in addition to a state of success.
    pub addresses: Option<Addresses>,
    /// Where the engine defines the states and the changes between them: classes and methods.
    pub sources: Vec<String>,
}

impl Waiter {
    /// Returns the states with a role, in the model's order.
    pub fn states_with(&self, role: StateRole) -> Vec<&Name> {
        self.states.iter().filter(|state| state.role == role).map(|state| &state.state.value).collect()
    }
}

/// Where an object has IP addresses.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// The link of the object whose items have addresses.
    pub list: Positioned<Name>,
    /// The path of an address from an item, possibly through lists.
    pub address: Positioned<Vec<Name>>,
    /// The path of the network from an item, possibly through lists.
    pub network: Positioned<Vec<Name>>,
    /// What a failed wait says if there are no addresses, such as `no guest agent has reported an address`.
    pub missing: String,
}

/// A state with its role in a waiter.
#[derive(Clone, Debug)]
pub struct WaiterState {
    /// The value of the field.
    pub state: Positioned<Name>,
    /// The role.
    pub role: StateRole,
}

/// The role of a state in a waiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateRole {
    /// The wait succeeds.
    Success,
    /// The wait fails.
    Failure,
    /// The operation has not begun. The wait fails if the object comes back to such a state.
    Initial,
    /// The operation has not begun, because another one is in progress.
    Waiting,
    /// The operation is in progress.
    Transitional,
}

impl StateRole {
    /// All roles.
    pub const ALL: [Self; 5] = [Self::Success, Self::Failure, Self::Initial, Self::Waiting, Self::Transitional];

    /// Returns the key in the model.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Initial => "initial",
            Self::Waiting => "waiting",
            Self::Transitional => "transitional",
        }
    }
}

/// A method, or one of the signatures of a method.
#[derive(Debug)]
pub struct Method {
    /// Name.
    pub name: Positioned<Name>,
    /// Documentation.
    pub docs: Docs,
    /// Example code for the documentation.
    pub example: Option<Positioned<String>>,
    /// Path segment of an action, if the rule does not give it.
    pub segment: Option<Positioned<String>>,
    /// Whether the engine responds with `<action>`, where the model says entity.
    pub returns_action: bool,
    /// Texts of the conflicts that report that an action is already done.
    pub already: Vec<String>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// Other sets of parameters for the same verb and path.
    pub signatures: Vec<Method>,
}

/// A parameter of a method.
#[derive(Debug)]
pub struct Parameter {
    /// Name.
    pub name: Positioned<Name>,
    /// Type.
    pub ty: Positioned<TypeName>,
    /// Direction.
    pub direction: Direction,
    /// Whether its value is secret and must not be logged.
    pub secret: bool,
    /// Documentation.
    pub docs: Docs,
    /// Tag, if the rule does not give it.
    pub tag: Option<Positioned<String>>,
    /// Whether engines require it.
    pub required: bool,
    /// Fields that engines require, as dotted paths; the last name can be alternatives: `cluster.id|name`.
    pub mandatory: Vec<String>,
    /// Fields that upstream documents as optional, as dotted paths.
    pub optional: Vec<String>,
}

/// The direction of a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// In the request.
    #[default]
    In,
    /// In the response.
    Out,
    /// In both.
    InOut,
}

impl Direction {
    /// Returns the direction as written in the model.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::InOut => "inout",
        }
    }

    /// Whether the parameter is in the request.
    pub fn is_in(self) -> bool {
        self != Self::Out
    }

    /// Whether the parameter is in the response.
    pub fn is_out(self) -> bool {
        self != Self::In
    }
}

/// A step from a service to another one.
#[derive(Debug)]
pub struct Locator {
    /// Name.
    pub name: Positioned<Name>,
    /// The service that it leads to.
    pub service: Positioned<Name>,
    /// Name of the identifier in the path, if the segment is not fixed.
    pub parameter: Option<Positioned<Name>>,
    /// Path segment, if the rule does not give it.
    pub segment: Option<Positioned<String>>,
    /// Documentation.
    pub docs: Docs,
}
