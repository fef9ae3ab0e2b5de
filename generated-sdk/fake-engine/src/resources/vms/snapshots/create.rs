//! Taking snapshots.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::{disk, disk_attachment, locks, references, snapshot, vm_status};
use crate::resources::paths::{DISKS, SNAPSHOTS};
use crate::resources::vms::snapshots::{contents, stateless};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Snapshot, SnapshotStatus, SnapshotType, VmStatus};

const WHAT: &str = "create Snapshot";
/// The description of snapshots that backups take.
const FOR_BACKUP: &str = "Auto-generated for Backup VM";
/// How long it takes to take one; longer with the memory.
const PLAIN: Duration = Duration::from_secs(4);
const WITH_MEMORY: Duration = Duration::from_secs(12);

pub(super) fn register(registry: &mut Registry) {
    registry.on("snapshots", "add", add);
    // Their own, as they were; not the disks as they are.
    registry.view_with_addresses("snapshot_disks", |state, snapshot| state.paths(&format!("{snapshot}/{DISKS}")));
    on_effect!(registry, |state, SnapshotCreated { snapshot, vm_status, disks }| {
        taken(state, snapshot, vm_status, disks);
    });
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let body: Snapshot = call.body()?;
    let vm = call.parent();
    let state = &mut *call.state;
    let wanted = wanted(state, &vm, &body)?;
    locks::check_free(state, &vm, WHAT)?;
    snapshot::check_not_in_preview(state, &vm, WHAT)?;
    stateless::check_not_stateless(state, &vm, WHAT)?;
    let before = vm_status::status_or_down(state, &vm);
    if !matches!(before, VmStatus::Down | VmStatus::Up | VmStatus::Paused | VmStatus::Suspended) {
        let status = before.to_string();
        return Err(Fault::conflict(&format!("Cannot {WHAT} because the VM is in {status} status.")));
    }

    let runs = matches!(before, VmStatus::Up | VmStatus::Paused);
    let with_memory = runs && body.persist_memorystate.unwrap_or(true);
    let description = body.description.unwrap_or_default();
    let name = state.name_of(&vm);
    state.begin_job(&format!("Creating VM Snapshot {description} for VM {name}"));
    let snapshot = Snapshot::new()
        .description(description.as_str())
        .persist_memorystate(with_memory)
        .snapshot_status(SnapshotStatus::Locked);
    let snapshot = insert(state, &vm, snapshot, wanted.as_deref());
    if before == VmStatus::Down {
        vm_status::set_status(state, &vm, VmStatus::ImageLocked);
    }
    let mut disks = Vec::new();
    for disk in disk_attachment::disks(state, &vm) {
        if is_wanted(wanted.as_deref(), last(&disk)) && !disk::is_locked(state, &disk) {
            disk::set_locked(state, &disk, true);
            disks.push(disk);
        }
    }
    let by = references::acting_user(state);
    let text = format!("{by} began to take snapshot '{description}' of VM '{name}'.");
    state.event(45, Severity::Normal, &text, &[&vm]);
    let effect = Effect::SnapshotCreated { snapshot: snapshot.clone(), vm_status: before, disks };
    state.after(if with_memory { WITH_MEMORY } else { PLAIN }, effect);
    Ok(Reply::Created(snapshot))
}

/// Stores a regular snapshot of a virtual machine, with the requested disks or all; returns its path.
fn insert(state: &mut State, vm: &str, snapshot: Snapshot, wanted: Option<&[String]>) -> String {
    let snapshot = snapshot.date(state.now()).snapshot_type(SnapshotType::Regular);
    let snapshot = state.insert(&format!("{vm}/{SNAPSHOTS}"), snapshot);
    contents::save(state, vm, &snapshot, |disk| is_wanted(wanted, disk));
    contents::add_layers(state, vm, |disk| is_wanted(wanted, disk));
    snapshot
}

/// Takes the snapshot from which disks are backed up, by their identifiers; returns its path.
pub(crate) fn take_for_backup(state: &mut State, vm: &str, disks: &[String]) -> String {
    let snapshot =
        Snapshot::new().description(FOR_BACKUP).persist_memorystate(false).snapshot_status(SnapshotStatus::Ok);
    insert(state, vm, snapshot, Some(disks))
}

/// The identifiers of the disks that a new snapshot is to have, if it is not to have all.
fn wanted(state: &State, vm: &str, body: &Snapshot) -> Result<Option<Vec<String>>, Fault> {
    let Some(attachments) = &body.disk_attachments else { return Ok(None) };
    let id = |attachment: &ovirt_sdk::types::DiskAttachment| {
        attachment.disk.as_ref().and_then(|disk| disk.id.clone()).or_else(|| attachment.id.clone())
    };
    let wanted: Vec<String> = attachments.iter().filter_map(id).collect();
    let attached = disk_attachment::disks(state, vm);
    let strange: Vec<String> =
        wanted.iter().map(|id| format!("{DISKS}/{id}")).filter(|it| !attached.contains(it)).collect();
    if strange.is_empty() {
        return Ok(Some(wanted));
    }
    let names: Vec<String> = strange.iter().map(|disk| state.name_of(disk)).collect();
    let why = format!("The following disk(s) are not attached to the VM {}: {}.", state.name_of(vm), names.join(", "));
    Err(Fault::cannot(WHAT, &why))
}

fn is_wanted(wanted: Option<&[String]>, disk: &str) -> bool {
    wanted.is_none_or(|wanted| wanted.iter().any(|it| it == disk))
}

fn taken(state: &mut State, snapshot: &str, before: &VmStatus, disks: &[String]) {
    let vm = above(snapshot, 2).to_owned();
    disks.iter().for_each(|disk| disk::set_locked(state, disk, false));
    if vm_status::status_or_down(state, &vm) == VmStatus::ImageLocked && *before == VmStatus::Down {
        vm_status::set_status(state, &vm, VmStatus::Down);
    }
    contents::set_status(state, snapshot, SnapshotStatus::Ok);
    let description = snapshot::description(state, snapshot);
    let text = format!("Snapshot '{description}' of VM '{}' has been taken.", state.name_of(&vm));
    state.event(68, Severity::Normal, &text, &[&vm]);
}
