//! Reading the items of a collection one by one, with memory for one item.

use std::io::Read;
use std::marker::PhantomData;

use super::collection::Collection;
use super::options::DecodeOptions;
use crate::markup::DataError;
use crate::object::Struct;

/// The read buffer, in bytes.
const CHUNK: usize = 64 * 1024;

/// Decodes a collection that arrives in chunks, item by item.
pub(crate) struct ItemDecoder<T> {
    collection: Collection,
    item: PhantomData<fn() -> T>,
}

impl<T: Struct> ItemDecoder<T> {
    pub(crate) fn new(options: DecodeOptions) -> Self {
        Self { collection: Collection::new(T::INFO, options), item: PhantomData }
    }

    /// The document so far, until its root was read.
    pub(crate) fn beginning(&self) -> Option<&str> {
        self.collection.beginning()
    }

    /// Adds the next chunk of the document.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Result<(), DataError> {
        self.collection.feed(piece)
    }

    /// Returns the next item if it is complete. `last`: no further chunk follows.
    pub(crate) fn next(&mut self, last: bool) -> Result<Option<T>, DataError> {
        let mut item = T::default();
        Ok(self.collection.next(last, &mut item, None)?.then_some(item))
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
        f.debug_struct("Items").field("read", &self.decoder.collection.count()).finish_non_exhaustive()
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
