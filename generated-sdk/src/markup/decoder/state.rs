//! The state of the decoder: a cursor in a document.

use quick_xml::Reader;

use crate::markup::error::DataError;
use crate::markup::finding::Finding;
use crate::markup::text::is_blank;

/// Reads one document, or a part of it.
pub struct Decoder<'a> {
    pub(super) reader: Reader<&'a [u8]>,
    pub(super) source: &'a str,
    /// The number of bytes of the document before the source.
    pub(super) base: u64,
    /// The size of a byte order mark, which the reader skips and does not count.
    mark: usize,
    /// The element whose start tag was read last.
    pub(super) start: Start<'a>,
    /// The length of the text in the end tag that was read last.
    pub(super) end_length: usize,
    pub(super) depth: u32,
    pub(super) max_depth: u32,
    pub(super) path: Vec<Step<'a>>,
    pub(super) findings: Option<Vec<Finding>>,
    /// The memory that decoded objects may still take, in bytes.
    memory: usize,
}

/// A start tag.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Start<'a> {
    pub(crate) name: &'a str,
    /// The text after the name.
    pub(crate) attributes: &'a str,
    /// Position of the `<` in the source.
    pub(crate) offset: usize,
    /// Whether it is `<x/>`, with no end tag.
    pub(crate) empty: bool,
}

/// A step of the current path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) name: &'a str,
    /// For items, counted from 1.
    pub(super) index: Option<usize>,
}

/// The memory that decoded objects may take, besides a multiple of the document.
pub(crate) const DEFAULT_MEMORY: u64 = 128 << 20;

/// Decoded objects of real documents take less than this many times the size of the document.
const MEMORY_PER_BYTE: usize = 4;

fn max_memory(base: u64, source: &str) -> usize {
    usize::try_from(base).unwrap_or(usize::MAX).saturating_add(source.len().saturating_mul(MEMORY_PER_BYTE))
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(source: &'a str, base: u64, max_depth: u32, strict: bool) -> Self {
        let mut reader = Reader::from_str(source);
        // White space between elements makes up most events; only the text of scalars needs it.
        reader.config_mut().trim_text_start = true;
        let mark = if source.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        let findings = strict.then(Vec::new);
        Self {
            reader,
            source,
            base,
            mark,
            start: Start::default(),
            end_length: 0,
            depth: 0,
            max_depth,
            path: Vec::new(),
            findings,
            memory: max_memory(DEFAULT_MEMORY, source),
        }
    }

    /// Sets how much memory decoded objects may take besides a multiple of the document, in bytes.
    pub(crate) fn with_max_memory(self, bytes: u64) -> Self {
        let memory = max_memory(bytes, self.source);
        Self { memory, ..self }
    }

    /// Counts the memory of a decoded value. An empty element is much shorter than the struct that it becomes.
    pub(crate) fn spend_memory(&mut self, bytes: usize) -> Result<(), DataError> {
        match self.memory.checked_sub(bytes) {
            Some(rest) => {
                self.memory = rest;
                Ok(())
            }
            None => Err(self.error_here("the document would take too much memory: it has too many empty elements")),
        }
    }

    /// The findings of strict mode.
    pub(crate) fn take_findings(&mut self) -> Vec<Finding> {
        self.findings.take().unwrap_or_default()
    }

    /// The number of bytes read from the source.
    pub(crate) fn position(&self) -> usize {
        self.in_source(self.reader.buffer_position())
    }

    /// Converts a position of the reader into a position in the source.
    pub(super) fn in_source(&self, counted: u64) -> usize {
        usize::try_from(counted).unwrap_or(usize::MAX).saturating_add(self.mark).min(self.source.len())
    }

    /// The start tag that was read last.
    pub(crate) fn start(&self) -> Start<'a> {
        self.start
    }

    /// The name in the end tag that was read last, and its position.
    pub(crate) fn end_tag(&self) -> (&'a str, usize) {
        let end = self.position().saturating_sub(">".len());
        // The reader drops white space after the name.
        let name = self.source.get(..end).unwrap_or_default().trim_end_matches(is_blank);
        let begin = name.len().saturating_sub(self.end_length);
        (name.get(begin..).unwrap_or_default(), begin)
    }

    /// The source from a position up to the current one.
    pub(crate) fn source_since(&self, offset: usize) -> &'a str {
        self.source.get(offset..self.position()).unwrap_or_default()
    }

    /// Starts inside a collection.
    pub(crate) fn start_within(&mut self, tag: &'a str) {
        self.path.push(Step { name: tag, index: None });
        self.depth = 1;
        self.reader.config_mut().allow_unmatched_ends = true;
    }
}
