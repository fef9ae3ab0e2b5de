//! A reader that gives its bytes in pieces.

use std::io::Read;

/// Gives at most so many bytes a call, as a slow connection does.
#[derive(Debug)]
pub struct Pieces<'b> {
    bytes: &'b [u8],
    most: usize,
}

impl<'b> Pieces<'b> {
    /// Pieces of `most` bytes.
    pub fn new(bytes: &'b [u8], most: usize) -> Self {
        Self { bytes, most }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = self.most.min(buffer.len());
        self.bytes.read(buffer.get_mut(..most).unwrap_or_default())
    }
}
