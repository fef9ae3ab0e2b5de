//! Disks of templates.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{disk, disk_attachment, disk_lock};
use ovirt_sdk::types::Disk;

const REMOVE: &str = "remove Virtual Disk";

pub(super) fn register(registry: &mut Registry) {
    registry.on("template_disk", "remove", remove);
    registry.view_with_addresses("template_disks", disk_attachment::disks);
}

/// Removes a copy of a template's disk from one storage domain. The last copy stays.
fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    disk_lock::check(call.state, &path, REMOVE)?;
    let Some(wanted) = call.request.parameter("storage_domain").map(str::to_owned) else {
        let reason = "A storage domain must be specified when deleting one of a template's disk's copies.";
        return Err(Fault::invalid(REMOVE, reason));
    };
    let disk = call.state.find::<Disk>(&path)?;
    let mut domains = disk.storage_domains.clone().unwrap_or_default().into_vec();
    if !domains.iter().any(|domain| domain.id.as_deref() == Some(&wanted)) {
        return Err(Fault::invalid(REMOVE, "Provided wrong storage domain, which is not related to disk."));
    }
    if disk::is_locked(call.state, &path) {
        let reason = "Related operation is currently in progress. Please try again later.";
        return Err(Fault::cannot(REMOVE, reason));
    }
    if domains.len() < 2 {
        return Err(Fault::cannot(REMOVE, "The image is the only remaining copy of a Template disk."));
    }
    domains.retain(|domain| domain.id.as_deref() != Some(&wanted));
    call.state.find_mut::<Disk>(&path)?.storage_domains = Some(domains.into());
    Ok(Reply::Completed)
}
