//! Hosts.

mod placing;

pub(crate) use placing::{machines_on, place, place_elsewhere};

use super::super::Registry;

pub(super) fn register(_registry: &mut Registry) {}
