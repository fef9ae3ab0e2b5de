//! What a new engine begins with: what every installation has, and as many virtual machines as are wanted.

mod data_centers;
mod files;
mod hosts;
mod instance_types;
mod logical_units;
mod operating_systems;
mod scheduling_policies;
mod storage_domains;
mod templates;
mod users;
mod vms;

use crate::state::State;

/// What a new engine has.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeedOptions {
    /// The accounts that can log in, with their profiles.
    pub(crate) accounts: Vec<String>,
    /// The number of virtual machines, if it is set.
    pub(crate) vms: Option<usize>,
}

/// Fills an empty engine. Later steps may refer by name to what earlier ones have added.
pub(crate) fn fill(state: &mut State, options: &SeedOptions) {
    users::fill(state, options);
    data_centers::fill(state, options);
    storage_domains::fill(state, options);
    templates::fill(state);
    instance_types::fill(state);
    vms::fill(state, options.vms.unwrap_or(0));
}
