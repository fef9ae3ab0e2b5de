//! Copying disks.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::{copy_disks, disk, storage_domain};
use crate::resources::paths::{STORAGE_DOMAINS, TEMPLATES, is_in};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskProfile, StorageDomain};

pub(crate) const MOVING: Duration = Duration::from_secs(6);

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk", "template_disk"] {
        registry.on(service, "copy", copy);
    }
    on_effect!(registry, |state, TemplateDiskCopied { disk, storage_domain }| spread(state, disk, storage_domain));
}

pub(crate) fn target_domain(call: &Call<'_>, verb: &str) -> Result<String, Fault> {
    let domain: Option<StorageDomain> = call.object("storage_domain");
    let path = domain.map(|domain| call.state.reference(STORAGE_DOMAINS, &domain)).transpose()?.flatten();
    path.ok_or_else(|| Fault::incomplete("Action", &["storage_domain.id|name"], verb))
}

/// A disk of a template gets to one domain more; of others a new disk is made.
fn copy(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    disk::check_free(call.state, &path, "copy")?;
    disk::check_unused(call.state, &path, "copy")?;
    let name = call.state.name_of(&path);
    let of_template = disk::owners(call.state, &path).iter().any(|owner| is_in(owner, TEMPLATES));
    let wanted: Option<Disk> = call.object("disk");
    let to = match target_domain(call, "copy") {
        Ok(to) => Some(to),
        Err(fault) if of_template => return Err(fault),
        Err(_) => None,
    };
    if let (true, Some(to)) = (of_template, &to) {
        storage_domain::check_usable(call.state, to, "copy", "Virtual Disk")?;
        if call.state.get::<Disk>(&path).is_some_and(|disk| disk::is_on(disk, last(to))) {
            return Err(Fault::conflict(
                "Cannot copy Virtual Disk. The Storage Domain already contains the target disk(s).",
            ));
        }
        call.job(&format!("Copying Template Disk {name} to {}", call.state.name_of(to)));
        disk::set_locked(call.state, &path, true);
        call.state.after(MOVING, Effect::TemplateDiskCopied { disk: path, storage_domain: to.clone() });
        return Ok(Reply::Completed);
    }
    let place = to.clone().or_else(|| disk::domain_of(call.state, &path));
    let place = place.map(|place| call.state.name_of(&place)).unwrap_or_default();
    call.job(&format!("Copying Disk {name} to {place}"));
    let profile: Option<DiskProfile> = call.object("disk_profile");
    let copied = copy_disks::copy_to_domain(call.state, &path, to.as_deref())?;
    let new_name = wanted.and_then(|disk| disk.alias.or(disk.name));
    if let Some(copy) = call.state.get_mut::<Disk>(&copied) {
        if let Some(name) = new_name {
            copy.name = Some(name.clone());
            copy.alias = Some(name);
        }
        if let Some(profile) = profile {
            copy.disk_profile = Some(Box::new(profile));
        }
    }
    let text = format!("Disk {name} is being copied to {place}");
    call.state.event(2004, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}

fn spread(state: &mut State, path: &str, to: &str) {
    if let Some(disk) = state.get_mut::<Disk>(path) {
        let mut domains = disk.storage_domains.take().unwrap_or_default().into_vec();
        domains.push(StorageDomain::with_id(last(to)));
        disk.storage_domains = Some(domains.into());
    }
    disk::set_locked(state, path, false);
    let text = format!("Disk {} was copied to {}", state.name_of(path), state.name_of(to));
    state.event(2006, Severity::Normal, &text, &[path, to]);
}
