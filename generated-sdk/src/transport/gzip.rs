//! Decompression of streamed bodies.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

/// The length of compressed data that is decompressed at once, in bytes.
const STEP: usize = 2048;

/// Decompresses a body chunk by chunk.
pub(super) struct Gunzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    started: bool,
}

impl Gunzip {
    pub(super) fn new() -> Self {
        Self { decoder: MultiGzDecoder::new(Vec::new()), started: false }
    }

    /// Decompresses the beginning of a chunk and removes it. The result can be empty, and is at most about a thousand
    /// times as long as [`STEP`].
    pub(super) fn feed_some(&mut self, chunk: &mut Vec<u8>) -> io::Result<Vec<u8>> {
        let rest = chunk.split_off(chunk.len().min(STEP));
        let beginning = std::mem::replace(chunk, rest);
        self.feed(&beginning)
    }

    /// Decompresses a chunk. The result can be empty.
    fn feed(&mut self, chunk: &[u8]) -> io::Result<Vec<u8>> {
        self.started |= !chunk.is_empty();
        self.decoder.write_all(chunk)?;
        Ok(std::mem::take(self.decoder.get_mut()))
    }

    /// Ends the stream and returns the rest. Fails if the stream is truncated. An empty body is valid: responses
    /// without a body can have the header `Content-Encoding: gzip`.
    pub(super) fn finish(&mut self) -> io::Result<Vec<u8>> {
        if self.started {
            self.decoder.try_finish()?;
        }
        Ok(std::mem::take(self.decoder.get_mut()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compressed(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn chunks_of_any_size_decompress_to_the_text() {
        let text = b"<vms><vm/></vms>".repeat(500);
        let all = compressed(&text);
        for size in [1, 7, all.len()] {
            let mut gunzip = Gunzip::new();
            let mut read = Vec::new();
            for chunk in all.chunks(size) {
                read.extend(gunzip.feed(chunk).unwrap());
            }
            read.extend(gunzip.finish().unwrap());
            assert!(read == text);
        }
    }

    #[test]
    fn truncated_bodies_are_errors() {
        let all = compressed(b"<vms><vm/><vm/></vms>");
        for length in 1..all.len() {
            let mut gunzip = Gunzip::new();
            let outcome = gunzip.feed(&all[..length]).and_then(|_| gunzip.finish());
            assert!(outcome.is_err(), "truncated after {length} bytes of {}", all.len());
        }
    }

    #[test]
    fn empty_bodies_are_valid() {
        assert!(Gunzip::new().finish().unwrap().is_empty());
    }
}
