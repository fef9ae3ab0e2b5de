//! Decoding a list while its document arrives, with memory for the objects and a window of the document.

use super::collection::Collection;
use super::options::DecodeOptions;
use crate::markup::DataError;
use crate::object::{Objects, StructInfo};

/// The length of text to decode at once, in bytes. The object at its end is usually incomplete, and decoded again with the
/// next text.
const WINDOW: usize = 128 * 1024;

/// Decodes a list that arrives in chunks. All calls must have the same list.
pub(crate) struct ListDecoder {
    info: &'static StructInfo,
    collection: Collection,
}

impl ListDecoder {
    pub(crate) fn new(info: &'static StructInfo, options: DecodeOptions) -> Self {
        Self { info, collection: Collection::new(info, options) }
    }

    /// Whether the root of the document was read.
    pub(crate) fn has_begun(&self) -> bool {
        self.collection.beginning().is_none()
    }

    /// Adds the next chunk of the document.
    pub(crate) fn feed(&mut self, piece: &[u8], list: &mut dyn Objects) -> Result<(), DataError> {
        self.collection.feed(piece)?;
        if self.has_begun() && self.collection.waiting() < WINDOW {
            return Ok(());
        }
        self.decode(false, list)
    }

    /// Decodes the rest of the document, after its last chunk.
    pub(crate) fn finish(&mut self, list: &mut dyn Objects) -> Result<(), DataError> {
        self.decode(true, list)?;
        list.close();
        Ok(())
    }

    fn decode(&mut self, last: bool, list: &mut dyn Objects) -> Result<(), DataError> {
        loop {
            let mut object = self.info.new_object();
            if !self.collection.next(last, &mut *object, Some(&mut *list))? {
                return Ok(());
            }
            list.push_object(object);
        }
    }
}
