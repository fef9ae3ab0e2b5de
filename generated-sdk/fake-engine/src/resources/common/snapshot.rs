//! Facts about the snapshots of a virtual machine.

use crate::api::Fault;
use crate::resources::paths::{DISKS, SNAPSHOTS};
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskAttachment, Snapshot, SnapshotStatus, SnapshotType, Vm};

/// What the engine calls the current state.
const ACTIVE: &str = "Active VM";

/// Adds the snapshot that stands for the current state of a machine; returns its path.
pub(crate) fn add_active(state: &mut State, vm: &str) -> String {
    let snapshot = Snapshot::new()
        .description(ACTIVE)
        .date(state.now())
        .persist_memorystate(false)
        .snapshot_status(SnapshotStatus::Ok)
        .snapshot_type(SnapshotType::Active);
    state.insert(&format!("{vm}/{SNAPSHOTS}"), snapshot)
}

/// The description of the snapshot at a path.
pub(crate) fn description(state: &State, snapshot: &str) -> String {
    state.get::<Snapshot>(snapshot).and_then(|it| it.description.clone()).unwrap_or_default()
}

/// Refuses while a machine shows the state of a snapshot.
pub(crate) fn check_not_in_preview(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    match previewed(state, vm) {
        Some(_) => Err(Fault::cannot(what, "VM is previewing a Snapshot.")),
        None => Ok(()),
    }
}

/// The snapshot of a machine that keeps what there was before a preview, while there is one.
pub(crate) fn previewed(state: &State, vm: &str) -> Option<String> {
    find_by_type(state, vm, &SnapshotType::Preview)
}

/// The first snapshot of a machine that is of a type.
pub(crate) fn find_by_type(state: &State, vm: &str, kind: &SnapshotType) -> Option<String> {
    let snapshots = format!("{vm}/{SNAPSHOTS}");
    let mut snapshots = state.list::<Snapshot>(&snapshots);
    snapshots.find(|(_, snapshot)| snapshot.snapshot_type.as_ref() == Some(kind)).map(|(path, _)| path)
}

/// Whether an operation on a snapshot of a virtual machine is in progress.
pub(crate) fn is_any_locked(state: &State, vm: &str) -> bool {
    let is_locked = |snapshot: &Snapshot| snapshot.snapshot_status == Some(SnapshotStatus::Locked);
    state.list::<Snapshot>(&format!("{vm}/{SNAPSHOTS}")).any(|(_, snapshot)| is_locked(snapshot))
}

/// The settings that a snapshot keeps.
pub(crate) fn saved_configuration(state: &State, snapshot: &str) -> Option<Vm> {
    state.get::<Snapshot>(snapshot)?.vm.as_deref().cloned()
}

/// The disks that a snapshot keeps, and how they were attached.
pub(crate) fn saved_disks(state: &State, snapshot: &str) -> Vec<(String, DiskAttachment)> {
    let attachment = |disk: &Disk| {
        let mut attachment = DiskAttachment::new().pass_discard(false).uses_scsi_reservation(false);
        attachment.active = disk.active;
        attachment.bootable = disk.bootable;
        attachment.interface = disk.interface.clone();
        attachment.read_only = disk.read_only;
        attachment.logical_name = disk.logical_name.clone();
        attachment
    };
    let disks = state.list::<Disk>(&format!("{snapshot}/{DISKS}"));
    disks.filter_map(|(_, disk)| Some((disk.id.clone()?, attachment(disk)))).collect()
}
