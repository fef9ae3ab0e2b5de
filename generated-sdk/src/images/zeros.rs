//! Finding zeros in data that has no holes.

use std::ops::Range;

/// Zeros are looked for in units of this size: the clusters of QCOW2. Shorter runs cost more as a request of their own
/// than as data.
const UNIT: usize = 64 << 10;

/// The shortest run of zeros, in units, that is worth a request of its own.
const MIN_UNITS: usize = 4;

/// Whether all bytes are zero.
pub(super) fn is_zero(data: &[u8]) -> bool {
    let (chunks, rest) = data.as_chunks::<64>();
    rest.iter().all(|byte| *byte == 0) && chunks.iter().all(|chunk| chunk.iter().fold(0, |all, byte| all | byte) == 0)
}

/// The ranges of a block, each with whether it is worth sending as zeros. They are in order and cover the block.
pub(super) fn runs(block: &[u8]) -> Vec<(Range<usize>, bool)> {
    let mut runs: Vec<(Range<usize>, bool)> = Vec::new();
    let mut offset = 0;
    for unit in block.chunks(UNIT) {
        let zero = is_zero(unit);
        let range = offset..offset + unit.len();
        offset = range.end;
        match runs.last_mut() {
            Some((last, kind)) if *kind == zero => last.end = range.end,
            _ => runs.push((range, zero)),
        }
    }
    let whole = runs.len() == 1;
    let mut merged: Vec<(Range<usize>, bool)> = Vec::new();
    for (range, zero) in runs {
        let zero = zero && (whole || range.len() >= MIN_UNITS * UNIT);
        match merged.last_mut() {
            Some((last, kind)) if *kind == zero => last.end = range.end,
            _ => merged.push((range, zero)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_byte_is_seen() {
        for length in [0, 1, 63, 64, 65, 1000] {
            let mut data = vec![0; length];
            assert!(is_zero(&data));
            for index in [0, length / 2, length.saturating_sub(1)] {
                if let Some(byte) = data.get_mut(index) {
                    *byte = 1;
                    assert!(!is_zero(&data), "{length} {index}");
                    data[index] = 0;
                }
            }
        }
    }

    #[test]
    fn long_runs_of_zeros_are_separate() {
        let mut block = vec![1_u8; 20 * UNIT + 5];
        block[2 * UNIT..4 * UNIT].fill(0);
        block[6 * UNIT..10 * UNIT].fill(0);
        block[20 * UNIT..].fill(0);
        let runs = runs(&block);
        assert_eq!(runs, [(0..6 * UNIT, false), (6 * UNIT..10 * UNIT, true), (10 * UNIT..20 * UNIT + 5, false)]);
    }

    #[test]
    fn a_block_of_zeros_is_one_run_of_any_length() {
        assert_eq!(runs(&[0; 7]), [(0..7, true)]);
        assert_eq!(runs(&vec![0; 9 * UNIT]), [(0..9 * UNIT, true)]);
        assert_eq!(runs(&[]), []);
    }
}
