//! The state of the decoder: a cursor in a document.

use std::sync::Arc;

use super::scanner::{Scanner, Start};
use crate::markup::attributes::Attributes;
use crate::markup::error::DataError;
use crate::markup::finding::Finding;

/// Reads one document, or a part of it.
pub struct Decoder<'a> {
    pub(super) scanner: Scanner<'a>,
    /// The number of bytes of the document before the source.
    pub(super) base: u64,
    /// The element whose start tag was read last.
    pub(super) start: Start<'a>,
    pub(super) depth: u32,
    pub(super) max_depth: u32,
    pub(super) path: Vec<Step<'a>>,
    pub(super) findings: Option<Vec<Finding>>,
    /// The memory that decoded objects may still take, in bytes.
    memory: usize,
    pub(crate) kept: Kept,
}

/// What the decoder keeps from object to object.
#[derive(Default)]
pub(crate) struct Kept {
    /// Memory for texts that are put together.
    pub(crate) scratch: String,
    /// The positions of the members for the links of the last object.
    pub(crate) link_order: Vec<usize>,
    /// The actions of the last object.
    actions: Option<Arc<str>>,
}

impl Kept {
    /// Returns the actions of an object. Nearly all objects of a list have the same, which share their memory.
    pub(crate) fn actions(&mut self, words: &str) -> Arc<str> {
        match &self.actions {
            Some(last) if **last == *words => Arc::clone(last),
            _ => Arc::clone(self.actions.insert(words.into())),
        }
    }
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
pub(crate) const MEMORY_PER_BYTE: usize = 4;

fn max_memory(base: u64, source: &str) -> usize {
    usize::try_from(base).unwrap_or(usize::MAX).saturating_add(source.len().saturating_mul(MEMORY_PER_BYTE))
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(source: &'a str, base: u64, max_depth: u32, strict: bool) -> Self {
        let findings = strict.then(Vec::new);
        Self {
            scanner: Scanner::new(source),
            base,
            start: Start::default(),
            depth: 0,
            max_depth,
            path: Vec::new(),
            findings,
            memory: max_memory(DEFAULT_MEMORY, source),
            kept: Kept::default(),
        }
    }

    /// Sets how much memory decoded objects may take besides a multiple of the document, in bytes.
    pub(crate) fn with_max_memory(self, bytes: u64) -> Self {
        let memory = max_memory(bytes, self.scanner.source);
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

    /// The memory that decoded objects may still take, in bytes.
    pub(crate) fn memory_left(&self) -> usize {
        self.memory
    }

    /// The findings of strict mode.
    pub(crate) fn take_findings(&mut self) -> Vec<Finding> {
        self.findings.take().unwrap_or_default()
    }

    /// Continues with what the decoder of the text before kept.
    pub(crate) fn with_kept(self, kept: Kept) -> Self {
        Self { kept, ..self }
    }

    /// The number of bytes read from the source.
    pub(crate) fn position(&self) -> usize {
        self.scanner.position
    }

    /// The start tag that was read last.
    pub(crate) fn start(&self) -> Start<'a> {
        self.start
    }

    /// The attributes of the start tag that was read last.
    pub(crate) fn attributes(&self) -> Attributes<'a> {
        if self.start.attributes.is_empty() { Attributes::default() } else { self.scanner.attributes.clone() }
    }

    /// The source from a position up to the current one.
    pub(crate) fn source_since(&self, offset: usize) -> &'a str {
        self.scanner.source.get(offset..self.position()).unwrap_or_default()
    }

    /// Starts inside a collection.
    pub(crate) fn start_within(&mut self, tag: &'a str) {
        self.path.push(Step { name: tag, index: None });
        self.depth = 1;
    }
}
