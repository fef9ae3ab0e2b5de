//! The types of the API from and to the XML of the engine.
//!
//! [`from_str`], [`from_slice`] and [`from_reader`] read an object or a [`List`] of them; [`items`]
//! reads the objects of a collection one by one. [`to_string`] and [`to_writer`] write. [`DecodeOptions`] and
//! [`EncodeOptions`] say how, where the default does not do. [`Document`] is for documents of any type.
//!
//! # Reading
//!
//! Elements come in any order; the last of repeated ones wins. `<x/>` is an absent value where a text or a number is
//! expected, `<x></x>` an empty text. A `<link rel="nics" href="…"/>` becomes the
//! [`href`](crate::types::List::href) of the list `nics`. What the model does not know is
//! [kept](crate::types::Unknown); values of enums that it does not know are `Unknown`. Nothing of that is an error,
//! unless [`DecodeOptions::strict`] asks for it.
//!
//! Documents are UTF-8. Document types and entities of their own are refused, and so is nesting that is
//! [too deep](DecodeOptions::max_depth).
//!
//! # Writing
//!
//! Members that are set are written, in the order of the engine's own schema. What the engine sent and the model does
//! not know is left out, unless [`EncodeOptions::unknown`] asks for it.

mod document;
mod items;
pub(crate) mod options;
pub(crate) mod redact;

use std::io::{Read, Write};

use crate::markup::DataError;
pub use crate::markup::{Finding, FindingKind};
use crate::object::Struct;
pub use document::Document;
pub(crate) use items::ItemDecoder;
pub use items::Items;
pub(crate) use options::utf8;
pub use options::{DecodeOptions, EncodeOptions, Root};

/// Reads a document from text.
///
/// # Errors
///
/// When the text is no XML, has another element at its root than `T` has, or a value that `T` can't hold. The error
/// says where.
pub fn from_str<T: Root>(text: &str) -> Result<T, DataError> {
    DecodeOptions::new().from_str(text)
}

/// Reads a document from bytes.
///
/// # Errors
///
/// As [`from_str`], and when the bytes are no UTF-8.
pub fn from_slice<T: Root>(bytes: &[u8]) -> Result<T, DataError> {
    DecodeOptions::new().from_slice(bytes)
}

/// Reads a document to the end of a reader.
///
/// # Errors
///
/// As [`from_slice`], and when reading fails.
pub fn from_reader<T: Root>(reader: impl Read) -> Result<T, DataError> {
    DecodeOptions::new().from_reader(reader)
}

/// Reads the objects of a collection one by one, in memory for one of them.
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
/// When a text has a character that XML can't have, or a number is not finite.
pub fn to_string<T: Root>(value: &T) -> Result<String, DataError> {
    EncodeOptions::new().to_string(value)
}

/// Writes a document: indented by two spaces, without an XML declaration.
///
/// # Errors
///
/// As [`to_string`], and when writing fails.
pub fn to_writer<T: Root>(writer: impl Write, value: &T) -> Result<(), DataError> {
    EncodeOptions::new().to_writer(writer, value)
}
