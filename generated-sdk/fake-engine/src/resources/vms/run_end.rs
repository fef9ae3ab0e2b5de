//! The end of a run of a virtual machine.

use crate::resources::vms::cdroms::CURRENT;
use crate::resources::vms::live_update::PLUGGED_MEMORY;
use crate::resources::vms::snapshots::stateless::end_stateless;
use crate::resources::vms::{guest, next_run};
use crate::signal::Signal;
use crate::state::State;
use ovirt_sdk::types::{Vm, VmStatus};

/// Stops a virtual machine at once. The settings for its next run become its own.
pub(crate) fn end_run(state: &mut State, path: &str) {
    guest::forget(state, path);
    let now = state.now();
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.status = Some(VmStatus::Down);
        vm.status_detail = None;
        vm.host = None;
        vm.run_once = Some(false);
        vm.stop_time = Some(now);
    }
    state.clear_note(path, CURRENT);
    state.clear_note(path, PLUGGED_MEMORY);
    end_stateless(state, path);
    next_run::apply_next_run(state, path);
    state.emit(&Signal::VmStopped { vm: path.to_owned() });
}
