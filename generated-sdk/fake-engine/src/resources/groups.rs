//! Groups that the engine knows.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::permission::EVERYONE;
use crate::resources::common::well_known::SUPER_USER;
use crate::resources::common::{directory, permission};
use crate::resources::paths::GROUPS;
use crate::resources::users::{directory, name_in_directory};
use crate::state::Severity;
use ovirt_sdk::types::{Group, Permission};

pub(super) fn register(registry: &mut Registry) {
    registry.on("groups", "add", add);
    registry.on("group", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let sent: Group = call.body()?;
    let name = sent.name.clone().unwrap_or_default();
    let directory = directory(call.state, sent.domain.as_deref(), &name)?;
    let missing = |text: String| Fault::new(404, "Operation Failed", format!("Entity not found: {text}"));
    let found = match sent.id.as_ref().or(sent.domain_entry_id.as_ref()) {
        Some(id) => {
            let entry = format!("{directory}/{GROUPS}/{id}");
            if call.state.contains(&entry) { Ok(entry) } else { Err(missing(id.clone())) }
        }
        None => {
            let name = name_in_directory(call.state, &name, &directory);
            let text = || format!("ADGROUP@{}:: name={name}", call.state.name_of(&directory));
            directory::find_group(call.state, &directory, name).ok_or_else(|| missing(text()))
        }
    }?;
    let path = directory::make_group_known(call.state, &found).ok_or_else(Fault::not_found)?;
    let text = format!("User '{}' was added successfully to the system.", call.state.name_of(&path));
    call.state.event(149, Severity::Normal, &text, &[]);
    Ok(Reply::Created(path))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let holders = |role: &Permission| permission::role_id(role) == Some(SUPER_USER);
    let super_users: Vec<_> = permission::all(call.state).filter(|(_, role)| holders(role)).collect();
    if let [(_, only)] = super_users.as_slice()
        && permission::holder(only).as_deref() == Some(path.as_str())
    {
        // The engine doesn't fill in its placeholders here.
        return Err(Fault::conflict(
            "Cannot ${action} ${type}. The system must have at least one Super User Role defined.",
        ));
    }
    if last(&path) == EVERYONE {
        return Err(Fault::conflict("Cannot remove the built-in group \"Everyone\"."));
    }
    permission::revoke_all(call.state, &path);
    let name = call.state.name_of(&path);
    let reply = call.remove()?;
    let text = format!("Group {name} was removed by {}.", call.state.actor.user);
    call.state.event(408, Severity::Normal, &text, &[]);
    Ok(reply)
}
