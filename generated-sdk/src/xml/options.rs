//! How documents are read and written, and what can be the root of one.

use std::io::{Read, Write};

use crate::list::List;
use crate::markup::DataError;
use crate::markup::decoder::Decoder;
use crate::markup::encoder::Encoder;
use crate::object::{Record, Struct};

/// What can be the root of a document: a struct of the API, or a list of one.
///
/// Sealed: the crate implements it.
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

/// How documents are read.
#[derive(Clone, Copy, Debug)]
pub struct DecodeOptions {
    pub(super) strict: bool,
    pub(super) max_depth: u32,
    pub(super) max_item: u64,
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
    /// As [`from_str`](super::from_str), and in strict mode when there is something that the model does not know.
    pub fn from_str<T: Root>(&self, text: &str) -> Result<T, DataError> {
        self.decode(text, |decoder| T::decode(decoder))
    }

    /// Reads a document from bytes.
    ///
    /// # Errors
    ///
    /// As [`from_slice`](super::from_slice), and in strict mode when there is something that the model does not know.
    pub fn from_slice<T: Root>(&self, bytes: &[u8]) -> Result<T, DataError> {
        self.from_str(utf8(bytes)?)
    }

    /// Reads a document to the end of a reader.
    ///
    /// # Errors
    ///
    /// As [`from_reader`](super::from_reader), and in strict mode when there is something that the model does not know.
    pub fn from_reader<T: Root>(&self, mut reader: impl Read) -> Result<T, DataError> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|cause| DataError::io("read the XML document", cause))?;
        self.from_slice(&bytes)
    }

    /// The tag of the root of a document.
    pub(crate) fn peek(&self, text: &str) -> Result<String, DataError> {
        Decoder::new(text, 0, self.max_depth, false).any_root().map(str::to_owned)
    }

    pub(crate) fn decode<V>(
        &self,
        text: &str,
        read: impl FnOnce(&mut Decoder<'_>) -> Result<V, DataError>,
    ) -> Result<V, DataError> {
        let mut decoder = Decoder::new(text, 0, self.max_depth, self.strict);
        let value = read(&mut decoder)?;
        decoder.end()?;
        match decoder.take_findings() {
            none if none.is_empty() => Ok(value),
            findings => Err(DataError::strict(findings)),
        }
    }
}

/// By how many blanks a level is indented, unless it was said otherwise.
const INDENT: usize = 2;

/// How documents are written.
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

    /// Number of spaces per level.
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
    /// As [`to_string`](super::to_string), and when the tag of the root is no name of XML.
    pub fn to_string<T: Root>(&self, value: &T) -> Result<String, DataError> {
        self.encode(None, |encoder| value.encode(self.root, encoder))
    }

    /// Writes a document.
    ///
    /// # Errors
    ///
    /// As [`to_writer`](super::to_writer), and when the tag of the root is no name of XML.
    pub fn to_writer<T: Root>(&self, mut writer: impl Write, value: &T) -> Result<(), DataError> {
        self.encode(Some(&mut writer), |encoder| value.encode(self.root, encoder)).map(drop)
    }

    /// Writes a document whose elements are no members of one struct.
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
                return Err(DataError::encode(root.to_owned(), "the tag of the root is no name of XML".to_owned()));
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
