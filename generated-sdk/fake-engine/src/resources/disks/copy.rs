//! Copying disks.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::disk_lock::{self, LockHolder};
use crate::resources::common::{copy_disks, disk, references, storage_domain};
use crate::resources::disks::profile;
use crate::resources::paths::{STORAGE_DOMAINS, TEMPLATES, is_in};
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskContentType, DiskProfile, DiskStorageType, StorageDomain};

pub(crate) const COPYING: Duration = Duration::from_secs(6);
/// The content of disks that can be copied and moved.
pub(crate) const CONTENT: &[DiskContentType] = &[
    DiskContentType::Data,
    DiskContentType::MemoryDumpVolume,
    DiskContentType::MemoryMetadataVolume,
    DiskContentType::Iso,
];
const COPY: &str = "copy Virtual Disk";

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk", "template_disk"] {
        registry.on(service, "copy", copy);
    }
    on_effect!(registry, |state, TemplateDiskCopied { disk, storage_domain }| {
        copied_to_another_domain(state, disk, storage_domain);
    });
}

/// The path of the storage domain that an action names.
pub(crate) fn target_domain(call: &Call<'_>, verb: &str) -> Result<String, Fault> {
    let domain: Option<StorageDomain> = call.object("storage_domain");
    let path = domain.map(|domain| call.state.reference(STORAGE_DOMAINS, &domain)).transpose()?.flatten();
    path.ok_or_else(|| Fault::incomplete("Action", &["storage_domain.id|name"], verb))
}

/// Fails if a disk can't be moved or copied to a storage domain.
pub(crate) fn check_target(
    state: &State,
    path: &str,
    to: &str,
    profile: Option<&DiskProfile>,
    action: &str,
) -> Result<(), Fault> {
    let found = state.find::<Disk>(path)?;
    storage_domain::check_usable(state, to, action)?;
    storage_domain::check_destination(state, to, action)?;
    if found.shareable == Some(true) && found.sparse == Some(true) && storage_domain::is_block(state, to) {
        let reason = format!(
            "{} is a thin provisioned shareable disk, which is not supported for block-based domains.",
            state.name_of(path)
        );
        return Err(Fault::invalid(action, &reason));
    }
    storage_domain::check_space(state, to, found.total_size.or(found.actual_size).unwrap_or(0), action)?;
    disk::check_unused(state, path, action)?;
    profile::check(state, profile, to, action)
}

/// Copies a disk. A disk of a template is the same disk on another storage domain then; other copies are new disks.
fn copy(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let to = target_domain(call, "copy")?;
    let profile: Option<DiskProfile> = call.object("disk_profile");
    let is_of_template = disk::owners(call.state, &path).iter().any(|owner| is_in(owner, TEMPLATES));
    let wanted: Option<Disk> = call.object("disk");
    let new_name = wanted.and_then(|disk| disk.name.or(disk.alias)).filter(|name| !name.is_empty());
    let name = new_name.clone().unwrap_or_else(|| call.state.name_of(&path));
    let from = disk::domain_of(call.state, &path).map(|domain| call.state.name_of(&domain)).unwrap_or_default();
    let target = call.state.name_of(&to);
    call.name_job(&format!("Copying Disk {name} from {from} to {target}"));
    check(call.state, &path, &to, profile.as_ref(), is_of_template)?;
    call.job();
    let text = format!("User {} is copying disk {name} to domain {target}.", references::acting_user(call.state));
    disk::log(call.state, 2004, &text, &path, &[&to]);
    if is_of_template {
        disk::set_locked(call.state, &path, true);
        disk_lock::acquire(call.state, &path, LockHolder::MoveOrCopy);
        call.state.after(COPYING, Effect::TemplateDiskCopied { disk: path, storage_domain: to });
        return Ok(Reply::Completed);
    }
    let copied = copy_disks::copy_to_domain(call.state, &path, Some(&to))?;
    if let Some(copy) = call.state.get_mut::<Disk>(&copied) {
        copy.name = Some(name.clone());
        copy.alias = Some(name);
        if let Some(profile) = profile {
            copy.disk_profile = Some(Box::new(profile));
        }
    }
    disk_lock::acquire(call.state, &path, LockHolder::MoveOrCopy);
    call.state.after(COPYING, Effect::DiskLockReleased { disk: path });
    Ok(Reply::Completed)
}

fn check(
    state: &State,
    path: &str,
    to: &str,
    profile: Option<&DiskProfile>,
    is_of_template: bool,
) -> Result<(), Fault> {
    let found = state.find::<Disk>(path)?;
    disk_lock::check(state, path, COPY)?;
    if found.storage_type == Some(DiskStorageType::Lun) {
        return Err(Fault::invalid(COPY, "The specified disk does not exist."));
    }
    disk::check_content(state, path, COPY, CONTENT)?;
    if disk::is_locked(state, path) {
        return Err(Fault::conflict("Template's Image is locked (temporarily)."));
    }
    check_target(state, path, to, profile, COPY)?;
    match is_of_template && disk::is_on(found, last(to)) {
        true => Err(Fault::cannot(COPY, "One of the Template Images already exists.")),
        false => Ok(()),
    }
}

fn copied_to_another_domain(state: &mut State, path: &str, to: &str) {
    if let Some(disk) = state.get_mut::<Disk>(path) {
        let mut domains = disk.storage_domains.take().unwrap_or_default().into_vec();
        domains.push(StorageDomain::with_id(last(to)));
        disk.storage_domains = Some(domains.into());
    }
    disk::set_locked(state, path, false);
    let (name, target, user) = (state.name_of(path), state.name_of(to), references::acting_user(state));
    let text = format!("User {user} finished copying disk {name} to domain {target}.");
    disk::log(state, 2006, &text, path, &[to]);
}
