//! Reading and writing the engine's XML.
//!
//! [`from_str`], [`from_slice`] and [`from_reader`] read an object or a [list](crate::types::List) of them; [`items`]
//! reads the objects of a collection one by one. [`to_string`] and [`to_writer`] write. [`DecodeOptions`] and
//! [`EncodeOptions`] have the options. [`Document`] is for documents of any type.
//!
//! # Reading
//!
//! Elements may come in any order; the last of repeated elements wins. For texts and numbers, `<x/>` is unset, and
//! `<x></x>` is an empty text. A `<link rel="nics" href="…"/>` becomes the [`href`](crate::types::List::href) of the list
//! `nics`. Unknown content is [kept](crate::types::Unknown), and unknown values of enums become `Unknown`. Neither is an
//! error, except in [strict mode](DecodeOptions::strict).
//!
//! Documents must be UTF-8. Document types, custom entities and [too deep](DecodeOptions::max_depth) nesting are errors.
//!
//! # Writing
//!
//! Fields that are set are written, in the order of the engine's schema. Unknown content is left out, unless
//! [`EncodeOptions::unknown`] is set.

mod collection;
mod document;
mod items;
mod list;
pub(crate) mod options;
mod window;

use std::io::{Read, Write};

use crate::markup::DataError;
pub use crate::markup::{Finding, FindingKind};
use crate::object::Struct;
pub use document::Document;
pub(crate) use items::ItemDecoder;
pub use items::Items;
pub(crate) use list::ListDecoder;
pub(crate) use options::utf8;
pub use options::{DecodeOptions, EncodeOptions, Root};

/// Reads a document from text.
///
/// # Errors
///
/// Fails if the text is not XML, if its root element does not belong to `T`, or if a value is invalid. The error
/// contains the position.
pub fn from_str<T: Root>(text: &str) -> Result<T, DataError> {
    DecodeOptions::new().from_str(text)
}

/// Reads a document from bytes.
///
/// # Errors
///
/// The errors of [`from_str`]; also fails if the bytes are not UTF-8.
pub fn from_slice<T: Root>(bytes: &[u8]) -> Result<T, DataError> {
    DecodeOptions::new().from_slice(bytes)
}

/// Reads a document to the end of a reader.
///
/// # Errors
///
/// The errors of [`from_slice`]; also fails if reading fails.
pub fn from_reader<T: Root>(reader: impl Read) -> Result<T, DataError> {
    DecodeOptions::new().from_reader(reader)
}

/// Reads the objects of a collection one by one, with memory for one object.
///
/// ```
/// use ovirt_sdk::{types::Vm, xml};
///
/// let document = b"<vms><vm id='1'><name>a</name></vm><vm id='2'><name>b</name></vm></vms>".as_slice();
/// let names = xml::items::<Vm, _>(document).map(|vm| vm?.try_name().map(str::to_owned));
/// assert_eq!(names.collect::<Result<Vec<_>, _>>()?, ["a", "b"]);
/// # Ok::<(), ovirt_sdk::Error>(())
/// ```
pub fn items<T: Struct, R: Read>(reader: R) -> Items<T, R> {
    DecodeOptions::new().items(reader)
}

/// Writes a document as text: indented by two spaces, without an XML declaration.
///
/// # Errors
///
/// Fails if a text contains a character that XML does not allow.
pub fn to_string<T: Root>(value: &T) -> Result<String, DataError> {
    EncodeOptions::new().to_string(value)
}

/// Writes a document: indented by two spaces, without an XML declaration.
///
/// # Errors
///
/// The errors of [`to_string`]; also fails if writing fails.
pub fn to_writer<T: Root>(writer: impl Write, value: &T) -> Result<(), DataError> {
    EncodeOptions::new().to_writer(writer, value)
}
