//! The root tag, groups, and the users of the directories.

use crate::resources::common::permission::{EVERYONE, grant};
use crate::resources::common::well_known::{NIL, SUPER_USER};
use crate::resources::common::{directory, permission};
use crate::resources::paths::{GROUPS, TAGS};
use crate::resources::permissions::grant_on_system;
use crate::seed::DirectoryOptions;
use crate::state::State;
use ovirt_sdk::Error;
use ovirt_sdk::types::{Group, Tag};

/// A group of every engine whose members administer it.
const ADMINISTRATORS: &str = "ovirt-administrator";

pub(super) fn fill(state: &mut State) {
    state.insert(TAGS, Tag::with_id(NIL).name("root").description("root"));
    // The engine encodes identifiers of its own groups like those of directories.
    let entry = |id: &str| id.bytes().map(|byte| format!("{byte:02X}")).collect::<String>();
    let everyone = Group::with_id(EVERYONE).name("Everyone").namespace("*").domain_entry_id(entry(EVERYONE));
    state.insert(GROUPS, everyone);
    let id = state.new_id();
    let administrators = Group::with_id(id.as_str()).name(ADMINISTRATORS).namespace("*").domain_entry_id(entry(&id));
    let path = state.insert(GROUPS, administrators);
    grant(state, &path, SUPER_USER, permission::SYSTEM);
}

/// Adds the accounts to the directories, and grants their roles on the system. What exists stays.
pub(super) fn fill_directory(state: &mut State, accounts: &[String], options: &DirectoryOptions) -> Result<(), Error> {
    for account in accounts {
        directory::find_or_add_account(state, account);
    }
    for (name, members) in &options.groups {
        directory::add_group(state, name, members);
    }
    for (account, role) in &options.roles {
        let entry = directory::find_or_add_account(state, account);
        let user = directory::make_user_known(state, &entry);
        if !user.is_some_and(|user| grant_on_system(state, &user, role)) {
            return Err(Error::custom(format!("can't grant a role to `{account}`: no role is called `{role}`")));
        }
    }
    Ok(())
}
