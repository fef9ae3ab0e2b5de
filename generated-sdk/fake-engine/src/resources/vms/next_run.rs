//! Settings of a virtual machine for its next run, and for its current run only.

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::{devices, display, fields};
use crate::resources::paths::{NEXT_RUN, THIS_RUN};
use crate::state::State;
use ovirt_sdk::object::member_mut;
use ovirt_sdk::types::{DisplayType, GraphicsType, Vm};

/// Fields that describe the current state of a virtual machine rather than its settings.
pub(crate) const CURRENT_STATE: [&str; 13] = [
    "cluster",
    "fqdn",
    "guest_operating_system",
    "guest_time_zone",
    "has_illegal_images",
    "host",
    "next_run_configuration_exists",
    "run_once",
    "start_time",
    "status",
    "status_detail",
    "stop_reason",
    "stop_time",
];

/// The collection with the settings for the next run.
fn next_run(path: &str) -> String {
    format!("{path}/{NEXT_RUN}")
}

/// The collection with the settings for the current run only.
fn this_run(path: &str) -> String {
    format!("{path}/{THIS_RUN}")
}

fn first<'s>(state: &'s State, collection: &str) -> Option<&'s Vm> {
    state.list::<Vm>(collection).next().map(|(_, vm)| vm)
}

/// The settings from the next run on, if they differ.
pub(crate) fn settings_for_next_run<'s>(state: &'s State, path: &str) -> Option<&'s Vm> {
    first(state, &next_run(path))
}

/// The settings that the client sent for the current run only.
pub(crate) fn settings_for_this_run<'s>(state: &'s State, path: &str) -> Option<&'s Vm> {
    first(state, &this_run(path))
}

/// Stores the settings that the client sent for the current run only.
pub(crate) fn set_this_run(state: &mut State, path: &str, mut settings: Vm) {
    settings.id = Some(last(path).to_owned());
    state.insert(&this_run(path), settings);
}

/// The settings of a run: those of a virtual machine with what the client set for this run only.
pub(crate) fn with_run(vm: &Vm, once: Option<&Vm>) -> Vm {
    let mut settings = vm.clone();
    let Some(once) = once else { return settings };
    if let Some(sent) = once.os.as_deref() {
        let os = settings.os.get_or_insert_default();
        os.boot = sent.boot.clone().or_else(|| os.boot.take());
        os.kernel = sent.kernel.clone().or_else(|| os.kernel.take());
        os.initrd = sent.initrd.clone().or_else(|| os.initrd.take());
        os.cmdline = sent.cmdline.clone().or_else(|| os.cmdline.take());
    }
    if once.stateless == Some(true) {
        settings.stateless = Some(true);
    }
    settings.start_paused = once.start_paused.or(settings.start_paused);
    settings.initialization = once.initialization.clone().or_else(|| settings.initialization.take());
    settings
}

/// Sets the settings for the next run.
pub(crate) fn set_next_run(state: &mut State, path: &str, mut settings: Vm) -> Result<(), Fault> {
    settings.id = Some(last(path).to_owned());
    state.insert(&next_run(path), settings);
    state.find_mut::<Vm>(path)?.next_run_configuration_exists = Some(true);
    Ok(())
}

/// Applies the settings for the next run to a virtual machine that has stopped or reboots.
pub(crate) fn apply_next_run(state: &mut State, path: &str) {
    state.remove(&format!("{}/{}", this_run(path), last(path)));
    let Some(settings) = settings_for_next_run(state, path).cloned() else { return };
    state.remove(&format!("{}/{}", next_run(path), last(path)));
    if let Some(vm) = state.get_mut::<Vm>(path) {
        let before = std::mem::replace(vm, settings);
        for name in CURRENT_STATE {
            if let Some(slot) = member_mut(vm, name) {
                slot.clear();
            }
        }
        fields::fill_only(vm, &before, &CURRENT_STATE);
        vm.next_run_configuration_exists = Some(false);
    }
    let kind = state.get::<Vm>(path).and_then(|vm| vm.display.as_ref()?.type_.clone());
    if kind != display::type_of(&display::protocols(state, path)) {
        let protocol = if kind == Some(DisplayType::Spice) { GraphicsType::Spice } else { GraphicsType::Vnc };
        devices::set_only_console(state, path, protocol);
    }
}
