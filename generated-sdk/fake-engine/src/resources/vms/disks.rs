//! Disks of virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::disk_attachment;
use crate::resources::paths::DISKS;
use crate::resources::vms::disk_attachments;
use ovirt_sdk::types::{Disk, DiskAttachment, DiskInterface};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_disks", "add", add);
    registry.on("vm_disk", "activate", |call| disk_attachments::plug(call, true));
    registry.on("vm_disk", "deactivate", |call| disk_attachments::plug(call, false));
    registry.view_with_addresses("vm_disks", disk_attachment::disks);
}

/// Adds a disk and attaches it to the virtual machine.
fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let disk: Disk = call.body()?;
    let owner = call.parent();
    let mut attachment = DiskAttachment::new();
    attachment.bootable = disk.bootable;
    attachment.interface = disk.interface.clone().or(Some(DiskInterface::VirtioScsi));
    attachment.active = disk.active;
    attachment.disk = Some(Box::new(disk));
    let path = disk_attachments::add_attachment(call, &owner, attachment)?;
    Ok(Reply::Created(format!("{DISKS}/{}", last(&path))))
}
