//! Mediated devices of virtual machines and templates.

use crate::api::{Call, Fault, Registry, Reply, merge};
use crate::resources::common::references;
use ovirt_sdk::types::VmMediatedDevice;

/// The property with the type of a device.
const TYPE: &str = "mdevType";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_mediated_devices", "add", add);
    registry.on("vm_mediated_device", "update", update);
}

pub(crate) fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let device: VmMediatedDevice = call.body()?;
    let (owner, path) = (call.parent(), call.path());
    check(&device)?;
    Ok(Reply::Created(call.state.insert(&path, references::refer_to_owner(device, &owner))))
}

/// Fails if a device has no type, or a property without a value. The engine names neither the action nor the type.
fn check(device: &VmMediatedDevice) -> Result<(), Fault> {
    let has_type = device.spec_params.iter().flatten().any(|it| it.name.as_deref() == Some(TYPE));
    match has_type && device.spec_params.iter().flatten().all(|it| it.value.is_some()) {
        true => Ok(()),
        false => Err(Fault::bad(
            "Cannot ${action} ${type}. Mediated device ID or VM/Template ID or a parameter value is null.",
        )),
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: VmMediatedDevice = call.body()?;
    let path = call.path();
    let mut device = call.state.find::<VmMediatedDevice>(&path)?.clone();
    merge(&mut device, &change);
    check(&device)?;
    call.change(&change)
}
