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

mod attributes;
pub(crate) mod decoder;
mod document;
pub(crate) mod encoder;
mod finding;
mod items;
pub(crate) mod redact;
pub(crate) mod scalar;
pub(crate) mod text;

use std::io::{Read, Write};

use crate::error::Error;
use crate::object::Struct;
use crate::types::List;
use decoder::Decoder;
pub use document::Document;
use encoder::Encoder;
pub use finding::{Finding, FindingKind};
pub(crate) use items::ItemDecoder;
pub use items::Items;

/// What can be the root of a document: a struct of the API, or a list of one.
///
/// Sealed: the crate implements it.
pub trait Root: sealed::Root {}

impl<T: sealed::Root> Root for T {}

mod sealed {
    use super::{Decoder, Encoder, Error};

    pub trait Root: Sized {
        fn decode(decoder: &mut Decoder<'_>) -> Result<Self, Error>;
        fn encode(&self, root: Option<&str>, encoder: &mut Encoder<'_>) -> Result<(), Error>;
    }
}

impl<T: Struct> sealed::Root for T {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, Error> {
        let mut value = T::default();
        decoder.root(T::INFO.tag)?;
        decoder.object(&mut value)?;
        Ok(value)
    }

    fn encode(&self, root: Option<&str>, encoder: &mut Encoder<'_>) -> Result<(), Error> {
        encoder.document(root.unwrap_or(T::INFO.tag), self)
    }
}

impl<T: Struct> sealed::Root for List<T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, Error> {
        let mut list = List::new();
        decoder.collection(T::INFO, &mut list)?;
        Ok(list)
    }

    fn encode(&self, root: Option<&str>, encoder: &mut Encoder<'_>) -> Result<(), Error> {
        encoder.collection(root.unwrap_or(T::INFO.plural_tag), T::INFO.tag, self)
    }
}

/// Reads a document from text.
///
/// # Errors
///
/// When the text is no XML, has another element at its root than `T` has, or a value that `T` can't hold. The error
/// says where.
pub fn from_str<T: Root>(text: &str) -> Result<T, Error> {
    DecodeOptions::new().from_str(text)
}

/// Reads a document from bytes.
///
/// # Errors
///
/// As [`from_str`], and when the bytes are no UTF-8.
pub fn from_slice<T: Root>(bytes: &[u8]) -> Result<T, Error> {
    DecodeOptions::new().from_slice(bytes)
}

/// Reads a document to the end of a reader.
///
/// # Errors
///
/// As [`from_slice`], and when reading fails.
pub fn from_reader<T: Root>(reader: impl Read) -> Result<T, Error> {
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
pub fn to_string<T: Root>(value: &T) -> Result<String, Error> {
    EncodeOptions::new().to_string(value)
}

/// Writes a document: indented by two spaces, without an XML declaration.
///
/// # Errors
///
/// As [`to_string`], and when writing fails.
pub fn to_writer<T: Root>(writer: impl Write, value: &T) -> Result<(), Error> {
    EncodeOptions::new().to_writer(writer, value)
}

/// How documents are read.
#[derive(Clone, Copy, Debug)]
pub struct DecodeOptions {
    strict: bool,
    max_depth: u32,
    max_item: u64,
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl DecodeOptions {
    /// What is not known is kept; elements are nested at most 100 deep; items that are read one by one have at most
    /// 64 MiB.
    pub const fn new() -> Self {
        Self { strict: false, max_depth: 100, max_item: 64 << 20 }
    }

    /// Whether what the model does not know is an error: elements, attributes, links, values of enums, stray text. The
    /// error lists all of them. For finding out what a newer engine sends.
    #[must_use]
    pub const fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// How deep elements may be nested. Every level takes some room on the stack.
    #[must_use]
    pub const fn max_depth(mut self, levels: u32) -> Self {
        self.max_depth = levels;
        self
    }

    /// How many bytes an item may have that is read by [`items`](Self::items).
    #[must_use]
    pub const fn max_item(mut self, bytes: u64) -> Self {
        self.max_item = bytes;
        self
    }

    /// Reads a document from text.
    ///
    /// # Errors
    ///
    /// As [`from_str`], and in strict mode when there is something that the model does not know.
    pub fn from_str<T: Root>(&self, text: &str) -> Result<T, Error> {
        self.decode(text, |decoder| T::decode(decoder))
    }

    /// Reads a document from bytes.
    ///
    /// # Errors
    ///
    /// As [`from_slice`], and in strict mode when there is something that the model does not know.
    pub fn from_slice<T: Root>(&self, bytes: &[u8]) -> Result<T, Error> {
        self.from_str(utf8(bytes)?)
    }

    /// Reads a document to the end of a reader.
    ///
    /// # Errors
    ///
    /// As [`from_reader`], and in strict mode when there is something that the model does not know.
    pub fn from_reader<T: Root>(&self, mut reader: impl Read) -> Result<T, Error> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|cause| Error::io("read the XML document", cause))?;
        self.from_slice(&bytes)
    }

    /// Reads the objects of a collection one by one, in memory for one of them.
    pub fn items<T: Struct, R: Read>(&self, reader: R) -> Items<T, R> {
        Items::new(*self, reader)
    }

    /// The tag of the root of a document.
    pub(crate) fn peek(&self, text: &str) -> Result<String, Error> {
        Decoder::new(text, 0, self.max_depth, false).any_root().map(str::to_owned)
    }

    pub(crate) fn decode<V>(
        &self,
        text: &str,
        read: impl FnOnce(&mut Decoder<'_>) -> Result<V, Error>,
    ) -> Result<V, Error> {
        let mut decoder = Decoder::new(text, 0, self.max_depth, self.strict);
        let value = read(&mut decoder)?;
        decoder.end()?;
        match decoder.take_findings() {
            none if none.is_empty() => Ok(value),
            findings => Err(Error::strict(findings)),
        }
    }
}

/// By how many blanks a level is indented, unless it was said otherwise.
const INDENT: usize = 2;

/// A document whose elements are no members of one struct.
#[expect(missing_debug_implementations, reason = "slots can't be shown")]
pub struct Record<'r> {
    /// The tag of the root.
    pub tag: &'static str,
    /// XML attributes of the root: names and values.
    pub attributes: &'r [(&'static str, String)],
    /// Links: rels and addresses.
    pub links: &'r [(&'static str, String)],
    /// The other elements, in order.
    pub members: &'r [(&'static crate::object::Member, &'r dyn crate::object::Slot)],
}

