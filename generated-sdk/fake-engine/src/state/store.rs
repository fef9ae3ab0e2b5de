//! Objects and notes.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use ovirt_sdk::object::{Object, Struct};

use super::actor::Actor;
use super::changes::Changes;
use super::collection::Collection;
use super::collections::Collections;
use super::contents::Contents;
use super::error::StateError;
use super::journal::Journal;
use super::record::Record;
use super::tasks::Tasks;
use crate::clock::Clock;
use crate::fields::{id_of, set_text, text};
use crate::hooks::Hooks;
use crate::image_daemon::ImageDaemon;
use crate::incident::Incident;
use crate::note::Note;
use crate::path::{join, last};
use crate::random::Random;
use crate::signal::Signal;
use crate::stored::Stored;

/// The whole state of the engine.
pub(crate) struct State {
    pub(super) collections: Collections,
    pub(super) tasks: Tasks,
    pub(super) random: Random,
    pub(super) clock: Clock,
    /// The time at which the current effect or request happens. An effect that was due earlier runs at its own time.
    pub(super) now: i64,
    /// Who causes what happens now.
    pub(crate) actor: Actor,
    pub(super) counters: BTreeMap<String, i64>,
    /// The address of the server: `https://localhost:4711`.
    pub(crate) origin: String,
    /// The certificate of the authority that issued the certificates of the server and of the hosts.
    pub(crate) authority_pem: String,
    /// The bytes of disks.
    pub(crate) contents: Contents,
    /// Serves the bytes of disks in place of `contents`.
    pub(crate) image_daemon: Option<Arc<dyn ImageDaemon>>,
    pub(super) hooks: Hooks<State>,
    /// The incidents that wait for work.
    pub(super) incidents: Vec<Incident>,
    pub(super) changes: Changes,
    /// The state file.
    pub(super) journal: Option<Journal>,
    /// The time that the state file has.
    pub(super) written: i64,
}

impl State {
    pub(crate) fn new(hooks: Hooks<State>, clock: Clock, seed: u64) -> Self {
        let now = clock.now();
        Self {
            collections: Collections::default(),
            tasks: Tasks::default(),
            random: Random::new(seed),
            clock,
            now,
            actor: Actor::default(),
            counters: BTreeMap::new(),
            origin: String::new(),
            authority_pem: String::new(),
            contents: Contents::default(),
            image_daemon: None,
            hooks,
            incidents: Vec::new(),
            changes: Changes::default(),
            journal: None,
            written: now,
        }
    }

    // Objects.

    /// The object at a path.
    pub(crate) fn object(&self, path: &str) -> Option<&dyn Object> {
        self.record(path).map(|record| &*record.object)
    }

    /// The object with an identifier in a collection.
    pub(crate) fn object_in(&self, collection: &str, id: &str) -> Option<&dyn Object> {
        self.collections.get(collection)?.get(id).map(|record| &*record.object)
    }

    /// The object at a path, mutable.
    pub(crate) fn object_mut(&mut self, path: &str) -> Option<&mut dyn Object> {
        self.record_mut(path).map(|record| &mut *record.object)
    }

    /// The object of a type at a path.
    pub(crate) fn get<T: Struct>(&self, path: &str) -> Option<&T> {
        let object: &dyn Any = self.object(path)?;
        object.downcast_ref()
    }

    /// The object of a type at a path, mutable.
    pub(crate) fn get_mut<T: Struct>(&mut self, path: &str) -> Option<&mut T> {
        let object: &mut dyn Any = self.object_mut(path)?;
        object.downcast_mut()
    }

    /// Like [`get`](Self::get), with an error if the object doesn't exist.
    pub(crate) fn find<T: Struct>(&self, path: &str) -> Result<&T, StateError> {
        self.get(path).ok_or(StateError::NotFound)
    }

    /// Like [`get_mut`](Self::get_mut), with an error if the object doesn't exist.
    pub(crate) fn find_mut<T: Struct>(&mut self, path: &str) -> Result<&mut T, StateError> {
        self.get_mut(path).ok_or(StateError::NotFound)
    }

