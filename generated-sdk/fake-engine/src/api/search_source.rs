//! The view that searches have of the state.

use ovirt_sdk::object::Object;

use super::registry::Context;
use super::routing::roots;
use crate::fields::id_of;
use crate::search::{ObjectSubject, Source, Subject, Value, refers};

/// An object that is searched.
pub(super) struct Searched<'a> {
    pub(super) path: String,
    subject: ObjectSubject<'a>,
}

impl<'a> Searched<'a> {
    pub(super) fn new(context: &'a Context<'a>, path: String) -> Option<Self> {
        let object = context.state.object(&path)?;
        Some(Self { path, subject: ObjectSubject { object, source: context } })
    }
}

impl Subject for Searched<'_> {
    fn values(&self, path: &str) -> Vec<Value> {
        self.subject.values(path)
    }
}

impl Source for Context<'_> {
    fn object(&self, kind: &str, id: &str) -> Option<&dyn Object> {
        self.state.object(&format!("{}/{id}", roots().get(kind)?))
    }

    fn items(&self, owner: &dyn Object, field: &str) -> Vec<&dyn Object> {
        let rel = owner.info().members.iter().find(|it| it.name == field).and_then(|it| it.rel);
        let path = || Some(format!("{}/{}/{}", roots().get(owner.info().name)?, id_of(owner)?, rel?));
        let Some(target) = path().and_then(|path| self.resolve(&path).ok()) else { return Vec::new() };
        self.members(&target).iter().filter_map(|path| self.state.object(path)).collect()
    }

    fn referring(&self, kind: &str, field: &str, id: &str) -> Vec<&dyn Object> {
        let is_meant = |object: &&dyn Object| object.info().name == kind && refers(*object, field, id);
        match roots().get(kind) {
            Some(root) => {
                self.state.paths(root).iter().filter_map(|path| self.state.object(path)).filter(is_meant).collect()
            }
            // Objects without a collection at the root are in the collections of other objects.
            None => self.state.objects().filter(is_meant).collect(),
        }
    }

    fn hidden(&self, owner: &dyn Object, name: &str) -> Vec<Value> {
        let path = || Some(format!("{}/{}", roots().get(owner.info().name)?, id_of(owner)?));
        let note = path().and_then(|path| self.state.note_text(&path, name).map(str::to_owned));
        note.map(|text| text.parse().map_or(Value::Text(text), Value::Number)).into_iter().collect()
    }
}
