//! One collection of objects.

use std::collections::{BTreeMap, HashMap};

use super::names::Names;
use super::record::Record;
use crate::path::is_uuid;

/// Objects in the order in which they were added, with indexes by identifier and name.
#[derive(Debug, Default)]
pub(super) struct Collection {
    records: BTreeMap<u64, Record>,
    numbers: HashMap<String, u64>,
    next: u64,
    /// The number of identifiers that are not UUIDs.
    other_ids: usize,
    names: Names,
}

impl Collection {
    /// Adds a record, or replaces the object of the record with the same identifier.
    pub(super) fn insert(&mut self, record: Record) {
        match self.get_mut(&record.id) {
            Some(known) => known.object = record.object,
            None => {
                self.other_ids += usize::from(!is_uuid(&record.id));
                self.numbers.insert(record.id.clone(), self.next);
                self.records.insert(self.next, record);
                self.names.touch(self.next);
                self.next += 1;
            }
        }
    }

    /// Adds a record, or replaces the one with the same identifier.
    pub(super) fn put(&mut self, record: Record) {
        match self.get_mut(&record.id) {
            Some(known) => *known = record,
            None => self.insert(record),
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Record> {
        self.records.get(self.numbers.get(id)?)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Record> {
        let number = self.numbers.get(id)?;
        self.names.touch(*number);
        self.records.get_mut(number)
    }

    /// The first record whose object has a name.
    pub(super) fn named(&self, name: &str) -> Option<&Record> {
        self.records.get(&self.names.find(&self.records, name)?)
    }

    /// Removes a record and returns it.
    pub(super) fn take(&mut self, id: &str) -> Option<Record> {
        let number = self.numbers.remove(id)?;
        let record = self.records.remove(&number)?;
        self.names.forget(number);
        self.other_ids -= usize::from(!is_uuid(&record.id));
        Some(record)
    }

    /// Whether some identifiers are not UUIDs.
    pub(super) fn has_other_ids(&self) -> bool {
        self.other_ids > 0
    }

    pub(super) fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.values()
    }
}

#[cfg(test)]
mod tests {
    use ovirt_sdk::types::Vm;

    use super::*;

    fn record(id: &str, name: &str) -> Record {
        Record::new(id.to_owned(), Box::new(Vm::with_id(id).name(name)))
    }

    #[test]
    fn objects_are_found_by_their_current_names() {
        let mut collection = Collection::default();
        for (id, name) in [("1", "a"), ("2", "b"), ("3", "a")] {
            collection.insert(record(id, name));
        }
        let found = |collection: &Collection, name| collection.named(name).map(|record| record.id.clone());
        assert_eq!(found(&collection, "a").as_deref(), Some("1"));
        collection.get_mut("1").unwrap().object = Box::new(Vm::with_id("1").name("c"));
        assert_eq!(found(&collection, "a").as_deref(), Some("3"));
        assert_eq!(found(&collection, "c").as_deref(), Some("1"));
        collection.insert(record("2", "d"));
        assert_eq!(found(&collection, "b"), None);
        collection.take("3");
        assert_eq!(found(&collection, "a"), None);
        assert_eq!(found(&collection, "d").as_deref(), Some("2"));
    }
}
