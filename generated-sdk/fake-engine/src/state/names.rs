//! An index of the objects of a collection by name.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::record::Record;
use crate::fields::text;

/// Numbers of the records of a collection by the names of their objects.
///
/// A mutable borrow of an object may change its name, so borrowed records are marked and indexed again before the next
/// lookup.
#[derive(Debug, Default)]
pub(super) struct Names(RefCell<Index>);

#[derive(Debug, Default)]
struct Index {
    numbers: HashMap<String, BTreeSet<u64>>,
    names: HashMap<u64, String>,
    touched: HashSet<u64>,
}

impl Names {
    /// Marks a record whose object may have another name now.
    pub(super) fn touch(&mut self, number: u64) {
        self.0.get_mut().touched.insert(number);
    }

    /// Removes a record from the index.
    pub(super) fn forget(&mut self, number: u64) {
        let index = self.0.get_mut();
        index.touched.remove(&number);
        index.forget(number);
    }

    /// The number of the first record whose object has a name.
    pub(super) fn find(&self, records: &BTreeMap<u64, Record>, name: &str) -> Option<u64> {
        let mut index = self.0.borrow_mut();
        for number in std::mem::take(&mut index.touched) {
            index.forget(number);
            if let Some(name) = records.get(&number).and_then(|record| text(&*record.object, "name")) {
                index.numbers.entry(name.clone()).or_default().insert(number);
                index.names.insert(number, name);
            }
        }
        index.numbers.get(name).and_then(|numbers| numbers.first().copied())
    }
}

impl Index {
    fn forget(&mut self, number: u64) {
        let Some(name) = self.names.remove(&number) else { return };
        if let Some(numbers) = self.numbers.get_mut(&name) {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.numbers.remove(&name);
            }
        }
    }
}
