//! Host devices passed through to virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::{references, vm_status};
use crate::resources::paths::{DEVICES, HOSTS};
use crate::state::State;
use ovirt_sdk::types::{Host, HostDevice, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_host_devices", "add", add);
    registry.on("vm_host_device", "remove", |call| remove_from_stopped(call, "remove Host devices"));
}

fn remove_from_stopped(call: &mut Call<'_>, what: &str) -> Result<Reply, Fault> {
    vm_status::check_stopped(call.state, &references::top_level_object(&call.path()), what)?;
    call.remove()
}

/// The host to which a machine is bound.
fn bound(state: &State, vm: &str) -> Option<String> {
    let policy = state.get::<Vm>(vm)?.placement_policy.as_ref()?;
    let mut hosts = policy.hosts.iter().flatten();
    let host = hosts.next()?.id.clone()?;
    Some(format!("{HOSTS}/{host}"))
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ADD: &str = "add Host devices";
    call.require(&["id|name"])?;
    let wanted: HostDevice = call.body()?;
    let vm = call.parent();
    vm_status::check_not_locked(call.state, &vm, ADD)?;
    let host = bound(call.state, &vm)
        .ok_or_else(|| Fault::conflict(&format!("Cannot {ADD}. VM must be pinned to at least one host.")))?;
    let devices = format!("{host}/{DEVICES}");
    let found = match (&wanted.id, &wanted.name) {
        (Some(id), _) => Some(format!("{devices}/{id}")).filter(|path| call.state.contains(path)),
        (None, Some(name)) => call.state.by_name(&devices, name),
        (None, None) => None,
    };
    let device = found.as_ref().and_then(|path| call.state.get::<HostDevice>(path));
    let mut device = device
        .cloned()
        .ok_or_else(|| Fault::conflict(&format!("Cannot {ADD}. The specified host device does not exist.")))?;
    device.host = Some(Box::new(Host::with_id(last(&host))));
    device.href = None;
    device.placeholder = Some(false);
    let path = call.path();
    Ok(Reply::Created(call.state.insert(&path, references::refer_to_owner(device, &vm))))
}
