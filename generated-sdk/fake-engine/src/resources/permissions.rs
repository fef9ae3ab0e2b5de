//! Permissions, and who may see what.

use crate::api::{ApiRequest, Call, Context, Fault, Registry, Reply, Target};
use crate::fields::id_of;
use crate::resources::paths::{GROUPS, PERMISSIONS, ROLES, USERS, is_in, is_sub_collection};
use crate::routes::Method;
use crate::state::State;
use ovirt_sdk::object::{Object, member};
use ovirt_sdk::request::Verb;
use ovirt_sdk::types::{Permission, Role};

/// Members of a permission that say what it is about; one that has none is about everything.
const ABOUT: [&str; 7] = ["cluster", "data_center", "disk", "host", "storage_domain", "template", "vm"];
/// Members of objects that say in what they are, and from which they inherit permissions.
const AROUND: [&str; 4] = ["cluster", "data_center", "vm", "template"];

pub(super) fn register(registry: &mut Registry) {
    registry.authorize(check);
    registry.visible(visible);
    for service in ["assigned_permissions", "system_permissions"] {
        registry.on(service, "add", add);
    }
    registry.view("system_permissions", |state, _| {
        collections(state).iter().flat_map(|collection| state.paths(collection)).collect()
    });
    registry.find_in_view("system_permissions", |state, _, id| {
        let at = |collection: &str| Some(format!("{collection}/{id}")).filter(|path| state.contains(path));
        at(PERMISSIONS).or_else(|| collections(state).iter().find_map(|collection| at(collection)))
    });
}

/// Where permissions live: those on everything, and those on objects.
fn collections(state: &State) -> Vec<String> {
    let is = |path: &str| path == PERMISSIONS || is_sub_collection(path, PERMISSIONS);
    state.collections().filter(|path| is(path)).map(str::to_owned).collect()
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["role.id|name"])?;
    let permission: Permission = call.body()?;
    let holder = permission.user.is_some() || permission.group.is_some();
    let is_of_holder = is_in(&call.parent(), USERS) || is_in(&call.parent(), GROUPS);
    if !holder && !is_of_holder {
        return Err(Fault::incomplete("Permission", &["user|group.id"], "add"));
    }
    if let Some(role) = permission.role.as_deref() {
        call.state.reference(ROLES, role)?;
    }
    call.add(Box::new(permission))
}

/// Gives a user a role on everything.
pub(crate) fn grant_role(state: &mut State, user: &str, role: &str) {
    use ovirt_sdk::types::User;
    state.insert(PERMISSIONS, Permission::new().user(User::with_id(user)).role(Role::with_id(role)));
}

/// Fails if a user who is not an administrator reads without the parameter `filter`.
fn check(context: &Context<'_>, _target: &Target, method: &Method) -> Result<(), Fault> {
    let request = context.request;
    let reads = matches!(method.verb, Verb::Get | Verb::List);
    // Everyone may read the root, with which clients test their login.
    if !reads || request.segments.is_empty() || is_filtered(request) || is_administrator(context.state, &request.user) {
        return Ok(());
    }
    Err(Fault::forbidden("query execution failed due to insufficient permissions."))
}

/// Those of the objects at paths that the user may see.
fn visible(context: &Context<'_>, paths: Vec<String>) -> Vec<String> {
    let Context { state, request, .. } = *context;
    if !is_filtered(request) || is_administrator(state, &request.user) {
        return paths;
    }
    let Some(user) = state.user_id(&request.user) else { return Vec::new() };
    let own: Vec<&Permission> = of_user(state, &user).collect();
    paths.into_iter().filter(|path| state.object(path).is_some_and(|object| sees(state, &own, object))).collect()
}

fn is_filtered(request: &ApiRequest) -> bool {
    request.flag("filter") == Some(true)
}

/// Whether an account is that of an administrator: it has a role for administrators.
fn is_administrator(state: &State, account: &str) -> bool {
    let Some(user) = state.user_id(account) else { return false };
    let role = |permission: &Permission| permission.role.as_deref().and_then(|role| role.id.clone());
    of_user(state, &user)
        .filter_map(role)
        .any(|role| state.get::<Role>(&format!("{ROLES}/{role}")).is_some_and(|role| role.administrative == Some(true)))
}

fn of_user<'s>(state: &'s State, user: &str) -> impl Iterator<Item = &'s Permission> + use<'s> {
    let user = user.to_owned();
    let is =
        move |permission: &&Permission| permission.user.as_deref().is_some_and(|it| it.id.as_deref() == Some(&user));
    state.list::<Permission>(PERMISSIONS).map(|(_, permission)| permission).filter(is)
}

/// Whether permissions are about an object, or what it is in. Objects that nothing can be permitted on are for all.
fn sees(state: &State, own: &[&Permission], object: &dyn Object) -> bool {
    let kind = object.info().name;
    if !ABOUT.contains(&kind) {
        return true;
    }
    let Some(id) = id_of(object) else { return true };
    let is_about = |permission: &&Permission| {
        let about: Vec<(&str, String)> =
            ABOUT.iter().filter_map(|name| Some((*name, reference(*permission, name)?))).collect();
        about.is_empty() || about.iter().any(|(name, of)| *name == kind && *of == id)
    };
    let around = || {
        AROUND.iter().filter(|name| **name != kind).any(|name| {
            let place = reference(object, name).map(|id| format!("{name}s/{id}").replace('_', ""));
            place.and_then(|place| state.object(&place)).is_some_and(|outer| sees(state, own, outer))
        })
    };
    own.iter().any(is_about) || around()
}

/// The identifier that a member of an object refers to.
fn reference(object: &dyn Object, name: &str) -> Option<String> {
    member(object, name)?.as_object().and_then(id_of)
}
