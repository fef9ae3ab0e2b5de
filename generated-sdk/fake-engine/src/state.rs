//! What the engine holds: objects by the path at which they live, what is going to happen to them, and the time.
//!
//! A path is that below the API's base, without slashes at its ends: `vms` is a collection, `vms/7` an object,
//! `vms/7/nics` a collection that belongs to that object. Every object lives in one collection; where else it can be
//! seen is said by [views](crate::api::registry::Registry::view).

mod collection;
mod collections;
mod contents;
mod file;
mod history;
mod names;
mod random;
mod tasks;

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::api::fault::Fault;
use super::clock::Clock;
use crate::api::registry::Registry;
pub(crate) use collection::{Collection, Record};
use collections::Collections;
pub(crate) use contents::Contents;
pub(crate) use history::{FORGET, Severity};
use ovirt_sdk::object::{Object, Struct, member};
use ovirt_sdk::types::DateTime;
use random::Random;
use tasks::Tasks;

/// Everything that the engine holds.
pub(crate) struct State {
    collections: Collections,
    tasks: Tasks,
    random: Random,
    clock: Clock,
    /// When what happens now happens: a task that was due a while ago happens at its own time.
    now: i64,
    /// Who asked for what happens now.
    pub(crate) actor: Actor,
    /// Counters by name: numbers of events and the like.
    counters: BTreeMap<String, i64>,
    /// Where the engine is: `https://localhost:4711`.
    pub(crate) origin: String,
    /// The bytes of disks.
    pub(crate) contents: Contents,
    pub(crate) registry: Arc<Registry>,
}

/// Who asked for what happens now, and under which name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Actor {
    /// The name of the user: `admin@internal`.
    pub(crate) user: String,
    /// The correlation id of the request.
    pub(crate) correlation_id: String,
    /// The path of the job that is under way.
    pub(crate) job: Option<String>,
}

