//! Options for the initial content of an engine.

/// The groups in the directories of an engine, and the roles of accounts.
#[derive(Clone, Debug, Default)]
pub(crate) struct DirectoryOptions {
    /// The groups with their profiles, and the accounts that are their members.
    pub(crate) groups: Vec<(String, Vec<String>)>,
    /// Accounts, and the names of the roles that they have on the system.
    pub(crate) roles: Vec<(String, String)>,
}
