//! Logging on to guests.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::{references, vm_status};
use crate::resources::paths::SESSIONS;
use crate::state::Severity;
use ovirt_sdk::types::{Session, User, Vm, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "logon", logon);
}

/// Logs the user of the request on to the guest, whose agent then reports a session.
fn logon(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if vm_status::status(call.state, &path)? != VmStatus::Up {
        // The command fails without a message.
        return Err(Fault::bad(""));
    }
    let user = references::acting_user(call.state);
    let mut session = Session::new().console_user(true).protocol("spice").vm(Vm::with_id(last(&path)));
    session.user = Some(Box::new(User::new().user_name(user.clone())));
    call.state.insert(&format!("{path}/{SESSIONS}"), session);
    let text = format!("User {user} is connected to VM {}.", call.state.name_of(&path));
    call.state.event(456, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
