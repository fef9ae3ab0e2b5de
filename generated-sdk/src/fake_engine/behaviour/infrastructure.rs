//! Data centers, clusters, hosts and networks.

pub(crate) mod hosts;
pub(crate) mod networks;

use super::Registry;

pub(super) fn register(registry: &mut Registry) {
    hosts::register(registry);
    networks::register(registry);
}
