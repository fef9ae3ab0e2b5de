//! Machines leave a host that goes into maintenance.

use std::time::Duration;

use super::super::super::Registry;
use super::{software, states, status_of};
use crate::behaviour::machines::hosts::machines_on;
use crate::behaviour::machines::migrate::evacuate;
use crate::state::{Severity, State};
use ovirt_sdk::types::HostStatus;

/// Effect: the engine looks whether a host is empty.
const LOOK: &str = "host_evacuation";
const INTERVAL: Duration = Duration::from_secs(3);
/// The note about a host that is to be upgraded once it is empty.
pub(super) const UPGRADE: &str = "upgrade_when_empty";

pub(super) fn register(registry: &mut Registry) {
    registry.effect(LOOK, |state, arguments| {
        if let Some(host) = arguments.first() {
            look(state, host);
        }
    });
}

/// Lets the machines of a host leave it.
pub(super) fn begin(state: &mut State, host: &str) {
    if !evacuate(state, host).is_empty() {
        let text = format!("Failed to migrate the VMs of Host {}; it can't go to maintenance", state.name_of(host));
        state.event(602, Severity::Warning, &text, &[host]);
    }
    state.actor.job = None;
    state.after(INTERVAL, LOOK, &[host]);
}

/// The host stays what it is.
pub(super) fn stop(state: &mut State, host: &str) {
    state.cancel(LOOK, host);
    state.clear_note(host, UPGRADE);
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
    evacuate(state, host);
    // Each machine leaves in a job of its own; that the engine looks belongs to none of them.
    state.actor.job = None;
    state.after(INTERVAL, LOOK, &[host]);
}
