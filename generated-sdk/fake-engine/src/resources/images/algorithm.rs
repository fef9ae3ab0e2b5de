//! The algorithms of checksums.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Blake2s, Digest};
use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};

/// An algorithm. A daemon has all of Python's `hashlib`; here are those that the server needs anyway.
#[derive(Clone, Copy, Debug)]
pub(super) enum Algorithm {
    Blake2b,
    Blake2s,
    Sha(&'static digest::Algorithm),
}

/// All algorithms, sorted by name.
const ALL: [(&str, Algorithm); 6] = [
    (DEFAULT, Algorithm::Blake2b),
    ("blake2s", Algorithm::Blake2s),
    ("sha1", Algorithm::Sha(&SHA1_FOR_LEGACY_USE_ONLY)),
    ("sha256", Algorithm::Sha(&SHA256)),
    ("sha384", Algorithm::Sha(&SHA384)),
    ("sha512", Algorithm::Sha(&SHA512)),
];

/// The name of the default algorithm.
pub(super) const DEFAULT: &str = "blake2b";

/// The names of all algorithms.
pub(super) fn names() -> Vec<&'static str> {
    ALL.iter().map(|(name, _)| *name).collect()
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|(other, _)| *other == name).map(|(_, algorithm)| *algorithm)
    }

    pub(super) fn begin(self) -> Hash {
        match self {
            Self::Blake2b => Hash::Blake2b(Box::default()),
            Self::Blake2s => Hash::Blake2s(Box::default()),
            Self::Sha(algorithm) => Hash::Sha(Box::new(digest::Context::new(algorithm))),
        }
    }

    /// The hash of some bytes.
    pub(super) fn hash(self, bytes: &[u8]) -> Vec<u8> {
        let mut hash = self.begin();
        hash.update(bytes);
        hash.finish()
    }
}

/// A hash of bytes that come in parts.
pub(super) enum Hash {
    Blake2b(Box<Blake2b<U32>>),
    Blake2s(Box<Blake2s<U32>>),
    Sha(Box<digest::Context>),
}

impl Hash {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Blake2b(hash) => hash.update(bytes),
            Self::Blake2s(hash) => hash.update(bytes),
            Self::Sha(context) => context.update(bytes),
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        match self {
            Self::Blake2b(hash) => hash.finalize().to_vec(),
            Self::Blake2s(hash) => hash.finalize().to_vec(),
            Self::Sha(context) => context.finish().as_ref().to_vec(),
        }
    }
}
