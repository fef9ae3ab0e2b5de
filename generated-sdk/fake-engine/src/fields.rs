//! Fields that many types have, read and set by name.

use ovirt_sdk::object::{Kind, Object, Slot, member, member_mut};

/// The placeholder for secrets. A few fields show it if the secret is set.
pub(crate) const HIDDEN_SECRET: &str = "******";

/// The identifier of an object, unless it is unset or empty.
pub(crate) fn id_of(object: &dyn Object) -> Option<String> {
    text(object, "id").filter(|id| !id.is_empty())
}

/// The text form of a field.
pub(crate) fn text(object: &dyn Object, name: &str) -> Option<String> {
    member(object, name).and_then(|slot| slot.text())
}

/// Sets a text field; does nothing if the type doesn't have it.
pub(crate) fn set_text(object: &mut dyn Object, name: &str, text: &str) {
    if let Some(slot) = member_mut(object, name) {
        slot.assign(&Some(text.to_owned()));
    }
}

/// Calls a function with each object in a field: the object itself, or the items of a list.
pub(crate) fn for_each_object(slot: &mut dyn Slot, mut apply: impl FnMut(&mut dyn Object)) {
    match slot.kind() {
        Kind::Object(_) => {
            if let Some(object) = slot.make_object() {
                apply(object);
            }
        }
        Kind::List(_) => {
            let Some(list) = slot.make_list() else { return };
            for index in 0..list.count() {
                if let Some(item) = list.object_mut(index) {
                    apply(item);
                }
            }
        }
        _ => {}
    }
}
