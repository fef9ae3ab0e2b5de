//! Disks, as far as machines are made of them.

use std::time::Duration;

use crate::fake_engine::api::fault::Fault;
use crate::fake_engine::state::{State, last};
use crate::types::{Disk, DiskAttachment, DiskStatus, StorageDomain};

/// Copies a disk, to another storage domain or where it is; the copy is locked until it is there.
pub(super) fn copy(state: &mut State, disk: &str, domain: Option<&str>) -> Result<String, Fault> {
    let mut copy = state.find::<Disk>(disk)?.clone();
    copy.id = None;
    copy.href = None;
    copy.image_id = Some(state.new_id());
    copy.status = Some(DiskStatus::Locked);
    if let Some(domain) = domain {
        copy.storage_domains = Some(vec![StorageDomain::with_id(domain)].into());
    }
    let path = state.insert("disks", copy);
    state.after(Duration::from_secs(5), super::stage::UNLOCK, &[&path]);
    Ok(path)
}

/// Whether something is being done to a disk.
pub(super) fn is_locked(state: &State, disk: &str) -> bool {
    state.get::<Disk>(disk).is_some_and(|disk| disk.status == Some(DiskStatus::Locked))
}

/// The attachments of a machine or a template, with their paths.
pub(super) fn of(state: &State, owner: &str) -> Vec<(String, DiskAttachment)> {
    let attachments = state.list::<DiskAttachment>(&format!("{owner}/diskattachments"));
    attachments.map(|(path, attachment)| (path, attachment.clone())).collect()
}

/// Attaches a disk to a machine or a template, as the attachment says.
pub(super) fn attach(state: &mut State, owner: &str, disk: &str, attachment: DiskAttachment) -> String {
    let mut attachment = attachment.id(last(disk)).disk(Disk::with_id(last(disk)));
    attachment.href = None;
    attachment.vm = None;
    attachment.template = None;
    let attachment = crate::fake_engine::behaviour::machines::defaults::refer(attachment, owner);
    state.insert(&format!("{owner}/diskattachments"), attachment)
}
