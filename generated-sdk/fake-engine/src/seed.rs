//! What a new engine begins with: what every installation has, and as many virtual machines as are wanted.

mod data_centers;
mod files;
mod hosts;
mod instance_types;
mod logical_units;
mod operating_systems;
mod permissions;
mod roles;
mod scheduling_policies;
mod storage_domains;
mod templates;
mod users;
mod vms;

use crate::state::State;
use ovirt_sdk::Error;

/// What a new engine has.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeedOptions {
    /// The number of virtual machines, if it is set.
    pub(crate) vms: Option<usize>,
}

/// What the directories of an engine have.
#[derive(Clone, Debug, Default)]
pub(crate) struct DirectoryOptions {
    /// The accounts that can log in, with their profiles: `admin@internal`.
    pub(crate) accounts: Vec<String>,
    /// The groups with their profiles, and the accounts that are their members.
    pub(crate) groups: Vec<(String, Vec<String>)>,
    /// Accounts, and the names of the roles that they have on the system.
    pub(crate) roles: Vec<(String, String)>,
}

/// Fills the directories of a new or loaded engine.
pub(crate) fn fill_directory(state: &mut State, options: &DirectoryOptions) -> Result<(), Error> {
    users::fill_directory(state, options)
}

/// Fills an empty engine. Later steps may refer by name to what earlier ones have added.
pub(crate) fn fill(state: &mut State, options: &SeedOptions) {
    roles::fill(state);
    users::fill(state);
    data_centers::fill(state, options);
    storage_domains::fill(state, options);
    templates::fill(state);
    instance_types::fill(state);
    vms::fill(state, options.vms.unwrap_or(0));
    permissions::fill(state);
}
