//! Users.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::domains::find_or_add_domain;
use crate::resources::paths::{DOMAINS, PERMISSIONS, USERS};
use crate::state::State;
use ovirt_sdk::types::{Domain, User};

/// Between the name of a user and that of the directory.
const AT: char = '@';

pub(super) fn register(registry: &mut Registry) {
    registry.on("users", "add", add);
    registry.on("user", "remove", remove);
}

/// The user of an account such as `admin@internal`: what the engine makes of the directory's entry.
pub(crate) fn user_of_account(state: &mut State, account: &str) -> User {
    let (name, profile) = account.rsplit_once(AT).unwrap_or((account, "internal"));
    let domain = find_or_add_domain(state, &format!("{profile}-authz"));
    let entry = state.new_id();
    let user = User::new().name(name).last_name("").user_name(format!("{account}-authz")).principal(name);
    user.email("").department("").namespace("*").domain_entry_id(entry).domain(Domain::with_id(domain))
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["user_name|principal"])?;
    let sent: User = call.body()?;
    let name = sent.user_name.clone().or_else(|| sent.principal.clone()).unwrap_or_default();
    let account = match (name.rsplit_once(AT), sent.domain.as_deref()) {
        (Some(_), _) => name.clone(),
        (None, Some(domain)) => {
            let of = domain.id.as_deref().map(|id| call.state.name_of(&format!("{DOMAINS}/{id}")));
            format!("{name}{AT}{}", of.or_else(|| domain.name.clone()).unwrap_or_default())
        }
        (None, None) => return Err(Fault::incomplete("User", &["domain.id|name"], "add")),
    };
    if let Some(id) = call.state.user_id(&account) {
        return Ok(Reply::Created(format!("{USERS}/{id}")));
    }
    let account = account.strip_suffix("-authz").unwrap_or(&account).to_owned();
    let user = user_of_account(call.state, &account);
    call.add(Box::new(user))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.state.user_id(&call.request.user).as_deref() == Some(call.id().as_str()) {
        return Err(Fault::conflict("Cannot remove User. The user is the one who is logged in."));
    }
    let id = call.id();
    let gone: Vec<String> = {
        use ovirt_sdk::types::Permission;
        let of = |permission: &Permission| permission.user.as_deref().and_then(|user| user.id.as_deref()) == Some(&id);
        let all = call.state.list::<Permission>(PERMISSIONS);
        all.filter(|(_, permission)| of(permission)).map(|(path, _)| path).collect()
    };
    for path in gone {
        call.state.remove(&path);
    }
    call.remove()
}
