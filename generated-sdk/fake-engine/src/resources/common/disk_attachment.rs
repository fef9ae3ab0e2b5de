//! The disks attached to virtual machines and templates.

use crate::path::last;
use crate::resources::common::references;
use crate::resources::paths::{DISK_ATTACHMENTS, DISKS, TEMPLATES, is_in};
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskAttachment, DiskInterface, Template, Vm};

/// The paths of the disk attachments of a virtual machine or a template, each with the path of its disk.
pub(crate) fn attachments_and_disks(state: &State, owner: &str) -> Vec<(String, String)> {
    let attachments = state.paths(&format!("{owner}/{DISK_ATTACHMENTS}"));
    attachments.into_iter().map(|path| (path.clone(), format!("{DISKS}/{}", last(&path)))).collect()
}

/// Attaches a disk to a virtual machine or a template; returns the path of the disk attachment.
pub(crate) fn attach(state: &mut State, owner: &str, disk: &str, mut attachment: DiskAttachment) -> String {
    attachment.id = Some(last(disk).to_owned());
    attachment.disk = Some(Box::new(Disk::with_id(last(disk))));
    (attachment.vm, attachment.template, attachment.name) = (None, None, None);
    match is_in(owner, TEMPLATES) {
        true => attachment.template = Some(Box::new(Template::with_id(last(owner)))),
        false => attachment.vm = Some(Box::new(Vm::with_id(last(owner)))),
    }
    attachment.active.get_or_insert(true);
    attachment.interface.get_or_insert(DiskInterface::VirtioScsi);
    for flag in [
        &mut attachment.bootable,
        &mut attachment.pass_discard,
        &mut attachment.read_only,
        &mut attachment.uses_scsi_reservation,
    ] {
        flag.get_or_insert(false);
    }
    state.insert(&format!("{owner}/{DISK_ATTACHMENTS}"), attachment)
}

/// The disk attachments of a virtual machine or a template, with their paths.
pub(crate) fn list(state: &State, owner: &str) -> Vec<(String, DiskAttachment)> {
    references::list_cloned(state, &format!("{owner}/{DISK_ATTACHMENTS}"))
}

/// The paths of the disks of a virtual machine or a template.
pub(crate) fn disks(state: &State, owner: &str) -> Vec<String> {
    attachments_and_disks(state, owner).into_iter().map(|(_, disk)| disk).collect()
}

/// The paths of the disks of a virtual machine or a template, each with whether it is active.
pub(crate) fn disks_and_activity(state: &State, path: &str) -> Vec<(String, bool)> {
    let attached = state.list::<DiskAttachment>(&format!("{path}/{DISK_ATTACHMENTS}"));
    let disk = |(path, attachment): (String, &DiskAttachment)| {
        let id = attachment.disk.as_ref().and_then(|disk| disk.id.clone()).unwrap_or_else(|| last(&path).to_owned());
        (format!("{DISKS}/{id}"), attachment.active != Some(false))
    };
    attached.map(disk).collect()
}
