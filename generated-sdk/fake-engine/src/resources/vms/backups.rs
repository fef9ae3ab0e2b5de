//! Backups of virtual machines, and the checkpoints that later ones begin at.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::{disk, disk_attachment, locks, references, vm_status};
use crate::resources::paths::{BACKUPS, CHECKPOINTS, DISKS, SNAPSHOTS};
use crate::resources::vms::checkpoints;
use crate::resources::vms::snapshots::create;
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    Backup, BackupPhase, Checkpoint, CheckpointState, Disk, DiskBackup, DiskBackupMode, DiskFormat, Host, Snapshot, Vm,
    VmStatus,
};

pub(crate) const WHAT: &str = "backup VM";
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
    let backup = body.id.clone().map(|id| format!("{vm}/{BACKUPS}/{id}"));
    if let Some(backup) = backup.filter(|path| state.contains(path)) {
        let why = format!("The specified VM backup ID {} already exists.", last(&backup));
        return Err(Fault::cannot(WHAT, &why));
    }
    locks::check_not_in_backup(state, &vm, WHAT)?;
    let disks = disks(state, &vm, &body)?;
    check_checkpoint(state, &vm, &disks, body.from_checkpoint_id.as_deref())?;
    locks::check_free(state, &vm, WHAT)?;
    if !matches!(vm_status::status_or_down(state, &vm), VmStatus::Up | VmStatus::Down) {
        return Err(Fault::cannot(WHAT, "The Virtual Machine should be in Up or Down status."));
    }

    let name = state.name_of(&vm);
    state.begin_job(&format!("Creating a backup of VM {name}"));
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
    let text = format!("Backup {} of VM {name} was begun by {}.", last(&path), references::acting_user(state));
    state.event(10_790, Severity::Normal, &text, &[&vm]);
    state.after(STEP * 2, Effect::BackupAdvanced { backup: path.clone() });
    Ok(Reply::Created(path))
}

/// The disks of a new backup, which have to be active disks of the machine.
fn disks(state: &State, vm: &str, body: &Backup) -> Result<Vec<String>, Fault> {
    let attached = disk_attachment::list(state, vm);
    let mut disks = Vec::new();
    let mut idle = Vec::new();
    for id in body.disks.iter().flat_map(|disks| disks.iter()).filter_map(|disk| disk.id.as_deref()) {
        let of_disk = |attachment: &ovirt_sdk::types::DiskAttachment| {
            attachment.disk.as_ref().and_then(|disk| disk.id.as_deref()) == Some(id)
        };
        match attached.iter().find(|(_, attachment)| of_disk(attachment)) {
            Some((_, attachment)) if attachment.active == Some(false) => idle.push(id),
            Some(_) => disks.push(format!("{DISKS}/{id}")),
            None => {
                let why = format!("The following disk(s) are not attached to the VM {}: {id}.", state.name_of(vm));
                return Err(Fault::cannot(WHAT, &why));
            }
        }
    }
    if !idle.is_empty() {
        return Err(Fault::cannot(WHAT, &format!("The following disks are not active: {}", idle.join(", "))));
    }
    Ok(disks)
}

/// Refuses a backup of what changed since a checkpoint, where that can't be told.
fn check_checkpoint(state: &State, vm: &str, disks: &[String], from: Option<&str>) -> Result<(), Fault> {
    let Some(from) = from else { return Ok(()) };
    let checkpoint = format!("{vm}/{CHECKPOINTS}/{from}");
    let known = state.get::<Checkpoint>(&checkpoint);
    let known = known.ok_or_else(|| Fault::cannot(WHAT, &format!("Checkpoint ID {from} doesn't exist.")))?;
    if known.state == Some(CheckpointState::Invalid) {
        return Err(Fault::cannot(WHAT, &format!("Checkpoint ID {from} is invalid and should be removed.")));
    }
    let ids = |wrong: &dyn Fn(&str) -> bool| {
        let ids: Vec<&str> = disks.iter().filter(|disk| wrong(disk)).map(|disk| last(disk)).collect();
        ids.join(", ")
    };
    let raw = ids(&|disk| state.get::<Disk>(disk).is_some_and(|disk| disk.format == Some(DiskFormat::Raw)));
    if !raw.is_empty() {
        return Err(Fault::cannot(WHAT, "Incremental backup is not supported for RAW format disks."));
    }
    let disabled = ids(&|disk| backup_of(state, disk) != Some(DiskBackup::Incremental));
    if !disabled.is_empty() {
        return Err(Fault::cannot(
            WHAT,
            &format!("Incremental backup is disabled for the following disks: {disabled}."),
        ));
    }
    let new = ids(&|disk| !state.contains(&format!("{checkpoint}/{disk}")));
    if !new.is_empty() {
        let why = format!(
            "The following disks are not included in the previous VM backup: {new}\nPlease use a full VM backup for all \
             the VM disks."
        );
        return Err(Fault::cannot(WHAT, &why));
    }
    Ok(())
}

fn backup_of(state: &State, disk: &str) -> Option<DiskBackup> {
    state.get::<Disk>(disk).and_then(|disk| disk.backup.clone())
}

fn finalize(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let state = &mut *call.state;
    let phase = state.find::<Backup>(&path)?.phase.clone();
    if phase != Some(BackupPhase::Ready) {
        let phase = phase.map(|phase| phase.to_string().to_uppercase()).unwrap_or_default();
        let why = format!("The VM backup is not in READY phase, backup phase is {phase}.");
        return Err(Fault::cannot("stop VM backup", &why));
    }
    let vm = above(&path, 2).to_owned();
    state.begin_job(&format!("Finalizing a backup of VM {}", state.name_of(&vm)));
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

/// Brings a backup to its next phase.
fn go_on(state: &mut State, path: &str) {
    let vm = above(path, 2).to_owned();
    let (id, name) = (last(path).to_owned(), state.name_of(&vm));
    match state.get::<Backup>(path).and_then(|backup| backup.phase.clone()) {
        Some(BackupPhase::Starting) => {
            set_phase(state, path, BackupPhase::Ready);
            checkpoints::add_checkpoint(state, &vm, path);
            let text = format!("Backup {id} of VM {name} can be downloaded.");
            state.event(10_793, Severity::Normal, &text, &[&vm]);
        }
        Some(BackupPhase::Finalizing) => {
            set_phase(state, path, BackupPhase::Succeeded);
            if let Some(snapshot) = state.get::<Backup>(path).and_then(|backup| backup.snapshot.as_ref()?.id.clone()) {
                state.remove(&format!("{vm}/{SNAPSHOTS}/{snapshot}"));
            }
            for disk in state.paths(&format!("{path}/{DISKS}")) {
                disk::set_locked(state, &format!("{DISKS}/{}", last(&disk)), false);
            }
            state.event(10_794, Severity::Normal, &format!("Backup {id} of VM {name} is over."), &[&vm]);
        }
        _ => {}
    }
}
