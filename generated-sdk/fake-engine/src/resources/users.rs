//! Users that the engine knows.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::join;
use crate::resources::common::{directory, permission};
use crate::resources::paths::{DOMAINS, USERS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Domain, User};

pub(super) fn register(registry: &mut Registry) {
    registry.on("users", "add", add);
    registry.on("user", "remove", remove);
    for kind in ["group", "user"] {
        registry.describes_new(kind, "domain");
    }
}

/// The path of the directory of a new user or group: the one that is sent, or else the one in the name.
pub(super) fn directory(state: &State, sent: Option<&Domain>, name: &str) -> Result<String, Fault> {
    let by_id = sent.and_then(|domain| domain.id.as_deref()).map(|id| join(DOMAINS, id));
    let named = sent.and_then(|domain| domain.name.as_deref()).or(directory::split(name).1);
    let found = by_id.filter(|path| state.contains(path)).or_else(|| state.by_name(DOMAINS, named?));
    // The engine fails to iterate over what it doesn't find.
    found.ok_or_else(|| {
        Fault::operation(400, "cannot invoke \"java.util.list.iterator()\" because \"namespaces\" is null")
    })
}

/// A name without the directory in it.
pub(super) fn name_in_directory<'n>(state: &State, name: &'n str, directory: &str) -> &'n str {
    match directory::split(name) {
        (short, Some(named)) if named == state.name_of(directory) => short,
        _ => name,
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let sent: User = call.body()?;
    let name = sent.user_name.clone().unwrap_or_default();
    let directory = directory(call.state, sent.domain.as_deref(), &name)?;
    let entry = |id: &String| Some(format!("{directory}/{USERS}/{id}")).filter(|path| call.state.contains(path));
    let missing = |text: String| Fault::new(404, "Operation Failed", format!("Entity not found: {text}"));
    let found = match (sent.domain_entry_id.as_ref().or(sent.id.as_ref()), &sent.principal) {
        (Some(id), _) => entry(id).ok_or_else(|| missing(id.clone()))?,
        (None, Some(principal)) => {
            directory::find_user(call.state, &directory, principal).ok_or_else(|| missing(principal.clone()))?
        }
        (None, None) => {
            let name = name_in_directory(call.state, &name, &directory);
            let text = || format!("ADUSER@{}:: username={name}", call.state.name_of(&directory));
            directory::find_user(call.state, &directory, name).ok_or_else(|| missing(text()))?
        }
    };
    let path = directory::make_user_known(call.state, &found).ok_or_else(Fault::not_found)?;
    let principal = call.state.find::<User>(&path)?.principal.clone().unwrap_or_default();
    call.state.event(149, Severity::Normal, &format!("User '{principal}' was added successfully to the system."), &[]);
    Ok(Reply::Created(path))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if call.state.user_id(&call.request.user).as_deref() == Some(call.id().as_str()) {
        return Err(Fault::conflict("Cannot remove User. User is currently logged in."));
    }
    permission::revoke_all(call.state, &path);
    let name = call.state.find::<User>(&path)?.principal.clone().unwrap_or_default();
    let reply = call.remove()?;
    let text = format!("User {name} was removed by {}.", call.state.actor.user);
    call.state.event(325, Severity::Normal, &text, &[]);
    Ok(reply)
}
