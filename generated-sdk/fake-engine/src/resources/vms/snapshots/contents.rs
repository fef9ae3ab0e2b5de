//! The content of a snapshot: settings, disks and devices of a machine, in collections below the snapshot.

use crate::path::last;
use crate::resources::common::{disk, disk_attachment, fields, nic, references, snapshot};
use crate::resources::paths::{CDROMS, DISKS, NICS};
use crate::state::State;
use ovirt_sdk::types::{Cdrom, Disk, DiskStatus, Nic, Snapshot, SnapshotStatus, Vm, VmBase};

/// Settings of a machine that its snapshots don't keep.
const NOT_KEPT: [&str; 5] = ["href", "name", "description", "comment", "creation_time"];

/// Stores a machine in a snapshot, with the requested disks.
pub(crate) fn save(state: &mut State, vm: &str, snapshot: &str, wanted: impl Fn(&str) -> bool) {
    let Some(mut kept) = state.get::<Vm>(vm).cloned() else { return };
    kept.href = None;
    kept.host = None;
    fields::clear_collections(&mut kept);
    if let Some(snapshot) = state.get_mut::<Snapshot>(snapshot) {
        snapshot.vm = Some(Box::new(kept));
    }
    for (_, attachment) in disk_attachment::list(state, vm) {
        let Some(id) = attachment.disk.as_ref().and_then(|disk| disk.id.clone()) else { continue };
        let Some(disk) = state.get::<Disk>(&format!("{DISKS}/{id}")) else { continue };
        if disk::is_layered(disk) && wanted(&id) {
            let mut disk = disk.clone();
            disk.href = None;
            disk.active = attachment.active;
            disk.bootable = attachment.bootable;
            disk.interface = attachment.interface;
            disk.read_only = attachment.read_only;
            disk.logical_name = attachment.logical_name;
            disk.status = Some(DiskStatus::Ok);
            disk.snapshot = Some(Box::new(reference(snapshot)));
            state.insert(&format!("{snapshot}/{DISKS}"), disk);
        }
    }
    for (_, nic) in references::list_cloned::<Nic>(state, &format!("{vm}/{NICS}")) {
        let mut kept = nic::without_owner(nic);
        kept.vm = Some(Box::new(Vm::with_id(last(vm))));
        state.insert(&format!("{snapshot}/{NICS}"), kept);
    }
    for (_, mut cdrom) in references::list_cloned::<Cdrom>(state, &format!("{vm}/{CDROMS}")) {
        cdrom.href = None;
        state.insert(&format!("{snapshot}/{CDROMS}"), cdrom);
    }
}

/// A reference to a snapshot.
fn reference(snapshot: &str) -> Snapshot {
    Snapshot::with_id(last(snapshot)).href(snapshot)
}

/// Restores a machine from a snapshot. Disks that the snapshot does not have are detached.
pub(crate) fn restore(state: &mut State, vm: &str, snapshot: &str) {
    if let Some(kept) = snapshot::saved_configuration(state, snapshot) {
        let mut base = VmBase::new();
        fields::fill_unset(&mut base, &kept, &NOT_KEPT);
        if let Some(vm) = state.get_mut::<Vm>(vm) {
            replace(vm, &base);
        }
    }
    for (path, attachment) in disk_attachment::list(state, vm) {
        let disk = attachment.disk.and_then(|disk| state.get::<Disk>(&format!("{DISKS}/{}", disk.id?)));
        if disk.is_some_and(disk::is_layered) {
            state.remove(&path);
        }
    }
    for (id, attachment) in snapshot::saved_disks(state, snapshot) {
        let Some(kept) = state.get::<Disk>(&format!("{snapshot}/{DISKS}/{id}")).cloned() else { continue };
        let path = format!("{DISKS}/{id}");
        match state.get_mut::<Disk>(&path) {
            Some(disk) => {
                disk.image_id = kept.image_id;
                disk.provisioned_size = kept.provisioned_size;
                disk.format = kept.format;
                disk.sparse = kept.sparse;
            }
            None => {
                let mut disk = kept;
                (disk.active, disk.bootable, disk.read_only) = (None, None, None);
                (disk.interface, disk.logical_name, disk.snapshot) = (None, None, None);
                state.insert(DISKS, disk);
            }
        }
        disk_attachment::attach(state, vm, &path, attachment);
    }
    restore_devices(state, vm, snapshot);
}

fn restore_devices(state: &mut State, vm: &str, snapshot: &str) {
    for collection in [NICS, CDROMS] {
        for path in state.paths(&format!("{vm}/{collection}")) {
            state.remove(&path);
        }
    }
    for (_, nic) in references::list_cloned::<Nic>(state, &format!("{snapshot}/{NICS}")) {
        // The address may belong to another machine by now.
        drop(nic::add_with_any_address(state, vm, nic::without_owner(nic)));
    }
    for (_, mut cdrom) in references::list_cloned::<Cdrom>(state, &format!("{snapshot}/{CDROMS}")) {
        cdrom.href = None;
        state.insert(&format!("{vm}/{CDROMS}"), references::refer_to_owner(cdrom, vm));
    }
}

/// Replaces the settings of an object by those of another one.
fn replace(vm: &mut Vm, base: &VmBase) {
    for (index, row) in vm_members() {
        let Some(from) = ovirt_sdk::object::member(base, row).filter(|slot| slot.is_set()) else { continue };
        if let Some(slot) = ovirt_sdk::object::Object::slot_mut(vm, index) {
            slot.assign(from);
        }
    }
}

fn vm_members() -> impl Iterator<Item = (usize, &'static str)> {
    use ovirt_sdk::object::Struct as _;
    Vm::INFO.members.iter().enumerate().map(|(index, row)| (index, row.name)).filter(|(_, name)| *name != "id")
}

/// Sets the status of a snapshot, if it is there.
pub(crate) fn set_status(state: &mut State, snapshot: &str, status: SnapshotStatus) {
    if let Some(snapshot) = state.get_mut::<Snapshot>(snapshot) {
        snapshot.snapshot_status = Some(status);
    }
}

/// Adds a layer to each disk of a machine, as every snapshot does.
pub(crate) fn add_layers(state: &mut State, vm: &str, wanted: impl Fn(&str) -> bool) {
    for disk in disk_attachment::disks(state, vm) {
        if !wanted(last(&disk)) {
            continue;
        }
        let image = state.new_id();
        if let Some(disk) = state.get_mut::<Disk>(&disk).filter(|disk| disk::is_layered(disk)) {
            disk.image_id = Some(image);
            disk.format = Some(ovirt_sdk::types::DiskFormat::Cow);
            disk.sparse = Some(true);
        }
    }
}
