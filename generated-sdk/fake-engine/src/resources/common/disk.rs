//! Facts about disks, and their status.

use std::time::Duration;

use crate::api::{Fault, Registry, on_effect};
use crate::effect::Effect;
use crate::note::Note;
use crate::path::last;
use crate::resources::common::units::GIB;
use crate::resources::common::{command_locks, disk_lock, storage_domain};
use crate::resources::paths::{CDROMS, DISK_ATTACHMENTS, DISKS, SNAPSHOTS, STORAGE_DOMAINS, TEMPLATES, VMS, is_in};
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    Cdrom, Disk, DiskAttachment, DiskBackup, DiskContentType, DiskFormat, DiskStatus, DiskStorageType, QcowVersion,
    StorageDomain, Vm, VmStatus,
};

/// The identifier of the image transfer that uses a disk.
pub(crate) const TRANSFER: Note<String> = Note::new("transfer");
/// The bytes that an empty thin image takes on a file domain.
const EMPTY_IMAGE: i64 = 200_704;

pub(in crate::resources) fn register(registry: &mut Registry) {
    on_effect!(registry, |state, DiskReady { disk, event, text }| ready(state, disk, *event, text));
    on_effect!(registry, |state, DiskLockReleased { disk }| disk_lock::release(state, disk));
    on_effect!(registry, |state, DiskUnlocked { disk }| set_locked(state, disk, false));
}

/// The paths of the disks on the storage domain at a path, here or in a data center.
pub(crate) fn on_domain(state: &State, domain: &str) -> Vec<String> {
    let id = last(domain);
    state.list::<Disk>(DISKS).filter(|(_, disk)| is_on(disk, id)).map(|(path, _)| path).collect()
}

/// The path of the disk with an identifier on a storage domain.
pub(crate) fn find_on_domain(state: &State, domain: &str, id: &str) -> Option<String> {
    let path = format!("{DISKS}/{id}");
    state.get::<Disk>(&path).is_some_and(|disk| is_on(disk, last(domain))).then_some(path)
}

/// Whether a disk is on the storage domain with an identifier.
pub(crate) fn is_on(disk: &Disk, domain: &str) -> bool {
    storage_domain::holds(domain, disk)
}

/// The path of the first storage domain of a disk.
pub(crate) fn domain_of(state: &State, disk: &str) -> Option<String> {
    let disk = state.get::<Disk>(disk)?;
    let id = disk.storage_domains.iter().flatten().find_map(|it| it.id.as_deref())?;
    Some(format!("{STORAGE_DOMAINS}/{id}"))
}

/// Logs an event about a disk and the objects at other paths. It refers to the storage domain of the disk, too.
pub(crate) fn log(state: &mut State, code: i64, text: &str, disk: &str, others: &[&str]) {
    let domain = domain_of(state, disk);
    let center = domain.as_deref().and_then(|domain| storage_domain::data_centers(state, domain).into_iter().next());
    let place = domain.as_deref().into_iter().chain(center.as_deref());
    let about: Vec<&str> = [disk].into_iter().chain(place).chain(others.iter().copied()).collect();
    state.event(code, Severity::Normal, text, &about);
}

/// The paths of the virtual machines and templates to which a disk is attached.
pub(crate) fn owners(state: &State, disk: &str) -> Vec<String> {
    let id = last(disk);
    let all = state.paths(VMS).into_iter().chain(state.paths(TEMPLATES));
    all.filter(|owner| state.contains(&format!("{owner}/{DISK_ATTACHMENTS}/{id}"))).collect()
}

/// The virtual machines that aren't down and to which a disk is attached and active: their paths.
pub(crate) fn running_owners(state: &State, disk: &str) -> Vec<String> {
    let id = last(disk);
    let is_plugged = |owner: &String| {
        let attachment = state.get::<DiskAttachment>(&format!("{owner}/{DISK_ATTACHMENTS}/{id}"));
        attachment.is_some_and(|attachment| attachment.active != Some(false))
    };
    let is_down = |owner: &String| {
        let vm = state.get::<Vm>(owner);
        vm.is_none_or(|vm| matches!(vm.status, None | Some(VmStatus::Down | VmStatus::ImageLocked)))
    };
    owners(state, disk).into_iter().filter(|owner| !is_down(owner) && is_plugged(owner)).collect()
}

