//! Updating and extending disks.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, merge, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::disk_lock::{self, LockHolder};
use crate::resources::common::units::GIB;
use crate::resources::common::{disk, locks, quota, quota_usage, references, storage_domain};
use crate::resources::disks::{create, profile};
use crate::resources::paths::{DISK_ATTACHMENTS, VMS, is_in};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskAttachment, DiskBackup, DiskContentType, DiskFormat, DiskStorageType};

const EXTENSION: Duration = Duration::from_secs(3);
/// How long the engine holds the lock of a disk after an update.
const LOCK: Duration = Duration::from_secs(1);
const EDIT: &str = "edit Virtual Disk";

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk", "vm_disk"] {
        registry.on(service, "update", update);
    }
    on_effect!(registry, |state, DiskExtended { disk, size }| extended(state, disk, *size));
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: Disk = call.body()?;
    let path = call.path();
    change_disk(call, &path, change, None)?;
    let (name, user) = (call.state.name_of(&path), references::acting_user(call.state));
    call.state.event(86, Severity::Normal, &format!("Disk {name} was updated by {user}."), &[&path]);
    Ok(Reply::Object(path))
}

/// Changes a disk. A larger size takes effect later, as part of a job. `vm` is the virtual machine through which the
/// disk is changed.
pub(crate) fn change_disk(call: &mut Call<'_>, path: &str, mut change: Disk, vm: Option<&str>) -> Result<(), Fault> {
    let disk = call.state.find::<Disk>(path)?.clone();
    let mut vms = disk::owners(call.state, path);
    vms.retain(|owner| is_in(owner, VMS));
    let (name, vms) = (call.state.name_of(path), call.state.names_of(&vms));
    call.name_job(&format!("Updating Disk {name} properties for VMs: {vms}"));
    create::check_alias(change.alias.as_deref().or(change.name.as_deref()))?;
    check_change(call.state, path, &disk, &change, vm)?;
    let size = change.provisioned_size.take().filter(|size| Some(*size) != disk.provisioned_size);
    let name = change.alias.clone().or_else(|| change.name.clone());
    change.name.clone_from(&name);
    change.alias = name;
    // Fields that can't be changed.
    (change.format, change.sparse, change.status, change.storage_type) = (None, None, None, None);
    (change.image_id, change.actual_size, change.total_size, change.content_type) = (None, None, None, None);
    (change.storage_domains, change.storage_domain, change.snapshot, change.lun_storage) = (None, None, None, None);
    (change.bootable, change.interface, change.active, change.read_only) = (None, None, None, None);
    let object = call.state.object_mut(path).ok_or_else(Fault::not_found)?;
    merge(object, &change);
    disk_lock::acquire(call.state, path, LockHolder::Update);
    match size.filter(|_| disk.storage_type != Some(DiskStorageType::Lun)) {
        Some(size) => extend(call, path, size),
        None => call.state.after(LOCK, Effect::DiskLockReleased { disk: path.to_owned() }),
    }
    Ok(())
}

fn extend(call: &mut Call<'_>, path: &str, size: i64) {
    let (name, user) = (call.state.name_of(path), references::acting_user(call.state));
    call.job();
    disk::set_locked(call.state, path, true);
    let text = format!("Extending disk '{name}' to {} GB was initiated by {user}.", size / GIB);
    disk::log(call.state, 377, &text, path, &[]);
    call.state.after(EXTENSION, Effect::DiskExtended { disk: path.to_owned(), size });
}

