//! Roles and their permits.

use crate::api::{ApiResponse, Call, Fault, Registry, Reply};
use crate::fields::id_of;
use crate::path::{above, join, last};
use crate::resources::common::permission;
use crate::resources::common::permit::Permit;
use crate::resources::paths::{GROUPS, PERMITS, ROLES, is_in};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{self, Role, User};

pub(super) fn register(registry: &mut Registry) {
    registry.on("roles", "add", add);
    registry.on("role", "update", update);
    registry.on("role", "remove", remove);
    registry.on("permits", "add", add_permit);
    registry.on("permit", "remove", remove_permit);
    // The roles themselves are found through the view; lists show only their names.
    registry.view_with_addresses("assigned_roles", assigned_roles);
    registry.compute("assigned_roles", |context, holder| {
        let shown = |path: &String| -> Box<dyn Object> {
            let role = Role::with_id(last(path)).name(context.state.name_of(path));
            Box::new(role.user(User::with_id(last(holder))))
        };
        assigned_roles(context.state, holder).iter().map(shown).collect()
    });
}

/// The paths of the roles that a user or group has on the system; a user also has those of everyone.
fn assigned_roles(state: &State, holder: &str) -> Vec<String> {
    let everyone = permission::everyone();
    let is_held = |path: &str| path == holder || (path == everyone && !is_in(holder, GROUPS));
    let held = permission::on_object(state, permission::SYSTEM)
        .filter(|(_, permission)| permission::holder(permission).is_some_and(|path| is_held(&path)));
    let roles = held.filter_map(|(_, permission)| permission::role_id(permission));
    let mut paths: Vec<String> = roles.map(|role| join(ROLES, role)).collect();
    paths.sort();
    paths.dedup();
    paths
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut role: Role = call.body()?;
    let permits = role.permits.take().unwrap_or_default();
    let permits = permits.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let name = role.name.clone().unwrap_or_default();
    check_name(call.state, "add", &name, None)?;
    let administrative = role.administrative.ok_or_else(|| Fault::bad("Invalid Role Type."))?;
    check_permits(administrative, &permits)?;
    let path = call.store(Box::new(role.administrative(administrative).mutable(true)))?;
    for permit in permits {
        call.state.insert(&join(&path, PERMITS), permit.in_role(last(&path)));
    }
    let text = format!("Role {name} was added by {}", call.state.actor.user);
    call.state.event(864, Severity::Normal, &text, &[]);
    Ok(Reply::Created(path))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check_mutable(call.state, &path, "edit")?;
    let change: Role = call.body()?;
    if let Some(name) = &change.name {
        check_name(call.state, "edit", name, Some(&path))?;
    }
    let administrative = call.state.find::<Role>(&path)?.administrative;
    if change.administrative.is_some_and(|it| Some(it) != administrative) {
        return Err(Fault::bad("Cannot edit Role. Changing Role type is not allowed."));
    }
    let reply = call.change(&change)?;
    let text = format!("{} Role was updated to the {} Role", call.state.actor.user, call.state.name_of(&path));
    call.state.event(856, Severity::Normal, &text, &[]);
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (path, id) = (call.path(), call.id());
    check_mutable(call.state, &path, "remove")?;
    if permission::all(call.state).any(|(_, permission)| permission::role_id(permission) == Some(&id)) {
        return Err(Fault::conflict(
            "One or more Permissions is still associated with Role.\n- Please remove all Permissions first.",
        ));
    }
    let text = format!("Role {} removed from {}", call.state.name_of(&path), call.state.actor.user);
    call.state.event(858, Severity::Normal, &text, &[]);
    call.remove()
}

fn add_permit(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let permit = known(&call.body::<types::Permit>()?)?;
    let role = above(&call.path(), 1).to_owned();
    check_mutable(call.state, &role, "attach")?;
    if call.state.contains(&join(&call.path(), &permit.id())) {
        return Err(Fault::conflict(
            "Cannot attach action group to Role. This action group is already attached to Role.",
        ));
    }
    check_permits(call.state.find::<Role>(&role)?.administrative == Some(true), &[permit])?;
    let path = call.path();
    let text = permit_event(call.state, &role, permit.name(), "attached to");
    call.state.event(860, Severity::Normal, &text, &[]);
    Ok(Reply::Created(call.state.insert(&path, permit.in_role(last(&role)))))
}

fn remove_permit(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let role = above(&call.path(), 2).to_owned();
    check_mutable(call.state, &role, "detach")?;
    let text = permit_event(call.state, &role, &call.state.name_of(&call.path()), "detached from");
    let reply = call.remove()?;
    call.state.event(862, Severity::Normal, &text, &[]);
    Ok(reply)
}

fn permit_event(state: &State, role: &str, permit: &str, done: &str) -> String {
    let (role, user) = (state.name_of(role), &state.actor.user);
    format!("Action group {} was {done} Role {role} by {user}", permit.to_uppercase())
}

/// The permit to which the body refers, by its identifier or name.
fn known(sent: &types::Permit) -> Result<Permit, Fault> {
    let by_id = sent.id.as_deref().map(Permit::by_id);
    let by_name = || sent.name.as_deref().and_then(|name| Permit::by_name(&name.to_lowercase()));
    let invalid = || {
        let text = id_of(sent).or_else(|| sent.name.clone()).unwrap_or_default();
        Fault::raw(ApiResponse::xml(400, format!("{text} is not a valid permit ID.")))
    };
    by_id.unwrap_or_else(by_name).ok_or_else(invalid)
}

/// Fails if a role for users would have permits that are for administrators.
fn check_permits(administrative: bool, permits: &[Permit]) -> Result<(), Fault> {
    if !administrative && permits.iter().any(|permit| permit.is_administrative()) {
        return Err(Fault::conflict("Cannot add administrator's action group to a User Role."));
    }
    Ok(())
}

fn check_name(state: &State, verb: &str, name: &str, own: Option<&str>) -> Result<(), Fault> {
    match state.by_name(ROLES, name) {
        Some(other) if Some(other.as_str()) != own => Err(Fault::conflict(&format!(
            "Cannot {verb} Role. The Role name is already in use, please choose a unique name and try again."
        ))),
        _ => Ok(()),
    }
}

fn check_mutable(state: &State, role: &str, verb: &str) -> Result<(), Fault> {
    match state.find::<Role>(role)?.mutable {
        Some(false) => Err(Fault::conflict(&format!("Cannot {verb} Role. The Role is Read-Only."))),
        _ => Ok(()),
    }
}
