//! Exporting disks.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::disk;
use crate::resources::disks::copy::{self, MOVING};

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk", "vm_disk", "template_disk"] {
        registry.on(service, "export", export);
    }
}

fn export(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    copy::target_domain(call, "export")?;
    disk::check_free(call.state, &path, "export")?;
    let name = call.state.name_of(&path);
    call.job(&format!("Exporting Disk {name}"));
    disk::set_locked(call.state, &path, true);
    disk::ready_after(call.state, MOVING, &path, 0, "");
    Ok(Reply::Completed)
}
