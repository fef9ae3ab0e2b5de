//! Disks: what they are made of, who has them, and what becomes of them.

use std::time::Duration;

use super::{DISKS, DOMAINS, GIB, adding, attachments, block, domains};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{Severity, State, last};
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus, DiskStorageType, StorageDomain, Vm, VmStatus};

/// The note of a disk that is being transferred: the identifier of the transfer.
pub(super) const TRANSFER: &str = "transfer";
const EXTENDING: Duration = Duration::from_secs(3);
const REMOVING: Duration = Duration::from_secs(3);
const COPYING: Duration = Duration::from_secs(5);

pub(super) fn register(registry: &mut Registry) {
    registry.on("disks", "add", add);
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk", "vm_disk"] {
        registry.on(service, "update", update);
        registry.on(service, "remove", remove);
    }
    for service in ["storage_domain_disks", "attached_storage_domain_disks"] {
        registry.on(service, "add", add_below_domain);
    }
    registry.view_with_addresses("storage_domain_disks", |state, domain| {
        let mut all = of_domain(state, domain);
        all.extend(state.paths(&format!("{}/{}", domains::root(domain), domains::UNREGISTERED_DISKS)));
        all
    });
    registry.found("storage_domain_disks", |state, domain, id| {
        let unregistered = || format!("{}/{}/{id}", domains::root(domain), domains::UNREGISTERED_DISKS);
        find(state, domain, id).or_else(|| Some(unregistered()).filter(|path| state.contains(path)))
    });
    registry.view_with_addresses("attached_storage_domain_disks", of_domain);
    registry.found("attached_storage_domain_disks", find);
    registry.view("storage_domain_content_disks", of_domain);
    registry.found("storage_domain_content_disks", find);
    for service in ["vm_disks", "template_disks"] {
        registry.view_with_addresses(service, |state, owner| {
            attachments::of(state, owner).into_iter().map(|(_, disk)| disk).collect()
        });
    }
    registry.effect("disk.ready", ready);
    registry.effect("disk.extended", extended);
    registry.effect("disk.removed", removed);
}

/// The paths of the disks on a storage domain, which may be told by any path that ends with its identifier.
pub(super) fn of_domain(state: &State, domain: &str) -> Vec<String> {
    let id = last(domain);
    state.list::<Disk>(DISKS).filter(|(_, disk)| is_on(disk, id)).map(|(path, _)| path).collect()
}

/// The path of the disk with an identifier on a storage domain.
fn find(state: &State, domain: &str, id: &str) -> Option<String> {
    let path = format!("{DISKS}/{id}");
    state.get::<Disk>(&path).is_some_and(|disk| is_on(disk, last(domain))).then_some(path)
}

/// Whether a disk is on the storage domain of an identifier.
pub(super) fn is_on(disk: &Disk, domain: &str) -> bool {
    disk.storage_domains.iter().flatten().any(|it| it.id.as_deref() == Some(domain))
}

/// The path of the first storage domain of a disk.
pub(crate) fn domain_of(state: &State, disk: &str) -> Option<String> {
    let disk = state.get::<Disk>(disk)?;
    let id = disk.storage_domains.iter().flatten().find_map(|it| it.id.as_deref())?;
    Some(format!("{DOMAINS}/{id}"))
}

/// The paths of the virtual machines and templates to which a disk is attached.
pub(crate) fn owners(state: &State, disk: &str) -> Vec<String> {
    let id = last(disk);
    let all = state.paths("vms").into_iter().chain(state.paths("templates"));
    all.filter(|owner| state.contains(&format!("{owner}/{}/{id}", attachments::SEGMENT))).collect()
}

/// The names of the virtual machines that are not down and see a disk.
pub(super) fn running_owners(state: &State, disk: &str) -> Vec<String> {
    let id = last(disk);
    let runs = |owner: &String| {
        let down = state
            .get::<Vm>(owner)
            .is_none_or(|vm| matches!(vm.status, None | Some(VmStatus::Down | VmStatus::ImageLocked)));
        let attachment = format!("{owner}/{}/{id}", attachments::SEGMENT);
        let active =
            state.get::<ovirt_sdk::types::DiskAttachment>(&attachment).is_some_and(|it| it.active != Some(false));
        !down && active
    };
    owners(state, disk).into_iter().filter(runs).map(|owner| state.name_of(&owner)).collect()
}

