//! Hosts.

use crate::path::last;
use crate::resources::hosts::facts::{ORGANIZATION, complete_new, report_facts};
use crate::resources::paths::HOSTS;
use crate::state::State;
use ovirt_sdk::types::{Cluster, Host};

/// A host that the inventory begins with.
pub(crate) struct NewHost<'n> {
    pub(crate) name: &'n str,
    pub(crate) cluster: &'n str,
}

/// Adds a host to the inventory, as a request would.
pub(crate) fn new_host(state: &mut State, new: &NewHost<'_>) -> String {
    let mut host = Host::new().name(new.name).address(format!("{}.{ORGANIZATION}", new.name));
    host = host.cluster(Cluster::with_id(last(new.cluster)));
    complete_new(state, &mut host);
    let path = state.insert(HOSTS, host);
    report_facts(state, &path);
    path
}
