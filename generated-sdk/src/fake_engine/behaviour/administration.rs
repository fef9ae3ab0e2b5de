//! Who may do what, and what the engine keeps about it: users, roles, tags, affinity, quotas, jobs, events.

use super::Registry;

pub(super) fn register(_registry: &mut Registry) {}
