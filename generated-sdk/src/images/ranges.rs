//! Sets of ranges.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::extent::Extent;

/// The ranges that were transferred. Neighbors are merged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
pub(super) struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    /// Adds the range from `start` to before `end`.
    pub(super) fn add(&mut self, mut start: u64, mut end: u64) {
        if start >= end {
            return;
        }
        if let Some((&before, &its_end)) = self.0.range(..=start).next_back()
            && its_end >= start
        {
            self.0.remove(&before);
            (start, end) = (before, end.max(its_end));
        }
        while let Some((&next, &its_end)) = self.0.range(start..=end).next() {
            self.0.remove(&next);
            end = end.max(its_end);
        }
        self.0.insert(start, end);
    }

    /// The number of bytes in all ranges.
    pub(super) fn total(&self) -> u64 {
        self.0.iter().map(|(start, end)| end - start).sum()
    }

    /// The parts of an extent that aren't in the set.
    pub(super) fn missing(&self, extent: Extent) -> Vec<Extent> {
        let mut missing = Vec::new();
        let mut start = extent.start;
        let overlapping = self.0.range(..extent.end()).skip_while(|(_, end)| **end <= extent.start);
        for (&done, &end) in overlapping {
            if done > start {
                missing.push(Extent { start, length: done - start, ..extent });
            }
            start = start.max(end);
        }
        if start < extent.end() {
            missing.push(Extent { start, length: extent.end() - start, ..extent });
        }
        missing
    }
}

impl From<Vec<(u64, u64)>> for Ranges {
    fn from(ranges: Vec<(u64, u64)>) -> Self {
        let mut set = Self::default();
        for (start, end) in ranges {
            set.add(start, end);
        }
        set
    }
}

impl From<Ranges> for Vec<(u64, u64)> {
    fn from(set: Ranges) -> Self {
        set.0.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::extent::Content;
    use super::*;

    fn set(ranges: &[(u64, u64)]) -> Ranges {
        ranges.to_vec().into()
    }

    #[test]
    fn neighbors_and_overlaps_are_merged() {
        let merged = set(&[(10, 20), (30, 40), (20, 25), (5, 5), (29, 31), (0, 3)]);
        assert_eq!(Vec::from(merged.clone()), [(0, 3), (10, 25), (29, 40)]);
        assert_eq!(merged.total(), 29);
        assert_eq!(Vec::from(set(&[(10, 20), (30, 40), (0, 100)])), [(0, 100)]);
        assert_eq!(Vec::from(set(&[(0, 100), (10, 20)])), [(0, 100)]);
    }

    #[test]
    fn what_is_missing_is_found() {
        let extent = |start, end| Extent { start, length: end - start, content: Content::Data };
        let done = set(&[(10, 20), (30, 40), (50, 60)]);
        assert_eq!(done.missing(extent(0, 5)), [extent(0, 5)]);
        assert_eq!(done.missing(extent(12, 18)), []);
        assert_eq!(done.missing(extent(15, 35)), [extent(20, 30)]);
        assert_eq!(done.missing(extent(0, 100)), [extent(0, 10), extent(20, 30), extent(40, 50), extent(60, 100)]);
    }

    #[test]
    fn random_sets_agree_with_a_plain_one() {
        let mut seed = 7_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        for _ in 0..200 {
            let (mut ranges, mut plain) = (Ranges::default(), [false; 64]);
            for _ in 0..random(12) {
                let start = random(60);
                let end = start + random(64 - start);
                ranges.add(start, end);
                plain[start as usize..end as usize].fill(true);
            }
            assert_eq!(ranges.total(), plain.iter().filter(|done| **done).count() as u64);
            let mut missing = [false; 64];
            for part in ranges.missing(Extent { start: 0, length: 64, content: Content::Data }) {
                missing[part.start as usize..part.end() as usize].fill(true);
            }
            assert!(plain.iter().zip(missing).all(|(done, missing)| *done != missing));
        }
    }
}
