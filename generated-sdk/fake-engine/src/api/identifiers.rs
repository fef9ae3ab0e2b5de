//! Identifiers in what clients send.

use ovirt_sdk::object::{Object, Slot, member_mut};

use super::fault::Fault;
use crate::fields::{id_of, set_text, try_for_each_object};
use crate::path::is_uuid;

/// Types whose identifiers are not UUIDs: numbers, names and others.
const NOT_UUIDS: [&str; 19] = [
    "application",
    "cluster_level",
    "domain",
    "event",
    "event_subscription",
    "file",
    "gluster_brick",
    "gluster_volume_profile_details",
    "graphics_console",
    "host_device",
    "host_storage",
    "image",
    "network_label",
    "operating_system_info",
    "permit",
    "product",
    "system_option",
    "vendor",
    "vm_mediated_device",
];

/// Fails if an identifier of an object, or of what it refers to, is malformed. Identifiers get small letters.
pub(super) fn check(object: &mut dyn Object) -> Result<(), Fault> {
    let kind = object.info();
    if let Some(id) = id_of(object).filter(|_| kind.is_resource() && !NOT_UUIDS.contains(&kind.name)) {
        if !is_uuid(&id) {
            return Err(Fault::mapping(&format!("Invalid UUID string: {id}")));
        }
        set_text(object, "id", id.to_ascii_lowercase());
    }
    for index in 0..kind.members.len() {
        if let Some(slot) = object.slot_mut(index) {
            check_slot(slot)?;
        }
    }
    Ok(())
}

/// Like [`check`], for the objects in a slot.
pub(super) fn check_slot(slot: &mut dyn Slot) -> Result<(), Fault> {
    if slot.is_set() { try_for_each_object(slot, check) } else { Ok(()) }
}

/// Fails if the object in an update has another identifier than the object that is updated, and removes it.
pub(super) fn check_unchanged(change: &mut dyn Object, id: &str) -> Result<(), Fault> {
    if id_of(change).is_some_and(|other| other != id) {
        return Err(Fault::new(409, "Broken immutability constraint", "Attempt to set immutable field: id"));
    }
    if let Some(slot) = member_mut(change, "id") {
        slot.clear();
    }
    Ok(())
}
