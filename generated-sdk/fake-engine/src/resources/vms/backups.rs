//! Backups of virtual machines, and the checkpoints that later ones begin at.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::command_locks::{self, CommandLock, LockMode};
use crate::resources::common::{disk, disk_attachment, locks, references, snapshot, vm_status};
use crate::resources::paths::{BACKUPS, CHECKPOINTS, DISKS, IMAGE_TRANSFERS, SNAPSHOTS};
use crate::resources::vms::checkpoints;
use crate::resources::vms::snapshots::create;
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    Backup, BackupPhase, Checkpoint, CheckpointState, Disk, DiskBackup, DiskBackupMode, Host, ImageTransfer,
    ImageTransferPhase, Snapshot, Vm, VmStatus,
};

pub(crate) const WHAT: &str = "backup VM";
/// In characters.
const LONGEST_DESCRIPTION: usize = 1024;
const STEP: Duration = Duration::from_secs(1);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_backups", "add", add);
    registry.on("vm_backup", "finalize", finalize);
    on_effect!(registry, |state, BackupAdvanced { backup }| go_on(state, backup));
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["disks.id"])?;
    let body: Backup = call.body()?;
    let vm = call.parent();
    let state = &mut *call.state;
    let host = state.find::<Vm>(&vm)?.host.as_ref().and_then(|host| host.id.clone());
    locks::check_not_in_backup(state, &vm, WHAT)?;
    command_locks::check_exclusive(state, &vm, WHAT)?;
    let disks = disks(state, &vm, &body)?;
    check_checkpoint(state, &vm, body.from_checkpoint_id.as_deref())?;
    check(state, &vm, &body)?;

    let name = state.name_of(&vm);
    state.begin_job(&format!("Backing up VM {name}"));
    let is_incremental = |disk: &String| backup_of(state, disk) == Some(DiskBackup::Incremental);
    let has_checkpoint = disks.iter().any(is_incremental);
    let now = state.now();
    let mut backup = Backup::new().creation_date(now).modification_date(now).phase(BackupPhase::Starting);
    backup.id = body.id;
    backup.name = body.name;
    backup.description = body.description;
    backup.from_checkpoint_id = body.from_checkpoint_id.clone();
    backup.to_checkpoint_id = has_checkpoint.then(|| state.new_id());
    backup.host = host.map(|host| Box::new(Host::with_id(host)));
    backup = backup.vm(Vm::with_id(last(&vm)));
    let ids: Vec<String> = disks.iter().map(|disk| last(disk).to_owned()).collect();
    let snapshot = create::take_for_backup(state, &vm, &ids);
    backup = backup.snapshot(Snapshot::with_id(last(&snapshot)).href(""));
    let path = state.insert(&format!("{vm}/{BACKUPS}"), backup);
    let mode = match body.from_checkpoint_id {
        Some(_) => DiskBackupMode::Incremental,
        None => DiskBackupMode::Full,
    };
    for disk in &disks {
        if let Some(copy) = state.get::<Disk>(disk).cloned() {
            let mut copy = copy.backup_mode(mode.clone());
            copy.href = None;
            state.insert(&format!("{path}/{DISKS}"), copy);
        }
        disk::set_locked(state, disk, true);
    }
    let reason = "Snapshot is currently being created for VM {}.";
    let lock = CommandLock { mode: LockMode::Exclusive, holder: &path, reason, name: &name };
    command_locks::acquire(state, &vm, lock);
    let text = format!("Backup {} of VM {name} was begun by {}.", last(&path), references::acting_user(state));
    state.event(10_790, Severity::Normal, &text, &[&vm]);
    state.after(STEP * 2, Effect::BackupAdvanced { backup: path.clone() });
    Ok(Reply::Created(path))
}

/// The disks of a new backup, which have to be active disks of the virtual machine.
fn disks(state: &State, vm: &str, body: &Backup) -> Result<Vec<String>, Fault> {
    let wanted = body.disks.iter().flatten().filter_map(|disk| disk.id.as_deref());
    let wanted: Vec<String> = wanted.map(|id| format!("{DISKS}/{id}")).collect();
    disk::check_exist(state, &wanted, WHAT)?;
    disk::check_images_not_locked(state, &wanted, WHAT)?;
    let attached = disk_attachment::disks_and_activity(state, vm);
    let mut idle = Vec::new();
    for disk in &wanted {
        // The engine's command fails with an exception if the disk is not attached.
        let (_, is_active) = attached.iter().find(|(path, _)| path == disk).ok_or_else(Fault::general_failure)?;
        if !is_active {
            idle.push(last(disk));
        }
    }
    if !idle.is_empty() {
        let why = format!("The following disks are not active on VM {}: {}", state.name_of(vm), idle.join(", "));
        return Err(Fault::cannot(WHAT, &why));
    }
    Ok(wanted)
}

