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

pub(crate) use super::enumeration::Enumeration;
use super::relation::Relation;

/// A type of objects in the search language.
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    /// The name in the search language, in the singular.
    pub(crate) name: &'static str,
    pub(crate) fields: Cow<'static, [Field]>,
    pub(crate) references: &'static [Reference],
    /// The default order, and the order of objects that are equal in the order of the search.
    pub(crate) order: &'static [Order],
    /// Whether underscores in the names of fields are ignored.
    pub(crate) loose: bool,
}

/// A field by which objects can be searched and sorted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) content: Content,
    pub(crate) relations: Relations,
    pub(crate) path: &'static str,
    /// The unit of the search language in units of the API.
    pub(crate) unit: f64,
}

/// The kind of values of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
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
pub(crate) enum Relations {
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
pub(crate) struct Reference {
    /// The name in the search language, in the singular.
    pub(crate) name: &'static str,
    /// The path to its objects.
    pub(crate) path: &'static str,
    pub(crate) entity: &'static Entity,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) path: &'static str,
    pub(crate) content: Content,
    pub(crate) descending: bool,
}

impl Field {
    pub(crate) const fn new(name: &'static str, path: &'static str, content: Content, relations: Relations) -> Self {
        Self { name, content, relations, path, unit: 1.0 }
    }

    pub(crate) const fn per(self, unit: f64) -> Self {
        Self { unit, ..self }
    }
}

/// The table of an entity. The rows of its fields: name, content, relations, unit and path; of its references: name, entity
/// and path; of its order: path, content and whether the largest comes first.
macro_rules! entity {
    ($entity:ident $name:literal;
        $($field:literal $content:ident $(($values:path))? $relations:ident $(per $unit:literal)? $path:literal;)*
        => $($reference:literal $to:ident $to_path:literal;)*
        => $($order:literal $by:ident $descending:literal;)*) => {
        pub(crate) static $entity: Entity = Entity {
            name: $name,
            fields: std::borrow::Cow::Borrowed(&[$(
                entity::Field::new(
                    $field,
                    $path,
                    entity::Content::$content $((&entity::Enumeration($values)))?,
                    entity::Relations::$relations,
                ) $(.per($unit as f64))?
            ),*]),
            references: &[$(entity::Reference { name: $reference, path: $to_path, entity: &$to }),*],
            order: &[$(
                entity::Order { path: $order, content: entity::Content::$by, descending: $descending }
            ),*],
            loose: false,
        };
    };
}
pub(crate) use entity;

/// The order of objects of other types.
pub(crate) const BY_NAME: &[Order] = &[Order { path: "name", content: Content::Text, descending: false }];
