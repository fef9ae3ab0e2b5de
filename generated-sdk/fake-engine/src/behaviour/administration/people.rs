//! Users and groups, and the directories that they come from.

use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::search::Entity;
use crate::state::{State, last};
use ovirt_sdk::types::{Domain, Group, User};

/// Between the name of a user and that of the directory.
const AT: char = '@';

pub(super) fn register(registry: &mut Registry) {
    registry.on("users", "add", add_user);
    registry.on("groups", "add", add_group);
    registry.on("user", "remove", remove_user);
    registry.searched("domain_users", Entity::directory_user());
    registry.searched("domain_groups", Entity::directory_group());
    registry.view("domain_user_groups", |_, _| Vec::new());
    registry.view("assigned_roles", |state, holder| {
        use ovirt_sdk::types::Permission;
        let (kind, id) = holder.split_once('/').unwrap_or_default();
        let holds = |permission: &Permission| match kind {
            "groups" => permission.group.as_deref().and_then(|group| group.id.as_deref()) == Some(id),
            _ => permission.user.as_deref().and_then(|user| user.id.as_deref()) == Some(id),
        };
        let held = state.list::<Permission>("permissions").filter(|(_, permission)| holds(permission));
        let roles = held.filter_map(|(_, permission)| permission.role.as_deref()?.id.clone());
        let mut paths: Vec<String> = roles.map(|role| format!("roles/{role}")).collect();
        paths.sort();
        paths.dedup();
        paths
    });
}

/// The user of an account such as `admin@internal`: what the engine makes of the directory's entry.
pub(crate) fn user_of(state: &mut State, account: &str) -> User {
    let (name, profile) = account.rsplit_once(AT).unwrap_or((account, "internal"));
    let domain = domain(state, &format!("{profile}-authz"));
    let entry = state.new_id();
    let user = User::new().name(name).last_name("").user_name(format!("{account}-authz")).principal(name);
    user.email("").department("").namespace("*").domain_entry_id(entry).domain(Domain::with_id(domain))
}

/// The identifier of the directory of a name; it is made when there is none.
fn domain(state: &mut State, name: &str) -> String {
    match state.by_name("domains", name) {
        Some(path) => last(&path).to_owned(),
        None => {
            // The engine makes the identifier of the name.
            let id: String = name.bytes().map(|byte| format!("{byte:02X}")).collect();
            state.insert("domains", Domain::with_id(id.clone()).name(name));
            id
        }
    }
}

fn add_user(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["user_name|principal"])?;
    let sent: User = call.body()?;
    let name = sent.user_name.clone().or_else(|| sent.principal.clone()).unwrap_or_default();
    let account = match (name.rsplit_once(AT), sent.domain.as_deref()) {
        (Some(_), _) => name.clone(),
        (None, Some(domain)) => {
            let of = domain.id.as_deref().map(|id| call.state.name_of(&format!("domains/{id}")));
            format!("{name}{AT}{}", of.or_else(|| domain.name.clone()).unwrap_or_default())
        }
        (None, None) => return Err(Fault::incomplete("User", &["domain.id|name"], "add")),
    };
    if let Some(id) = call.state.user_id(&account) {
        return Ok(Reply::Created(format!("users/{id}")));
    }
    let account = account.strip_suffix("-authz").unwrap_or(&account).to_owned();
    let user = user_of(call.state, &account);
    call.add(Box::new(user))
}

fn add_group(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name|id"])?;
    let group: Group = call.body()?;
    let named = group.domain.as_deref().and_then(|it| it.name.clone()).unwrap_or_else(|| "internal-authz".to_owned());
    let domain = match group.domain.as_deref().and_then(|it| it.id.clone()) {
        Some(id) => id,
        None => domain(call.state, &named),
    };
    let entry = call.state.new_id();
    call.add(Box::new(group.domain(Domain::with_id(domain)).namespace("*").domain_entry_id(entry)))
}

fn remove_user(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.state.user_id(&call.asked.user).as_deref() == Some(call.id().as_str()) {
        return Err(Fault::conflict("Cannot remove User. The user is the one who is logged in."));
    }
    let id = call.id();
    let gone: Vec<String> = {
        use ovirt_sdk::types::Permission;
        let of = |permission: &Permission| permission.user.as_deref().and_then(|user| user.id.as_deref()) == Some(&id);
        let all = call.state.list::<Permission>("permissions");
        all.filter(|(_, permission)| of(permission)).map(|(path, _)| path).collect()
    };
    for path in gone {
        call.state.remove(&path);
    }
    call.remove()
}