fn check_change(state: &State, path: &str, old: &Disk, new: &Disk, vm: Option<&str>) -> Result<(), Fault> {
    disk_lock::check(state, path, EDIT)?;
    if old.storage_type == Some(DiskStorageType::Lun) {
        return disk::check_content(state, path, EDIT, &[DiskContentType::Data]);
    }
    disk::check_vms_not_locked(state, path, EDIT)?;
    vm.map_or(Ok(()), |vm| locks::check_no_snapshot_operation(state, vm, EDIT))?;
    if changes_shareable(old, new) && !disk::running_owners(state, path).is_empty() {
        return Err(Fault::cannot(EDIT, "At least one of the VMs is not down."));
    }
    disk::check_images_not_locked(state, &[path.to_owned()], EDIT)?;
    disk::check_legal(state, &[path.to_owned()], EDIT)?;
    disk::check_content(state, path, EDIT, &[DiskContentType::Data])?;
    check_size(state, path, old, new)?;
    let is_raw = old.format != Some(DiskFormat::Cow);
    if new.qcow_version.is_some() && is_raw {
        return Err(Fault::invalid(EDIT, "The amend operation does not support disk without any QCOW2 volumes."));
    }
    if new.backup == Some(DiskBackup::Incremental) && is_raw {
        return Err(Fault::invalid(EDIT, "Incremental backup is not supported for RAW format disks."));
    }
    check_shareable(state, path, old, new)?;
    if let Some(id) = new.quota.as_ref().and_then(|quota| quota.id.as_deref())
        && quota::find(state, id).is_none()
    {
        return Err(Fault::invalid(EDIT, "Quota doesn't exist."));
    }
    match disk::domain_of(state, path) {
        Some(domain) => profile::check(state, new.disk_profile.as_deref(), &domain, EDIT),
        None => Ok(()),
    }
}

fn changes_shareable(old: &Disk, new: &Disk) -> bool {
    new.shareable.is_some_and(|shareable| shareable != (old.shareable == Some(true)))
}

fn check_size(state: &State, path: &str, old: &Disk, new: &Disk) -> Result<(), Fault> {
    let before = old.provisioned_size.unwrap_or(0);
    let Some(size) = new.provisioned_size.filter(|size| *size != before) else { return Ok(()) };
    if size < before {
        return Err(Fault::invalid(EDIT, "New disk size must be larger than the current disk size."));
    }
    let is_read_only = |owner: &String| {
        let attachment = state.get::<DiskAttachment>(&format!("{owner}/{DISK_ATTACHMENTS}/{}", last(path)));
        attachment.is_some_and(|attachment| attachment.read_only == Some(true))
    };
    if disk::owners(state, path).iter().any(is_read_only) {
        return Err(Fault::cannot(EDIT, "Read-only disk cannot be resized."));
    }
    let Some(domain) = disk::domain_of(state, path) else { return Ok(()) };
    storage_domain::check_usable(state, &domain, EDIT)?;
    let needed = if old.sparse == Some(true) { 0 } else { size - before };
    storage_domain::check_space(state, &domain, needed, EDIT)?;
    let quota = new.quota.as_deref().or(old.quota.as_deref());
    quota_usage::check_storage(state, quota, &domain, size - before, EDIT)
}

fn check_shareable(state: &State, path: &str, old: &Disk, new: &Disk) -> Result<(), Fault> {
    if !changes_shareable(old, new) {
        return Ok(());
    }
    if new.shareable == Some(false) {
        let is_shared = disk::owners(state, path).len() > 1;
        let reason = "Disk is shared between VMs and cannot be made unshareable. Detach the disk from the rest of the \
                      VMs it is attached to and then update the disk to be unshareable.";
        return if is_shared { Err(Fault::cannot(EDIT, reason)) } else { Ok(()) };
    }
    if disk::images(state, path) > 1 {
        let reason = "Disk cannot be shareable if it depends on a snapshot. In order to share it, remove the disk's \
                      snapshots.";
        return Err(Fault::cannot(EDIT, reason));
    }
    create::check_shareable(&old.clone().shareable(true), EDIT)
}

fn extended(state: &mut State, path: &str, size: i64) {
    let Some(disk) = state.get_mut::<Disk>(path) else { return };
    disk.provisioned_size = Some(size);
    if disk.sparse != Some(true) {
        disk.actual_size = Some(size);
        disk.total_size = Some(disk.total_size.unwrap_or(0).max(size));
    }
    disk::set_locked(state, path, false);
    let (name, user) = (state.name_of(path), references::acting_user(state));
    let text = format!("Size of the disk '{name}' was successfully updated to {} GB by {user}.", size / GIB);
    disk::log(state, 371, &text, path, &[]);
}
