//! The checksum of the data of a disk: the hash of the hashes of its blocks.

use super::algorithm::{self, Algorithm};
use super::refused::Refused;
use crate::api::ApiRequest;
use crate::state::State;

/// The sizes of blocks, in bytes.
const DEFAULT_BLOCK: u64 = 4 << 20;
const MIN_BLOCK: u64 = DEFAULT_BLOCK / 4;
const MAX_BLOCK: u64 = DEFAULT_BLOCK * 4;
const ALIGNMENT: u64 = 4096;

pub(super) fn algorithms() -> serde_json::Value {
    serde_json::json!({ "algorithms": algorithm::names() })
}

pub(super) fn checksum(
    state: &State,
    request: &ApiRequest,
    disk: &str,
    size: u64,
) -> Result<serde_json::Value, Refused> {
    let name = request.parameter("algorithm").unwrap_or(algorithm::DEFAULT);
    let Some(algorithm) = Algorithm::named(name) else {
        let names = algorithm::names().join("', '");
        let text = format!("Unsupported value '{name}' for 'algorithm', expecting one of ['{names}']");
        return Err(Refused::new(400, text));
    };
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
    let zeros = algorithm.hash(&vec![0; usize::try_from(block).unwrap_or(0)]);
    let mut hash = algorithm.begin();
    let mut start = 0;
    while start < size {
        let end = size.min(start + block);
        let has_data = is_data.iter().any(|extent| extent.start < end && start < extent.start + extent.length);
        match has_data || end - start < block {
            true => hash.update(&algorithm.hash(&state.contents.read(disk, start, end - start))),
            false => hash.update(&zeros),
        }
        start = end;
    }
    let text = hash.finish().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(serde_json::json!({ "algorithm": name, "block_size": block, "checksum": text }))
}
