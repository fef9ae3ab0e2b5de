//! Moving disks to other storage domains.

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::{disk, storage_domain};
use crate::resources::disks::copy::{self, MOVING};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskProfile, DiskStorageType, StorageDomain};

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk", "vm_disk"] {
        registry.on(service, "move", move_disk);
    }
    on_effect!(registry, |state, DiskMoved { disk, storage_domain, profile }| {
        moved(state, disk, storage_domain, profile.as_deref());
    });
}

fn move_disk(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let to = copy::target_domain(call, "move")?;
    disk::check_free(call.state, &path, "move")?;
    let disk = call.state.find::<Disk>(&path)?.clone();
    if disk.storage_type == Some(DiskStorageType::Lun) {
        return Err(Fault::conflict("Cannot move Virtual Disk. The operation is not supported for Direct LUN disks."));
    }
    if disk::is_on(&disk, last(&to)) {
        return Err(Fault::conflict("Cannot move Virtual Disk. The source and target storage domains are the same."));
    }
    storage_domain::check_usable(call.state, &to, "move", "Virtual Disk")?;
    storage_domain::check_space(call.state, &to, disk.actual_size.unwrap_or(0), "move", "Virtual Disk")?;
    let (name, place) = (call.state.name_of(&path), call.state.name_of(&to));
    let profile: Option<DiskProfile> = call.object("disk_profile");
    call.job(&format!("Moving Disk {name} to {place}"));
    disk::set_locked(call.state, &path, true);
    call.state.event(2008, Severity::Normal, &format!("Disk {name} is being moved to {place}"), &[&path, &to]);
    let profile = profile.and_then(|profile| profile.id);
    call.state.after(MOVING, Effect::DiskMoved { disk: path, storage_domain: to, profile });
    Ok(Reply::Completed)
}

fn moved(state: &mut State, path: &str, to: &str, profile: Option<&str>) {
    let default = storage_domain::default_profile(state, to);
    if let Some(disk) = state.get_mut::<Disk>(path) {
        disk.storage_domains = Some(vec![StorageDomain::with_id(last(to))].into());
        disk.disk_profile = profile.map(DiskProfile::with_id).or(default).map(Box::new);
        disk::set_locked(state, path, false);
        let text = format!("Disk {} was moved to {}", state.name_of(path), state.name_of(to));
        state.event(2010, Severity::Normal, &text, &[path, to]);
    }
}
