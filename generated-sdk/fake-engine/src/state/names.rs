//! Which objects of a collection have which names.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::Record;
use ovirt_sdk::object::member;

/// Numbers of the records of a collection by the names of their objects. Whoever changes an object may give it another
/// name, so that records that were touched are looked at again, once a name is looked for.
#[derive(Debug, Default)]
pub(super) struct Names(RefCell<Known>);

#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<String, BTreeSet<u64>>,
    names: HashMap<u64, String>,
    touched: HashSet<u64>,
}

impl Names {
    /// Notes that the object of a record may have another name, or be gone.
    pub(super) fn touch(&mut self, number: u64) {
        self.0.get_mut().touched.insert(number);
    }

    /// Forgets a record.
    pub(super) fn forget(&mut self, number: u64) {
        let known = self.0.get_mut();
        known.touched.remove(&number);
        known.forget(number);
    }

    /// The first record whose object has a name.
    pub(super) fn find(&self, records: &BTreeMap<u64, Record>, name: &str) -> Option<u64> {
        let mut known = self.0.borrow_mut();
        for number in std::mem::take(&mut known.touched) {
            known.forget(number);
            let named = |record: &Record| member(&*record.object, "name").and_then(|slot| slot.text());
            if let Some(name) = records.get(&number).and_then(named) {
                known.numbers.entry(name.clone()).or_default().insert(number);
                known.names.insert(number, name);
            }
        }
        known.numbers.get(name).and_then(|numbers| numbers.first().copied())
    }
}

impl Known {
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
