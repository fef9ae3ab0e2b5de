//! Compressed bodies, as they come.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

/// Decompresses a body piece by piece.
pub(super) struct Gunzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    started: bool,
}

impl Gunzip {
    pub(super) fn new() -> Self {
        Self { decoder: MultiGzDecoder::new(Vec::new()), started: false }
    }

    /// Takes a piece and gives what it decompresses to.
    pub(super) fn feed(&mut self, piece: &[u8]) -> io::Result<Vec<u8>> {
        self.started |= !piece.is_empty();
        self.decoder.write_all(piece)?;
        Ok(std::mem::take(self.decoder.get_mut()))
    }

    /// Says that nothing follows and gives the rest. An answer without a body may still claim to be compressed.
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
    fn pieces_of_any_size_give_the_text() {
        let text = b"<vms><vm/></vms>".repeat(500);
        let all = compressed(&text);
        for size in [1, 7, all.len()] {
            let mut gunzip = Gunzip::new();
            let mut read = Vec::new();
            for piece in all.chunks(size) {
                read.extend(gunzip.feed(piece).unwrap());
            }
            read.extend(gunzip.finish().unwrap());
            assert!(read == text);
        }
    }

    #[test]
    fn a_cut_body_is_an_error_wherever_it_is_cut() {
        let all = compressed(b"<vms><vm/><vm/></vms>");
        for length in 1..all.len() {
            let mut gunzip = Gunzip::new();
            let outcome = gunzip.feed(&all[..length]).and_then(|_| gunzip.finish());
            assert!(outcome.is_err(), "cut after {length} bytes of {}", all.len());
        }
    }

    #[test]
    fn no_body_is_no_error() {
        assert!(Gunzip::new().finish().unwrap().is_empty());
    }
}
