//! Disks, as far as machines are made of them.

use crate::fake_engine::state::State;
use crate::types::{Disk, DiskAttachment, DiskStatus};

pub(super) use crate::fake_engine::behaviour::storage::attachments::attach;
pub(super) use crate::fake_engine::behaviour::storage::disks::copy;

/// Whether something is being done to a disk.
pub(super) fn is_locked(state: &State, disk: &str) -> bool {
    state.get::<Disk>(disk).is_some_and(|disk| disk.status == Some(DiskStatus::Locked))
}

/// The attachments of a machine or a template, with their paths.
pub(super) fn of(state: &State, owner: &str) -> Vec<(String, DiskAttachment)> {
    super::parts::list(state, &format!("{owner}/diskattachments"))
}
