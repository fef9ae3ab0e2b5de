//! Disks as clients see them.

use crate::api::{Context, Registry};
use crate::path::last;
use crate::resources::common::{disk, quota};
use crate::resources::paths::{BACKUPS, CHECKPOINTS, DISKS, SNAPSHOTS, VMS, is_below, is_in};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Disk, DiskStorageType, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.render("disk", show);
}

fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(shown) = shown.downcast_mut::<Disk>() else { return };
    match is_in(path, DISKS) {
        true => show_disk(context, path, shown),
        false if is_below(path, SNAPSHOTS) => show_snapshot_image(shown),
        false if is_below(path, BACKUPS) || is_below(path, CHECKPOINTS) => shown.href = Some(String::new()),
        false => {}
    }
}

/// Adds the quota to an image and, with all content, the virtual machines to a disk.
fn show_disk(context: &Context<'_>, path: &str, shown: &mut Disk) {
    let state = context.state;
    if shown.storage_type != Some(DiskStorageType::Lun) {
        let chosen = shown.quota.as_ref().and_then(|quota| quota.id.as_deref()).and_then(|id| quota::find(state, id));
        let default = || quota::default_of_domain(state, &disk::domain_of(state, path)?);
        shown.quota = chosen.or_else(default).map(|path| Box::new(quota::reference(&path)));
    }
    if context.request.flag("all_content") == Some(true) {
        let owners = disk::owners(state, path).into_iter().filter(|owner| is_in(owner, VMS));
        let vms: Vec<Vm> = owners.map(|owner| Vm::with_id(last(&owner))).collect();
        shown.vms = (!vms.is_empty()).then(|| vms.into());
    }
    // The engine does not add up the images of the disks in the list of all disks.
    let is_list_of_all = context.request.method == "GET" && context.request.segments.as_slice() == [DISKS];
    if is_list_of_all && shown.total_size.is_some() {
        shown.total_size = Some(0);
    }
}

/// Removes what the image of a disk in a snapshot doesn't have: addresses, a total size, and fields that the engine keeps
/// for restoring the disk attachment.
fn show_snapshot_image(shown: &mut Disk) {
    shown.href = Some(String::new());
    (shown.active, shown.bootable, shown.interface, shown.read_only) = (None, None, None, None);
    (shown.logical_name, shown.disk_profile, shown.quota, shown.qcow_version) = (None, None, None, None);
    shown.total_size = shown.total_size.map(|_| 0);
}
