//! Options for reading and writing documents, and the types that can be the root of one.

use std::io::{Read, Write};

use crate::list::List;
use crate::markup::DataError;
use crate::markup::decoder::{DEFAULT_MEMORY, Decoder};
use crate::markup::encoder::Encoder;
use crate::object::{Object, Record, Struct, StructInfo};

/// A type that can be the root of a document: a struct of the API, or a list of one.
///
/// This trait is sealed.
pub trait Root: sealed::Root {}

impl<T: sealed::Root> Root for T {}

mod sealed {
    use super::{DataError, Decoder, Encoder};

    pub trait Root: Sized {
        fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DataError>;
        fn encode(&self, root: Option<&str>, encoder: &mut Encoder<'_>) -> Result<(), DataError>;
    }
}

impl<T: Struct> sealed::Root for T {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DataError> {
        let mut value = T::default();
        decoder.root(T::INFO.tag)?;
        decoder.object(&mut value)?;
        Ok(value)
    }

    fn encode(&self, root: Option<&str>, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        encoder.document(root.unwrap_or(T::INFO.tag), self)
    }
}

impl<T: Struct> sealed::Root for List<T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DataError> {
        let mut list = List::new();
        decoder.collection(T::INFO, &mut list)?;
        Ok(list)
    }

    fn encode(&self, root: Option<&str>, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        encoder.collection(root.unwrap_or(T::INFO.plural_tag), T::INFO.tag, self)
    }
}

/// Options for reading documents.
#[derive(Clone, Copy, Debug)]
pub struct DecodeOptions {
    pub(super) strict: bool,
    pub(super) max_depth: u32,
    pub(super) max_item: u64,
    pub(super) max_memory: u64,
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl DecodeOptions {
    /// The defaults: unknown content is kept, elements nest at most 100 levels deep, and items that are read one by one
    /// have at most 64 MiB. Decoded objects take at most 128 MiB and four times the document.
    pub const fn new() -> Self {
        Self { strict: false, max_depth: 100, max_item: 64 << 20, max_memory: DEFAULT_MEMORY }
    }

    /// Sets whether unknown content is an error: elements, attributes, links, values of enums, stray text. The error lists
    /// all of it. Use it to find out what a newer engine sends.
    #[must_use]
    pub const fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Sets how deep elements may nest. Every level takes space on the stack.
    #[must_use]
    pub const fn max_depth(mut self, levels: u32) -> Self {
        self.max_depth = levels;
        self
    }

    /// Sets the maximum size of an item that is read by [`items`](Self::items), in bytes.
    #[must_use]
    pub const fn max_item(mut self, bytes: u64) -> Self {
        self.max_item = bytes;
        self
    }

    /// Sets how much memory the decoded objects may take, in bytes, besides four times the document. Few elements of real
    /// documents are empty. A document that consists of `<vm/>` would take hundreds of times its size.
    #[must_use]
    pub const fn max_memory(mut self, bytes: u64) -> Self {
        self.max_memory = bytes;
        self
    }

    /// Reads a document from text.
    ///
    /// # Errors
    ///
    /// The errors of [`from_str`](super::from_str); in strict mode also fails on unknown content.
    pub fn from_str<T: Root>(&self, text: &str) -> Result<T, DataError> {
        self.decode(text, |decoder| T::decode(decoder))
    }

    /// Reads a document from bytes.
    ///
    /// # Errors
    ///
    /// The errors of [`from_slice`](super::from_slice); in strict mode also fails on unknown content.
    pub fn from_slice<T: Root>(&self, bytes: &[u8]) -> Result<T, DataError> {
        self.from_str(utf8(bytes)?)
    }

    /// Reads a document to the end of a reader.
    ///
    /// # Errors
    ///
    /// The errors of [`from_reader`](super::from_reader); in strict mode also fails on unknown content.
    pub fn from_reader<T: Root>(&self, mut reader: impl Read) -> Result<T, DataError> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|cause| DataError::io("read the XML document", cause))?;
        self.from_slice(&bytes)
    }

    /// Returns the root tag of a document.
    pub(crate) fn peek<'t>(&self, text: &'t str) -> Result<&'t str, DataError> {
        Decoder::new(text, 0, self.max_depth, false).any_root()
    }

    pub(crate) fn decode<V>(
        &self,
        text: &str,
        read: impl FnOnce(&mut Decoder<'_>) -> Result<V, DataError>,
    ) -> Result<V, DataError> {
        let mut decoder = Decoder::new(text, 0, self.max_depth, self.strict).with_max_memory(self.max_memory);
        let value = read(&mut decoder)?;
        decoder.end()?;
        match decoder.take_findings() {
            none if none.is_empty() => Ok(value),
            findings => Err(DataError::strict(findings)),
        }
    }
}

