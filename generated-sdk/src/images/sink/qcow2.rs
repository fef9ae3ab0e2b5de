//! QCOW2 images of one layer: the data that arrived, on top of an optional backing file.
//!
//! Clusters of data are appended in the order in which they arrive, and the tables of ranges of the disk (L2) between them. At
//! the end follow the table of these tables (L1) and the reference counts.

mod tables;

use std::fs::File;
use std::io;
use std::sync::{Mutex, PoisonError};

use super::super::holes;
use super::Sink;
use tables::{CLUSTER, CLUSTER_BITS, COPIED, Clusters, ENTRIES, bytes};

/// The reference counts of a block of one cluster: 16 bits each.
const COUNTS: u64 = CLUSTER / 2;

/// The cluster reads as zeros.
const ZERO: u64 = 1;

/// The header of version 3, without extensions.
const HEADER_SIZE: u32 = 104;

/// A file in the format QCOW2.
pub(in super::super) struct Qcow2Sink {
    file: File,
    size: u64,
    backing: Option<Backing>,
    clusters: Mutex<Clusters>,
}

/// The image that a layer is based on.
#[derive(Clone)]
pub(in super::super) struct Backing {
    pub(in super::super) file: String,
    pub(in super::super) format: &'static str,
}

impl Qcow2Sink {
    pub(in super::super) fn new(file: File, size: u64, backing: Option<Backing>) -> io::Result<Self> {
        file.set_len(0)?;
        // Cluster 0 is the header.
        let clusters = Mutex::new(Clusters::new(size, 1)?);
        Ok(Self { file, size, backing, clusters })
    }

    /// Reserves clusters of the file for clusters of the disk, and returns the offset of the first.
    fn reserve(&self, offset: u64, count: u64) -> io::Result<u64> {
        let mut clusters = self.clusters.lock().unwrap_or_else(PoisonError::into_inner);
        let start = clusters.reserve(count) * CLUSTER;
        for index in 0..count {
            clusters.set(&self.file, offset / CLUSTER + index, (start + index * CLUSTER) | COPIED)?;
        }
        Ok(start)
    }

    fn header(&self, tables: &Tables) -> io::Result<Vec<u8>> {
        let mut header = Header(Vec::new());
        let backing = self.backing.as_ref();
        let extension = backing.map_or(0, |backing| 8 + backing.format.len().next_multiple_of(8) as u64) + 8;
        let (name_at, name_size) = match backing {
            Some(backing) => (u64::from(HEADER_SIZE) + extension, backing.file.len() as u64),
            None => (0, 0),
        };
        header.bytes(b"QFI\xfb");
        header.u32(3);
        header.u64(name_at);
        header.u32(u32::try_from(name_size).map_err(io::Error::other)?);
        header.u32(CLUSTER_BITS);
        header.u64(self.size);
        header.u32(0); // Not encrypted.
        header.u32(u32::try_from(tables.l1_entries).map_err(io::Error::other)?);
        header.u64(tables.l1_offset);
        header.u64(tables.counts_offset);
        header.u32(u32::try_from(tables.counts_clusters).map_err(io::Error::other)?);
        header.u32(0); // Snapshots.
        header.u64(0);
        header.u64(0); // Incompatible, compatible and autoclear features.
        header.u64(0);
        header.u64(0);
        header.u32(4); // Reference counts have 16 bits.
        header.u32(HEADER_SIZE);
        if let Some(backing) = backing {
            header.u32(0xe279_2aca); // The format of the backing file.
            header.u32(u32::try_from(backing.format.len()).map_err(io::Error::other)?);
            header.bytes(backing.format.as_bytes());
            header.0.resize(header.0.len().next_multiple_of(8), 0);
        }
        header.u64(0); // The end of the extensions.
        header.bytes(backing.map_or(&[][..], |backing| backing.file.as_bytes()));
        match header.0.len() as u64 <= CLUSTER && name_size <= 1023 {
            true => Ok(header.0),
            false => Err(io::Error::new(io::ErrorKind::InvalidInput, "the name of the backing file is too long")),
        }
    }
}

/// Where the tables are.
struct Tables {
    l1_offset: u64,
    l1_entries: u64,
    counts_offset: u64,
    counts_clusters: u64,
}

impl Sink for Qcow2Sink {
    fn alignment(&self) -> u64 {
        CLUSTER
    }

    fn is_layer(&self) -> bool {
        self.backing.is_some()
    }

    fn data(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let start = self.reserve(offset, (data.len() as u64).div_ceil(CLUSTER))?;
        holes::write_at(&self.file, start, data)
    }

    fn zeros(&self, offset: u64, length: u64) -> io::Result<()> {
        // Without a backing file, what isn't allocated reads as zeros.
        if self.backing.is_some() {
            let mut clusters = self.clusters.lock().unwrap_or_else(PoisonError::into_inner);
            for index in 0..length.div_ceil(CLUSTER) {
                clusters.set(&self.file, offset / CLUSTER + index, ZERO)?;
            }
        }
        Ok(())
    }

    fn finish(&self) -> io::Result<()> {
        let mut clusters = self.clusters.lock().unwrap_or_else(PoisonError::into_inner);
        let l1 = clusters.finish(&self.file)?.to_vec();
        let l1_offset = clusters.reserve((l1.len() as u64 * 8).div_ceil(CLUSTER).max(1)) * CLUSTER;
        holes::write_at(&self.file, l1_offset, &bytes(l1.iter().copied()))?;
        let counts_start = clusters.reserve(0);

        // The reference counts count their own clusters as well.
        let (mut blocks, mut table) = (0, 0);
        loop {
            let total = counts_start + blocks + table;
            let needed = (total.div_ceil(COUNTS), total.div_ceil(COUNTS * ENTRIES));
            if needed == (blocks, table) {
                break;
            }
            (blocks, table) = needed;
        }
        let counts_offset = counts_start * CLUSTER;
        let first_block = counts_start + table;
        let total = counts_start + table + blocks;
        let offsets = (0..blocks).map(|block| (first_block + block) * CLUSTER);
        holes::write_at(&self.file, counts_offset, &bytes(offsets))?;
        for block in 0..blocks {
            let used = (total - block * COUNTS).min(COUNTS) as usize;
            let counts: Vec<u8> = std::iter::repeat_n([0, 1], used).flatten().collect();
            holes::write_at(&self.file, (first_block + block) * CLUSTER, &counts)?;
        }
        self.file.set_len(total * CLUSTER)?;
        let tables = Tables { l1_offset, l1_entries: l1.len() as u64, counts_offset, counts_clusters: table };
        let header = self.header(&tables)?;
        // A file without the header isn't mistaken for a complete image, so it comes last.
        self.file.sync_all()?;
        holes::write_at(&self.file, 0, &header)?;
        self.file.sync_all()
    }
}

/// A header under construction.
struct Header(Vec<u8>);

impl Header {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn u32(&mut self, value: u32) {
        self.bytes(&value.to_be_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.bytes(&value.to_be_bytes());
    }
}
