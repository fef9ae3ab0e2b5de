//! Reducing objects to what may be sent back.

use super::access::{member, members};
use super::references::{ID, is_bare};
use super::traits::{Object, Slot, Struct};
use crate::unknown::Unknown;

/// Returns a copy of an object with only the fields that an engine reads, to create or to update another object, also on
/// another engine.
///
/// The copy has no `id` and `href`, no read-only fields, no lists that are collections of their own such as the NICs of a
/// virtual machine, no secrets, which engines return masked, and no unknown content. References keep only their `name`,
/// or their `id` if the object has no name: [follow](crate::Connection::follow) them first if the copy is for another
/// engine, where the IDs differ. Icons have no name at all.
///
/// ```
/// use ovirt_sdk::object;
/// use ovirt_sdk::types::{Cluster, Vm, VmStatus};
///
/// let vm = Vm::with_id("123").name("web1").status(VmStatus::Up).memory(1 << 30).cluster(Cluster::with_name("Default").id("7"));
/// let copy = Vm::new().name("web1").memory(1 << 30).cluster(Cluster::with_name("Default"));
/// assert_eq!(object::writable(&vm), copy);
/// ```
pub fn writable<T: Struct>(object: &T) -> T {
    let mut copy = object.clone();
    reduce(&mut copy);
    copy
}

fn reduce(object: &mut dyn Object) {
    let is_resource = object.info().is_resource();
    for (index, member) in object.info().members.iter().enumerate() {
        let Some(slot) = object.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        if member.access.read_only || member.is_secret || (member.is_attribute && is_resource) {
            slot.clear();
        } else if slot.as_object().is_some() {
            if let Some(inner) = slot.make_object() {
                reduce_member(inner, member.is_link);
            }
        } else if let Some(list) = slot.as_list() {
            let is_collection = list.address().is_some();
            match slot.make_list() {
                Some(list) if !is_collection => {
                    for item in 0..list.count() {
                        if let Some(item) = list.object_mut(item) {
                            reduce_member(item, member.is_link);
                        }
                    }
                }
                _ => slot.clear(),
            }
        }
    }
    *object.unknown_mut() = Unknown::new();
}

fn reduce_member(object: &mut dyn Object, is_reference: bool) {
    let is_set = |name: &str| member(object, name).is_some_and(Slot::is_set);
    let kept = ["name", ID].into_iter().find(|name| is_set(name)).filter(|_| is_reference);
    // Icons are parts of a virtual machine, but refer to an object as soon as nothing but the ID is left.
    let kept = kept.or_else(|| (object.info().is_resource() && is_bare(object) && is_set(ID)).then_some(ID));
    let Some(kept) = kept else { return reduce(object) };
    let others: Vec<usize> =
        members(object).enumerate().filter(|(_, (member, _))| member.name != kept).map(|(index, _)| index).collect();
    for index in others {
        if let Some(slot) = object.slot_mut(index) {
            slot.clear();
        }
    }
    *object.unknown_mut() = Unknown::new();
}
