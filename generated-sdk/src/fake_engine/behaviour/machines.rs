//! Virtual machines as they run, and their devices.

use super::Registry;

pub(super) fn register(_registry: &mut Registry) {}
