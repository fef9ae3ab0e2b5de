//! Settings of a virtual machine that wait for its next start, and those of one run only.

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::vm_status;
use crate::resources::paths::{NEXT_RUN, THIS_RUN};
use crate::state::State;
use ovirt_sdk::object::Object;
use ovirt_sdk::types::Vm;

/// Below a machine: what it will be from its next start on.
fn next(path: &str) -> String {
    format!("{path}/{NEXT_RUN}")
}

/// Below a machine: what was said for its present run.
fn once(path: &str) -> String {
    format!("{path}/{THIS_RUN}")
}

fn only<'s>(state: &'s State, collection: &str) -> Option<&'s Vm> {
    state.list::<Vm>(collection).next().map(|(_, vm)| vm)
}

/// What a machine will be from its next start on, if that differs.
pub(crate) fn of_next_run<'s>(state: &'s State, path: &str) -> Option<&'s Vm> {
    only(state, &next(path))
}

/// What was said for the present run of a machine.
pub(crate) fn of_this_run<'s>(state: &'s State, path: &str) -> Option<&'s Vm> {
    only(state, &once(path))
}

/// Keeps what was said for one run.
pub(crate) fn keep_run(state: &mut State, path: &str, mut said: Vm) {
    said.id = Some(last(path).to_owned());
    state.insert(&once(path), said);
}

/// Changes a machine from its next start on.
pub(crate) fn change_next(state: &mut State, path: &str, change: impl FnOnce(&mut dyn Object)) -> Result<(), Fault> {
    let mut vm = match of_next_run(state, path) {
        Some(vm) => vm.clone(),
        None => state.find::<Vm>(path)?.clone(),
    };
    change(&mut vm);
    vm.id = Some(last(path).to_owned());
    state.insert(&next(path), vm);
    state.find_mut::<Vm>(path)?.next_run_configuration_exists = Some(true);
    Ok(())
}

/// When a machine has stopped: what waited for that becomes its own.
pub(crate) fn settle(state: &mut State, path: &str) {
    if vm_status::is_running(state, path) {
        return;
    }
    state.remove(&format!("{}/{}", once(path), last(path)));
    let Some(waiting) = of_next_run(state, path).cloned() else { return };
    state.remove(&format!("{}/{}", next(path), last(path)));
    if let Some(vm) = state.get_mut::<Vm>(path) {
        let now = std::mem::replace(vm, waiting);
        vm.status = now.status;
        vm.stop_reason = now.stop_reason;
        vm.start_time = now.start_time;
        vm.stop_time = now.stop_time;
        vm.cluster = now.cluster;
        vm.host = None;
        vm.run_once = Some(false);
        vm.fqdn = None;
        vm.guest_operating_system = None;
        vm.guest_time_zone = None;
        vm.status_detail = None;
        vm.next_run_configuration_exists = Some(false);
    }
}
