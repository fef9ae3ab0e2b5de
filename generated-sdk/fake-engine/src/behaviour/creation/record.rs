//! What a snapshot keeps of a machine: its settings, its disks, and its devices, in collections below the snapshot.

use super::{parts, stage, store};
use crate::behaviour::machines::defaults::refer;
use crate::state::{State, last};
use ovirt_sdk::types::{
    Cdrom, Disk, DiskAttachment, DiskStatus, DiskStorageType, Nic, Snapshot, SnapshotStatus, Vm, VmBase,
};

/// Settings of a machine that its snapshots don't keep.
const NOT_KEPT: [&str; 5] = ["href", "name", "description", "comment", "creation_time"];

/// Keeps in a snapshot what a machine is; of the disks only those that are wanted.
pub(super) fn keep(state: &mut State, vm: &str, snapshot: &str, wanted: impl Fn(&str) -> bool) {
    let Some(mut kept) = state.get::<Vm>(vm).cloned() else { return };
    kept.href = None;
    kept.host = None;
    parts::strip(&mut kept);
    if let Some(snapshot) = state.get_mut::<Snapshot>(snapshot) {
        snapshot.vm = Some(Box::new(kept));
    }
    for (_, attachment) in store::of(state, vm) {
        let Some(id) = attachment.disk.as_ref().and_then(|disk| disk.id.clone()) else { continue };
        let Some(disk) = state.get::<Disk>(&format!("disks/{id}")) else { continue };
        if is_layered(disk) && wanted(&id) {
            let mut disk = disk.clone();
            disk.href = None;
            disk.active = attachment.active;
            disk.bootable = attachment.bootable;
            disk.interface = attachment.interface;
            disk.read_only = attachment.read_only;
            disk.logical_name = attachment.logical_name;
            disk.status = Some(DiskStatus::Ok);
            disk.snapshot = Some(Box::new(reference(snapshot)));
            state.insert(&format!("{snapshot}/disks"), disk);
        }
    }
    for (_, nic) in parts::list::<Nic>(state, &format!("{vm}/nics")) {
        let mut kept = parts::bare_nic(nic);
        kept.vm = Some(Box::new(Vm::with_id(last(vm))));
        state.insert(&format!("{snapshot}/nics"), kept);
    }
    for (_, mut cdrom) in parts::list::<Cdrom>(state, &format!("{vm}/cdroms")) {
        cdrom.href = None;
        state.insert(&format!("{snapshot}/cdroms"), cdrom);
    }
}

/// Whether a disk has a state of its own in each snapshot.
pub(super) fn is_layered(disk: &Disk) -> bool {
    disk.storage_type.as_ref().is_none_or(|kind| *kind == DiskStorageType::Image) && disk.shareable != Some(true)
}

/// A reference to a snapshot.
pub(super) fn reference(snapshot: &str) -> Snapshot {
    Snapshot::with_id(last(snapshot)).href(snapshot)
}

/// The settings that a snapshot keeps.
pub(super) fn settings(state: &State, snapshot: &str) -> Option<Vm> {
    state.get::<Snapshot>(snapshot)?.vm.as_deref().cloned()
}

/// The disks that a snapshot keeps, and how they were attached.
pub(super) fn disks(state: &State, snapshot: &str) -> Vec<(String, DiskAttachment)> {
    let attachment = |disk: &Disk| {
        let mut attachment = DiskAttachment::new().pass_discard(false).uses_scsi_reservation(false);
        attachment.active = disk.active;
        attachment.bootable = disk.bootable;
        attachment.interface = disk.interface.clone();
        attachment.read_only = disk.read_only;
        attachment.logical_name = disk.logical_name.clone();
        attachment
    };
    let disks = state.list::<Disk>(&format!("{snapshot}/disks"));
    disks.filter_map(|(_, disk)| Some((disk.id.clone()?, attachment(disk)))).collect()
}

/// Makes a machine what a snapshot keeps of it. Disks that the snapshot does not have are detached.
pub(super) fn bring_back(state: &mut State, vm: &str, snapshot: &str) {
    if let Some(kept) = settings(state, snapshot) {
        let mut base = VmBase::new();
        crate::behaviour::machines::defaults::fill(&mut base, &kept, &NOT_KEPT);
        if let Some(vm) = state.get_mut::<Vm>(vm) {
            replace(vm, &base);
        }
    }
    for (path, attachment) in store::of(state, vm) {
        let disk = attachment.disk.and_then(|disk| state.get::<Disk>(&format!("disks/{}", disk.id?)));
        if disk.is_some_and(is_layered) {
            state.remove(&path);
        }
    }
    for (id, attachment) in disks(state, snapshot) {
        let Some(kept) = state.get::<Disk>(&format!("{snapshot}/disks/{id}")).cloned() else { continue };
        let path = format!("disks/{id}");
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
                state.insert("disks", disk);
            }
        }
        store::attach(state, vm, &path, attachment);
    }
    bring_back_devices(state, vm, snapshot);
}

fn bring_back_devices(state: &mut State, vm: &str, snapshot: &str) {
    for collection in ["nics", "cdroms"] {
        for path in state.paths(&format!("{vm}/{collection}")) {
            state.remove(&path);
        }
    }
    for (_, nic) in parts::list::<Nic>(state, &format!("{snapshot}/nics")) {
        // The address may belong to another machine by now.
        drop(super::configuration::add_nic(state, vm, parts::bare_nic(nic)));
    }
    for (_, mut cdrom) in parts::list::<Cdrom>(state, &format!("{snapshot}/cdroms")) {
        cdrom.href = None;
        state.insert(&format!("{vm}/cdroms"), refer(cdrom, vm));
    }
}

/// Puts the settings of one object in the place of those of another one.
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
pub(super) fn set_status(state: &mut State, snapshot: &str, status: SnapshotStatus) {
    if let Some(snapshot) = state.get_mut::<Snapshot>(snapshot) {
        snapshot.snapshot_status = Some(status);
    }
}

/// Gives the disks of a machine new layers, as every snapshot does.
pub(super) fn layer(state: &mut State, vm: &str, wanted: impl Fn(&str) -> bool) {
    for disk in stage::disks(state, vm) {
        if !wanted(last(&disk)) {
            continue;
        }
        let image = state.new_id();
        if let Some(disk) = state.get_mut::<Disk>(&disk).filter(|disk| is_layered(disk)) {
            disk.image_id = Some(image);
            disk.format = Some(ovirt_sdk::types::DiskFormat::Cow);
            disk.sparse = Some(true);
        }
    }
}
