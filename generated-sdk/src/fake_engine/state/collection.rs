//! The objects of a collection, in the order in which they came.

use std::collections::{BTreeMap, HashMap};

use crate::object::Object;

/// Objects in the order in which they came, found by their identifiers.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    records: BTreeMap<u64, Record>,
    numbers: HashMap<String, u64>,
    next: u64,
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
        match self.numbers.get(&record.id).and_then(|number| self.records.get_mut(number)) {
            Some(known) => known.object = record.object,
            None => {
                self.numbers.insert(record.id.clone(), self.next);
                self.records.insert(self.next, record);
                self.next += 1;
            }
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Record> {
        self.records.get(self.numbers.get(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Record> {
        self.records.get_mut(self.numbers.get(id)?)
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.take(id).is_some()
    }

    /// Takes a record out.
    pub(crate) fn take(&mut self, id: &str) -> Option<Record> {
        self.records.remove(&self.numbers.remove(id)?)
    }

    pub(crate) fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.values()
    }
}
