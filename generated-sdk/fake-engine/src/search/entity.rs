//! What each kind of object can be searched by.
//!
//! A field says where in the API's objects its values are, as steps that are divided by `/`:
//!
//! | step | leads to |
//! |---|---|
//! | `cluster` | what the member holds; the object itself when that is a reference; each item of a list |
//! | `statistics[elapsed.time]` | the items of a list that have this name |
//! | `^parent` | the object, what its member refers to, what that one's refers to, and so on |
//! | `<vm:host` | the objects of a struct whose member refers to this one |
//! | `usages~vm` | whether a list of texts has this one |
//! | `count()` | the number of objects that were reached |
//! | `=user` | this text |
//! | `@correlation_id` | what the engine knows of the object and the API doesn't tell |

mod compute;
mod generic;
mod network;
mod people;
mod storage;

use std::borrow::Cow;

use super::enumeration::Enumeration;
use super::operand::Relation;
use ovirt_sdk::object::Info;

/// A kind of objects, as the search language knows it.
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    /// Its name in the language, in the singular.
    pub(super) name: &'static str,
    pub(super) fields: Cow<'static, [Field]>,
    pub(super) references: &'static [Reference],
    /// The order of what is found when the search says nothing else, and after what it says.
    pub(super) order: &'static [Order],
    /// Whether underscores in the names of fields don't count.
    pub(super) loose: bool,
}

/// What objects can be searched and sorted by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) content: Content,
    pub(super) relations: Relations,
    pub(super) path: &'static str,
    /// How much of what the API tells makes one of what the language counts in.
    pub(super) unit: f64,
}

/// What a field holds, and so what its values in a search can be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// Text; `*` is a wildcard.
    Text,
    /// Text that is sorted as the address that it is.
    Address,
    /// Text that is compared as it is; `null` finds objects that have none.
    Nullable,
    /// The names of tags; a search for one finds its children too.
    Tag,
    /// One of several texts; there are no wildcards.
    Listed,
    /// The name of a user, which is another one with `@` than without.
    Account,
    /// A long text of which a search names a part.
    Part,
    /// Text that is compared as it is, and that free text doesn't search.
    Exact,
    Identifier,
    Integer,
    /// A number that the engine leaves to its database to check.
    Size,
    Decimal,
    Flag,
    /// A flag that the engine leaves to its database to check.
    LooseFlag,
    /// A date of which the time of the day doesn't count.
    Day,
    Date,
    /// Seconds that a search tells as a duration.
    Span,
    Choice(&'static Enumeration),
}

impl Content {
    /// Whether free text is looked for in it.
    pub(super) fn is_free_text(self) -> bool {
        matches!(self, Self::Text | Self::Address | Self::Nullable | Self::Tag | Self::Listed | Self::Account)
    }
}

/// The relations that a field can stand in.
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

/// Another kind of objects, whose fields can be asked for as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    /// Its name in the language, in the singular.
    pub(super) name: &'static str,
    /// The steps to its objects.
    pub(super) path: &'static str,
    pub(super) entity: &'static Entity,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) path: &'static str,
    pub(super) content: Content,
    pub(super) descending: bool,
}

impl Entity {
    /// The searchable side of a struct of the API. What the engine has no fields for is searched by its members.
    pub(crate) fn of(info: &'static Info) -> Cow<'static, Self> {
        let entity = match info.name {
            "vm" => &compute::VM,
            "host" => &compute::HOST,
            "template" | "instance_type" => &compute::TEMPLATE,
            "vm_pool" => &compute::POOL,
            "cluster" => &compute::CLUSTER,
            "data_center" => &compute::DATA_CENTER,
            "storage_domain" => &storage::DOMAIN,
            "disk" => &storage::DISK,
            "gluster_volume" => &storage::VOLUME,
            "quota" => &storage::QUOTA,
            "network" => &network::NETWORK,
            "vnic_profile" => &network::VNIC_PROFILE,
            "external_provider"
            | "external_host_provider"
            | "open_stack_image_provider"
            | "open_stack_network_provider"
            | "open_stack_volume_provider" => &network::PROVIDER,
            "user" => &people::USER,
            "group" => &people::GROUP,
            "event" => &people::EVENT,
            "job" => &people::JOB,
            _ => return Cow::Owned(generic::entity(info)),
        };
        Cow::Borrowed(entity)
    }

    /// Users as a directory knows them, not the engine.
    pub(crate) fn directory_user() -> &'static Self {
        &people::DIRECTORY_USER
    }

    /// Groups as a directory knows them, not the engine.
    pub(crate) fn directory_group() -> &'static Self {
        &people::DIRECTORY_GROUP
    }
}

const MEGABYTE: f64 = 1_048_576.0;
const GIGABYTE: f64 = 1_073_741_824.0;

impl Field {
    const fn new(name: &'static str, path: &'static str, content: Content, relations: Relations) -> Self {
        Self { name, content, relations, path, unit: 1.0 }
    }

    const fn per(self, unit: f64) -> Self {
        Self { unit, ..self }
    }
}

const fn text(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Text, Relations::Equal)
}

const fn exact(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Exact, Relations::Equal)
}

const fn identifier(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Identifier, Relations::Equal)
}

const fn number(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Integer, Relations::All)
}

const fn decimal(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Decimal, Relations::All)
}

const fn flag(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Flag, Relations::Equal)
}

const fn choice(name: &'static str, path: &'static str, of: &'static Enumeration) -> Field {
    Field::new(name, path, Content::Choice(of), Relations::Equal)
}

const fn quota(path: &'static str) -> Field {
    Field::new("quota", path, Content::Nullable, Relations::Equal)
}

const fn tag() -> Field {
    Field::new("tag", "tags/^parent/name", Content::Tag, Relations::Equal)
}

const fn reference(name: &'static str, path: &'static str, entity: &'static Entity) -> Reference {
    Reference { name, path, entity }
}

const fn ascending(path: &'static str, content: Content) -> Order {
    Order { path, content, descending: false }
}

const BY_NAME: &[Order] = &[ascending("name", Content::Text)];

#[cfg(test)]
mod tests;
