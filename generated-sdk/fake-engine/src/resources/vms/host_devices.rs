//! Host devices passed through to virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::{references, vm_status};
use crate::resources::paths::{DEVICES, HOST_DEVICES, HOSTS, VMS};
use crate::state::State;
use ovirt_sdk::types::{Host, HostDevice, Vm, VmStatus};

const ADD: &str = "add Host devices";
const REMOVE: &str = "remove Host devices";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_host_devices", "add", add);
    registry.on("vm_host_device", "remove", remove);
}

/// The path of the host to which a virtual machine is pinned. Fails if host devices of the virtual machine can't change.
fn host_of(state: &State, vm: &str, action: &str) -> Result<String, Fault> {
    vm_status::check_status(state, vm, action, &[VmStatus::Down])?;
    let policy = state.find::<Vm>(vm)?.placement_policy.as_deref();
    let mut hosts = policy.and_then(|policy| policy.hosts.as_ref()).into_iter().flatten();
    let Some(host) = hosts.next().and_then(|host| host.id.as_deref()) else {
        return Err(Fault::cannot(action, "VM must be pinned to a host."));
    };
    match hosts.next() {
        None => Ok(format!("{HOSTS}/{host}")),
        Some(_) => Err(Fault::cannot(action, "VM must be pinned to a single host.")),
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let wanted: HostDevice = call.body()?;
    let (vm, path) = (call.parent(), call.path());
    let host = host_of(call.state, &vm, ADD)?;
    let devices = format!("{host}/{DEVICES}");
    let found = match (&wanted.id, &wanted.name) {
        (Some(id), _) => Some(format!("{devices}/{id}")).filter(|path| call.state.contains(path)),
        (None, Some(name)) => call.state.by_name(&devices, name),
        (None, None) => None,
    };
    let device = found.as_ref().and_then(|path| call.state.get::<HostDevice>(path)).cloned();
    let mut device = device.ok_or_else(|| Fault::invalid(ADD, "One or more of specified host devices not found."))?;
    let name = device.name.clone().unwrap_or_default();
    if device.capability.as_deref() == Some("scsi") && is_used_by_another(call.state, &vm, &host, &name) {
        let why = "One or more configured host devices are already used by a VM or a Storage Domain.";
        return Err(Fault::cannot(ADD, why));
    }
    device.host = Some(Box::new(Host::with_id(last(&host))));
    device.href = None;
    device.placeholder = Some(false);
    Ok(Reply::Created(call.state.insert(&path, references::refer_to_owner(device, &vm))))
}

/// Whether another virtual machine has the device with a name of a host.
fn is_used_by_another(state: &State, vm: &str, host: &str, name: &str) -> bool {
    let has_device = |other: &String| {
        state
            .list::<HostDevice>(&format!("{other}/{HOST_DEVICES}"))
            .any(|(_, device)| device.name.as_deref() == Some(name) && references::refers_to(&device.host, host))
    };
    state.paths(VMS).iter().any(|other| other != vm && has_device(other))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    host_of(call.state, &references::top_level_object(&call.path()), REMOVE)?;
    call.remove()
}
