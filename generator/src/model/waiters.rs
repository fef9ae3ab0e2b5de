//! How to read the objects that waiters wait for.

use super::{Method, Model, Segment, ServiceId, Struct, TypeId, Verb};
use crate::name::Name;

/// The states of a field that is either true or false.
pub(super) const BOOLEAN: [&str; 2] = ["false", "true"];

/// The name of the waiter of all removable objects. The model does not declare it.
pub const REMOVED: &str = "removed";

/// The documentation of that waiter.
pub const REMOVAL: &str = "Waits until the object no longer exists.";

/// How to read the object of a service: by itself, or with others in a list.
#[derive(Clone, Copy, Debug)]
pub struct Polling<'m> {
    /// Type of the object.
    pub item: TypeId,
    /// Whether the object can be read by itself.
    pub get: bool,
    /// Whether all its collections can be listed.
    pub list: bool,
    /// The query parameter for searches of the collection, and the search field with the identifier.
    pub search: Option<(&'m str, &'m Name)>,
}

impl Model {
    /// The states of a field, if it has a closed set of values.
    pub fn states(&self, of: &Struct, field: &Name) -> Option<Vec<&str>> {
        let field = of.fields.iter().find(|it| it.name == *field && !it.ty.list)?;
        Some(self.enum_texts(field.ty)).filter(|texts| !texts.is_empty())
    }

    /// Returns how to read the object of a service, if its path ends with an identifier.
    pub fn polling(&self, id: ServiceId) -> Option<Polling<'_>> {
        let collections = self.collections_of(id);
        let first = *collections.first()?;
        let read = self.method(id, Verb::Get).and_then(Method::result_struct);
        let item = read.or_else(|| self.item_of(first))?;
        let list = collections.iter().all(|collection| self.item_of(*collection) == Some(item));
        let search = |collection: ServiceId| {
            let list = self.method(collection, Verb::List)?;
            let parameter = self.search_parameter(list)?;
            Some((parameter.tag.as_str(), &self.service(collection).id_search.as_ref()?.value))
        };
        let searches = list && collections.iter().all(|collection| search(*collection) == search(first));
        let search = if searches { search(first) } else { None };
        (read.is_some() || list).then_some(Polling { item, get: read.is_some(), list, search })
    }

    /// Whether programs can wait until the object of a service is removed.
    pub fn waits_for_removal(&self, id: ServiceId) -> bool {
        self.method(id, Verb::Remove).is_some() && self.polling(id).is_some()
    }

    /// The services whose items are the object of a service.
    fn collections_of(&self, id: ServiceId) -> Vec<ServiceId> {
        let leads_here = |from: ServiceId| {
            let mut locators = self.all_locators(from);
            locators.any(|locator| locator.service == id && matches!(locator.segment, Segment::Parameter(_)))
        };
        self.services().map(|(from, _)| from).filter(|from| leads_here(*from)).collect()
    }
}
