//! Permissions: which roles users and groups have on which objects, and what they may do.
//!
//! [`requirements`] and [`conditions`] say which permits methods need, [`queries`] which methods read what only
//! administrators see, and [`visibility`] what others see. [`authorize`] decides.

mod authorize;
mod caller;
mod conditions;
mod creators;
mod objects;
mod queries;
mod requirements;
mod visibility;

use crate::api::{ApiResponse, Call, Context, Fault, Registry, Reply, pages};
use crate::fields::set_text;
use crate::path::{join, last};
use crate::resources::common::permission::{self, EVERYONE, SYSTEM};
use crate::resources::common::well_known::SUPER_USER;
use crate::resources::common::{directory, role, vm_pool};
use crate::resources::paths::{GROUPS, PERMISSIONS, ROLES, USERS, is_in};
use crate::state::{Severity, State};
use caller::Caller;
use conditions::{OBJECTS_OF_PERMISSIONS, assigned_object, is_of_holder};
use objects::{Kind, lineage};
use ovirt_sdk::object::{Object, member_mut};
use ovirt_sdk::types::Permission;
use requirements::sent_reference;

pub(super) fn register(registry: &mut Registry) {
    registry.authorize(authorize::check_reading, authorize::check_permits);
    registry.visible(authorize::visibility);
    registry.created(creators::grant_to_creator);
    for service in ["assigned_permissions", "system_permissions"] {
        registry.on(service, "add", add);
        registry.compute(service, list);
    }
    registry.on("permission", "get", get);
    registry.on("permission", "remove", remove);
    registry.render("permission", |_, path, shown| {
        set_object(shown, permission::object(path));
        if let Some(permission) = downcast(shown)
            && let Some(holder) = permission::holder(permission)
        {
            set_text(shown, "href", format!("{holder}/{PERMISSIONS}/{}", last(path)));
        }
    });
    for field in ["group", "role", "user"] {
        registry.describes_new("permission", field);
    }
}

fn downcast(object: &dyn Object) -> Option<&Permission> {
    let object: &dyn std::any::Any = object;
    object.downcast_ref()
}

/// Whether a user has a role for administrators on any object.
pub(super) fn is_administrator(state: &State, user_name: &str) -> bool {
    Caller::new(state, user_name).is_administrator()
}

/// Adds the user of an account, unless it exists, and returns its name. Without the permit to log in, returns the page
/// that says so.
pub(super) fn log_in(state: &mut State, account: &str) -> Result<String, ApiResponse> {
    let user_name = directory::user_name(account);
    if state.user_id(&user_name).is_none() {
        let entry = directory::find_or_add_account(state, account);
        directory::make_user_known(state, &entry);
    }
    if Caller::new(state, &user_name).may_log_in() {
        return Ok(user_name);
    }
    let profile = directory::profile(account);
    let message = format!("The user {user_name} with profile [{profile}] is not authorized to perform login");
    Err(pages::unauthorized(Some(&message)))
}

/// Sets the field of a permission that refers to the object on which it assigns the role, if it has one for its kind.
fn set_object(permission: &mut dyn Object, object: &str) {
    let kind = Kind::of_path(object);
    let field = OBJECTS_OF_PERMISSIONS.iter().find(|(_, other)| Some(*other) == kind).map(|(field, _)| *field);
    let slot = field.and_then(|field| member_mut(permission, field));
    if let Some(reference) = slot.and_then(|slot| slot.make_object()) {
        set_text(reference, "id", last(object));
    }
}

/// A permission as a collection of an owner shows it. An inherited permission refers to the owner instead of the object
/// on which it assigns the role.
fn shown(permission: &Permission, object: &str, owner: &str) -> Box<dyn Object> {
    let mut shown: Box<dyn Object> = Box::new(permission.clone());
    set_object(&mut *shown, if is_of_holder(owner) { object } else { owner });
    let holder = permission::holder(permission).filter(|holder| is_in(holder, GROUPS));
    let above = holder.unwrap_or_else(|| owner.to_owned());
    let id = permission.id.as_deref().unwrap_or_default();
    set_text(&mut *shown, "href", join(&above, &format!("{PERMISSIONS}/{id}")));
    shown
}

/// The permissions in the collection of an owner: on an object, also those that it inherits; of a user or group, also
/// those of everyone.
fn list(context: &Context<'_>, owner: &str) -> Vec<Box<dyn Object>> {
    let state = context.state;
    let caller = Caller::new(state, &context.request.user);
    let is_filtered = authorize::is_filtered(context, &caller);
    let mut found: Vec<(String, &Permission)> = if is_of_holder(owner) {
        let groups = directory::groups_of_user(state, owner);
        let is_held = |permission: &Permission| {
            let holder = permission::holder(permission).unwrap_or_default();
            holder == owner || last(&holder) == EVERYONE || groups.contains(&holder)
        };
        let is_visible = !is_filtered || caller.user() == Some(owner);
        permission::all(state).filter(|(_, permission)| is_visible && is_held(permission)).collect()
    } else {
        // Users see all permissions on an object if they have one on it.
        let direct: Vec<_> = permission::on_object(state, owner).collect();
        let sees_direct = !is_filtered || direct.iter().any(|(_, permission)| caller.holds(permission));
        let inherited = lineage(state, owner).into_iter().filter(|object| object != owner);
        let inherited = inherited.flat_map(|object| permission::on_object(state, &object).collect::<Vec<_>>());
        let inherited = inherited.filter(|(_, permission)| !is_filtered || caller.holds(permission));
        direct.into_iter().filter(|_| sees_direct).chain(inherited).collect()
    };
    found.sort_by(|(one, _), (other, _)| last(one).cmp(last(other)));
    found.dedup_by(|(one, _), (other, _)| one == other);
    found.iter().map(|(path, permission)| shown(permission, permission::object(path), owner)).collect()
}

