//! Directories of users and groups, and the users and groups that were added to the engine.
//!
//! Accounts of the fake engine are users of a directory. The engine knows a user or group of a directory after it was
//! added, and a user also after the first login.

use crate::note::Note;
use crate::path::{join, last};
use crate::resources::paths::{DOMAINS, GROUPS, USERS};
use crate::state::State;
use ovirt_sdk::types::{Domain, Group, User};

/// Separates the name of a user from the name of the directory.
const SEPARATOR: char = '@';

/// The user names of the members of a group of a directory.
const MEMBERS: Note<Vec<String>> = Note::new("members");

/// The name of an account in the engine: `admin@internal` is `admin@internal-authz`.
pub(crate) fn user_name(account: &str) -> String {
    format!("{account}-authz")
}

/// The authentication profile of an account: `internal` for `admin@internal`.
pub(crate) fn profile(account: &str) -> &str {
    account.rsplit_once(SEPARATOR).map_or("internal", |(_, profile)| profile)
}

/// The name in a directory, and the name of the directory: `admin` and `internal-authz` for `admin@internal-authz`.
pub(crate) fn split(name: &str) -> (&str, Option<&str>) {
    name.rsplit_once(SEPARATOR).map_or((name, None), |(name, directory)| (name, Some(directory)))
}

/// The path of the directory with a name. Creates it if it doesn't exist.
fn find_or_add(state: &mut State, name: &str) -> String {
    state.by_name(DOMAINS, name).unwrap_or_else(|| {
        // The engine encodes the name as the identifier.
        state.insert(DOMAINS, Domain::with_id(encoded(name)).name(name))
    })
}

/// The form of names and identifiers of directories in addresses.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}

/// The path of a user in a directory, by the name in the directory.
pub(crate) fn find_user(state: &State, directory: &str, principal: &str) -> Option<String> {
    let mut users = state.list::<User>(&format!("{directory}/{USERS}"));
    users.find(|(_, user)| user.principal.as_deref() == Some(principal)).map(|(path, _)| path)
}

/// The path of a group in a directory, by its name.
pub(crate) fn find_group(state: &State, directory: &str, name: &str) -> Option<String> {
    state.by_name(&format!("{directory}/{GROUPS}"), name)
}

/// The path of the user in a directory for an account. Creates the user if it doesn't exist.
pub(crate) fn find_or_add_account(state: &mut State, account: &str) -> String {
    let full_name = user_name(account);
    let (principal, directory) = split(&full_name);
    let directory = find_or_add(state, directory.unwrap_or_default());
    find_user(state, &directory, principal).unwrap_or_else(|| {
        let entry = encoded(&state.new_id());
        let user =
            User::with_id(entry).name(principal).last_name("").principal(principal).user_name(full_name.as_str());
        let user = user.email("").department("").namespace("*").domain(reference(state, &directory));
        state.insert(&format!("{directory}/{USERS}"), user)
    })
}

/// Adds a group to the directory in its name, with accounts as members.
pub(crate) fn add_group(state: &mut State, name: &str, members: &[String]) {
    let full_name = user_name(name);
    let (name, directory) = split(&full_name);
    let directory = find_or_add(state, directory.unwrap_or_default());
    let entry = find_group(state, &directory, name).unwrap_or_else(|| {
        let entry = encoded(&state.new_id());
        let group = Group::with_id(entry).name(name).namespace("*").domain(reference(state, &directory));
        state.insert(&format!("{directory}/{GROUPS}"), group)
    });
    let members: Vec<String> = members.iter().map(|account| user_name(account)).collect();
    state.set_note(&entry, MEMBERS, members);
}

fn reference(state: &State, directory: &str) -> Domain {
    Domain::with_id(last(directory)).name(state.name_of(directory))
}

/// The path of the user that the engine knows for an entry of a directory. Makes it known if it isn't.
pub(crate) fn make_user_known(state: &mut State, entry: &str) -> Option<String> {
    let mut user = state.get::<User>(entry)?.clone();
    user.domain_entry_id = user.id.take();
    let is_same = |known: &User| known.user_name == user.user_name;
    let known = state.list::<User>(USERS).find(|(_, known)| is_same(known)).map(|(path, _)| path);
    Some(known.unwrap_or_else(|| state.insert(USERS, user)))
}

/// The path of the group that the engine knows for an entry of a directory. Makes it known if it isn't.
pub(crate) fn make_group_known(state: &mut State, entry: &str) -> Option<String> {
    let mut group = state.get::<Group>(entry)?.clone();
    group.domain_entry_id = group.id.take();
    let is_same = |known: &Group| known.domain_entry_id == group.domain_entry_id;
    let known = state.list::<Group>(GROUPS).find(|(_, known)| is_same(known)).map(|(path, _)| path);
    Some(known.unwrap_or_else(|| state.insert(GROUPS, group)))
}

/// The paths of the groups that the engine knows and to which a user belongs.
pub(crate) fn groups_of_user(state: &State, user: &str) -> Vec<String> {
    let Some(name) = state.get::<User>(user).and_then(|user| user.user_name.clone()) else { return Vec::new() };
    let is_member = |group: &Group| {
        let directory = group.domain.as_deref().and_then(|domain| domain.id.as_deref());
        let entry = directory.zip(group.domain_entry_id.as_deref());
        let entry = entry.map(|(directory, entry)| format!("{}/{GROUPS}/{entry}", join(DOMAINS, directory)));
        entry.and_then(|entry| state.note(&entry, MEMBERS)).is_some_and(|members| members.contains(&name))
    };
    state.list::<Group>(GROUPS).filter(|(_, group)| is_member(group)).map(|(path, _)| path).collect()
}
