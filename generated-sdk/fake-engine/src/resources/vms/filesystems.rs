//! Freezing and thawing the filesystems of guests.

use crate::api::{Call, Fault, Registry, Reply};
use crate::note::Note;
use crate::resources::common::vm_status;
use crate::state::Severity;

/// A VM whose filesystems are frozen.
const FROZEN: Note<bool> = Note::new("frozen");

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "freeze_filesystems", freeze);
    registry.on("vm", "thaw_filesystems", thaw);
}

fn freeze(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    vm_status::check_up(call.state, &path, "freeze VM")?;
    let text = format!("Guest filesystems on VM {} have been frozen successfully.", call.state.name_of(&path));
    call.state.set_note(&path, FROZEN, true);
    call.state.event(10767, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}

fn thaw(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    vm_status::check_up(call.state, &path, "thaw VM")?;
    let text = format!("Guest filesystems on VM {} have been thawed successfully.", call.state.name_of(&path));
    call.state.clear_note(&path, FROZEN);
    call.state.event(10768, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
