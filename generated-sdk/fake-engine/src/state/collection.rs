//! The objects of a collection, in the order in which they came.

use std::collections::{BTreeMap, HashMap};

use super::is_uuid;
use super::names::Names;
use ovirt_sdk::object::Object;

/// Objects in the order in which they came, found by their identifiers.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    records: BTreeMap<u64, Record>,
    numbers: HashMap<String, u64>,
    next: u64,
    /// How many of the identifiers are no UUIDs.
    others: usize,
    names: Names,
}

/// An object and what the engine remembers of it.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) object: Box<dyn Object>,
    /// What is never shown.
    pub(crate) notes: BTreeMap<String, String>,
}

impl Record {
    pub(crate) fn new(id: String, object: Box<dyn Object>) -> Self {
        Self { id, object, notes: BTreeMap::new() }
    }
}

impl Collection {
    /// Adds a record, or replaces the object of the one with that identifier.
    pub(crate) fn insert(&mut self, record: Record) {
        match self.get_mut(&record.id) {
            Some(known) => known.object = record.object,
            None => {
                self.others += usize::from(!is_uuid(&record.id));
                self.numbers.insert(record.id.clone(), self.next);
                self.records.insert(self.next, record);
                self.names.touch(self.next);
                self.next += 1;
            }
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Record> {
        self.records.get(self.numbers.get(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Record> {
        let number = self.numbers.get(id)?;
        self.names.touch(*number);
        self.records.get_mut(number)
    }

    /// The first record whose object has a name.
    pub(crate) fn named(&self, name: &str) -> Option<&Record> {
        self.records.get(&self.names.find(&self.records, name)?)
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.take(id).is_some()
    }

    /// Takes a record out.
    pub(crate) fn take(&mut self, id: &str) -> Option<Record> {
        let number = self.numbers.remove(id)?;
        let record = self.records.remove(&number)?;
        self.names.forget(number);
        self.others -= usize::from(!is_uuid(&record.id));
        Some(record)
    }

    pub(crate) fn has_other_ids(&self) -> bool {
        self.others > 0
    }

    pub(crate) fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ovirt_sdk::types::Vm;

    fn record(id: &str, name: &str) -> Record {
        Record::new(id.to_owned(), Box::new(Vm::with_id(id).name(name)))
    }

    #[test]
    fn objects_are_found_by_the_names_that_they_have_now() {
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
        collection.remove("3");
        assert_eq!(found(&collection, "a"), None);
        assert_eq!(found(&collection, "d").as_deref(), Some("2"));
    }
}