/// Refuses to do something to a disk that is locked or transferred.
pub(super) fn check_free(state: &State, disk: &str, verb: &str) -> Result<(), Fault> {
    let found = state.find::<Disk>(disk)?;
    if state.note(disk, TRANSFER).is_some() {
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
pub(super) fn check_unused(state: &State, disk: &str, verb: &str) -> Result<(), Fault> {
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
pub(super) fn ready_after(state: &mut State, delay: Duration, disk: &str, code: i64, text: &str) {
    state.after(delay, "disk.ready", &[disk, &code.to_string(), text]);
}

fn ready(state: &mut State, arguments: &[String]) {
    let [disk, code, text] = arguments else { return };
    set_locked(state, disk, false);
    if let Ok(code @ 1..) = code.parse() {
        state.event(code, Severity::Normal, text, &[disk]);
    }
}

/// Copies a disk to a storage domain, or within its own; the copy is locked, and becomes ready within the job under
/// way. Gives its path.
pub(crate) fn copy(state: &mut State, disk: &str, target: Option<&str>) -> Result<String, Fault> {
    let original = state.find::<Disk>(disk)?;
    let mut copy = original.clone();
    let domain = match target {
        Some(target) => format!("{DOMAINS}/{}", last(target)),
        None => domain_of(state, disk).unwrap_or_default(),
    };
    copy.id = None;
    copy.image_id = Some(state.new_id());
    copy.snapshot = None;
    if copy.storage_type != Some(DiskStorageType::Lun) {
        domains::check_usable(state, &domain, "copy", "Virtual Disk")?;
        domains::check_space(state, &domain, copy.actual_size.unwrap_or(0), "copy", "Virtual Disk")?;
        copy.storage_domains = Some(vec![StorageDomain::with_id(last(&domain))].into());
        copy.disk_profile = domains::default_profile(state, &domain).map(Box::new);
        copy.status = Some(DiskStatus::Locked);
    }
    let path = state.insert(DISKS, copy);
    state.contents.copy(disk, &path);
    ready_after(state, COPYING, &path, 0, "");
    Ok(path)
}

/// A disk as it is when it has been made: an image of a size, thin and empty.
pub(crate) fn image(name: &str, size: i64, domain: &str) -> Disk {
    let disk = Disk::new().name(name).alias(name).provisioned_size(size).format(DiskFormat::Cow).sparse(true);
    let disk = disk.storage_domains(vec![StorageDomain::with_id(last(domain))]).status(DiskStatus::Ok);
    adding::completed(disk)
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let disk: Disk = call.body()?;
    add_to(call, disk)
}

fn add_below_domain(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut disk: Disk = call.body()?;
    let domain = call.parent();
    if call.asked.flag("unregistered") == Some(true) {
        let id = disk.id.unwrap_or_default();
        return Ok(Reply::Created(super::disk_actions::register_disk(call, &domain, &id)?));
    }
    disk.storage_domains = Some(vec![StorageDomain::with_id(last(&domain))].into());
    add_to(call, disk)
}

fn add_to(call: &mut Call<'_>, mut disk: Disk) -> Result<Reply, Fault> {
    adding::check(call.state, &mut disk, None)?;
    let name = disk.name.clone().unwrap_or_default();
    call.job(&format!("Creating Disk {name}"));
    let path = adding::make(call.state, disk, None);
    call.state.event(2020, Severity::Normal, &format!("Disk {name} is being added"), &[&path]);
    Ok(Reply::Created(path))
}

/// Changes a disk.
fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: Disk = call.body()?;
    let path = call.path();
    change_disk(call, &path, change)?;
    Ok(Reply::Object(path))
}

/// Changes a disk as it was asked for; a larger size is a job.
pub(super) fn change_disk(call: &mut Call<'_>, path: &str, mut change: Disk) -> Result<(), Fault> {
    let disk = call.state.find::<Disk>(path)?.clone();
    let size = change.provisioned_size.take();
    let name = change.alias.clone().or_else(|| change.name.clone());
    change.name.clone_from(&name);
    change.alias = name;
    // What a disk is can't be changed, and what it holds is not told by clients.
    (change.format, change.sparse, change.status, change.storage_type) = (None, None, None, None);
    (change.image_id, change.actual_size, change.total_size, change.content_type) = (None, None, None, None);
    (change.storage_domains, change.storage_domain, change.snapshot, change.lun_storage) = (None, None, None, None);
    let grows = size.filter(|size| Some(*size) != disk.provisioned_size);
    if grows.is_some() || change != Disk::new() {
        check_free(call.state, path, "edit")?;
    }
    if change.shareable == Some(true) && disk.format == Some(DiskFormat::Cow) {
        return Err(Fault::conflict(
            "Cannot edit Virtual Disk. Disk's volume format is not supported for shareable disk.",
        ));
    }
    if let Some(size) = grows {
        let old = disk.provisioned_size.unwrap_or(0);
        if size < old {
            return Err(Fault::conflict(
                "Cannot edit Virtual Disk. New disk size must be larger than the current disk size.",
            ));
        }
        if let Some(domain) = domain_of(call.state, path) {
            domains::check_usable(call.state, &domain, "extend", "Virtual Disk")?;
            let needed = if disk.sparse == Some(true) { 0 } else { size - old };
            domains::check_space(call.state, &domain, needed, "extend", "Virtual Disk")?;
        }
    }
    let object = call.state.object_mut(path).ok_or_else(Fault::not_found)?;
    crate::api::merge(object, &change);
    if let Some(size) = grows {
        let name = call.state.name_of(path);
        call.job(&format!("Extending Disk {name} to {} GB", size / GIB));
        set_locked(call.state, path, true);
        call.state.after(EXTENDING, "disk.extended", &[path, &size.to_string()]);
    }
    Ok(())
}

fn extended(state: &mut State, arguments: &[String]) {
    let [path, size] = arguments else { return };
    if let (Some(disk), Ok(size)) = (state.get_mut::<Disk>(path), size.parse()) {
        disk.provisioned_size = Some(size);
        if disk.sparse != Some(true) {
            disk.actual_size = Some(size);
        }
        set_locked(state, path, false);
        let text = format!("Disk {} has the size {} GB", state.name_of(path), size / GIB);
        state.event(371, Severity::Normal, &text, &[path]);
    }
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    begin_removal(call, &path)?;
    Ok(Reply::Done)
}

/// Begins to remove a disk for good.
pub(super) fn begin_removal(call: &mut Call<'_>, path: &str) -> Result<(), Fault> {
    check_free(call.state, path, "remove")?;
    check_unused(call.state, path, "remove")?;
    if owners(call.state, path).iter().any(|owner| owner.starts_with("templates/")) {
        return Err(Fault::conflict("Cannot remove Virtual Disk. Removing the Template Snapshot is not allowed."));
    }
    if let Some(domain) = domain_of(call.state, path) {
        domains::check_usable(call.state, &domain, "remove", "Virtual Disk")?;
    }
    let name = call.state.name_of(path);
    call.job(&format!("Removing Disk {name}"));
    set_locked(call.state, path, true);
    let user = call.state.actor.user.clone();
    let text = format!("Disk {name} is being removed (User: {user})");
    call.state.event(2038, Severity::Normal, &text, &[path]);
    call.state.after(REMOVING, "disk.removed", &[path]);
    Ok(())
}

fn removed(state: &mut State, arguments: &[String]) {
    let [path] = arguments else { return };
    if !state.contains(path) {
        return;
    }
    let domain = domain_of(state, path);
    let place = domain.as_deref().map(|domain| format!(" from storage domain {}", state.name_of(domain)));
    let text = format!("Disk {} was removed{}", state.name_of(path), place.unwrap_or_default());
    let about: Vec<&str> = domain.as_deref().into_iter().collect();
    state.event(2014, Severity::Normal, &text, &about);
    forget(state, path);
}

/// Removes a disk and its attachments at once.
pub(crate) fn forget(state: &mut State, disk: &str) {
    for owner in owners(state, disk) {
        state.remove(&format!("{owner}/{}/{}", attachments::SEGMENT, last(disk)));
    }
    domains::forget_snapshots(state, disk);
    block::release(state, disk);
    state.contents.remove(disk);
    state.remove(disk);
}
