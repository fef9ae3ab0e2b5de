//! The bytes of disks, in memory. Bytes that were never written read as zeros.

use std::collections::{BTreeMap, HashMap};

/// The size of a block.
const BLOCK: u64 = 64 << 10;
/// The most bytes that all disks together can hold.
const CAPACITY: u64 = 512 << 20;

/// The bytes of all disks, by their paths. They are not part of the state file.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    disks: HashMap<String, BTreeMap<u64, Box<[u8]>>>,
}

/// A range of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) start: u64,
    pub(crate) length: u64,
    /// Whether the range contains only zeros.
    pub(crate) zero: bool,
}

impl Contents {
    /// Writes bytes; returns `false` if there is no room for them.
    pub(crate) fn write(&mut self, disk: &str, mut offset: u64, mut bytes: &[u8]) -> bool {
        let held: usize = self.disks.values().map(BTreeMap::len).sum();
        let new = bytes.len() as u64 / BLOCK + 2;
        if (held as u64 + new) * BLOCK > CAPACITY {
            return false;
        }
        let blocks = self.disks.entry(disk.to_owned()).or_default();
        while !bytes.is_empty() {
            let (number, within) = (offset / BLOCK, offset % BLOCK);
            let room = usize::try_from(BLOCK - within).unwrap_or(usize::MAX).min(bytes.len());
            let (part, rest) = bytes.split_at(room);
            let block = blocks.entry(number).or_insert_with(empty_block);
            let start = usize::try_from(within).unwrap_or(usize::MAX);
            for (to, from) in block.iter_mut().skip(start).zip(part) {
                *to = *from;
            }
            bytes = rest;
            offset += room as u64;
        }
        true
    }

    /// Writes zeros.
    pub(crate) fn zero(&mut self, disk: &str, offset: u64, length: u64) {
        let Some(blocks) = self.disks.get_mut(disk) else { return };
        let end = offset.saturating_add(length);
        let touched: Vec<u64> = blocks.range(offset / BLOCK..=end / BLOCK).map(|(number, _)| *number).collect();
        for number in touched {
            let start = number * BLOCK;
            if offset <= start && start + BLOCK <= end {
                blocks.remove(&number);
            } else if let Some(block) = blocks.get_mut(&number) {
                for (position, byte) in (start..).zip(block.iter_mut()) {
                    if (offset..end).contains(&position) {
                        *byte = 0;
                    }
                }
            }
        }
    }

    /// Reads a range.
    pub(crate) fn read(&self, disk: &str, offset: u64, length: u64) -> Vec<u8> {
        let end = offset.saturating_add(length);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        let Some(blocks) = self.disks.get(disk) else { return bytes };
        for (number, block) in blocks.range(offset / BLOCK..=end / BLOCK) {
            let start = number * BLOCK;
            let (skipped, at) = (offset.saturating_sub(start), start.saturating_sub(offset));
            let (skipped, at) = (usize::try_from(skipped).unwrap_or(0), usize::try_from(at).unwrap_or(0));
            for (to, from) in bytes.iter_mut().skip(at).zip(block.iter().skip(skipped)) {
                *to = *from;
            }
        }
        bytes
    }

    /// The ranges of data and zeros of a disk with a size. Neighboring ranges of the same kind are one.
    pub(crate) fn extents(&self, disk: &str, size: u64) -> Vec<Extent> {
        let mut extents: Vec<Extent> = Vec::new();
        let mut add = |start: u64, end: u64, zero: bool| {
            let end = end.min(size);
            match extents.last_mut() {
                _ if start >= end => {}
                Some(last) if last.zero == zero => last.length = end - last.start,
                _ => extents.push(Extent { start, length: end - start, zero }),
            }
        };
        let mut position = 0;
        for (number, block) in self.disks.get(disk).into_iter().flatten() {
            let start = number * BLOCK;
            add(position, start, true);
            add(start, start + BLOCK, block.iter().all(|byte| *byte == 0));
            position = start + BLOCK;
        }
        add(position, size, true);
        extents
    }

    /// The number of bytes that a disk uses.
    pub(crate) fn size(&self, disk: &str) -> u64 {
        self.disks.get(disk).map_or(0, |blocks| blocks.len() as u64 * BLOCK)
    }

    /// Copies the bytes of a disk to another one.
    pub(crate) fn copy(&mut self, from: &str, to: &str) {
        if let Some(blocks) = self.disks.get(from).cloned() {
            self.disks.insert(to.to_owned(), blocks);
        }
    }

    /// Frees the bytes of a disk.
    pub(crate) fn remove(&mut self, disk: &str) {
        self.disks.remove(disk);
    }
}

fn empty_block() -> Box<[u8]> {
    vec![0; usize::try_from(BLOCK).unwrap_or(0)].into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_they_were_written_across_blocks() {
        let mut contents = Contents::default();
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect();
        assert!(contents.write("d", 1000, &bytes));
        assert_eq!(contents.read("d", 1000, 200_000), bytes);
        assert_eq!(contents.read("d", 999, 2), [0, 0]);
        assert_eq!(contents.read("d", 70_000, 10), bytes[69_000..69_010]);
        contents.zero("d", 70_000, 100_000);
        assert_eq!(contents.read("d", 69_999, 2), [bytes[68_999], 0]);
        assert_eq!(contents.read("d", 170_000, 10), bytes[169_000..169_010]);
        let extents = contents.extents("d", 1 << 20);
        assert_eq!(extents.iter().map(|extent| extent.length).sum::<u64>(), 1 << 20);
        // A block with a byte is data as a whole: only the end is known to be zero.
        assert_eq!(extents.iter().map(|extent| extent.zero).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn writing_fails_beyond_the_capacity() {
        let mut contents = Contents::default();
        assert!(contents.write("d", u64::MAX / 2, &[1]));
        assert_eq!(contents.size("d"), BLOCK);
        assert!((0..CAPACITY / (8 << 20)).any(|number| !contents.write("d", number << 23, &vec![1; 8 << 20])));
    }
}