/// The default number of spaces per level.
const INDENT: usize = 2;

/// Options for writing documents.
#[derive(Clone, Copy, Debug)]
pub struct EncodeOptions<'o> {
    indent: usize,
    declaration: bool,
    unknown: bool,
    pub(super) root: Option<&'o str>,
}

impl Default for EncodeOptions<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'o> EncodeOptions<'o> {
    /// The defaults: indented by two spaces, without an XML declaration and without unknown content.
    pub const fn new() -> Self {
        Self { indent: INDENT, declaration: false, unknown: false, root: None }
    }

    /// Sets whether each element has its own line. Otherwise there is no space between elements.
    #[must_use]
    pub const fn indent(mut self, indent: bool) -> Self {
        self.indent = if indent { INDENT } else { 0 };
        self
    }

    /// Sets the number of spaces per level.
    pub(crate) const fn spaces(mut self, spaces: usize) -> Self {
        self.indent = spaces;
        self
    }

    /// Sets whether the document begins with an XML declaration.
    #[must_use]
    pub const fn declaration(mut self, declaration: bool) -> Self {
        self.declaration = declaration;
        self
    }

    /// Sets whether unknown content is written back. The engine rejects documents with elements that it does not know.
    #[must_use]
    pub const fn unknown(mut self, unknown: bool) -> Self {
        self.unknown = unknown;
        self
    }

    /// Sets the root tag, instead of that of the type.
    #[must_use]
    pub const fn root(mut self, tag: &'o str) -> Self {
        self.root = Some(tag);
        self
    }

    /// Writes a document as text.
    ///
    /// # Errors
    ///
    /// The errors of [`to_string`](super::to_string); also fails if the root tag is not an XML name.
    pub fn to_string<T: Root>(&self, value: &T) -> Result<String, DataError> {
        self.encode(None, |encoder| value.encode(self.root, encoder))
    }

    /// Writes a document.
    ///
    /// # Errors
    ///
    /// The errors of [`to_writer`](super::to_writer); also fails if the root tag is not an XML name.
    pub fn to_writer<T: Root>(&self, mut writer: impl Write, value: &T) -> Result<(), DataError> {
        self.encode(Some(&mut writer), |encoder| value.encode(self.root, encoder)).map(drop)
    }

    /// Writes a list of objects that a function returns one by one.
    pub(crate) fn objects(
        &self,
        info: &StructInfo,
        next: &mut dyn FnMut() -> Option<Box<dyn Object>>,
    ) -> Result<String, DataError> {
        self.encode(None, |encoder| encoder.objects(info, next))
    }

    /// Writes a document whose elements are not the members of one struct.
    pub(crate) fn record(&self, record: &Record<'_>) -> Result<String, DataError> {
        self.encode(None, |encoder| encoder.record(record))
    }

    pub(super) fn encode(
        &self,
        sink: Option<&mut dyn Write>,
        write: impl FnOnce(&mut Encoder<'_>) -> Result<(), DataError>,
    ) -> Result<String, DataError> {
        if let Some(root) = self.root {
            let first = root.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            let rest = root.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
            if !first || !rest {
                return Err(DataError::encode(root.to_owned(), "the root tag is not an XML name".to_owned()));
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
/// Fails if the bytes are not UTF-8.
pub fn utf8(bytes: &[u8]) -> Result<&str, DataError> {
    if bytes.starts_with(&[0xFE, 0xFF]) || bytes.starts_with(&[0xFF, 0xFE]) {
        return Err(DataError::decode(
            String::new(),
            0,
            "the document is in UTF-16; only UTF-8 is read".to_owned(),
            false,
        ));
    }
    std::str::from_utf8(bytes).map_err(|error| not_utf8(error.valid_up_to() as u64))
}

pub(super) fn not_utf8(offset: u64) -> DataError {
    DataError::decode(String::new(), offset, "the document is not UTF-8 here".to_owned(), false)
}
