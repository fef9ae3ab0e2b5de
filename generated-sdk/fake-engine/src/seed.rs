//! The initial content of a new engine: what every installation has, and a number of virtual machines.

mod cluster_levels;
mod data_centers;
mod files;
mod hosts;
mod instance_types;
mod logical_units;
mod network_filters;
mod operating_systems;
mod options;
mod permissions;
mod roles;
mod scheduling_policies;
mod scheduling_policy_units;
mod storage_domains;
mod templates;
mod users;
mod vms;

use crate::resources::paths::HOSTS;
use crate::state::{Severity, State};
pub(crate) use options::DirectoryOptions;
use ovirt_sdk::Error;

/// Fills the directories of a new or loaded engine. `accounts` are those that can log in: `admin@internal`.
pub(crate) fn fill_directory(state: &mut State, accounts: &[String], options: &DirectoryOptions) -> Result<(), Error> {
    users::fill_directory(state, accounts, options)
}

/// Fills an empty engine. Later steps may refer by name to what earlier ones have added.
pub(crate) fn fill(state: &mut State, vms: usize) {
    roles::fill(state);
    users::fill(state);
    cluster_levels::fill(state);
    network_filters::fill(state);
    operating_systems::fill(state);
    scheduling_policy_units::fill(state);
    scheduling_policies::fill(state);
    data_centers::fill(state, vms);
    storage_domains::fill(state, vms);
    templates::fill(state);
    instance_types::fill(state);
    vms::fill(state, vms);
    permissions::fill(state);
    log_start(state);
}

/// Logs the events that an engine starts with.
fn log_start(state: &mut State) {
    state.event(10780, Severity::Normal, "Affinity Rules Enforcement Manager started.", &[]);
    for host in state.paths(HOSTS) {
        let text = format!("Status of host {} was set to Up.", state.name_of(&host));
        state.event(13, Severity::Normal, &text, &[&host]);
    }
}