/// Fails if there is no valid checkpoint with which an incremental backup can begin.
fn check_checkpoint(state: &State, vm: &str, from: Option<&str>) -> Result<(), Fault> {
    let Some(from) = from else { return Ok(()) };
    let known = state.get::<Checkpoint>(&format!("{vm}/{CHECKPOINTS}/{from}"));
    let known = known.ok_or_else(|| Fault::invalid(WHAT, &format!("Checkpoint ID {from} doesn't exist.")))?;
    match known.state {
        Some(CheckpointState::Invalid) => {
            Err(Fault::invalid(WHAT, &format!("Checkpoint ID {from} is invalid and should be removed.")))
        }
        _ => Ok(()),
    }
}

/// Fails if the state of a virtual machine doesn't allow a backup, or if the backup has invalid properties.
fn check(state: &State, vm: &str, body: &Backup) -> Result<(), Fault> {
    if !matches!(vm_status::status_or_down(state, vm), VmStatus::Up | VmStatus::Down) {
        return Err(Fault::cannot(WHAT, "The Virtual Machine should be in Up or Down status."));
    }
    snapshot::check_not_in_preview(state, vm, WHAT)?;
    if body.description.as_ref().is_some_and(|text| text.chars().count() > LONGEST_DESCRIPTION) {
        let why = "The VM backup description shouldn't contain more than 1024 characters.";
        return Err(Fault::invalid(WHAT, why));
    }
    match body.id.as_deref().filter(|id| state.contains(&format!("{vm}/{BACKUPS}/{id}"))) {
        Some(id) => Err(Fault::invalid(WHAT, &format!("The specified VM backup ID {id} already exists."))),
        None => Ok(()),
    }
}

fn backup_of(state: &State, disk: &str) -> Option<DiskBackup> {
    state.get::<Disk>(disk).and_then(|disk| disk.backup.clone())
}

fn finalize(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let state = &mut *call.state;
    state.find::<Backup>(&path)?;
    let is_transferring = |(_, transfer): (String, &ImageTransfer)| {
        let ended = [Some(ImageTransferPhase::FinishedSuccess), Some(ImageTransferPhase::FinishedFailure)];
        let backup = transfer.backup.as_ref().and_then(|backup| backup.id.as_deref());
        backup == Some(last(&path)) && !ended.contains(&transfer.phase)
    };
    if state.list::<ImageTransfer>(IMAGE_TRANSFERS).any(is_transferring) {
        return Err(Fault::cannot("stop VM backup", "There is an active image transfer for VM backup"));
    }
    set_phase(state, &path, BackupPhase::Finalizing);
    state.after(STEP * 2, Effect::BackupAdvanced { backup: path });
    Ok(Reply::Completed)
}

fn set_phase(state: &mut State, backup: &str, phase: BackupPhase) {
    let now = state.now();
    if let Some(backup) = state.get_mut::<Backup>(backup) {
        backup.phase = Some(phase);
        backup.modification_date = Some(now);
    }
}

/// Ends a backup that failed.
pub(crate) fn failed(state: &mut State, path: &str) {
    let vm = above(path, 2).to_owned();
    let was_finalizing = state.get::<Backup>(path).is_some_and(|backup| backup.phase == Some(BackupPhase::Finalizing));
    set_phase(state, path, BackupPhase::Failed);
    command_locks::release(state, path);
    for disk in state.paths(&format!("{path}/{DISKS}")) {
        disk::set_locked(state, &format!("{DISKS}/{}", last(&disk)), false);
    }
    let (id, name, user) = (last(path), state.name_of(&vm), references::acting_user(state));
    let (code, text) = match was_finalizing {
        true => (10_795, format!("Failed to finalize backup {id} of VM {name} (User: {user}).")),
        false => (10_792, format!("Backup {id} of VM {name} failed (User: {user}).")),
    };
    state.event(code, Severity::Error, &text, &[&vm]);
}

/// Brings a backup to its next phase.
fn go_on(state: &mut State, path: &str) {
    let vm = above(path, 2).to_owned();
    let (id, name) = (last(path).to_owned(), state.name_of(&vm));
    match state.get::<Backup>(path).and_then(|backup| backup.phase.clone()) {
        Some(BackupPhase::Starting) => {
            set_phase(state, path, BackupPhase::Ready);
            command_locks::release(state, path);
            checkpoints::add_checkpoint(state, &vm, path);
            let text = format!("Backup {id} of VM {name} can be downloaded.");
            state.event(10_793, Severity::Normal, &text, &[&vm]);
        }
        Some(BackupPhase::Finalizing) => {
            set_phase(state, path, BackupPhase::Succeeded);
            if let Some(snapshot) = state.get::<Backup>(path).and_then(|backup| backup.snapshot.as_ref()?.id.clone()) {
                state.remove(&format!("{vm}/{SNAPSHOTS}/{snapshot}"));
            }
            command_locks::release(state, path);
            for disk in state.paths(&format!("{path}/{DISKS}")) {
                disk::set_locked(state, &format!("{DISKS}/{}", last(&disk)), false);
            }
            state.event(10_794, Severity::Normal, &format!("Backup {id} of VM {name} is over."), &[&vm]);
        }
        _ => {}
    }
}
