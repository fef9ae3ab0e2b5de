//! A reader that returns its bytes in small pieces.

use std::io::Read;

/// Returns a limited number of bytes per call, like a slow connection.
#[derive(Debug)]
pub struct Pieces<'b> {
    bytes: &'b [u8],
    most: usize,
}

impl<'b> Pieces<'b> {
    /// Creates a reader that returns at most `most` bytes per call.
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
