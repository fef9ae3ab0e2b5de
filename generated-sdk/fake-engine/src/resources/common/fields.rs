//! Filling and clearing fields of objects.

use ovirt_sdk::object::{Object, Struct, member};

/// Sets the unset fields of an object from the fields with the same names in another one. Embedded objects are
/// completed field by field.
pub(crate) fn fill_unset(target: &mut dyn Object, from: &dyn Object, without: &[&str]) {
    for (index, row) in target.info().members.iter().enumerate() {
        if without.contains(&row.name) {
            continue;
        }
        let Some(source) = member(from, row.name).filter(|slot| slot.is_set()) else { continue };
        let Some(slot) = target.slot_mut(index) else { continue };
        match (slot.is_set(), source.as_object()) {
            (false, _) => {
                slot.assign(source);
            }
            (true, Some(part)) if !row.is_link => {
                if let Some(old) = slot.make_object() {
                    fill_unset(old, part, &[]);
                }
            }
            _ => {}
        }
    }
}

/// Copies the set fields with some names from another object.
pub(crate) fn fill_only(target: &mut dyn Object, from: &dyn Object, names: &[&str]) {
    for (index, row) in target.info().members.iter().enumerate() {
        let Some(source) = member(from, row.name).filter(|slot| names.contains(&row.name) && slot.is_set()) else {
            continue;
        };
        if let Some(slot) = target.slot_mut(index) {
            slot.assign(source);
        }
    }
}

/// Clears the fields of an object that are collections.
pub(crate) fn clear_collections<T: Struct>(object: &mut T) {
    for (index, row) in T::INFO.members.iter().enumerate() {
        if row.rel.is_some()
            && let Some(slot) = object.slot_mut(index)
            && slot.make_list().is_some()
        {
            slot.clear();
        }
    }
}
