//! Networks and what belongs to them.

mod macs;

pub(crate) use macs::{is_mac_free, next_mac};

use super::super::Registry;

pub(super) fn register(_registry: &mut Registry) {}