/// The virtual machines with the ISO image on a disk in their CD drive: their paths.
pub(crate) fn vms_with_iso(state: &State, disk: &str) -> Vec<String> {
    let id = last(disk);
    let has_iso = |vm: &String| {
        let mut drives = state.each::<Cdrom>(&format!("{vm}/{CDROMS}"));
        drives.any(|drive| drive.file.as_ref().and_then(|file| file.id.as_deref()) == Some(id))
    };
    state.paths(VMS).into_iter().filter(has_iso).collect()
}

/// Fails if an operation isn't supported for the content of a disk.
pub(crate) fn check_content(
    state: &State,
    disk: &str,
    action: &str,
    supported: &[DiskContentType],
) -> Result<(), Fault> {
    let content = state.find::<Disk>(disk)?.content_type.clone().unwrap_or(DiskContentType::Data);
    if supported.contains(&content) {
        return Ok(());
    }
    let content = content.as_str().to_uppercase();
    Err(Fault::cannot(action, &format!("The operation is not supported for {content} disks.")))
}

/// Fails if an operation locks a virtual machine to which a disk is attached.
pub(crate) fn check_vms_not_locked(state: &State, disk: &str, action: &str) -> Result<(), Fault> {
    let owners = owners(state, disk);
    let mut vms = owners.iter().filter(|owner| is_in(owner, VMS));
    vms.try_for_each(|vm| command_locks::check_shared(state, vm, action))
}

/// Whether storage operations on disks are in progress in a data center.
pub(crate) fn has_tasks(state: &State, data_center: &str) -> bool {
    let is_there = |path: &str| {
        let domain = domain_of(state, path);
        domain.is_some_and(|domain| storage_domain::data_centers(state, &domain).iter().any(|it| it == data_center))
    };
    let disks = state.list::<Disk>(DISKS).map(|(path, _)| path);
    let mut locked = disks.filter(|path| is_locked(state, path) && !state.has_note(path, TRANSFER));
    locked.any(|path| is_there(&path))
}

/// Fails if disks don't exist.
pub(crate) fn check_exist(state: &State, disks: &[String], action: &str) -> Result<(), Fault> {
    let missing: Vec<&str> = disks.iter().filter(|disk| !state.contains(disk)).map(|disk| last(disk)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Fault::invalid(action, &format!("The following disk(s) ID(s) does not exist: {}.", missing.join(", "))))
}

/// Fails if images of disks are locked.
pub(crate) fn check_images_not_locked(state: &State, disks: &[String], action: &str) -> Result<(), Fault> {
    let locked: Vec<String> = disks.iter().filter(|disk| is_locked(state, disk)).cloned().collect();
    if locked.is_empty() {
        return Ok(());
    }
    let names = state.names_of(&locked);
    Err(Fault::conflict(&format!(
        "Cannot {action}: The following disks are locked: {names}. Please try again in a few minutes."
    )))
}

/// Fails if the storage domains of disks aren't active.
pub(crate) fn check_domains(state: &State, disks: &[String], action: &str) -> Result<(), Fault> {
    let mut domains = disks.iter().filter_map(|disk| domain_of(state, disk));
    domains.try_for_each(|domain| storage_domain::check_usable(state, &domain, action))
}

/// Fails if a disk is active at a virtual machine that isn't down.
pub(crate) fn check_unused(state: &State, disk: &str, action: &str) -> Result<(), Fault> {
    let mut running: Vec<String> = running_owners(state, disk).iter().map(|owner| state.name_of(owner)).collect();
    if running.is_empty() {
        return Ok(());
    }
    running.sort();
    let name = state.name_of(disk);
    let reason = format!("The disk {name} is plugged to non-Down VMs: {}", running.join(","));
    Err(Fault::cannot(action, &reason))
}

/// The number of images of a disk: the active one and one for each snapshot that holds another.
pub(crate) fn images(state: &State, disk: &str) -> usize {
    1 + snapshot_images(state, disk).len()
}

/// The paths of a disk in the snapshots of virtual machines, oldest first.
pub(crate) fn snapshot_images(state: &State, disk: &str) -> Vec<String> {
    let id = last(disk);
    let vms = state.paths(VMS);
    let snapshots = vms.iter().flat_map(|vm| state.paths(&format!("{vm}/{SNAPSHOTS}")));
    snapshots.map(|snapshot| format!("{snapshot}/{DISKS}/{id}")).filter(|path| state.contains(path)).collect()
}

/// Whether the image of a disk is locked.
pub(crate) fn is_locked(state: &State, disk: &str) -> bool {
    state.get::<Disk>(disk).is_some_and(|disk| disk.status == Some(DiskStatus::Locked))
}

