//! What searches see of the state.

use super::resolve::{Target, roots};
use crate::search::{ObjectSubject, Source, Subject, Value, refers};
use crate::state::{State, id_of};
use ovirt_sdk::object::Object;

/// An object that is searched.
pub(super) struct Searched<'s> {
    pub(super) path: String,
    subject: ObjectSubject<'s>,
}

impl<'s> Searched<'s> {
    pub(super) fn new(state: &'s State, path: String) -> Option<Self> {
        let object = state.object(&path)?;
        Some(Self { path, subject: ObjectSubject { object, source: state } })
    }
}

impl Subject for Searched<'_> {
    fn values(&self, path: &str) -> Vec<Value> {
        self.subject.values(path)
    }
}

impl Source for State {
    fn object(&self, kind: &str, id: &str) -> Option<&dyn Object> {
        State::object(self, &format!("{}/{id}", roots().get(kind)?))
    }

    fn items(&self, owner: &dyn Object, member: &str) -> Vec<&dyn Object> {
        let rel = owner.info().members.iter().find(|it| it.name == member).and_then(|it| it.rel);
        let place = || Some(format!("{}/{}/{}", roots().get(owner.info().name)?, id_of(owner)?, rel?));
        let Some(target) = place().and_then(|path| Target::of(self, &path).ok()) else { return Vec::new() };
        target.members(self).iter().filter_map(|path| State::object(self, path)).collect()
    }

    fn referring(&self, kind: &str, member: &str, id: &str) -> Vec<&dyn Object> {
        let of_kind = |object: &&dyn Object| object.info().name == kind && refers(*object, member, id);
        match roots().get(kind) {
            Some(root) => {
                self.paths(root).iter().filter_map(|path| State::object(self, path)).filter(of_kind).collect()
            }
            // Objects that have no collection at the root live in those of others.
            None => {
                let records = self.collections().flat_map(|(_, collection)| collection.records());
                records.map(|record| &*record.object).filter(of_kind).collect()
            }
        }
    }

    fn hidden(&self, owner: &dyn Object, name: &str) -> Vec<Value> {
        let place = || Some(format!("{}/{}", roots().get(owner.info().name)?, id_of(owner)?));
        let note = place().and_then(|path| self.note(&path, name).map(str::to_owned));
        note.map(|text| text.parse().map_or(Value::Text(text), Value::Number)).into_iter().collect()
    }
}
