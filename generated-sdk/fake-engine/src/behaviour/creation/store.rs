//! Disks, as far as machines are made of them.

use crate::state::State;
use ovirt_sdk::types::DiskAttachment;

pub(super) use crate::behaviour::storage::attachments::attach;
pub(super) use crate::behaviour::storage::disks::{copy, is_locked, set_locked};

/// The attachments of a machine or a template, with their paths.
pub(super) fn of(state: &State, owner: &str) -> Vec<(String, DiskAttachment)> {
    super::parts::list(state, &format!("{owner}/diskattachments"))
}