/// Whether the image of a disk is illegal: damaged, or incomplete.
pub(crate) fn is_illegal(state: &State, disk: &str) -> bool {
    state.get::<Disk>(disk).is_some_and(|disk| disk.status == Some(DiskStatus::Illegal))
}

/// Sets the image of a disk to illegal. No operation holds it any longer.
pub(crate) fn set_illegal(state: &mut State, disk: &str) {
    set_locked(state, disk, false);
    if let Some(disk) = state.get_mut::<Disk>(disk)
        && disk.status.is_some()
    {
        disk.status = Some(DiskStatus::Illegal);
    }
}

/// Fails if images of disks are illegal.
pub(crate) fn check_legal(state: &State, disks: &[String], action: &str) -> Result<(), Fault> {
    let illegal: Vec<String> = disks.iter().filter(|disk| is_illegal(state, disk)).cloned().collect();
    if illegal.is_empty() {
        return Ok(());
    }
    let names = state.names_of(&illegal);
    Err(Fault::cannot(
        action,
        &format!("The following attached disks are in ILLEGAL status: {names} - please remove them and try again."),
    ))
}

/// Locks or unlocks the image of a disk. An unlocked disk isn't held by an operation either.
pub(crate) fn set_locked(state: &mut State, disk: &str, locked: bool) {
    if !locked {
        disk_lock::release(state, disk);
    }
    if let Some(disk) = state.get_mut::<Disk>(disk)
        && disk.storage_type != Some(DiskStorageType::Lun)
    {
        disk.status = Some(if locked { DiskStatus::Locked } else { DiskStatus::Ok });
    }
}

/// Unlocks a disk later, as part of the current job. The event with the code is logged then, unless it is 0.
pub(crate) fn ready_after(state: &mut State, delay: Duration, disk: &str, code: i64, text: &str) {
    let effect = Effect::DiskReady { disk: disk.to_owned(), event: code, text: text.to_owned() };
    state.after(delay, effect);
}

fn ready(state: &mut State, disk: &str, code: i64, text: &str) {
    let on_block = domain_of(state, disk).is_some_and(|domain| storage_domain::is_block(state, &domain));
    set_locked(state, disk, false);
    if let Some(disk) = state.get_mut::<Disk>(disk) {
        allocate(disk, on_block);
    }
    if code > 0 {
        let owners = owners(state, disk);
        let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
        log(state, code, text, disk, &owners);
    }
}

/// Sets what the engine learns about an image from its storage.
fn allocate(disk: &mut Disk, on_block: bool) {
    if disk.storage_type == Some(DiskStorageType::Lun) {
        return;
    }
    let least = match (disk.sparse, on_block) {
        (Some(true), false) => EMPTY_IMAGE,
        (Some(true), true) => GIB,
        _ => disk.provisioned_size.unwrap_or(0),
    };
    let size = disk.actual_size.unwrap_or(0).max(least);
    disk.actual_size = Some(size);
    disk.total_size = Some(disk.total_size.unwrap_or(0).max(size));
    if disk.format == Some(DiskFormat::Cow) {
        disk.qcow_version.get_or_insert(QcowVersion::Qcow2V3);
    }
}

/// A thin and empty image.
pub(crate) fn image(name: &str, size: i64, domain: &str) -> Disk {
    let disk = Disk::new().name(name).alias(name).provisioned_size(size).format(DiskFormat::Cow).sparse(true);
    let disk = disk.storage_domains(vec![StorageDomain::with_id(last(domain))]).status(DiskStatus::Ok);
    completed(disk).qcow_version(QcowVersion::Qcow2V3)
}

/// A disk with defaults for the fields that every disk has.
pub(crate) fn completed(mut disk: Disk) -> Disk {
    let is_lun = disk.storage_type == Some(DiskStorageType::Lun);
    disk.description.get_or_insert_default();
    disk.content_type.get_or_insert(DiskContentType::Data);
    disk.propagate_errors.get_or_insert(false);
    disk.shareable.get_or_insert(false);
    disk.wipe_after_delete.get_or_insert(false);
    disk.storage_type.get_or_insert(DiskStorageType::Image);
    if !is_lun {
        disk.backup.get_or_insert(DiskBackup::None);
        disk.actual_size.get_or_insert(0);
        disk.total_size.get_or_insert(disk.actual_size.unwrap_or(0));
    }
    disk
}

/// Whether snapshots hold an image of a disk.
pub(crate) fn is_layered(disk: &Disk) -> bool {
    disk.storage_type.as_ref().is_none_or(|kind| *kind == DiskStorageType::Image) && disk.shareable != Some(true)
}
