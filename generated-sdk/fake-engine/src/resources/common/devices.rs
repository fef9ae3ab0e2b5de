//! Devices that every virtual machine, template and instance type has.

use crate::api::Context;
use crate::resources::common::well_known::NIL;
use crate::resources::common::{fields, references};
use crate::resources::paths::{CDROMS, GRAPHICS_CONSOLES};
use crate::state::State;
use ovirt_sdk::object::{Object, member, member_mut};
use ovirt_sdk::types::{Cdrom, Console, GraphicsConsole, GraphicsType, RngDevice, RngSource, VirtioScsi, VmBase};

/// Fields for devices that are shown only with all content.
pub(crate) const ON_REQUEST: [&str; 5] = ["console", "rng_device", "soundcard_enabled", "tpm_enabled", "virtio_scsi"];

/// Shows the devices of a template or an instance type on request, or else removes them.
pub(crate) fn show_devices(context: &Context<'_>, _: &str, shown: &mut dyn Object) {
    if context.request.flag("all_content") != Some(true) {
        for name in ON_REQUEST {
            if let Some(slot) = member_mut(shown, name) {
                slot.clear();
            }
        }
        return;
    }
    let defaults = VmBase::new()
        .console(Console::new().enabled(false))
        .rng_device(RngDevice::new().source(RngSource::Urandom))
        .soundcard_enabled(false)
        .tpm_enabled(false)
        .virtio_scsi(VirtioScsi::new().enabled(true));
    fields::fill_unset(shown, &defaults, &[]);
}

/// The identifier of a graphics console: the letters of its protocol in hexadecimal.
pub(crate) fn console_id(protocol: &GraphicsType) -> String {
    protocol.to_string().bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds the devices that a virtual machine or a template lacks: a CD-ROM drive and a graphics console.
pub(crate) fn add_default_devices(state: &mut State, path: &str) {
    let drives = format!("{path}/{CDROMS}");
    if state.paths(&drives).is_empty() {
        state.insert(&drives, references::refer_to_owner(Cdrom::with_id(NIL), path));
    }
    let consoles = format!("{path}/{GRAPHICS_CONSOLES}");
    if state.paths(&consoles).is_empty() {
        let display = state.object(path).and_then(|object| member(object, "display")).and_then(|it| it.as_object());
        let kind = display.and_then(|display| member(display, "type")).and_then(|slot| slot.text());
        let protocol = if kind.as_deref() == Some("spice") { GraphicsType::Spice } else { GraphicsType::Vnc };
        add_console(state, path, protocol);
    }
}

/// Adds a graphics console to a virtual machine or a template; returns its path.
pub(crate) fn add_console(state: &mut State, path: &str, protocol: GraphicsType) -> String {
    let console = GraphicsConsole::with_id(console_id(&protocol)).protocol(protocol);
    state.insert(&format!("{path}/{GRAPHICS_CONSOLES}"), references::refer_to_owner(console, path))
}

/// Replaces all graphics consoles of a virtual machine or a template by one.
pub(crate) fn set_only_console(state: &mut State, path: &str, protocol: GraphicsType) {
    for console in state.paths(&format!("{path}/{GRAPHICS_CONSOLES}")) {
        state.remove(&console);
    }
    add_console(state, path, protocol);
}