/// How documents are written.
#[derive(Clone, Copy, Debug)]
pub struct EncodeOptions<'o> {
    indent: usize,
    declaration: bool,
    unknown: bool,
    root: Option<&'o str>,
}

impl Default for EncodeOptions<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'o> EncodeOptions<'o> {
    /// Indented by two spaces, without an XML declaration and without what the model does not know.
    pub const fn new() -> Self {
        Self { indent: INDENT, declaration: false, unknown: false, root: None }
    }

    /// Whether each element has its own line; without, there are no blanks between elements.
    #[must_use]
    pub const fn indent(mut self, indent: bool) -> Self {
        self.indent = if indent { INDENT } else { 0 };
        self
    }

    /// By how many blanks a level is indented.
    pub(crate) const fn spaces(mut self, spaces: usize) -> Self {
        self.indent = spaces;
        self
    }

    /// Whether the document begins with an XML declaration.
    #[must_use]
    pub const fn declaration(mut self, declaration: bool) -> Self {
        self.declaration = declaration;
        self
    }

    /// Whether what the engine sent and the model does not know is written back. The engine refuses a document with an
    /// element that it does not know.
    #[must_use]
    pub const fn unknown(mut self, unknown: bool) -> Self {
        self.unknown = unknown;
        self
    }

    /// Another tag for the root than that of the type.
    #[must_use]
    pub const fn root(mut self, tag: &'o str) -> Self {
        self.root = Some(tag);
        self
    }

    /// Writes a document as text.
    ///
    /// # Errors
    ///
    /// As [`to_string`], and when the tag of the root is no name of XML.
    pub fn to_string<T: Root>(&self, value: &T) -> Result<String, Error> {
        self.encode(None, |encoder| value.encode(self.root, encoder))
    }

    /// Writes a document.
    ///
    /// # Errors
    ///
    /// As [`to_writer`], and when the tag of the root is no name of XML.
    pub fn to_writer<T: Root>(&self, mut writer: impl Write, value: &T) -> Result<(), Error> {
        self.encode(Some(&mut writer), |encoder| value.encode(self.root, encoder)).map(drop)
    }

    /// Writes a document whose elements are no members of one struct.
    pub(crate) fn record(&self, record: &Record<'_>) -> Result<String, Error> {
        self.encode(None, |encoder| encoder.record(record))
    }

    fn encode(
        &self,
        sink: Option<&mut dyn Write>,
        write: impl FnOnce(&mut Encoder<'_>) -> Result<(), Error>,
    ) -> Result<String, Error> {
        if let Some(root) = self.root {
            let first = root.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            let rest = root.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
            if !first || !rest {
                return Err(Error::encode(root.to_owned(), "the tag of the root is no name of XML".to_owned()));
            }
        }
        let mut encoder = Encoder::new(sink, self.indent, self.unknown);
        if self.declaration {
            encoder.declaration();
        }
        write(&mut encoder)?;
        encoder.finish()
    }
}

/// The text of a document.
///
/// # Errors
///
/// When the bytes are not UTF-8.
pub fn utf8(bytes: &[u8]) -> Result<&str, Error> {
    if bytes.starts_with(&[0xFE, 0xFF]) || bytes.starts_with(&[0xFF, 0xFE]) {
        return Err(Error::decode(String::new(), 0, "the document is in UTF-16; only UTF-8 is read".to_owned(), false));
    }
    std::str::from_utf8(bytes).map_err(|error| not_utf8(error.valid_up_to() as u64))
}

fn not_utf8(offset: u64) -> Error {
    Error::decode(String::new(), offset, "the document is not UTF-8 here".to_owned(), false)
}
