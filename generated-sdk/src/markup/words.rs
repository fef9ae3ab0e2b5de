//! Searches in short texts. The setup of the usual vectorized search would take longer than the search itself.

/// A word whose bytes are all 1.
const ONES: u64 = u64::MAX / 0xFF;

/// The highest bit of each byte.
const HIGHEST: u64 = ONES << 7;

/// The number of bytes in a word.
const WORD: usize = 8;
const HALF: usize = WORD / 2;

/// The number of bytes that are compared at once if only their presence matters.
const CHUNK: usize = 16;

/// Eight bytes; the first one in the lowest bits.
#[derive(Clone, Copy)]
pub(crate) struct Word(u64);

/// Bytes of a word: the highest bit of each. Bits above the lowest one may be wrong.
#[derive(Clone, Copy)]
pub(crate) struct Marks(u64);

impl Word {
    /// The first bytes, if there are enough.
    fn first(bytes: &[u8]) -> Option<Self> {
        bytes.first_chunk::<WORD>().map(|bytes| Self(u64::from_le_bytes(*bytes)))
    }

    /// The last bytes, if there are enough.
    fn last(bytes: &[u8]) -> Option<Self> {
        bytes.last_chunk::<WORD>().map(|bytes| Self(u64::from_le_bytes(*bytes)))
    }

    /// The first four bytes and the last four bytes, which can overlap.
    fn halves(bytes: &[u8]) -> Option<Self> {
        let (first, last) = (bytes.first_chunk::<HALF>()?, bytes.last_chunk::<HALF>()?);
        Some(Self(u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << u32::BITS))
    }

    /// Marks the bytes with one of two values that differ in one bit.
    pub(crate) fn either(self, one: u8, other: u8) -> Marks {
        Self(self.0 | (u64::from(one ^ other) * ONES)).equal(one | other)
    }

    /// Marks the bytes with a value.
    pub(crate) fn equal(self, byte: u8) -> Marks {
        let other = self.0 ^ (u64::from(byte) * ONES);
        Marks(other.wrapping_sub(ONES) & !other & HIGHEST)
    }

    /// Marks the bytes below an ASCII character.
    pub(crate) fn below(self, byte: u8) -> Marks {
        Marks(self.0.wrapping_sub(u64::from(byte) * ONES) & !self.0 & HIGHEST)
    }
}

impl std::ops::BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Bytes to search for: in a word, and alone.
pub(crate) trait Wanted {
    fn in_word(word: Word) -> Marks;
    fn is(byte: u8) -> bool;
}

/// The number of bytes before the first wanted one.
#[inline]
pub(crate) fn length_before<W: Wanted>(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some(word) = Word::first(rest) {
        let Marks(marks) = W::in_word(word);
        if marks != 0 {
            return bytes.len() - rest.len() + marks.trailing_zeros() as usize / WORD;
        }
        rest = rest.get(WORD..).unwrap_or_default();
    }
    let tail = rest.iter().position(|byte| W::is(*byte)).unwrap_or(rest.len());
    bytes.len() - rest.len() + tail
}

/// Whether there is a wanted byte.
#[inline]
pub(crate) fn contains<W: Wanted>(bytes: &[u8]) -> bool {
    if bytes.len() < CHUNK {
        return short_contains::<W>(bytes);
    }
    let (chunks, rest) = bytes.as_chunks::<CHUNK>();
    // Without early exit, so that the compiler vectorizes the loop.
    let found = chunks.as_flattened().iter().fold(false, |found, byte| found | W::is(*byte));
    // The last bytes can overlap with the last chunk.
    let last = bytes.last_chunk::<CHUNK>().filter(|_| !rest.is_empty());
    found | last.is_some_and(|last| short_contains::<W>(last))
}

/// The same for at most 16 bytes, in words that can overlap.
#[inline]
fn short_contains<W: Wanted>(bytes: &[u8]) -> bool {
    let Marks(marks) = match (Word::first(bytes), Word::last(bytes)) {
        (Some(first), Some(last)) => W::in_word(first) | W::in_word(last),
        _ => match Word::halves(bytes) {
            Some(word) => W::in_word(word),
            None => return bytes.iter().fold(false, |found, byte| found | W::is(*byte)),
        },
    };
    marks != 0
}

/// The number of bytes of white space at the beginning.
#[inline]
pub(crate) fn blank_length(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    loop {
        let count = match rest.first() {
            Some(b' ') => match Word::first(rest) {
                // The lowest bit that differs is in the first byte that is no space.
                Some(Word(word)) => (word ^ (u64::from(b' ') * ONES)).trailing_zeros() as usize / WORD,
                None => 1,
            },
            Some(b'\n' | b'\r' | b'\t') => 1,
            _ => return bytes.len() - rest.len(),
        };
        rest = rest.get(count..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Markup;

    impl Wanted for Markup {
        fn in_word(word: Word) -> Marks {
            word.either(b'<', b'>') | word.below(b'-')
        }

        fn is(byte: u8) -> bool {
            byte == b'<' || byte == b'>' || byte < b'-'
        }
    }

    #[test]
    fn finds_the_first_byte() {
        for length in 0..20 {
            for byte in 0..=u8::MAX {
                let mut bytes = vec![b'a'; length];
                bytes.extend([byte, b'\xFF', b'<', b'\n', b'<', b'b', b'\x80', b'c', b'd', b'e', b'f']);
                let expected = bytes.iter().position(|byte| Markup::is(*byte)).unwrap();
                assert_eq!(length_before::<Markup>(&bytes), expected, "{byte} after {length}");
            }
            assert_eq!(length_before::<Markup>(&vec![b';'; length]), length);
        }
    }

    #[test]
    fn finds_a_byte_anywhere() {
        for length in 0..70 {
            let mut bytes = vec![b'a'; length];
            assert!(!contains::<Markup>(&bytes));
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    bytes[at] = byte;
                    assert_eq!(contains::<Markup>(&bytes), Markup::is(byte), "{byte} at {at} of {length}");
                }
                bytes[at] = b'a';
            }
        }
    }

    #[test]
    fn counts_white_space() {
        for length in 0..20 {
            for line in ["", "\n", "\r\n\t"] {
                let blank = format!("{line}{}", " ".repeat(length));
                for after in ["", "<", "!", "a        "] {
                    assert_eq!(blank_length(format!("{blank}{after}").as_bytes()), blank.len());
                }
            }
        }
    }
}
