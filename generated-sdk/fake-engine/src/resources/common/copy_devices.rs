//! Copying the devices of a virtual machine or template.

use crate::api::Fault;
use crate::resources::common::{nic, references};
use crate::resources::paths::{CDROMS, GRAPHICS_CONSOLES, MEDIATED_DEVICES, NUMA_NODES, WATCHDOGS};
use crate::state::State;
use ovirt_sdk::object::Struct;
use ovirt_sdk::types::{Cdrom, GraphicsConsole, VirtualNumaNode, VmMediatedDevice, Watchdog};

/// Copies network interfaces and other devices of an owner to another one.
pub(crate) fn copy_devices(state: &mut State, from: &str, to: &str) -> Result<(), Fault> {
    nic::copy_all(state, from, to)?;
    copy::<Cdrom>(state, from, to, CDROMS);
    copy::<GraphicsConsole>(state, from, to, GRAPHICS_CONSOLES);
    copy::<Watchdog>(state, from, to, WATCHDOGS);
    copy::<VirtualNumaNode>(state, from, to, NUMA_NODES);
    copy::<VmMediatedDevice>(state, from, to, MEDIATED_DEVICES);
    Ok(())
}

fn copy<T: Struct>(state: &mut State, from: &str, to: &str, collection: &str) {
    for (_, device) in references::list_cloned::<T>(state, &format!("{from}/{collection}")) {
        let mut device = device;
        for name in ["href", "vm", "template", "instance_type"] {
            if let Some(slot) = ovirt_sdk::object::member_mut(&mut device, name) {
                slot.clear();
            }
        }
        state.insert(&format!("{to}/{collection}"), references::refer_to_owner(device, to));
    }
}
