//! The layers of disks on storage domains, one for each snapshot of a virtual machine.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::disk;
use crate::resources::paths::{DISKS, SNAPSHOTS, VMS, is_in};
use crate::state::State;
use ovirt_sdk::object::{self, Object, member_mut};
use ovirt_sdk::types::{Disk, DiskSnapshot, DiskStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk_snapshots", "list", list);
    registry.on("disk_snapshot", "get", get);
    registry.on("disk_snapshot", "remove", remove);
    on_effect!(registry, |state, DiskSnapshotRemoved { disk_snapshot }| {
        state.remove(disk_snapshot);
    });
}

/// The paths of the layers on a storage domain, or of a disk: those that snapshots hold, and those that are written to
/// when they are asked for.
fn of(state: &State, parent: &str, active: bool) -> Vec<String> {
    let id = last(parent);
    let of_disk = parent.starts_with(DISKS);
    let fits = |path: &str, disk: &Disk| if of_disk { last(path) == id } else { disk::is_on(disk, id) };
    let mut found = Vec::new();
    for vm in state.paths(VMS) {
        for snapshot in state.paths(&format!("{vm}/{SNAPSHOTS}")) {
            let held = state.list::<Disk>(&format!("{snapshot}/{DISKS}"));
            found.extend(held.filter(|(path, disk)| fits(path, disk)).map(|(path, _)| path));
        }
    }
    if active {
        let all = state.list::<Disk>(DISKS);
        found.extend(all.filter(|(path, disk)| fits(path, disk)).map(|(path, _)| path));
    }
    found
}

/// A layer as it is shown: the disk, by the identifier of its image.
fn shown(state: &State, path: &str) -> Option<DiskSnapshot> {
    let disk = state.get::<Disk>(path)?;
    let mut layer = DiskSnapshot::new();
    for (member, slot) in object::members(disk).filter(|(_, slot)| slot.is_set()) {
        if let Some(to) = member_mut(&mut layer, member.name) {
            to.assign(slot);
        }
    }
    layer.id.clone_from(&disk.image_id);
    (layer.href, layer.storage_domain) = (None, None);
    layer.disk = Some(Box::new(Disk::with_id(last(path))));
    // The snapshot knows the virtual machine to which it belongs.
    let (owner, snapshot) = (path.split('/').take(4).collect::<Vec<_>>().join("/"), layer.snapshot.as_mut());
    if let Some(snapshot) = snapshot.filter(|_| is_in(&owner, VMS)) {
        snapshot.href = Some(owner);
    }
    Some(layer)
}

fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let parent = call.parent();
    let active = call.request.flag("include_active") == Some(true);
    let paths = of(call.state, &parent, active);
    let layers = paths.iter().filter_map(|path| shown(call.state, path));
    Ok(Reply::ComputedList(layers.map(|layer| Box::new(layer) as Box<dyn Object>).collect()))
}

/// The layer that is asked for.
fn place(call: &Call<'_>) -> Result<String, Fault> {
    let id = call.id();
    let all = of(call.state, &call.parent(), true);
    let is_it = |path: &String| call.state.get::<Disk>(path).is_some_and(|disk| disk.image_id.as_ref() == Some(&id));
    all.into_iter().find(is_it).ok_or_else(Fault::not_found)
}

fn get(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = place(call)?;
    shown(call.state, &path).map(|layer| Reply::Computed(Box::new(layer))).ok_or_else(Fault::not_found)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = place(call)?;
    let id = call.id();
    if path.starts_with(DISKS) {
        return Err(Fault::conflict(&format!(
            "Cannot remove Disk Snapshot. The following disk snapshot(s) is active: {id}."
        )));
    }
    disk::check_free(call.state, &format!("{DISKS}/{}", last(&path)), "remove")?;
    call.job(&format!("Removing Disk Snapshot {id}"));
    if let Some(layer) = call.state.get_mut::<Disk>(&path) {
        layer.status = Some(DiskStatus::Locked);
    }
    call.state.after(Duration::from_secs(5), Effect::DiskSnapshotRemoved { disk_snapshot: path });
    Ok(Reply::Completed)
}
