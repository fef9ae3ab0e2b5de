//! Users that the engine knows.

use crate::api::{Call, Fault, Registry, Reply};
use crate::encoding::base64_decoded;
use crate::path::join;
use crate::resources::common::{directory, permission};
use crate::resources::paths::{DOMAINS, USERS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Domain, SshPublicKey, User};

pub(super) fn register(registry: &mut Registry) {
    registry.on("users", "add", add);
    registry.on("user", "remove", remove);
    registry.on("ssh_public_keys", "add", add_key);
    registry.on("ssh_public_key", "update", update_key);
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

fn add_key(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ADD: &str = "add User Profile Property";
    let key: SshPublicKey = call.body()?;
    check_key(&key, ADD)?;
    match call.state.paths(&call.path()).is_empty() {
        true => call.store(Box::new(key)).map(Reply::Created),
        false => Err(Fault::invalid(ADD, "Multiple public SSH keys are not supported.")),
    }
}

fn update_key(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: SshPublicKey = call.body()?;
    check_key(&change, "edit User Profile Property")?;
    call.change(&change)
}

/// Fails if a line of the content isn't a public key.
fn check_key(key: &SshPublicKey, action: &str) -> Result<(), Fault> {
    match key.content.as_deref().is_none_or(|content| content.lines().all(is_public_key)) {
        true => Ok(()),
        false => Err(Fault::invalid(action, "The given SSH public key is invalid.")),
    }
}

/// Whether a text is a public key in the form of OpenSSH: a type, and data in base64 that begin with its length and the
/// type again.
fn is_public_key(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let (Some(kind), Some(data)) = (words.next(), words.next()) else { return false };
    let Some(length) = u32::try_from(kind.len()).ok() else { return false };
    let start = [&length.to_be_bytes(), kind.as_bytes()].concat();
    base64_decoded(data).is_ok_and(|data| data.len() > start.len() && data.starts_with(&start))
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

#[cfg(test)]
mod tests {
    use super::is_public_key;

    #[test]
    fn public_keys_repeat_their_type() {
        let data = "AAAAC3NzaC1lZDI1NTE5AAAAIGLnGNGmrQnnyGqVJXpZpX7TnzxiF1xkQkqnQSRmUl6v";
        assert!(is_public_key(&format!("ssh-ed25519 {data} jane")));
        assert!(!is_public_key(&format!("ssh-rsa {data} jane")));
        assert!(!is_public_key("ssh-rsa AAA...mu9 myuser@example.com"));
        assert!(!is_public_key("ssh-rsa"));
    }
}
