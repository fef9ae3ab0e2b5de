//! Virtual machines as they run, and their devices.

pub(in crate::fake_engine) mod defaults;

use super::Registry;

pub(super) fn register(_registry: &mut Registry) {}
