//! Directory domains, from which users and groups come.

use crate::api::Registry;
use crate::path::last;
use crate::resources::paths::DOMAINS;
use crate::search::Entity;
use crate::state::State;
use ovirt_sdk::types::Domain;

pub(super) fn register(registry: &mut Registry) {
    registry.search_as("domain_users", Entity::directory_user());
    registry.search_as("domain_groups", Entity::directory_group());
    registry.view("domain_user_groups", |_, _| Vec::new());
}

/// The identifier of the directory of a name; it is made when there is none.
pub(crate) fn find_or_add_domain(state: &mut State, name: &str) -> String {
    match state.by_name(DOMAINS, name) {
        Some(path) => last(&path).to_owned(),
        None => {
            // The engine makes the identifier of the name.
            let id: String = name.bytes().map(|byte| format!("{byte:02X}")).collect();
            state.insert(DOMAINS, Domain::with_id(id.clone()).name(name));
            id
        }
    }
}
