//! Moving disks to other storage domains.

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::disk_lock::{self, LockHolder};
use crate::resources::common::{disk, references, storage_domain};
use crate::resources::disks::copy::{self, COPYING};
use crate::resources::paths::{TEMPLATES, is_in};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskProfile, DiskStorageType, StorageDomain};

const MOVE: &str = "move Virtual Disk";

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
    let profile: Option<DiskProfile> = call.object("disk_profile");
    let from = disk::domain_of(call.state, &path).map(|domain| call.state.name_of(&domain)).unwrap_or_default();
    let (name, target) = (call.state.name_of(&path), call.state.name_of(&to));
    call.name_job(&format!("Moving Disk {name} from {from} to {target}"));
    check(call.state, &path, &to, profile.as_ref())?;
    call.job();
    disk::set_locked(call.state, &path, true);
    disk_lock::acquire(call.state, &path, LockHolder::MoveOrCopy);
    let user = references::acting_user(call.state);
    call.state.event(
        2008,
        Severity::Normal,
        &format!("User {user} moving disk {name} to domain {target}."),
        &[&path, &to],
    );
    let profile = profile.and_then(|profile| profile.id);
    call.state.after(COPYING, Effect::DiskMoved { disk: path, storage_domain: to, profile });
    Ok(Reply::Completed)
}

fn check(state: &State, path: &str, to: &str, profile: Option<&DiskProfile>) -> Result<(), Fault> {
    let found = state.find::<Disk>(path)?;
    disk_lock::check(state, path, MOVE)?;
    if found.storage_type == Some(DiskStorageType::Lun) {
        return Err(Fault::invalid(MOVE, "The specified disk does not exist."));
    }
    if disk::is_locked(state, path) {
        let reason = format!("Disk {} is being moved or copied.", state.name_of(path));
        return Err(Fault::cannot(MOVE, &reason));
    }
    disk::check_vms_not_locked(state, path, MOVE)?;
    if disk::owners(state, path).iter().any(|owner| is_in(owner, TEMPLATES)) {
        let reason = format!("The following disk(s) are not attached to any VM: {}.", state.name_of(path));
        return Err(Fault::invalid(MOVE, &reason));
    }
    disk::check_content(state, path, MOVE, copy::CONTENT)?;
    if disk::is_on(found, last(to)) {
        return Err(Fault::invalid(MOVE, "The source and target storage domains are the same."));
    }
    if let Some(from) = disk::domain_of(state, path) {
        storage_domain::check_usable(state, &from, MOVE)?;
    }
    copy::check_target(state, path, to, profile, MOVE)
}

fn moved(state: &mut State, path: &str, to: &str, profile: Option<&str>) {
    let default = storage_domain::default_profile(state, to);
    if let Some(disk) = state.get_mut::<Disk>(path) {
        disk.storage_domains = Some(vec![StorageDomain::with_id(last(to))].into());
        disk.disk_profile = profile.map(DiskProfile::with_id).or(default).map(Box::new);
        disk::set_locked(state, path, false);
        let (name, target, user) = (state.name_of(path), state.name_of(to), references::acting_user(state));
        let text = format!("User {user} finished moving disk {name} to domain {target}.");
        disk::log(state, 2010, &text, path, &[to]);
    }
}
