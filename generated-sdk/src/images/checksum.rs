//! The checksum with which daemons describe images: BLAKE2b over the BLAKE2b of each block. Blocks of zeros are hashed
//! once, so that holes cost nothing.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};

type Hash = Blake2b<U32>;

/// The daemon's default block size.
pub(super) const BLOCK_SIZE: usize = 4 << 20;

/// The name that the daemon gives the algorithm.
pub(super) const ALGORITHM: &str = "blake2b";

/// Computes a checksum from the blocks of an image, in order. Every block but the last has [`BLOCK_SIZE`] bytes.
pub(super) struct Checksum {
    hash: Hash,
    zero_block: [u8; 32],
}

impl Checksum {
    pub(super) fn new() -> Self {
        Self { hash: Hash::new(), zero_block: digest(&vec![0; BLOCK_SIZE]) }
    }

    pub(super) fn data(&mut self, block: &[u8]) {
        self.hash.update(digest(block));
    }

    pub(super) fn zeros(&mut self, length: usize) {
        if length == BLOCK_SIZE {
            self.hash.update(self.zero_block);
        } else {
            self.data(&vec![0; length]);
        }
    }

    /// The checksum in hexadecimal.
    pub(super) fn finish(self) -> String {
        use std::fmt::Write;
        self.hash.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

fn digest(block: &[u8]) -> [u8; 32] {
    Hash::digest(block).into()
}
