//! All collections, by path.

use std::collections::{BTreeSet, HashMap};

use super::collection::Collection;

/// Collections by their paths.
#[derive(Debug, Default)]
pub(super) struct Collections {
    all: HashMap<String, Collection>,
    /// The same paths in order, to find everything below an object.
    sorted: BTreeSet<String>,
}

impl Collections {
    pub(super) fn get(&self, path: &str) -> Option<&Collection> {
        self.all.get(path)
    }

    pub(super) fn get_mut(&mut self, path: &str) -> Option<&mut Collection> {
        self.all.get_mut(path)
    }

    /// Returns the collection at a path, creating it if necessary.
    pub(super) fn get_or_create(&mut self, path: &str) -> &mut Collection {
        if !self.all.contains_key(path) {
            self.sorted.insert(path.to_owned());
        }
        self.all.entry(path.to_owned()).or_default()
    }

    /// Removes the collections below the object at a path and returns them with their paths.
    pub(super) fn take_below(&mut self, path: &str) -> Vec<(String, Collection)> {
        let below = format!("{path}/");
        let from = self.sorted.range(below.clone()..);
        let paths: Vec<String> = from.take_while(|path| path.starts_with(&below)).cloned().collect();
        let take = |path: String| {
            self.sorted.remove(&path);
            self.all.remove(&path).map(|collection| (path, collection))
        };
        paths.into_iter().filter_map(take).collect()
    }

    /// Puts a collection at a path and replaces what was there.
    pub(super) fn insert(&mut self, path: String, collection: Collection) {
        self.sorted.insert(path.clone());
        self.all.insert(path, collection);
    }

    /// All collections, sorted by path.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Collection)> {
        self.sorted.iter().filter_map(|path| Some((path.as_str(), self.all.get(path)?)))
    }
}
