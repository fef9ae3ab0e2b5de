//! An object with its notes.

use std::collections::BTreeMap;

use ovirt_sdk::object::Object;

/// A stored object and the notes about it.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) object: Box<dyn Object>,
    /// Notes are never shown to clients.
    pub(super) notes: BTreeMap<String, String>,
}

impl Record {
    pub(super) fn new(id: String, object: Box<dyn Object>) -> Self {
        Self { id, object, notes: BTreeMap::new() }
    }
}
