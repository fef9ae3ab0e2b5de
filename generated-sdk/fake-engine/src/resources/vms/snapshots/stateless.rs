//! Virtual machines that don't keep what they do: a snapshot has what they were before they ran.

use crate::api::Fault;
use crate::resources::common::snapshot;
use crate::resources::paths::SNAPSHOTS;
use crate::resources::vms::snapshots::contents;
use crate::state::State;
use ovirt_sdk::types::{Snapshot, SnapshotStatus, SnapshotType};

const DESCRIPTION: &str = "stateless snapshot";

/// Stores the state of a stateless machine before it runs.
pub(crate) fn begin_stateless(state: &mut State, vm: &str) {
    let snapshot = Snapshot::new()
        .description(DESCRIPTION)
        .date(state.now())
        .persist_memorystate(false)
        .snapshot_status(SnapshotStatus::Ok)
        .snapshot_type(SnapshotType::Stateless);
    let snapshot = state.insert(&format!("{vm}/{SNAPSHOTS}"), snapshot);
    contents::save(state, vm, &snapshot, |_| true);
    contents::add_layers(state, vm, |_| true);
}

/// Restores a stateless machine, which has stopped, to its state before the run.
pub(crate) fn end_stateless(state: &mut State, vm: &str) {
    if let Some(snapshot) = stateless_snapshot(state, vm) {
        contents::restore(state, vm, &snapshot);
        state.remove(&snapshot);
    }
}

/// The snapshot of a machine that does not keep what it does.
pub(crate) fn stateless_snapshot(state: &State, vm: &str) -> Option<String> {
    snapshot::find_by_type(state, vm, &SnapshotType::Stateless)
}

/// Refuses while a machine runs that does not keep what it does.
pub(crate) fn check_not_stateless(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    match stateless_snapshot(state, vm) {
        Some(_) => Err(Fault::cannot(
            what,
            "The VM is running as Stateless. Please try again when VM is not running as Stateless.",
        )),
        None => Ok(()),
    }
}
