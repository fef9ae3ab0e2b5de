//! The tables of clusters (L2) of an image under construction.
//!
//! Together they take 8 bytes for each cluster of 64 KiB: 128 MiB for a disk of a terabyte. So only a few are in memory. Data
//! arrives nearly in order, and the first of these tables is then complete. If it is not, it is read again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use super::super::super::holes;

pub(super) const CLUSTER_BITS: u32 = 16;
pub(super) const CLUSTER: u64 = 1 << CLUSTER_BITS;

/// The entries of a table of one cluster.
pub(super) const ENTRIES: u64 = CLUSTER / 8;

/// The cluster is referenced once, so it may be written in place.
pub(super) const COPIED: u64 = 1 << 63;

/// The number of tables in memory. Each takes a cluster.
const MAX_OPEN: usize = 64;

/// Clusters of the disk, and where they are in the file.
pub(super) struct Clusters {
    /// The number of clusters of the disk.
    count: u64,
    /// For each table its entry in the table of tables (L1); 0 if there is none.
    l1: Vec<u64>,
    open: BTreeMap<usize, Vec<u64>>,
    max_open: usize,
    /// The next free cluster of the file.
    next: u64,
}

impl Clusters {
    /// `next` is the first free cluster of the file.
    pub(super) fn new(size: u64, next: u64) -> io::Result<Self> {
        let count = size.div_ceil(CLUSTER);
        let tables = usize::try_from(count.div_ceil(ENTRIES)).map_err(io::Error::other)?;
        Ok(Self { count, l1: vec![0; tables], open: BTreeMap::new(), max_open: MAX_OPEN, next })
    }

    /// Reserves clusters of the file, and returns the first.
    pub(super) fn reserve(&mut self, count: u64) -> u64 {
        let first = self.next;
        self.next += count;
        first
    }

    /// Sets the entry of a cluster of the disk.
    pub(super) fn set(&mut self, file: &File, cluster: u64, entry: u64) -> io::Result<()> {
        if cluster >= self.count {
            return Err(io::Error::other("data beyond the end of the image"));
        }
        let table = usize::try_from(cluster / ENTRIES).map_err(io::Error::other)?;
        let within = usize::try_from(cluster % ENTRIES).map_err(io::Error::other)?;
        if let Some(place) = self.table(file, table)?.get_mut(within) {
            *place = entry;
        }
        Ok(())
    }

    fn table(&mut self, file: &File, number: usize) -> io::Result<&mut Vec<u64>> {
        if !self.open.contains_key(&number) {
            while self.open.len() >= self.max_open {
                self.close_first(file)?;
            }
            let table = match self.l1.get(number) {
                Some(entry) if *entry != 0 => read(file, entry & !COPIED)?,
                _ => vec![0; ENTRIES as usize],
            };
            self.open.insert(number, table);
        }
        Ok(self.open.entry(number).or_default())
    }

    /// Writes the first table in memory.
    fn close_first(&mut self, file: &File) -> io::Result<()> {
        let Some((number, table)) = self.open.pop_first() else { return Ok(()) };
        let known = self.l1.get(number).copied().filter(|entry| *entry != 0);
        let offset = known.map_or_else(|| self.reserve(1) * CLUSTER, |entry| entry & !COPIED);
        holes::write_at(file, offset, &bytes(table.into_iter()))?;
        if let Some(entry) = self.l1.get_mut(number) {
            *entry = offset | COPIED;
        }
        Ok(())
    }

    /// Writes the tables in memory, and returns the table of all tables.
    pub(super) fn finish(&mut self, file: &File) -> io::Result<&[u64]> {
        while !self.open.is_empty() {
            self.close_first(file)?;
        }
        Ok(&self.l1)
    }
}

fn read(file: &File, offset: u64) -> io::Result<Vec<u64>> {
    let mut bytes = vec![0; CLUSTER as usize];
    holes::read_at(file, offset, &mut bytes)?;
    let (entries, _) = bytes.as_chunks();
    Ok(entries.iter().map(|entry| u64::from_be_bytes(*entry)).collect())
}

/// The bytes of a table, up to the end of its last cluster.
pub(super) fn bytes(entries: impl Iterator<Item = u64>) -> Vec<u8> {
    let mut bytes: Vec<u8> = entries.flat_map(u64::to_be_bytes).collect();
    bytes.resize(bytes.len().next_multiple_of(CLUSTER as usize), 0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_written_and_read_again() {
        let path = std::env::temp_dir().join(format!("ovirt-sdk-tables-{}", std::process::id()));
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
        let mut clusters = Clusters::new(5 * ENTRIES * CLUSTER, 1).unwrap();
        clusters.max_open = 2;
        // Table 3 stays unset. The order makes tables leave the memory before they are complete.
        let order = [(0, 0), (1, 7), (0, 1), (2, 0), (4, 3), (0, 2), (2, 5), (1, 8), (4, ENTRIES - 1)];
        let cluster_of = |(table, within): (u64, u64)| table * ENTRIES + within;
        for place in order {
            let data = clusters.reserve(1);
            clusters.set(&file, cluster_of(place), (data * CLUSTER) | COPIED).unwrap();
            assert!(clusters.open.len() <= 2);
        }
        assert!(clusters.set(&file, 5 * ENTRIES, COPIED).is_err(), "beyond the end");
        let l1 = clusters.finish(&file).unwrap().to_vec();
        assert_eq!((l1.len(), l1[3]), (5, 0));
        let mut used = std::collections::BTreeSet::new();
        let mut found = 0;
        for (number, entry) in l1.iter().enumerate().filter(|(_, entry)| **entry != 0) {
            assert!(used.insert(entry & !COPIED));
            for (within, entry) in read(&file, entry & !COPIED).unwrap().into_iter().enumerate() {
                let expected = order.iter().any(|place| cluster_of(*place) == number as u64 * ENTRIES + within as u64);
                assert_eq!(entry != 0, expected, "table {number}, entry {within}");
                assert!(entry == 0 || used.insert(entry & !COPIED), "each cluster has one use");
                found += usize::from(entry != 0);
            }
        }
        assert_eq!(found, order.len());
        assert_eq!(used.last().copied(), Some((clusters.reserve(1) - 1) * CLUSTER), "no cluster is left over");
        std::fs::remove_file(path).unwrap();
    }
}
