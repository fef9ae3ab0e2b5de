//! Virtual machines that don't keep what they do: a snapshot has what they were before they ran.

use super::{record, stage};
use crate::api::fault::Fault;
use crate::state::State;
use ovirt_sdk::types::{Snapshot, SnapshotStatus, SnapshotType};

const DESCRIPTION: &str = "stateless snapshot";

/// Keeps what a machine is before it runs.
pub(crate) fn keep(state: &mut State, vm: &str) {
    let snapshot = Snapshot::new()
        .description(DESCRIPTION)
        .date(state.now())
        .persist_memorystate(false)
        .snapshot_status(SnapshotStatus::Ok)
        .snapshot_type(SnapshotType::Stateless);
    let snapshot = state.insert(&format!("{vm}/snapshots"), snapshot);
    record::keep(state, vm, &snapshot, |_| true);
    record::layer(state, vm, |_| true);
}

/// Makes a machine that has stopped what it was before it ran, if that was kept.
pub(crate) fn bring_back(state: &mut State, vm: &str) {
    if let Some(snapshot) = kept(state, vm) {
        record::bring_back(state, vm, &snapshot);
        state.remove(&snapshot);
    }
}

/// The snapshot of a machine that does not keep what it does.
pub(crate) fn kept(state: &State, vm: &str) -> Option<String> {
    stage::of_type(state, vm, &SnapshotType::Stateless)
}

/// Refuses while a machine runs that does not keep what it does.
pub(super) fn refuse(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    match kept(state, vm) {
        Some(_) => Err(Fault::cannot(
            what,
            "The VM is running as Stateless. Please try again when VM is not running as Stateless.",
        )),
        None => Ok(()),
    }
}
