//! Images of disks, one for each snapshot of a virtual machine that holds the disk.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::disk_lock::{self, LockHolder};
use crate::resources::common::{disk, locks, references, snapshot};
use crate::resources::paths::{DISKS, is_in};
use crate::state::{Severity, State};
use ovirt_sdk::object::{self, Object, member_mut};
use ovirt_sdk::types::{Disk, DiskSnapshot, DiskStatus, Snapshot, StorageDomain};

const MERGE: Duration = Duration::from_secs(5);
const REMOVE: &str = "remove Disk Snapshot";

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk_snapshots", "list", list);
    registry.on("disk_snapshot", "get", get);
    registry.on("disk_snapshot", "remove", remove);
    on_effect!(registry, |state, DiskSnapshotRemoved { disk_snapshot }| removed(state, disk_snapshot));
}

/// The paths of the images of a disk or on a storage domain: those of snapshots and, if `active` is set, those to which
/// virtual machines write.
fn images(state: &State, parent: &str, active: bool) -> Vec<String> {
    let disks = match is_in(parent, DISKS) {
        true => vec![format!("{DISKS}/{}", last(parent))],
        false => disk::on_domain(state, parent),
    };
    let mut found: Vec<String> = disks.iter().flat_map(|disk| disk::snapshot_images(state, disk)).collect();
    if active {
        found.extend(disks);
    }
    found
}

/// The address of the image of a disk: always below the disk.
fn address(disk: &str, image: &str) -> String {
    format!("{DISKS}/{}/disksnapshots/{image}", last(disk))
}

/// The identifier of the image on which another one is based: that of the snapshot before.
fn parent_of(state: &State, path: &str) -> Option<String> {
    let mut chain = disk::snapshot_images(state, path);
    chain.push(format!("{DISKS}/{}", last(path)));
    let position = chain.iter().position(|other| other == path)?;
    let parent = chain.get(position.checked_sub(1)?)?;
    state.get::<Disk>(parent)?.image_id.clone()
}

/// An image as clients see it.
fn shown(state: &State, path: &str) -> Option<DiskSnapshot> {
    let disk = state.get::<Disk>(path)?;
    let mut image = DiskSnapshot::new();
    for (field, slot) in object::members(disk).filter(|(_, slot)| slot.is_set()) {
        if let Some(to) = member_mut(&mut image, field.name) {
            to.assign(slot);
        }
    }
    image.id.clone_from(&disk.image_id);
    image.href = disk.image_id.as_deref().map(|id| address(path, id));
    (image.image_id, image.storage_domain, image.logical_name) = (None, None, None);
    (image.active, image.bootable, image.interface, image.read_only) = (None, None, None, None);
    image.disk = Some(Box::new(Disk::with_id(last(path))));
    image.parent = parent_of(state, path).map(|id| Box::new(DiskSnapshot::with_id(&id).href(address(path, &id))));
    image.snapshot = disk.snapshot.as_ref().and_then(|snapshot| snapshot.id.as_deref()).map(|id| {
        // The engine adds no address.
        Box::new(Snapshot::with_id(id).href(""))
    });
    for domain in image.storage_domains.iter_mut().flatten() {
        *domain = StorageDomain::with_id(domain.id.clone().unwrap_or_default()).href("");
    }
    Some(image)
}

fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let parent = call.parent();
    let active = call.request.flag("include_active") == Some(true);
    let paths = images(call.state, &parent, active);
    let images = paths.iter().filter_map(|path| shown(call.state, path));
    Ok(Reply::ComputedList(images.map(|image| Box::new(image) as Box<dyn Object>).collect()))
}

/// The path of the image that the request is about.
fn find(call: &Call<'_>) -> Result<String, Fault> {
    let id = call.id();
    let all = images(call.state, &call.parent(), true);
    let has_id = |path: &String| call.state.get::<Disk>(path).is_some_and(|disk| disk.image_id.as_ref() == Some(&id));
    all.into_iter().find(has_id).ok_or_else(Fault::not_found)
}

fn get(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = find(call)?;
    shown(call.state, &path).map(|image| Reply::Computed(Box::new(image))).ok_or_else(Fault::not_found)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = find(call)?;
    let (id, disk) = (call.id(), format!("{DISKS}/{}", last(&path)));
    disk_lock::check(call.state, &disk, REMOVE)?;
    if is_in(&path, DISKS) {
        return Err(Fault::invalid(REMOVE, &format!("The following disk snapshot(s) is active: {id}.")));
    }
    disk::check_images_not_locked(call.state, std::slice::from_ref(&disk), REMOVE)?;
    let vm = references::top_level_object(&path);
    locks::check_no_snapshot_operation(call.state, &vm, REMOVE)?;
    let (snapshot, name) = (snapshot_name(call.state, &path), call.state.name_of(&disk));
    let vm_name = call.state.name_of(&vm);
    call.job_titled(&format!("Removing Disks from Snapshot(s) {snapshot} of VM {vm_name}"));
    let user = references::acting_user(call.state);
    let text =
        format!("Disk '{name}' from Snapshot(s) '{snapshot}' of VM '{vm_name}' deletion was initiated by {user}.");
    call.state.event(373, Severity::Normal, &text, &[&disk]);
    if let Some(image) = call.state.get_mut::<Disk>(&path) {
        image.status = Some(DiskStatus::Locked);
    }
    disk::set_locked(call.state, &disk, true);
    disk_lock::acquire(call.state, &disk, LockHolder::Update);
    call.state.after(MERGE, Effect::DiskSnapshotRemoved { disk_snapshot: path });
    Ok(Reply::Completed)
}

/// The description of the snapshot to which an image belongs.
fn snapshot_name(state: &State, path: &str) -> String {
    snapshot::description(state, above(path, 2))
}

fn removed(state: &mut State, path: &str) {
    let (disk, vm) = (format!("{DISKS}/{}", last(path)), references::top_level_object(path));
    let (name, snapshot, vm_name) = (state.name_of(&disk), snapshot_name(state, path), state.name_of(&vm));
    state.remove(path);
    disk::set_locked(state, &disk, false);
    let user = references::acting_user(state);
    let text = format!(
        "Disk '{name}' from Snapshot(s) '{snapshot}' of VM '{vm_name}' deletion has been completed (User: {user})."
    );
    state.event(375, Severity::Normal, &text, &[&disk]);
}
