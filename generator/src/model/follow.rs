//! Which links of objects the engine can follow.

use std::collections::BTreeSet;

use super::{BaseType, Field, Model, TypeId, Verb};

/// Whether the engine can follow a field as a link: whether it returns the linked objects in place of the link if a request
/// asks for that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Following {
    /// It fails for any object.
    #[default]
    Never,
    /// It fails for some objects, for this reason, and so for any list with such an object.
    Sometimes(String),
    /// It can follow it for all objects.
    Always,
}

/// The collections below objects: the type of the object, the path segment, and the type of the items.
#[derive(Debug)]
pub(crate) struct Collections(BTreeSet<(TypeId, String, TypeId)>);

impl Collections {
    pub(crate) fn new(model: &Model) -> Self {
        let mut found = BTreeSet::new();
        for (service, _) in model.services() {
            let result = model.method(service, Verb::Get).and_then(|method| method.result()).map(|result| result.ty);
            let Some(super::TypeRef { base: BaseType::Struct(object), list: false }) = result else { continue };
            for (collection, segment) in model.fixed_segments(service) {
                found.extend(model.item_of(collection).map(|item| (object, segment.to_owned(), item)));
            }
        }
        Self(found)
    }

    /// Whether a field of a struct is a link to a collection with the name and type of the field. The engine finds the link by
    /// its rel, and stores the objects by the tag of the field, so both must be its name, too.
    pub(crate) fn contain(&self, id: TypeId, field: &Field) -> bool {
        let segment = field.name.joined();
        match field.ty.base {
            BaseType::Struct(item) if field.rel.as_ref() == Some(&segment) => {
                field.tag.replace('_', "") == segment && self.0.contains(&(id, segment, item))
            }
            _ => false,
        }
    }
}
