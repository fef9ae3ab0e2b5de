//! Machines leave a host that goes into maintenance.

use std::time::Duration;

use super::super::super::Registry;
use super::super::path_of;
use super::{machines_on, place_elsewhere, software, states, status_of};
use crate::fake_engine::state::{Severity, State, last};
use crate::types::{Host, HostStatus, Vm, VmStatus};

/// Effect: the engine looks whether a host is empty.
const LOOK: &str = "host_evacuation";
/// Effect: a machine has arrived on another host.
const ARRIVED: &str = "host_machine_arrived";
const INTERVAL: Duration = Duration::from_secs(3);
const MIGRATION: Duration = Duration::from_secs(10);
/// The note about a host that is to be upgraded once it is empty.
pub(super) const UPGRADE: &str = "upgrade_when_empty";

pub(super) fn register(registry: &mut Registry) {
    registry.effect(LOOK, |state, arguments| {
        if let Some(host) = arguments.first() {
            look(state, host);
        }
    });
    registry.effect(ARRIVED, |state, arguments| {
        if let [vm, host] = arguments {
            arrived(state, vm, host);
        }
    });
}

/// Lets the machines of a host leave it.
pub(super) fn begin(state: &mut State, host: &str) {
    if !leave(state, host) {
        let text = format!("Failed to migrate the VMs of Host {}; it can't go to maintenance", state.name_of(host));
        state.event(602, Severity::Warning, &text, &[host]);
    }
    state.after(INTERVAL, LOOK, &[host]);
}

/// The host stays what it is.
pub(super) fn stop(state: &mut State, host: &str) {
    state.cancel(LOOK, host);
    state.clear_note(host, UPGRADE);
}

/// Whether all machines of a host have somewhere to go.
fn leave(state: &mut State, host: &str) -> bool {
    let cluster = state.get::<Host>(host).and_then(|host| path_of("clusters", &host.cluster)).unwrap_or_default();
    let mut all = true;
    for vm in machines_on(state, host) {
        if state.get::<Vm>(&vm).is_none_or(|vm| vm.status != Some(VmStatus::Up)) {
            continue;
        }
        match place_elsewhere(state, &cluster, host) {
            Ok(target) => {
                if let Some(machine) = state.get_mut::<Vm>(&vm) {
                    machine.status = Some(VmStatus::Migrating);
                }
                let text = format!(
                    "Migration started (VM: {}, Source: {}, Destination: {})",
                    state.name_of(&vm),
                    state.name_of(host),
                    state.name_of(&target)
                );
                state.event(62, Severity::Normal, &text, &[&vm, host]);
                state.after(MIGRATION, ARRIVED, &[&vm, &target]);
            }
            Err(_) => all = false,
        }
    }
    all
}

fn arrived(state: &mut State, vm: &str, host: &str) {
    let Some(machine) = state.get_mut::<Vm>(vm).filter(|vm| vm.status == Some(VmStatus::Migrating)) else { return };
    machine.status = Some(VmStatus::Up);
    machine.host = Some(Box::new(Host::with_id(last(host))));
    let text = format!("Migration completed (VM: {}, Destination: {})", state.name_of(vm), state.name_of(host));
    state.event(63, Severity::Normal, &text, &[vm, host]);
}

fn look(state: &mut State, host: &str) {
    if status_of(state, host) != Some(HostStatus::PreparingForMaintenance) {
        return;
    }
    if machines_on(state, host).is_empty() {
        states::maintained(state, host);
        if state.note(host, UPGRADE).is_some() {
            state.clear_note(host, UPGRADE);
            software::begin_upgrade(state, host, true);
        }
        return;
    }
    leave(state, host);
    state.after(INTERVAL, LOOK, &[host]);
}
