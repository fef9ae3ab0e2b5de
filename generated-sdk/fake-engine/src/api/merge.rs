//! Updates: fields that are set replace those of the object.

use ovirt_sdk::object::Object;

/// Fields that identify an object and are never changed.
const IDENTITY: [&str; 2] = ["href", "id"];

/// Changes an object by the fields that are set in another object of its type. Nested objects are changed field by
/// field; lists and references are replaced.
pub(crate) fn merge(target: &mut dyn Object, change: &dyn Object) {
    for (index, field) in change.info().members.iter().enumerate() {
        let (Some(new), Some(slot)) = (change.slot(index), target.slot_mut(index)) else { continue };
        if !new.is_set() || IDENTITY.contains(&field.name) {
            continue;
        }
        match (new.as_object(), slot.is_set()) {
            (Some(part), true) if !field.is_link => {
                if let Some(old) = slot.make_object() {
                    merge(old, part);
                }
            }
            _ => {
                slot.assign(new);
            }
        }
    }
}
