//! The checksum of the data of a disk: the hash of the hashes of its blocks.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};

use super::refused::Refused;
use crate::api::ApiRequest;
use crate::state::State;

type Hash = Blake2b<U32>;

/// The only algorithm here. A daemon has those of Python's `hashlib`.
const ALGORITHM: &str = "blake2b";

/// The sizes of blocks, in bytes.
const DEFAULT_BLOCK: u64 = 4 << 20;
const MIN_BLOCK: u64 = DEFAULT_BLOCK / 4;
const MAX_BLOCK: u64 = DEFAULT_BLOCK * 4;
const ALIGNMENT: u64 = 4096;

pub(super) fn algorithms() -> serde_json::Value {
    serde_json::json!({ "algorithms": [ALGORITHM] })
}

pub(super) fn checksum(
    state: &State,
    request: &ApiRequest,
    disk: &str,
    size: u64,
) -> Result<serde_json::Value, Refused> {
    if let Some(other) = request.parameter("algorithm").filter(|name| *name != ALGORITHM) {
        let text = format!("Unsupported value '{other}' for 'algorithm', expecting one of ['{ALGORITHM}']");
        return Err(Refused::new(400, text));
    }
    let block = match request.parameter("block_size") {
        None => DEFAULT_BLOCK,
        Some(text) => text.parse().map_err(|_| Refused::new(400, format!("Invalid block size: '{text}'")))?,
    };
    if !(MIN_BLOCK..=MAX_BLOCK).contains(&block) {
        return Err(Refused::new(400, format!("Block size out of allowed range: {MIN_BLOCK}-{MAX_BLOCK}")));
    }
    if block % ALIGNMENT != 0 {
        return Err(Refused::new(400, format!("Block size is not aligned to {ALIGNMENT}")));
    }
    let is_data: Vec<_> = state.contents.extents(disk, size).into_iter().filter(|extent| !extent.zero).collect();
    let zeros = Hash::digest(vec![0; usize::try_from(block).unwrap_or(0)]);
    let mut hash = Hash::new();
    let mut start = 0;
    while start < size {
        let end = size.min(start + block);
        let has_data = is_data.iter().any(|extent| extent.start < end && start < extent.start + extent.length);
        match has_data || end - start < block {
            true => hash.update(Hash::digest(state.contents.read(disk, start, end - start))),
            false => hash.update(zeros),
        }
        start = end;
    }
    let text = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(serde_json::json!({ "algorithm": ALGORITHM, "block_size": block, "checksum": text }))
}
