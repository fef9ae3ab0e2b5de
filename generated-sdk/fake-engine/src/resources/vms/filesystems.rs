//! Freezing and thawing the filesystems of guests.

use crate::api::{Call, Fault, Registry, Reply};
use crate::note::Note;
use crate::resources::common::vm_status;
use crate::state::Severity;
use ovirt_sdk::types::VmStatus;

/// A VM whose filesystems are frozen.
const FROZEN: Note<bool> = Note::new("frozen");

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "freeze_filesystems", freeze);
    registry.on("vm", "thaw_filesystems", thaw);
}

fn freeze(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    vm_status::check_status(call.state, &path, "freeze VM", &[VmStatus::Up])?;
    let name = call.state.name_of(&path);
    call.job();
    call.state.set_note(&path, FROZEN, true);
    let text = format!("Guest filesystems on VM {name} have been frozen successfully.");
    call.state.event(10767, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}

fn thaw(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    vm_status::check_status(call.state, &path, "thaw VM", &[VmStatus::Up])?;
    let name = call.state.name_of(&path);
    call.job();
    call.state.clear_note(&path, FROZEN);
    let text = format!("Guest filesystems on VM {name} have been thawed successfully.");
    call.state.event(10768, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
