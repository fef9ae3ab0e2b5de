//! Checkpoints of virtual machines, for incremental backups.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::{command_locks, disk, locks, references};
use crate::resources::paths::{CHECKPOINTS, DISKS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Backup, Checkpoint, CheckpointState, Disk, DiskBackup, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_checkpoint", "remove", remove);
}

/// Adds the checkpoint of a backup behind those that there are.
pub(crate) fn add_checkpoint(state: &mut State, vm: &str, backup: &str) {
    let Some(id) = state.get::<Backup>(backup).and_then(|backup| backup.to_checkpoint_id.clone()) else { return };
    let collection = format!("{vm}/{CHECKPOINTS}");
    let parent = state.paths(&collection).last().map(|path| last(path).to_owned());
    let mut checkpoint = Checkpoint::with_id(id).creation_date(state.now()).state(CheckpointState::Created);
    checkpoint.parent_id = parent;
    let path = state.insert(&collection, checkpoint.vm(Vm::with_id(last(vm))));
    for disk in references::list_cloned::<Disk>(state, &format!("{backup}/{DISKS}")) {
        if disk.1.backup == Some(DiskBackup::Incremental) {
            let mut disk = disk.1;
            disk.backup_mode = None;
            state.insert(&format!("{path}/{DISKS}"), disk);
        }
    }
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const WHAT: &str = "remove checkpoint";
    let path = call.path();
    let vm = above(&path, 2).to_owned();
    let state = &mut *call.state;
    let parent = state.find::<Checkpoint>(&path)?.parent_id.clone();
    command_locks::check_exclusive(state, &vm, WHAT)?;
    locks::check_not_in_backup(state, &vm, WHAT)?;
    let disks = state.paths(&format!("{path}/{DISKS}"));
    let disks: Vec<String> = disks.iter().map(|disk| format!("{DISKS}/{}", last(disk))).collect();
    disk::check_exist(state, &disks, WHAT)?;
    disk::check_images_not_locked(state, &disks, WHAT)?;
    let collection = format!("{vm}/{CHECKPOINTS}");
    for other in state.paths(&collection) {
        if let Some(other) = state.get_mut::<Checkpoint>(&other)
            && other.parent_id.as_deref() == Some(last(&path))
        {
            other.parent_id.clone_from(&parent);
        }
    }
    state.remove(&path);
    let text = format!("Checkpoint {} of VM {} has been removed.", last(&path), state.name_of(&vm));
    state.event(10_797, Severity::Normal, &text, &[&vm]);
    Ok(Reply::Completed)
}
