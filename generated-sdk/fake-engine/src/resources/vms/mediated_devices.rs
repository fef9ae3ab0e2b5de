//! Mediated devices of virtual machines and templates.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{references, vm_status};
use crate::resources::paths::{VMS, is_in};
use ovirt_sdk::types::VmMediatedDevice;

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_mediated_devices", "add", add);
}

pub(crate) fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let device: VmMediatedDevice = call.body()?;
    let owner = call.parent();
    if is_in(&owner, VMS) {
        vm_status::check_not_locked(call.state, &owner, "add Mediated Device")?;
    }
    let path = call.path();
    Ok(Reply::Created(call.state.insert(&path, references::refer_to_owner(device, &owner))))
}
