//! Reading the items of a collection one by one, with memory for one item.

use std::io::Read;
use std::marker::PhantomData;

use super::options::{DecodeOptions, not_utf8};
use crate::markup::decoder::Decoder;
use crate::markup::{DataError, Finding};
use crate::object::{Found, Struct};

/// The read buffer, in bytes.
const CHUNK: usize = 64 * 1024;

/// Decodes a collection that arrives in chunks, item by item.
pub(crate) struct ItemDecoder<T> {
    options: DecodeOptions,
    /// The text that was received and not decoded yet.
    text: String,
    /// The position of the next item in the text.
    next: usize,
    /// The first bytes of an incomplete character.
    partial: Vec<u8>,
    /// The number of bytes of the document before the text.
    base: u64,
    /// The length of text that is needed for the next attempt.
    enough: usize,
    state: State,
    count: usize,
    findings: Vec<Finding>,
    item: PhantomData<fn() -> T>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the start tag of the collection.
    Prolog,
    /// Between items.
    Items,
    /// After the end tag of the collection.
    Epilog,
}

impl<T: Struct> ItemDecoder<T> {
    pub(crate) fn new(options: DecodeOptions) -> Self {
        Self {
            options,
            text: String::new(),
            next: 0,
            partial: Vec::new(),
            base: 0,
            enough: 0,
            state: State::Prolog,
            count: 0,
            findings: Vec::new(),
            item: PhantomData,
        }
    }

    /// The document so far, until its root was read.
    pub(crate) fn beginning(&self) -> Option<&str> {
        (self.state == State::Prolog).then_some(self.text.as_str())
    }

    /// Adds the next chunk of the document.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Result<(), DataError> {
        self.text.drain(..self.next);
        self.base += self.next as u64;
        self.next = 0;
        let joined;
        let mut bytes = if self.partial.is_empty() {
            piece
        } else {
            joined = [self.partial.as_slice(), piece].concat();
            self.partial.clear();
            joined.as_slice()
        };
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text.push_str(text),
            Err(error) => {
                let (valid, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
                if error.error_len().is_some() {
                    return Err(not_utf8(self.base + (self.text.len() + valid.len()) as u64));
                }
                self.text.push_str(std::str::from_utf8(valid).unwrap_or_default());
                bytes = rest;
                self.partial.extend_from_slice(bytes);
            }
        }
        Ok(())
    }

    /// Returns the next item if it is complete. `last`: no further chunk follows.
    pub(crate) fn next(&mut self, last: bool) -> Result<Option<T>, DataError> {
        if !last && self.text.len() - self.next < self.enough {
            return Ok(None);
        }
        if last && !self.partial.is_empty() {
            return Err(not_utf8(self.base + self.text.len() as u64));
        }
        match self.attempt(last) {
            Err(error) if error.is_truncated() && !last => {
                let waiting = self.text.len() - self.next;
                if waiting as u64 > self.options.max_item {
                    let problem = format!("an item is larger than {} bytes", self.options.max_item);
                    return Err(DataError::decode(
                        T::INFO.plural_tag.to_owned(),
                        self.base + self.next as u64,
                        problem,
                        false,
                    ));
                }
                // Retrying after each small chunk would take quadratic time.
                self.enough = waiting + waiting / 2;
                Ok(None)
            }
            other => {
                self.enough = 0;
                other
            }
        }
    }

    fn attempt(&mut self, last: bool) -> Result<Option<T>, DataError> {
        loop {
            let rest = self.text.get(self.next..).unwrap_or_default();
            let strict = self.options.strict;
            let mut decoder = Decoder::new(rest, self.base + self.next as u64, self.options.max_depth, strict)
                .with_max_memory(self.options.max_memory);
            match self.state {
                State::Prolog => {
                    decoder.root(T::INFO.plural_tag)?;
                    let empty = decoder.open_collection()?;
                    self.findings.extend(decoder.take_findings());
                    self.next += decoder.position();
                    self.state = if empty { State::Epilog } else { State::Items };
                }
                State::Items => {
                    decoder.start_within(T::INFO.plural_tag);
                    let mut item = T::default();
                    let found = decoder.item(T::INFO, &mut item, self.count + 1)?;
                    self.findings.extend(decoder.take_findings());
                    self.next += decoder.position();
                    match found {
                        Found::Item => {
                            self.count += 1;
                            return Ok(Some(item));
                        }
                        Found::Other => {}
                        Found::End => self.state = State::Epilog,
                    }
                }
                State::Epilog => {
                    decoder.end()?;
                    self.next = self.text.len();
                    if !last {
                        return Ok(None);
                    }
                    return match std::mem::take(&mut self.findings) {
                        none if none.is_empty() => Ok(None),
                        findings => Err(DataError::strict(findings)),
                    };
                }
            }
        }
    }
}

impl DecodeOptions {
    /// Reads the objects of a collection one by one, with memory for one object.
    pub fn items<T: Struct, R: Read>(&self, reader: R) -> Items<T, R> {
        Items::new(*self, reader)
    }
}

/// An iterator over the items of a collection. Created by [`DecodeOptions::items`].
///
/// Memory is bounded by the largest item. There are no items after an error. In strict mode, unknown content is an error
/// at the end.
pub struct Items<T, R> {
    decoder: ItemDecoder<T>,
    reader: R,
    buffer: Box<[u8]>,
    ended: bool,
    failed: bool,
}

impl<T, R> std::fmt::Debug for Items<T, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Items").field("read", &self.decoder.count).finish_non_exhaustive()
    }
}

impl<T: Struct, R: Read> Items<T, R> {
    fn new(options: DecodeOptions, reader: R) -> Self {
        let buffer = vec![0; CHUNK].into_boxed_slice();
        Self { decoder: ItemDecoder::new(options), reader, buffer, ended: false, failed: false }
    }

    fn advance(&mut self) -> Result<Option<T>, DataError> {
        loop {
            if let Some(item) = self.decoder.next(self.ended)? {
                return Ok(Some(item));
            }
            if self.ended {
                return Ok(None);
            }
            let count = match self.reader.read(&mut self.buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(cause) => return Err(DataError::io("read the XML document", cause)),
            };
            self.ended = count == 0;
            self.decoder.feed(self.buffer.get(..count).unwrap_or_default())?;
        }
    }
}

impl<T: Struct, R: Read> Iterator for Items<T, R> {
    type Item = Result<T, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.advance();
        self.failed = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}
