//! Taking snapshots.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::command_locks::{self, CommandLock, LockMode};
use crate::resources::common::{
    disk, disk_attachment, host_device, locks, references, snapshot, storage_domain, vm_status, vm_validation,
};
use crate::resources::paths::{DISKS, MEDIATED_DEVICES, SNAPSHOTS};
use crate::resources::vms::snapshots::{contents, stateless};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, Snapshot, SnapshotStatus, SnapshotType, Vm, VmStatus};

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
    on_effect!(registry, |state, SnapshotCreated { snapshot, disks }| taken(state, snapshot, disks));
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let body: Snapshot = call.body()?;
    let vm = call.parent();
    let state = &mut *call.state;
    command_locks::check_exclusive(state, &vm, WHAT)?;
    let wanted = wanted(state, &vm, &body)?;
    let before = vm_status::status_or_down(state, &vm);
    let runs = vm_status::has_process(&before);
    let with_memory = runs && body.persist_memorystate.unwrap_or(true);
    check(state, &vm, &before, with_memory)?;
    check_storage(state, &vm, wanted.as_deref())?;

    let description = body.description.unwrap_or_default();
    let name = state.name_of(&vm);
    state.begin_job(&format!("Creating VM Snapshot {description} for VM {name}"));
    let snapshot = Snapshot::new()
        .description(description.as_str())
        .persist_memorystate(with_memory)
        .snapshot_status(SnapshotStatus::Locked);
    let snapshot = insert(state, &vm, snapshot, wanted.as_deref());
    let reason = "Snapshot is currently being created for VM {}.";
    let lock = CommandLock { mode: LockMode::Exclusive, holder: &snapshot, reason, name: &name };
    command_locks::acquire(state, &vm, lock);
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
    let effect = Effect::SnapshotCreated { snapshot: snapshot.clone(), disks };
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
    let disks: Vec<String> = wanted.iter().map(|id| format!("{DISKS}/{id}")).collect();
    disk::check_exist(state, &disks, WHAT)?;
    let names = |selected: &dyn Fn(&String) -> bool| {
        let names: Vec<String> = disks.iter().filter(|disk| selected(disk)).map(|disk| state.name_of(disk)).collect();
        names.join(", ")
    };
    let attached = disk_attachment::disks(state, vm);
    let is_excluded = |path: &String| attached.contains(path) && !state.get::<Disk>(path).is_some_and(disk::is_layered);
    let excluded = names(&is_excluded);
    if !excluded.is_empty() {
        let why = format!("Snapshot is not allowed for the following disk(s): {excluded}.");
        return Err(Fault::invalid(WHAT, &why));
    }
    let strange = names(&|path| !attached.contains(path));
    if !strange.is_empty() {
        let why = format!("The following disk(s) are not attached to the VM {}: {strange}.", state.name_of(vm));
        return Err(Fault::invalid(WHAT, &why));
    }
    Ok(Some(wanted))
}

/// Fails if the state of a virtual machine doesn't allow a snapshot.
fn check(state: &State, vm: &str, status: &VmStatus, with_memory: bool) -> Result<(), Fault> {
    match status {
        VmStatus::SavingState | VmStatus::RestoringState => return Err(vm_status::saving_or_restoring(WHAT)),
        VmStatus::Migrating
        | VmStatus::Suspended
        | VmStatus::ImageLocked
        | VmStatus::NotResponding
        | VmStatus::Unassigned
        | VmStatus::UnknownValue => return Err(vm_status::wrong_status(status, WHAT)),
        _ => {}
    }
    vm_validation::check_data_center(state, vm, WHAT)?;
    locks::check_no_snapshot_operation(state, vm, WHAT)?;
    stateless::check_not_stateless(state, vm, WHAT)?;
    if !with_memory {
        return Ok(());
    }
    let has_mediated_device = !state.paths(&format!("{vm}/{MEDIATED_DEVICES}")).is_empty();
    let why = if host_device::has_capability(state, vm, "pci") {
        "VM has PCI host devices attached."
    } else if host_device::has_capability(state, vm, "scsi") {
        "VM has SCSI host devices attached."
    } else if host_device::has_capability(state, vm, "nvdimm") {
        "VM has NVDIMM devices attached."
    } else if state.find::<Vm>(vm)?.tpm_enabled == Some(true) {
        "VM has a TPM device attached."
    } else if has_mediated_device {
        "VM uses mdev_type hook."
    } else {
        return Ok(());
    };
    Err(Fault::cannot(WHAT, why))
}

/// Fails if there is no place for the new layers of the disks.
fn check_storage(state: &State, vm: &str, wanted: Option<&[String]>) -> Result<(), Fault> {
    let mut images = disk_attachment::disks(state, vm);
    images.retain(|disk| is_wanted(wanted, last(disk)) && state.get::<Disk>(disk).is_some_and(disk::is_layered));
    disk::check_images_not_locked(state, &images, WHAT)?;
    disk::check_legal(state, &images, WHAT)?;
    for domain in images.iter().filter_map(|image| disk::domain_of(state, image)) {
        storage_domain::check_usable(state, &domain, WHAT)?;
        storage_domain::check_space(state, &domain, 0, WHAT)?;
    }
    Ok(())
}

fn is_wanted(wanted: Option<&[String]>, disk: &str) -> bool {
    wanted.is_none_or(|wanted| wanted.iter().any(|it| it == disk))
}

fn taken(state: &mut State, snapshot: &str, disks: &[String]) {
    let vm = above(snapshot, 2).to_owned();
    disks.iter().for_each(|disk| disk::set_locked(state, disk, false));
    command_locks::release(state, snapshot);
    contents::set_status(state, snapshot, SnapshotStatus::Ok);
    let description = snapshot::description(state, snapshot);
    let text = format!("Snapshot '{description}' of VM '{}' has been taken.", state.name_of(&vm));
    state.event(68, Severity::Normal, &text, &[&vm]);
}
