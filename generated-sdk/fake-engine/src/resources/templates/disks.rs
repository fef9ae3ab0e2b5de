//! Disks of templates.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{disk, disk_attachment};
use ovirt_sdk::types::Disk;

pub(super) fn register(registry: &mut Registry) {
    registry.on("template_disk", "remove", remove);
    registry.view_with_addresses("template_disks", disk_attachment::disks);
}

/// A disk of a template is removed from one storage domain; on one it must stay.
fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    disk::check_free(call.state, &path, "remove")?;
    let wanted = call.request.parameter("storage_domain").map(str::to_owned);
    let disk = call.state.find_mut::<Disk>(&path)?;
    let mut domains = disk.storage_domains.clone().unwrap_or_default().into_vec();
    match wanted {
        Some(wanted) if domains.len() > 1 => {
            domains.retain(|domain| domain.id.as_deref() != Some(&wanted));
            disk.storage_domains = Some(domains.into());
            Ok(Reply::Completed)
        }
        _ => Err(Fault::conflict("Cannot remove Virtual Disk. Removing the Template Snapshot is not allowed.")),
    }
}