    /// The objects of a type in a collection, with their paths, in the order in which they were added.
    pub(crate) fn list<'s, T: Struct>(
        &'s self,
        collection: &str,
    ) -> impl Iterator<Item = (String, &'s T)> + use<'s, T> {
        let prefix = format!("{collection}/");
        let records = self.collections.get(collection).into_iter().flat_map(Collection::records);
        records.filter_map(move |record| {
            let object: &dyn Any = &*record.object;
            Some(([&*prefix, &record.id].concat(), object.downcast_ref::<T>()?))
        })
    }

    /// Like [`list`](Self::list), without the cost of the paths.
    pub(crate) fn each<'s, T: Struct>(&'s self, collection: &str) -> impl Iterator<Item = &'s T> + use<'s, T> {
        let records = self.collections.get(collection).into_iter().flat_map(Collection::records);
        records.filter_map(|record| {
            let object: &dyn Any = &*record.object;
            object.downcast_ref()
        })
    }

    /// The paths of the objects of a collection, in the order in which they were added.
    pub(crate) fn paths(&self, collection: &str) -> Vec<String> {
        self.entries(collection).map(|(id, _)| join(collection, id)).collect()
    }

    /// The objects of a collection with their identifiers, in the order in which they were added.
    pub(crate) fn entries<'s>(&'s self, collection: &str) -> impl Iterator<Item = (&'s str, &'s dyn Object)> + use<'s> {
        let records = self.collections.get(collection).into_iter().flat_map(Collection::records);
        records.map(|record| (record.id.as_str(), &*record.object))
    }

    /// Whether some identifiers in a collection are not UUIDs.
    pub(crate) fn has_other_ids(&self, collection: &str) -> bool {
        self.collections.get(collection).is_some_and(Collection::has_other_ids)
    }

    /// Whether an object exists at a path.
    pub(crate) fn contains(&self, path: &str) -> bool {
        self.record(path).is_some()
    }

    /// Adds an object to a collection, under its identifier or a new one; returns its path. Replaces an object with the
    /// same identifier.
    pub(crate) fn insert<T: Struct>(&mut self, collection: &str, object: T) -> String {
        self.insert_object(collection, Box::new(object))
    }

    /// Like [`insert`](Self::insert), for an object of any type.
    pub(crate) fn insert_object(&mut self, collection: &str, mut object: Box<dyn Object>) -> String {
        let id = match id_of(&*object) {
            Some(id) => id,
            None => {
                let id = self.new_id();
                set_text(&mut *object, "id", id.as_str());
                id
            }
        };
        let path = format!("{collection}/{id}");
        self.changes.touch(&path);
        self.collections.get_or_create(collection).insert(Record::new(id, object));
        path
    }

    /// Removes the object at a path and everything below it; returns whether it existed.
    pub(crate) fn remove(&mut self, path: &str) -> bool {
        let Some((collection, id)) = path.rsplit_once('/') else { return false };
        let removed = self.collections.get_mut(collection).and_then(|it| it.take(id)).is_some();
        if removed {
            self.changes.remove(path);
            self.collections.take_below(path);
        }
        removed
    }

    /// Moves the object at a path, with everything below it, to another collection; returns whether it existed.
    pub(crate) fn relocate(&mut self, path: &str, collection: &str) -> bool {
        let Some((from, id)) = path.rsplit_once('/') else { return false };
        let Some(record) = self.collections.get_mut(from).and_then(|it| it.take(id)) else { return false };
        self.changes.remove(path);
        self.changes.touch(&format!("{collection}/{id}"));
        for (old, content) in self.collections.take_below(path) {
            let rest = old.strip_prefix(path).unwrap_or_default();
            let new = format!("{collection}/{id}{rest}");
            content.records().for_each(|record| self.changes.touch(&format!("{new}/{}", record.id)));
            self.collections.insert(new, content);
        }
        self.collections.get_or_create(collection).insert(record);
        true
    }

    /// The path of the first object of a collection that has a name.
    pub(crate) fn by_name(&self, collection: &str, name: &str) -> Option<String> {
        let record = self.collections.get(collection)?.named(name)?;
        Some(format!("{collection}/{}", record.id))
    }

    /// The path of the object of a collection to which a reference leads, by its `id` or else its `name`. Returns `None`
    /// if the reference has neither, and an error if the object doesn't exist.
    pub(crate) fn reference(&self, collection: &str, reference: &dyn Object) -> Result<Option<String>, StateError> {
        let missing = |id: String| StateError::NoSuchObject { kind: reference.info().name, id };
        if let Some(id) = id_of(reference) {
            let path = format!("{collection}/{id}");
            return if self.contains(&path) { Ok(Some(path)) } else { Err(missing(id)) };
        }
        match text(reference, "name") {
            Some(name) => self.by_name(collection, &name).map(Some).ok_or_else(|| missing(name)),
            None => Ok(None),
        }
    }

    /// The paths of all collections, sorted.
    pub(crate) fn collections(&self) -> impl Iterator<Item = &str> {
        self.collections.iter().map(|(path, _)| path)
    }

    /// All objects, in the order of the paths of their collections.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &dyn Object> {
        self.collections.iter().flat_map(|(_, collection)| collection.records()).map(|record| &*record.object)
    }

    /// The name of an object, or else its identifier, for texts.
    pub(crate) fn name_of(&self, path: &str) -> String {
        let name = self.object(path).and_then(|object| text(object, "name"));
        name.unwrap_or_else(|| last(path).to_owned())
    }

    /// The names of objects, for texts.
    pub(crate) fn names_of(&self, paths: &[String]) -> String {
        paths.iter().map(|path| self.name_of(path)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn record(&self, path: &str) -> Option<&Record> {
        let (collection, id) = path.rsplit_once('/')?;
        self.collections.get(collection)?.get(id)
    }

    fn record_mut(&mut self, path: &str) -> Option<&mut Record> {
        let (collection, id) = path.rsplit_once('/')?;
        let record = self.collections.get_mut(collection)?.get_mut(id)?;
        self.changes.touch(path);
        Some(record)
    }

    // Notes about objects, which are never shown.

    /// A note about the object at a path.
    pub(crate) fn note<T: Stored>(&self, path: &str, note: Note<T>) -> Option<T> {
        T::from_text(self.note_text(path, note.key())?)
    }

    /// Whether a note about the object at a path exists.
    pub(crate) fn has_note<T: Stored>(&self, path: &str, note: Note<T>) -> bool {
        self.note_text(path, note.key()).is_some()
    }

    /// Sets a note about the object at a path.
    pub(crate) fn set_note<T: Stored>(&mut self, path: &str, note: Note<T>, value: impl Into<T>) {
        if let Some(record) = self.record_mut(path) {
            let value: T = value.into();
            record.notes.insert(note.key().to_owned(), value.to_text());
        }
    }

    /// Removes a note about the object at a path.
    pub(crate) fn clear_note<T: Stored>(&mut self, path: &str, note: Note<T>) {
        if let Some(record) = self.record_mut(path) {
            record.notes.remove(note.key());
        }
    }

    /// The text of a note, by its key: for searches, which name notes in text.
    pub(crate) fn note_text(&self, path: &str, key: &str) -> Option<&str> {
        self.record(path)?.notes.get(key).map(String::as_str)
    }

    // Signals, identifiers and counters.

    /// Sends a signal: its subscribers run before this returns.
    pub(crate) fn emit(&mut self, signal: &Signal) {
        for hook in self.hooks.signals(signal.kind()) {
            hook(self, signal);
        }
    }

    /// Returns a new identifier.
    pub(crate) fn new_id(&mut self) -> String {
        self.random.uuid()
    }

    /// Returns a random number below `end`; 0 if `end` is 0.
    pub(crate) fn random_below(&mut self, end: u64) -> u64 {
        self.random.below(end)
    }

    /// Returns the next number of a counter, from 1.
    pub(crate) fn count(&mut self, counter: &str) -> i64 {
        self.changes.count(counter);
        let value = self.counters.entry(counter.to_owned()).or_insert(0);
        *value += 1;
        *value
    }
}
