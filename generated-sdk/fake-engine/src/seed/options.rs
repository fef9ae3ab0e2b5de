//! Options for the initial content of an engine.

/// Options for the content of a new engine.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeedOptions {
    /// The number of virtual machines, if it is set.
    pub(crate) vms: Option<usize>,
}

/// The users and groups in the directories of an engine.
#[derive(Clone, Debug, Default)]
pub(crate) struct DirectoryOptions {
    /// The accounts that can log in, with their profiles: `admin@internal`.
    pub(crate) accounts: Vec<String>,
    /// The groups with their profiles, and the accounts that are their members.
    pub(crate) groups: Vec<(String, Vec<String>)>,
    /// Accounts, and the names of the roles that they have on the system.
    pub(crate) roles: Vec<(String, String)>,
}
