//! The part of a document that has arrived and has not been decoded yet.

use super::options::not_utf8;
use crate::markup::DataError;

/// A window of the text of a document that arrives in chunks.
#[derive(Default)]
pub(super) struct Window {
    text: String,
    /// The position in the text up to which it was decoded.
    next: usize,
    /// The first bytes of an incomplete character.
    partial: Vec<u8>,
    /// The number of bytes of the document before the text.
    base: u64,
}

impl Window {
    /// Adds the next chunk of the document, and drops what was decoded.
    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<(), DataError> {
        self.text.drain(..self.next);
        self.base += self.next as u64;
        self.next = 0;
        let joined;
        let bytes = if self.partial.is_empty() {
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
                    return Err(not_utf8(self.end() + valid.len() as u64));
                }
                self.text.push_str(std::str::from_utf8(valid).unwrap_or_default());
                self.partial.extend_from_slice(rest);
            }
        }
        Ok(())
    }

    /// The text that was not decoded yet.
    pub(super) fn rest(&self) -> &str {
        self.text.get(self.next..).unwrap_or_default()
    }

    /// The position of the rest in the document.
    pub(super) fn position(&self) -> u64 {
        self.base + self.next as u64
    }

    /// The length of the document so far.
    fn end(&self) -> u64 {
        self.base + self.text.len() as u64
    }

    /// The length of the rest.
    pub(super) fn waiting(&self) -> usize {
        self.text.len() - self.next
    }

    /// Moves past decoded text.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.next = self.next.saturating_add(bytes).min(self.text.len());
    }

    /// Checks that the document does not end within a character.
    pub(super) fn check_end(&self) -> Result<(), DataError> {
        if self.partial.is_empty() { Ok(()) } else { Err(not_utf8(self.end())) }
    }
}
