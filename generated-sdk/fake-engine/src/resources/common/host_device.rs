//! Host devices of virtual machines.

use crate::resources::paths::HOST_DEVICES;
use crate::state::State;
use ovirt_sdk::types::HostDevice;

/// Whether a virtual machine has a host device with a capability, such as `pci`.
pub(crate) fn has_capability(state: &State, vm: &str, capability: &str) -> bool {
    let mut devices = state.list::<HostDevice>(&format!("{vm}/{HOST_DEVICES}"));
    devices.any(|(_, device)| device.capability.as_deref() == Some(capability))
}
