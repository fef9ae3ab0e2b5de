//! What makes machines of other things: templates, snapshots, clones, pools, backups.

use super::Registry;

pub(super) fn register(_registry: &mut Registry) {}