impl State {
    pub(crate) fn new(registry: Arc<Registry>, clock: Clock, seed: u64) -> Self {
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
            contents: Contents::default(),
            registry,
        }
    }

    // Objects.

    /// The object at a path.
    pub(crate) fn object(&self, path: &str) -> Option<&dyn Object> {
        self.record(path).map(|record| &*record.object)
    }

    /// The object at a path, to be changed.
    pub(crate) fn object_mut(&mut self, path: &str) -> Option<&mut dyn Object> {
        self.record_mut(path).map(|record| &mut *record.object)
    }

    /// The object at a path, if it is of that type.
    pub(crate) fn get<T: Struct>(&self, path: &str) -> Option<&T> {
        let object: &dyn Any = self.object(path)?;
        object.downcast_ref()
    }

    /// The object at a path, if it is of that type, to be changed.
    pub(crate) fn get_mut<T: Struct>(&mut self, path: &str) -> Option<&mut T> {
        let object: &mut dyn Any = self.object_mut(path)?;
        object.downcast_mut()
    }

    /// As [`get`](Self::get); what is not there is a fault.
    pub(crate) fn find<T: Struct>(&self, path: &str) -> Result<&T, Fault> {
        self.get(path).ok_or_else(Fault::not_found)
    }

    /// As [`get_mut`](Self::get_mut); what is not there is a fault.
    pub(crate) fn find_mut<T: Struct>(&mut self, path: &str) -> Result<&mut T, Fault> {
        self.get_mut(path).ok_or_else(Fault::not_found)
    }

    /// The objects of a collection that are of a type, with their paths, in the order in which they were added.
    pub(crate) fn list<'s, T: Struct>(
        &'s self,
        collection: &str,
    ) -> impl Iterator<Item = (String, &'s T)> + use<'s, T> {
        let prefix = format!("{collection}/");
        let records = self.collections.get(collection).into_iter().flat_map(Collection::records);
        records.filter_map(move |record| {
            let object: &dyn Any = &*record.object;
            Some((format!("{prefix}{}", record.id), object.downcast_ref::<T>()?))
        })
    }

    /// As [`list`](Self::list), without the paths: for those who go through many.
    pub(crate) fn each<'s, T: Struct>(&'s self, collection: &str) -> impl Iterator<Item = &'s T> + use<'s, T> {
        let records = self.collections.get(collection).into_iter().flat_map(Collection::records);
        records.filter_map(|record| {
            let object: &dyn Any = &*record.object;
            object.downcast_ref()
        })
    }

    /// The paths of the objects of a collection, in the order in which they were added.
    pub(crate) fn paths(&self, collection: &str) -> Vec<String> {
        let records = self.collections.get(collection).into_iter().flat_map(Collection::records);
        records.map(|record| format!("{collection}/{}", record.id)).collect()
    }

    /// Whether identifiers in a collection are no UUIDs.
    pub(crate) fn has_other_ids(&self, collection: &str) -> bool {
        self.collections.get(collection).is_some_and(Collection::has_other_ids)
    }

    /// Whether an object is at a path.
    pub(crate) fn contains(&self, path: &str) -> bool {
        self.record(path).is_some()
    }

    /// Puts an object into a collection, under its identifier or a new one; gives its path. What was there is replaced.
    pub(crate) fn insert<T: Struct>(&mut self, collection: &str, object: T) -> String {
        self.insert_object(collection, Box::new(object))
    }

    /// As [`insert`](Self::insert), for an object of any type.
    pub(crate) fn insert_object(&mut self, collection: &str, mut object: Box<dyn Object>) -> String {
        let id = match id_of(&*object) {
            Some(id) => id,
            None => {
                let id = self.new_id();
                set_text(&mut *object, "id", &id);
                id
            }
        };
        let path = format!("{collection}/{id}");
        self.collections.make(collection).insert(Record::new(id, object));
        path
    }

    /// Removes the object at a path and everything that belongs to it; whether it was there.
    pub(crate) fn remove(&mut self, path: &str) -> bool {
        let Some((collection, id)) = path.rsplit_once('/') else { return false };
        let removed = self.collections.get_mut(collection).is_some_and(|it| it.remove(id));
        if removed {
            self.collections.take_below(path);
        }
        removed
    }

    /// Moves the object at a path, with everything that belongs to it, into another collection, under its identifier;
    /// whether it was there.
    pub(crate) fn relocate(&mut self, path: &str, collection: &str) -> bool {
        let Some((from, id)) = path.rsplit_once('/') else { return false };
        let Some(record) = self.collections.get_mut(from).and_then(|it| it.take(id)) else { return false };
        for (old, content) in self.collections.take_below(path) {
            let rest = old.strip_prefix(path).unwrap_or_default();
            self.collections.put(format!("{collection}/{id}{rest}"), content);
        }
        self.collections.make(collection).insert(record);
        true
    }

    /// The object of a collection that has a name.
    pub(crate) fn by_name(&self, collection: &str, name: &str) -> Option<String> {
        let record = self.collections.get(collection)?.named(name)?;
        Some(format!("{collection}/{}", record.id))
    }

    /// The path of the object of a collection to which a reference leads, by its `id` or else its `name`; `None` when it
    /// has neither, a fault when there is no such object.
    pub(crate) fn reference(&self, collection: &str, reference: &dyn Object) -> Result<Option<String>, Fault> {
        if let Some(id) = id_of(reference) {
            let path = format!("{collection}/{id}");
            return if self.contains(&path) { Ok(Some(path)) } else { Err(Fault::no_such(reference.info(), &id)) };
        }
        match member(reference, "name").and_then(|slot| slot.text()) {
            Some(name) => {
                self.by_name(collection, &name).map(Some).ok_or_else(|| Fault::no_such(reference.info(), &name))
            }
            None => Ok(None),
        }
    }

    /// The collections that there are, sorted by their paths.
    pub(crate) fn collections(&self) -> impl Iterator<Item = (&str, &Collection)> {
        self.collections.iter()
    }

    fn record(&self, path: &str) -> Option<&Record> {
        let (collection, id) = path.rsplit_once('/')?;
        self.collections.get(collection)?.get(id)
    }

    fn record_mut(&mut self, path: &str) -> Option<&mut Record> {
        let (collection, id) = path.rsplit_once('/')?;
        self.collections.get_mut(collection)?.get_mut(id)
    }

    // What the engine remembers of an object and never shows.

    /// A note about the object at a path.
    pub(crate) fn note(&self, path: &str, key: &str) -> Option<&str> {
        self.record(path)?.notes.get(key).map(String::as_str)
    }

    /// Makes a note about the object at a path.
    pub(crate) fn set_note(&mut self, path: &str, key: &str, value: impl Into<String>) {
        if let Some(record) = self.record_mut(path) {
            record.notes.insert(key.to_owned(), value.into());
        }
    }

    /// Forgets a note about the object at a path.
    pub(crate) fn clear_note(&mut self, path: &str, key: &str) {
        if let Some(record) = self.record_mut(path) {
            record.notes.remove(key);
        }
    }

    // Numbers and time.

    /// A new identifier.
    pub(crate) fn new_id(&mut self) -> String {
        self.random.uuid()
    }

    /// A number from 0 to below `end`; 0 when `end` is 0.
    pub(crate) fn random_below(&mut self, end: u64) -> u64 {
        self.random.below(end)
    }

    /// The next number of a counter, from 1.
    pub(crate) fn count(&mut self, counter: &str) -> i64 {
        let value = self.counters.entry(counter.to_owned()).or_insert(0);
        *value += 1;
        *value
    }

    /// The time.
    pub(crate) fn now(&self) -> DateTime {
        date(self.now)
    }

    /// The time in milliseconds since 1970.
    pub(crate) fn now_millis(&self) -> i64 {
        self.now
    }

    /// Makes something happen later: the effect of that name, with these arguments. It belongs to the job under way.
    pub(crate) fn after(&mut self, delay: Duration, effect: &'static str, arguments: &[&str]) {
        let at = self.now.saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
        self.tasks.add(at, effect, arguments, &self.actor);
    }

    /// Whether something is going to happen for a job.
    pub(crate) fn is_pending(&self, job: &str) -> bool {
        self.tasks.of_job(job)
    }

    /// Forgets what was going to happen where the first argument of the effect is that one.
    pub(crate) fn cancel(&mut self, effect: &str, argument: &str) {
        self.tasks.cancel(effect, argument);
    }

    /// Lets happen what is due.
    pub(crate) fn catch_up(&mut self) {
        let until = self.clock.now();
        let actor = std::mem::take(&mut self.actor);
        while let Some(task) = self.tasks.due(until) {
            self.now = self.now.max(task.at);
            self.run(&task);
        }
        self.now = self.now.max(until);
        self.actor = actor;
    }

    /// Lets happen at once what was going to happen for a job, as for a client that waits for it.
    pub(crate) fn hurry(&mut self, job: &str) {
        let actor = self.actor.clone();
        while let Some(task) = self.tasks.next_of_job(job) {
            self.run(&task);
        }
        self.actor = actor;
    }

    fn run(&mut self, task: &tasks::Task) {
        self.actor = task.actor.clone();
        let effect = self.registry.effect_of(&task.effect);
        if let Some(effect) = effect {
            effect(self, &task.arguments);
        }
        if let Some(job) = self.actor.job.clone()
            && !self.tasks.of_job(&job)
        {
            self.end_job(&job);
        }
    }
}

/// A time in milliseconds since 1970 as a date of the API.
pub(crate) fn date(millis: i64) -> DateTime {
    DateTime::from_unix_millis(millis).unwrap_or(DateTime::EPOCH)
}

/// The identifier of an object.
pub(crate) fn id_of(object: &dyn Object) -> Option<String> {
    member(object, "id").and_then(|slot| slot.text()).filter(|id| !id.is_empty())
}

/// Sets a member that is a text.
pub(crate) fn set_text(object: &mut dyn Object, name: &str, text: &str) {
    if let Some(slot) = ovirt_sdk::object::member_mut(object, name) {
        slot.assign(&Some(text.to_owned()));
    }
}

/// The last segment of a path: the identifier of the object there.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

/// A path without its last `count` segments.
pub(crate) fn above(path: &str, count: usize) -> &str {
    (0..count).fold(path, |path, _| path.rsplit_once('/').map_or("", |(rest, _)| rest))
}

/// Whether a text has the form of an identifier.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
