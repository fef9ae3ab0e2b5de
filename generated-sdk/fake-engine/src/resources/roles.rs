//! Roles and their permits.

use crate::api::{Call, Fault, Registry, Reply};
use crate::fields::id_of;
use crate::resources::common::well_known::SUPER_USER;
use crate::resources::paths::{GROUPS, PERMISSIONS, PERMITS, ROLES};
use ovirt_sdk::types::{Permission, Permit, Role};

pub(super) fn register(registry: &mut Registry) {
    registry.on("roles", "add", add);
    registry.on("role", "update", |call| {
        own(call, "edit")?;
        let change = call.take_body()?;
        call.update(&*change)
    });
    registry.on("role", "remove", |call| {
        own(call, "remove")?;
        call.remove()
    });
    registry.on("permits", "add", |call| {
        let permit: Permit = call.body()?;
        let permit = known(call, &permit)?;
        let path = call.path();
        Ok(Reply::Created(call.state.insert(&path, permit)))
    });
    registry.view("assigned_roles", |state, holder| {
        let (kind, id) = holder.split_once('/').unwrap_or_default();
        let holds = |permission: &Permission| match kind {
            GROUPS => permission.group.as_deref().and_then(|group| group.id.as_deref()) == Some(id),
            _ => permission.user.as_deref().and_then(|user| user.id.as_deref()) == Some(id),
        };
        let held = state.list::<Permission>(PERMISSIONS).filter(|(_, permission)| holds(permission));
        let roles = held.filter_map(|(_, permission)| permission.role.as_deref()?.id.clone());
        let mut paths: Vec<String> = roles.map(|role| format!("{ROLES}/{role}")).collect();
        paths.sort();
        paths.dedup();
        paths
    });
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "permits.id|name"])?;
    let mut role: Role = call.body()?;
    let permits = role.permits.take().unwrap_or_default();
    let permits = permits.iter().map(|permit| known(call, permit)).collect::<Result<Vec<_>, _>>()?;
    let administrative = role.administrative.unwrap_or(false);
    let reply = call.add(Box::new(role.administrative(administrative).mutable(true)))?;
    if let Reply::Created(path) = &reply {
        for permit in permits {
            call.state.insert(&format!("{path}/{PERMITS}"), permit);
        }
    }
    Ok(reply)
}

/// The permit that is meant: those of the role that permits everything are all that there are.
fn known(call: &Call<'_>, wanted: &Permit) -> Result<Permit, Fault> {
    let all = format!("{ROLES}/{SUPER_USER}/{PERMITS}");
    let is = |permit: &Permit| match &wanted.id {
        Some(id) => permit.id.as_ref() == Some(id),
        None => permit.name == wanted.name,
    };
    let found = call.state.list::<Permit>(&all).find(|(_, permit)| is(permit)).map(|(_, permit)| permit.clone());
    let text = id_of(wanted).or_else(|| wanted.name.clone()).unwrap_or_default();
    found.ok_or_else(|| Fault::bad(&format!("{text} is not a permit")))
}

fn own(call: &Call<'_>, what: &str) -> Result<(), Fault> {
    match call.state.find::<Role>(&call.path())?.mutable {
        Some(false) => Err(Fault::conflict(&format!("Cannot {what} Role. Built-in Roles are read-only."))),
        _ => Ok(()),
    }
}
