//! What has changed since the state was written last.

use std::collections::{BTreeSet, HashSet};

/// The changes of objects, counters and incidents. Without a state file, none are recorded.
#[derive(Debug, Default)]
pub(super) struct Changes {
    is_recorded: bool,
    /// In the order in which they happened, which is the order of new objects in their collections.
    records: Vec<Change>,
    touched: HashSet<String>,
    counters: BTreeSet<String>,
    has_incidents: bool,
}

/// A change of an object, by its path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is new, or may have changed.
    Touched(String),
    /// It was removed, with everything below it.
    Removed(String),
}

impl Changes {
    /// Records the changes from now on.
    pub(super) fn begin(&mut self) {
        *self = Self { is_recorded: true, ..Self::default() };
    }

    pub(super) fn touch(&mut self, path: &str) {
        if self.is_recorded && !self.touched.contains(path) {
            self.touched.insert(path.to_owned());
            self.records.push(Change::Touched(path.to_owned()));
        }
    }

    pub(super) fn remove(&mut self, path: &str) {
        if self.is_recorded {
            // An object that comes back is touched again.
            let below = format!("{path}/");
            self.touched.retain(|touched| touched != path && !touched.starts_with(&below));
            self.records.push(Change::Removed(path.to_owned()));
        }
    }

    pub(super) fn count(&mut self, counter: &str) {
        if self.is_recorded && !self.counters.contains(counter) {
            self.counters.insert(counter.to_owned());
        }
    }

    pub(super) fn touch_incidents(&mut self) {
        self.has_incidents = self.is_recorded;
    }

    pub(super) fn records(&self) -> &[Change] {
        &self.records
    }

    pub(super) fn counters(&self) -> impl Iterator<Item = &String> {
        self.counters.iter()
    }

    pub(super) fn has_incidents(&self) -> bool {
        self.has_incidents
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.counters.is_empty() && !self.has_incidents
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_recorded_once_and_in_order() {
        let mut changes = Changes::default();
        changes.touch("vms/1");
        assert!(changes.is_empty());
        changes.begin();
        for path in ["vms/2", "vms/1", "vms/2", "vms/2/nics/3"] {
            changes.touch(path);
        }
        changes.remove("vms/2");
        changes.touch("vms/2/nics/3");
        let (touched, removed) =
            (|path: &str| Change::Touched(path.to_owned()), |path: &str| Change::Removed(path.to_owned()));
        let expected =
            [touched("vms/2"), touched("vms/1"), touched("vms/2/nics/3"), removed("vms/2"), touched("vms/2/nics/3")];
        assert_eq!(changes.records(), expected);
    }
}
