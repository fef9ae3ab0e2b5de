//! Entities: types of objects with their search fields.
//!
//! The path of a field leads to its values in the objects of the API, in steps separated by `/`:
//!
//! | step | leads to |
//! |---|---|
//! | `cluster` | the value of the field, the object that it refers to, or each item of the list |
//! | `statistics[elapsed.time]` | the items of the list with this name |
//! | `^parent` | the object, the object that its field refers to, and so on |
//! | `<vm:host` | the objects of a type whose field refers to this object |
//! | `usages~vm` | whether the list contains this text |
//! | `count()` | the number of objects at the end of the path |
//! | `=user` | this text |
//! | `@correlation_id` | a note about the object that the API doesn't show |

use std::borrow::Cow;

use super::enumeration::Enumeration;
use super::relation::Relation;

/// A type of objects in the search language.
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    /// The name in the search language, in the singular.
    pub(super) name: &'static str,
    pub(super) fields: Cow<'static, [Field]>,
    pub(super) references: &'static [Reference],
    /// The default order, and the order of objects that are equal in the order of the search.
    pub(super) order: &'static [Order],
    /// Whether underscores in the names of fields are ignored.
    pub(super) loose: bool,
}

/// A field by which objects can be searched and sorted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) content: Content,
    pub(super) relations: Relations,
    pub(super) path: &'static str,
    /// The unit of the search language in units of the API.
    pub(super) unit: f64,
}

/// The kind of values of a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// Text; `*` is a wildcard.
    Text,
    /// Text that is sorted as an IP address.
    Address,
    /// Text without wildcards; `null` finds objects without a value.
    Nullable,
    /// Names of tags; a search for a tag also finds its children.
    Tag,
    /// A list of texts, without wildcards.
    Listed,
    /// The name of a user; with `@`, it includes the directory.
    Account,
    /// A long text; searches contain a part of it.
    Part,
    /// Text without wildcards that free text doesn't search.
    Exact,
    Identifier,
    Integer,
    /// A number that the engine's database checks.
    Size,
    Decimal,
    Flag,
    /// A flag that the engine's database checks.
    LooseFlag,
    /// A date without the time of the day.
    Day,
    Date,
    /// Seconds; searches contain a duration.
    Span,
    Choice(&'static Enumeration),
}

impl Content {
    /// Whether free text searches the field.
    pub(super) fn is_free_text(self) -> bool {
        matches!(self, Self::Text | Self::Address | Self::Nullable | Self::Tag | Self::Listed | Self::Account)
    }
}

/// The relations that a field supports.
#[derive(Clone, Copy, Debug)]
pub(super) enum Relations {
    /// `=` and `!=`.
    Equal,
    /// All of them.
    All,
    /// `<` and `>`.
    Beside,
    /// `<`, `>` and `=`.
    Time,
}

impl Relations {
    pub(super) fn allow(self, relation: Relation) -> bool {
        use Relation::{Equal, Less, More, Other};
        match self {
            Self::Equal => matches!(relation, Equal | Other),
            Self::All => true,
            Self::Beside => matches!(relation, Less | More),
            Self::Time => matches!(relation, Less | More | Equal),
        }
    }
}

/// A related entity, whose fields can be searched as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    /// The name in the search language, in the singular.
    pub(super) name: &'static str,
    /// The path to its objects.
    pub(super) path: &'static str,
    pub(super) entity: &'static Entity,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) path: &'static str,
    pub(super) content: Content,
    pub(super) descending: bool,
}

pub(super) const MEGABYTE: f64 = 1_048_576.0;
pub(super) const GIGABYTE: f64 = 1_073_741_824.0;

impl Field {
    pub(super) const fn new(name: &'static str, path: &'static str, content: Content, relations: Relations) -> Self {
        Self { name, content, relations, path, unit: 1.0 }
    }

    pub(super) const fn per(self, unit: f64) -> Self {
        Self { unit, ..self }
    }
}

pub(super) const fn text(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Text, Relations::Equal)
}

pub(super) const fn exact(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Exact, Relations::Equal)
}

pub(super) const fn identifier(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Identifier, Relations::Equal)
}

pub(super) const fn number(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Integer, Relations::All)
}

pub(super) const fn decimal(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Decimal, Relations::All)
}

pub(super) const fn flag(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Flag, Relations::Equal)
}

pub(super) const fn choice(name: &'static str, path: &'static str, of: &'static Enumeration) -> Field {
    Field::new(name, path, Content::Choice(of), Relations::Equal)
}

pub(super) const fn quota(path: &'static str) -> Field {
    Field::new("quota", path, Content::Nullable, Relations::Equal)
}

pub(super) const fn tag() -> Field {
    Field::new("tag", "tags/^parent/name", Content::Tag, Relations::Equal)
}

pub(super) const fn reference(name: &'static str, path: &'static str, entity: &'static Entity) -> Reference {
    Reference { name, path, entity }
}

pub(super) const fn ascending(path: &'static str, content: Content) -> Order {
    Order { path, content, descending: false }
}

pub(super) const BY_NAME: &[Order] = &[ascending("name", Content::Text)];
