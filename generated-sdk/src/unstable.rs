//! Internals of the SDK for the crate `ovirt-fake-engine`. **No stability guarantee**: anything here can change or
//! disappear in any release. Other crates must not use it.

use crate::error::Error;
use crate::markup::DataError;
use crate::object::{self, Member, Object, StructInfo};
use crate::redaction;
use crate::unknown::Unknown;
use crate::xml::{DecodeOptions, EncodeOptions};

pub use crate::date_time::civil;
pub use crate::markup::LINK;
pub use crate::markup::decoder::Decoder;
pub use crate::object::encode::Record;
pub use crate::object::fields::FieldValue;
pub use crate::random::random;
pub use crate::secret::MASK;
pub use crate::xml::options::utf8;

/// The service at the root of the API.
pub type Root = crate::generated::services::Root;

/// The values of enums in searches: their names in the order of the engine, and their texts in the API.
pub mod search {
    pub use crate::generated::search::values::*;
}

/// Tags that the model lists for whole documents instead of single types.
pub mod wire {
    use crate::generated::wire;

    /// Elements that the engine writes before the members of a resource.
    pub const LEADING: &[&str] = wire::LEADING;
    /// Elements that the engine writes after the members that every resource has.
    pub const TRAILING: &[&str] = wire::TRAILING;
    /// Elements that the engine writes before the items of a collection of resources.
    pub const COLLECTION: &[&str] = wire::COLLECTION;
    /// Elements that every `<action>` can have.
    pub const ACTION: &[&str] = wire::ACTION;
}

/// A member with a tag, for tables of parameters.
pub const fn element(tag: &'static str) -> Member {
    object::element(tag)
}

/// A list member with its tag and the tag of its items, for tables of parameters.
pub const fn list(tag: &'static str, item_tag: &'static str) -> Member {
    object::list(tag, item_tag)
}

/// The position among the members of a struct at which the engine writes links, if it writes any.
pub const fn links_at(info: &StructInfo) -> Option<usize> {
    info.links_at
}

/// The body of a message without its secrets. `kind` is its content type; `login` is whether it belongs to a login.
pub fn redacted(text: &str, kind: &str, login: bool) -> String {
    redaction::recorded(text, kind, login)
}

/// The value of a member, by the name of the member, if the field holds a `V`.
pub fn member<'o, V: 'static>(object: &'o dyn Object, name: &str) -> Option<&'o V> {
    object::get(object, name)
}

/// Decodes a document with a function that drives the decoder.
///
/// # Errors
///
/// Fails if the document is not well-formed, if the function fails, and in strict mode on unknown content.
pub fn decode<V>(
    options: DecodeOptions,
    text: &str,
    read: impl FnOnce(&mut Decoder<'_>) -> Result<V, DataError>,
) -> Result<V, DataError> {
    options.decode(text, read)
}

/// Encodes a list of objects that a function returns one by one.
///
/// # Errors
///
/// Fails if a text contains a character that XML does not allow.
pub fn encode_objects(
    options: EncodeOptions<'_>,
    info: &StructInfo,
    next: &mut dyn FnMut() -> Option<Box<dyn Object>>,
) -> Result<String, DataError> {
    options.objects(info, next)
}

/// Sets by how many spaces each level of a document is indented.
pub const fn indent(options: EncodeOptions<'_>, spaces: usize) -> EncodeOptions<'_> {
    options.spaces(spaces)
}

/// Encodes a document whose elements are not the members of one struct.
///
/// # Errors
///
/// Fails if a text contains a character that XML does not allow.
pub fn encode_record(options: EncodeOptions<'_>, record: &Record<'_>) -> Result<String, DataError> {
    options.record(record)
}

/// Adds a link that no member of the object has.
pub fn push_link(unknown: &mut Unknown, rel: &str, href: &str) {
    unknown.push_link(rel, href);
}

/// Sets the actions that the engine offers for an object: the tag of the element, then their names, separated by
/// spaces.
pub fn set_actions(unknown: &mut Unknown, words: String) {
    unknown.set_actions(words);
}

/// Sets the links to paths directly below an object by their names, which are separated by spaces. They are only written.
pub fn set_links_below(unknown: &mut Unknown, names: String) {
    unknown.set_links_below(names);
}

/// The error of an input or output operation.
pub fn io_error(doing: &'static str, cause: std::io::Error) -> Error {
    Error::io(doing, cause)
}

/// The error of an invalid request.
pub fn request_error(problem: String) -> Error {
    Error::request(problem)
}
