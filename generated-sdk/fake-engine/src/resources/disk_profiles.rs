//! Profiles of disks: each belongs to a storage domain, which has one at least.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::storage_domain;
use crate::resources::paths::{DISK_PROFILES, DISKS, STORAGE_DOMAINS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskProfile, StorageDomain};

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk_profiles", "add", add);
    registry.on("assigned_disk_profiles", "add", add);
    registry.on("disk_profile", "remove", remove);
    registry.on("assigned_disk_profile", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut profile: DiskProfile = call.body()?;
    if call.parent().starts_with(STORAGE_DOMAINS) {
        profile.storage_domain = Some(Box::new(StorageDomain::with_id(last(&call.parent()))));
    }
    let missing = [("name", profile.name.is_none()), ("storage_domain.id", profile.storage_domain.is_none())];
    let missing: Vec<&str> = missing.into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
    if !missing.is_empty() {
        return Err(Fault::incomplete("DiskProfile", &missing, "add"));
    }
    let domain = profile.storage_domain.as_deref().cloned().unwrap_or_default();
    let Some(domain) = call.state.reference(STORAGE_DOMAINS, &domain)? else { return Err(Fault::not_found()) };
    if of(call.state, &domain).iter().any(|(_, other)| other.name == profile.name) {
        return Err(Fault::conflict(
            "Cannot add Disk Profile. The Disk Profile name is already used by an existing profile within the same \
             Storage Domain.",
        ));
    }
    (profile.id, profile.permissions) = (None, None);
    profile.description.get_or_insert_default();
    let path = call.state.insert(DISK_PROFILES, profile);
    let text = format!("Disk Profile {} was added", call.state.name_of(&path));
    call.state.event(10120, Severity::Normal, &text, &[&path, &domain]);
    Ok(Reply::Created(path))
}

/// The profiles of a storage domain.
fn of<'s>(state: &'s State, domain: &str) -> Vec<(String, &'s DiskProfile)> {
    let id = last(domain);
    let is_its = |profile: &DiskProfile| profile.storage_domain.as_ref().is_some_and(|it| it.id.as_deref() == Some(id));
    state.list::<DiskProfile>(DISK_PROFILES).filter(|(_, profile)| is_its(profile)).collect()
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let profile = call.state.find::<DiskProfile>(&path)?;
    let domain = profile.storage_domain.as_ref().and_then(|domain| domain.id.clone()).unwrap_or_default();
    if of(call.state, &storage_domain::root(&domain)).len() < 2 {
        return Err(Fault::conflict(
            "Cannot remove Disk Profile. The last Disk Profile of a Storage Domain can't be removed.",
        ));
    }
    let id = last(&path);
    let uses = |disk: &Disk| disk.disk_profile.as_ref().is_some_and(|it| it.id.as_deref() == Some(id));
    let users: Vec<String> = call
        .state
        .list::<Disk>(DISKS)
        .filter(|(_, disk)| uses(disk))
        .filter_map(|(_, disk)| disk.name.clone())
        .collect();
    if !users.is_empty() {
        return Err(Fault::conflict(&format!(
            "Cannot remove Disk Profile. Several Disks ({}) are using this Disk Profile: {}",
            users.len(),
            users.join(", ")
        )));
    }
    call.remove()
}