/// The path of the permission of a request. Any permission is found in any collection.
fn find(call: &Call<'_>) -> Result<String, Fault> {
    permission::by_id(call.state, last(&call.target.address)).ok_or_else(Fault::not_found)
}

fn get(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = find(call)?;
    let permission = call.state.find::<Permission>(&path)?;
    let object = permission::object(&path);
    let mut shown = shown(permission, object, crate::path::above(&call.target.address, 2));
    set_object(&mut *shown, object);
    Ok(Reply::Computed(shown))
}

/// Whether the user of a request has the role of super users on the system.
fn is_super_user(call: &Call<'_>) -> bool {
    Caller::new(call.state, &call.request.user).is_super_user()
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let object = assigned_object(call);
    let owner = requirements::owner(call);
    let Some(sent) = call.sent().and_then(downcast).cloned() else { return Err(Fault::syntax("no permission")) };
    let invalid_role = || Fault::bad("Cannot add permission, invalid Role id");
    let reference = sent.role.as_deref().ok_or_else(invalid_role)?;
    let by_name = |name: &String| call.state.by_name(ROLES, name);
    let role = match &reference.id {
        Some(id) => Some(join(ROLES, id)).filter(|path| call.state.contains(path)),
        None => reference.name.as_ref().and_then(by_name),
    };
    let role = role.ok_or_else(invalid_role)?;
    if object != SYSTEM && !call.state.contains(&object) {
        return Err(Fault::bad("Cannot add permission, invalid object ID or type"));
    }
    if role::is_administrative(call.state, last(&role)) && !is_super_user(call) {
        return Err(Fault::forbidden(
            "Cannot add permission, only system super user can give permissions with admin Role",
        ));
    }
    if vm_pool::pool_of(call.state, &object).is_some() {
        return Err(Fault::conflict(
            "Cannot add permission, VM is part of VM-Pool, permission should be given on VM-Pool instead",
        ));
    }
    let holder = match is_of_holder(&owner) {
        true => Some(owner),
        false => {
            let user = sent_reference(call, "user").map(|id| join(USERS, &id));
            user.or_else(|| sent_reference(call, "group").map(|id| join(GROUPS, &id)))
        }
    };
    // The engine's fault for unknown users and groups has no text.
    let holder = holder.filter(|holder| call.state.contains(holder)).ok_or_else(|| Fault::bad(""))?;
    let path = permission::grant(call.state, &holder, last(&role), &object);
    let (subject, namespace, authz) = names_of_holder(call.state, &holder);
    let text = format!(
        "User/Group {subject}, Namespace {namespace}, Authorization provider: {authz} was granted permission for Role {} \
         on {}, by {}.",
        call.state.name_of(&role),
        description(call.state, &object),
        call.state.actor.user
    );
    call.state.event(850, Severity::Normal, &text, &[]);
    Ok(Reply::Created(path))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = find(call)?;
    let permission = call.state.find::<Permission>(&path)?.clone();
    let (object, holder) = (permission::object(&path).to_owned(), permission::holder(&permission).unwrap_or_default());
    let role = permission::role_id(&permission).unwrap_or_default();
    let has_role = |permission: &Permission| permission::role_id(permission) == Some(SUPER_USER);
    if role == SUPER_USER && permission::all(call.state).filter(|(_, other)| has_role(other)).count() <= 1 {
        return Err(Fault::conflict(
            "Cannot remove Permission. The system must have at least one Super User Role defined.",
        ));
    }
    if role::is_administrative(call.state, role) && !is_super_user(call) {
        return Err(Fault::forbidden(
            "Cannot remove permission, only system super user can remove permissions with admin Role",
        ));
    }
    if object == SYSTEM && last(&holder) == EVERYONE {
        return Err(Fault::conflict(
            "It's not allowed to remove system permissions assigned to built-in Everyone group",
        ));
    }
    let owner = crate::path::above(&call.target.address, 2);
    if is_in(owner, USERS) && owner != holder && call.state.contains(owner) {
        return Err(Fault::conflict("Cannot remove inherited permission"));
    }
    let (subject, ..) = names_of_holder(call.state, &holder);
    let text = format!(
        "User/Group {subject} Role {} permission was removed from {} by {}",
        call.state.name_of(&join(ROLES, role)),
        description(call.state, &object),
        call.state.actor.user
    );
    call.state.remove(&path);
    call.state.event(852, Severity::Normal, &text, &[]);
    Ok(Reply::Completed)
}

/// The name of a user or group, its namespace, and the directory from which it comes.
fn names_of_holder(state: &State, holder: &str) -> (String, String, String) {
    use crate::fields::text;
    let object = state.object(holder);
    let field = |name: &str| object.and_then(|object| text(object, name));
    let name = field("principal").or_else(|| field("name")).unwrap_or_default();
    let domain = object.and_then(|object| ovirt_sdk::object::member(object, "domain")?.as_object());
    let authz = domain.and_then(|domain| text(domain, "name")).unwrap_or_default();
    (name, field("namespace").unwrap_or_default(), authz)
}

/// An object on which a role is assigned, with its type, for texts.
fn description(state: &State, object: &str) -> String {
    match Kind::of_path(object) {
        None => "System".to_owned(),
        Some(kind) => format!("{} {}", kind.text(), state.name_of(object)),
    }
}

/// Grants a role on the system to an account.
pub(crate) fn grant_on_system(state: &mut State, holder: &str, role_name: &str) -> bool {
    let role = state.by_name(ROLES, role_name);
    if let Some(role) = &role {
        permission::grant(state, holder, last(role), SYSTEM);
    }
    role.is_some()
}
