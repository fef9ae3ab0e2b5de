//! Facts about disks, and their locks.

use std::time::Duration;

use crate::api::{Fault, Registry, on_effect};
use crate::effect::Effect;
use crate::note::Note;
use crate::path::last;
use crate::resources::paths::{DISK_ATTACHMENTS, DISKS, STORAGE_DOMAINS, TEMPLATES, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    Disk, DiskBackup, DiskContentType, DiskFormat, DiskStatus, DiskStorageType, QcowVersion, StorageDomain, Vm,
    VmStatus,
};

/// The identifier of the image transfer that uses a disk.
pub(crate) const TRANSFER: Note<String> = Note::new("transfer");

pub(in crate::resources) fn register(registry: &mut Registry) {
    on_effect!(registry, |state, DiskReady { disk, event, text }| ready(state, disk, *event, text));
    on_effect!(registry, |state, DiskUnlocked { disk }| set_locked(state, disk, false));
}

/// The paths of the disks on a storage domain, which may be told by any path that ends with its identifier.
pub(crate) fn on_domain(state: &State, domain: &str) -> Vec<String> {
    let id = last(domain);
    state.list::<Disk>(DISKS).filter(|(_, disk)| is_on(disk, id)).map(|(path, _)| path).collect()
}

/// The path of the disk with an identifier on a storage domain.
pub(crate) fn find_on_domain(state: &State, domain: &str, id: &str) -> Option<String> {
    let path = format!("{DISKS}/{id}");
    state.get::<Disk>(&path).is_some_and(|disk| is_on(disk, last(domain))).then_some(path)
}

/// Whether a disk is on the storage domain of an identifier.
pub(crate) fn is_on(disk: &Disk, domain: &str) -> bool {
    disk.storage_domains.iter().flatten().any(|it| it.id.as_deref() == Some(domain))
}

/// The path of the first storage domain of a disk.
pub(crate) fn domain_of(state: &State, disk: &str) -> Option<String> {
    let disk = state.get::<Disk>(disk)?;
    let id = disk.storage_domains.iter().flatten().find_map(|it| it.id.as_deref())?;
    Some(format!("{STORAGE_DOMAINS}/{id}"))
}

/// The paths of the virtual machines and templates to which a disk is attached.
pub(crate) fn owners(state: &State, disk: &str) -> Vec<String> {
    let id = last(disk);
    let all = state.paths(VMS).into_iter().chain(state.paths(TEMPLATES));
    all.filter(|owner| state.contains(&format!("{owner}/{DISK_ATTACHMENTS}/{id}"))).collect()
}

/// The names of the virtual machines that are not down and see a disk.
pub(crate) fn running_owners(state: &State, disk: &str) -> Vec<String> {
    let id = last(disk);
    let runs = |owner: &String| {
        let down = state
            .get::<Vm>(owner)
            .is_none_or(|vm| matches!(vm.status, None | Some(VmStatus::Down | VmStatus::ImageLocked)));
        let attachment = format!("{owner}/{DISK_ATTACHMENTS}/{id}");
        let active =
            state.get::<ovirt_sdk::types::DiskAttachment>(&attachment).is_some_and(|it| it.active != Some(false));
        !down && active
    };
    owners(state, disk).into_iter().filter(runs).map(|owner| state.name_of(&owner)).collect()
}

/// Refuses to do something to a disk that is locked or transferred.
pub(crate) fn check_free(state: &State, disk: &str, verb: &str) -> Result<(), Fault> {
    let found = state.find::<Disk>(disk)?;
    if state.has_note(disk, TRANSFER) {
        let name = state.name_of(disk);
        return Err(Fault::conflict(&format!("Cannot {verb} Virtual Disk. Disk {name} is being transferred.")));
    }
    match found.status {
        Some(DiskStatus::Locked) => {
            Err(Fault::conflict(&format!("Cannot {verb} Virtual Disk: Disk is locked. Please try again later.")))
        }
        _ => Ok(()),
    }
}

/// Refuses to do something to a disk that a virtual machine uses which is not down.
pub(crate) fn check_unused(state: &State, disk: &str, verb: &str) -> Result<(), Fault> {
    let running = running_owners(state, disk);
    if running.is_empty() {
        return Ok(());
    }
    let name = state.name_of(disk);
    Err(Fault::conflict(&format!(
        "Cannot {verb} Virtual Disk. The disk {name} is plugged to non-Down VMs: {}",
        running.join(", ")
    )))
}

/// Whether something is being done to a disk.
pub(crate) fn is_locked(state: &State, disk: &str) -> bool {
    state.get::<Disk>(disk).is_some_and(|disk| disk.status == Some(DiskStatus::Locked))
}

/// Locks or unlocks a disk.
pub(crate) fn set_locked(state: &mut State, disk: &str, locked: bool) {
    if let Some(disk) = state.get_mut::<Disk>(disk)
        && disk.storage_type != Some(DiskStorageType::Lun)
    {
        disk.status = Some(if locked { DiskStatus::Locked } else { DiskStatus::Ok });
    }
}

/// Makes a disk ready after a while, as part of the job under way; the event tells it then.
pub(crate) fn ready_after(state: &mut State, delay: Duration, disk: &str, code: i64, text: &str) {
    let effect = Effect::DiskReady { disk: disk.to_owned(), event: code, text: text.to_owned() };
    state.after(delay, effect);
}

fn ready(state: &mut State, disk: &str, code: i64, text: &str) {
    set_locked(state, disk, false);
    if code > 0 {
        state.event(code, Severity::Normal, text, &[disk]);
    }
}

/// A disk as it is when it has been made: an image of a size, thin and empty.
pub(crate) fn image(name: &str, size: i64, domain: &str) -> Disk {
    let disk = Disk::new().name(name).alias(name).provisioned_size(size).format(DiskFormat::Cow).sparse(true);
    let disk = disk.storage_domains(vec![StorageDomain::with_id(last(domain))]).status(DiskStatus::Ok);
    completed(disk)
}

/// The disk with everything that the engine tells of one.
pub(crate) fn completed(mut disk: Disk) -> Disk {
    let is_lun = disk.storage_type == Some(DiskStorageType::Lun);
    let absent = |slot: &mut Option<bool>, value| {
        slot.get_or_insert(value);
    };
    disk.description.get_or_insert_default();
    disk.backup.get_or_insert(DiskBackup::None);
    disk.content_type.get_or_insert(DiskContentType::Data);
    absent(&mut disk.propagate_errors, false);
    absent(&mut disk.shareable, false);
    absent(&mut disk.wipe_after_delete, false);
    disk.storage_type.get_or_insert(DiskStorageType::Image);
    if !is_lun {
        disk.actual_size.get_or_insert(0);
        disk.total_size.get_or_insert(disk.actual_size.unwrap_or(0));
        if disk.format == Some(DiskFormat::Cow) {
            disk.qcow_version.get_or_insert(QcowVersion::Qcow2V3);
        }
    }
    disk
}

/// Whether a disk has a state of its own in each snapshot.
pub(crate) fn is_layered(disk: &Disk) -> bool {
    disk.storage_type.as_ref().is_none_or(|kind| *kind == DiskStorageType::Image) && disk.shareable != Some(true)
}
