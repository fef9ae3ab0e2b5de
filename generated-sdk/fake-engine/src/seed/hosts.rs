//! Hosts.

use crate::path::last;
use crate::resources::hosts::facts::{ORGANIZATION, complete_new, report_facts};
use crate::resources::paths::HOSTS;
use crate::state::State;
use ovirt_sdk::types::{Cluster, Host};

/// Adds a host to the inventory, as a request would.
pub(super) fn new_host(state: &mut State, name: &str, cluster: &str) -> String {
    let mut host = Host::new().name(name).address(format!("{name}.{ORGANIZATION}"));
    host = host.cluster(Cluster::with_id(last(cluster)));
    complete_new(state, &mut host);
    let path = state.insert(HOSTS, host);
    report_facts(state, &path);
    path
}
