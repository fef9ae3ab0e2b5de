//! The view that searches have of the state.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use ovirt_sdk::object::Object;

use super::registry::Context;
use super::routing::roots;
use crate::fields::{id_of, text_ref};
use crate::search::{Source, Value, referred};

/// The state as one search sees it.
pub(super) struct SearchSource<'a> {
    context: &'a Context<'a>,
    /// The objects of a type by what a field of them refers to, as far as the search has needed them. Without these indexes,
    /// each searched object would read all objects of the type.
    indexes: RefCell<Vec<Index<'a>>>,
    /// The objects that were found last. Many objects refer to the same few.
    recent: RefCell<VecDeque<(&'a str, &'a dyn Object)>>,
}

/// The number of objects that are found without a look-up.
const RECENT: usize = 8;

/// The objects of a type by the identifiers to which a field of them refers.
struct Index<'a> {
    kind: String,
    field: String,
    objects: Rc<ObjectsById<'a>>,
}

type ObjectsById<'a> = HashMap<&'a str, Vec<&'a dyn Object>>;

impl<'a> SearchSource<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        Self { context, indexes: RefCell::default(), recent: RefCell::default() }
    }

    /// The object of a type with an identifier.
    fn found(&self, kind: &str, id: &str) -> Option<&'a dyn Object> {
        let mut recent = self.recent.borrow_mut();
        let known = recent.iter().find(|(other, object)| *other == id && object.info().name == kind);
        if let Some((_, object)) = known {
            return Some(*object);
        }
        let object = self.context.state.object_in(roots().get(kind)?, id)?;
        if let Some(id) = text_ref(object, "id") {
            recent.truncate(RECENT - 1);
            recent.push_front((id, object));
        }
        Some(object)
    }

    fn index(&self, kind: &str, field: &str) -> Rc<ObjectsById<'a>> {
        let mut indexes = self.indexes.borrow_mut();
        if let Some(known) = indexes.iter().find(|index| index.kind == kind && index.field == field) {
            return Rc::clone(&known.objects);
        }
        let mut objects = ObjectsById::new();
        let mut add = |object: &'a dyn Object| {
            if object.info().name == kind {
                referred(object, field).for_each(|id| objects.entry(id).or_default().push(object));
            }
        };
        let state = self.context.state;
        match roots().get(kind) {
            Some(root) => state.entries(root).for_each(|(_, object)| add(object)),
            // Objects without a collection at the root are in the collections of other objects.
            None => state.objects().for_each(&mut add),
        }
        let objects = Rc::new(objects);
        indexes.push(Index { kind: kind.to_owned(), field: field.to_owned(), objects: Rc::clone(&objects) });
        objects
    }
}

impl Source for SearchSource<'_> {
    fn object(&self, kind: &str, id: &str) -> Option<&dyn Object> {
        self.found(kind, id)
    }

    fn items(&self, owner: &dyn Object, field: &str) -> Vec<&dyn Object> {
        let rel = owner.info().members.iter().find(|it| it.name == field).and_then(|it| it.rel);
        let path = || Some(format!("{}/{}/{}", roots().get(owner.info().name)?, id_of(owner)?, rel?));
        let Some(target) = path().and_then(|path| self.context.resolve(&path).ok()) else { return Vec::new() };
        self.context.members(&target).iter().filter_map(|path| self.context.state.object(path)).collect()
    }

    fn referring(&self, kind: &str, field: &str, id: &str) -> Vec<&dyn Object> {
        self.index(kind, field).get(id).cloned().unwrap_or_default()
    }

    fn hidden(&self, owner: &dyn Object, name: &str) -> Vec<Value> {
        let path = || Some(format!("{}/{}", roots().get(owner.info().name)?, id_of(owner)?));
        let note = path().and_then(|path| self.context.state.note_text(&path, name).map(str::to_owned));
        note.map(|text| text.parse().map_or(Value::Text(text), Value::Number)).into_iter().collect()
    }
}
