//! Logging on to guests.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::vm_status;
use crate::resources::paths::SESSIONS;
use crate::state::Severity;
use ovirt_sdk::types::{Session, User, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "logon", logon);
}

/// Logs the user of the session in to the guest, where the agent then sees them.
fn logon(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    vm_status::check_up(call.state, &path, "log on VM")?;
    let user = call.state.actor.user.clone();
    let mut session = Session::new().console_user(true).protocol("spice").vm(Vm::with_id(last(&path)));
    session.user = Some(Box::new(User::new().user_name(user.clone())));
    call.state.insert(&format!("{path}/{SESSIONS}"), session);
    let text = format!("User {user} is connected to VM {}.", call.state.name_of(&path));
    call.state.event(456, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
