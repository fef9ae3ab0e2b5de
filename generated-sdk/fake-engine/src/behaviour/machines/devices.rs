//! Watchdogs, host devices, mediated devices and virtual NUMA nodes.

use super::defaults::refer;
use super::guard::{self, machine_of};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{Severity, State, last};
use ovirt_sdk::types::{
    Host, HostDevice, NumaTuneMode, VirtualNumaNode, Vm, VmMediatedDevice, Watchdog, WatchdogAction, WatchdogModel,
};

pub(super) fn register(registry: &mut Registry) {
    for service in ["vm_watchdogs", "template_watchdogs", "instance_type_watchdogs"] {
        registry.on(service, "add", add_watchdog);
    }
    registry.on("vm_host_devices", "add", add_host_device);
    registry.on("vm_host_device", "remove", |call| of_stopped(call, "remove Host devices"));
    for service in ["vm_mediated_devices", "template_mediated_devices"] {
        registry.on(service, "add", add_mediated_device);
    }
    registry.on("vm_numa_nodes", "add", add_numa_node);
    registry.on("vm_numa_node", "remove", remove_numa_node);
    registry.on("vm_numa_node", "update", update_numa_node);
}

/// Refuses while a machine runs; what is no machine never does.
fn stopped(state: &State, owner: &str, what: &str) -> Result<(), Fault> {
    if !owner.starts_with("vms/") {
        return Ok(());
    }
    guard::not_locked(state, owner, what)?;
    match guard::is_running(state, owner) {
        true => Err(Fault::conflict(&format!("Cannot {what}. VM is running."))),
        false => Ok(()),
    }
}

fn of_stopped(call: &mut Call<'_>, what: &str) -> Result<Reply, Fault> {
    stopped(call.state, &machine_of(&call.path()), what)?;
    call.remove()
}

fn add_watchdog(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["action", "model"])?;
    let mut watchdog: Watchdog = call.body()?;
    let owner = call.parent();
    if owner.starts_with("vms/") {
        guard::not_locked(call.state, &owner, "add watchdog")?;
    }
    if !call.state.paths(&call.path()).is_empty() {
        return Err(Fault::conflict("Cannot add watchdog. A watchdog already exists on the VM."));
    }
    watchdog.action.get_or_insert(WatchdogAction::None);
    watchdog.model.get_or_insert(WatchdogModel::I6300esb);
    let path = call.path();
    Ok(Reply::Created(call.state.insert(&path, refer(watchdog, &owner))))
}

/// The host to which a machine is bound.
fn bound(state: &State, vm: &str) -> Option<String> {
    let policy = state.get::<Vm>(vm)?.placement_policy.as_ref()?;
    let mut hosts = policy.hosts.iter().flatten();
    let host = hosts.next()?.id.clone()?;
    Some(format!("hosts/{host}"))
}

fn add_host_device(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ADD: &str = "add Host devices";
    call.require(&["id|name"])?;
    let wanted: HostDevice = call.body()?;
    let vm = call.parent();
    guard::not_locked(call.state, &vm, ADD)?;
    let host = bound(call.state, &vm)
        .ok_or_else(|| Fault::conflict(&format!("Cannot {ADD}. VM must be pinned to at least one host.")))?;
    let devices = format!("{host}/devices");
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
    Ok(Reply::Created(call.state.insert(&path, refer(device, &vm))))
}

fn add_mediated_device(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let device: VmMediatedDevice = call.body()?;
    let owner = call.parent();
    if owner.starts_with("vms/") {
        guard::not_locked(call.state, &owner, "add Mediated Device")?;
    }
    let path = call.path();
    Ok(Reply::Created(call.state.insert(&path, refer(device, &owner))))
}

fn add_numa_node(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["index", "memory", "cpu.cores"])?;
    let mut node: VirtualNumaNode = call.body()?;
    let vm = call.parent();
    stopped(call.state, &vm, "add NUMA Node")?;
    let path = call.path();
    distinct(call.state, &path, node.index, None)?;
    node.numa_tune_mode.get_or_insert(NumaTuneMode::Interleave);
    let added = call.state.insert(&path, refer(node, &vm));
    told(call.state, &vm, 1300, "added");
    Ok(Reply::Created(added))
}

/// Refuses an index that another node has.
fn distinct(state: &State, collection: &str, index: Option<i64>, own: Option<&str>) -> Result<(), Fault> {
    let taken = |(path, node): (String, &VirtualNumaNode)| node.index == index && Some(path.as_str()) != own;
    match index {
        Some(index) if state.list::<VirtualNumaNode>(collection).any(taken) => {
            Err(Fault::conflict(&format!("NUMA node with index {index} exists at least twice.")))
        }
        _ => Ok(()),
    }
}

fn told(state: &mut State, vm: &str, code: i64, what: &str) {
    let text = format!("NUMA node of VM {} was {what}.", state.name_of(vm));
    state.event(code, Severity::Normal, &text, &[vm]);
}

fn update_numa_node(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let node: VirtualNumaNode = call.body()?;
    let path = call.path();
    let vm = machine_of(&path);
    stopped(call.state, &vm, "edit NUMA Node")?;
    distinct(call.state, &format!("{vm}/numanodes"), node.index, Some(&path))?;
    told(call.state, &vm, 1310, "updated");
    call.update(&node)
}

fn remove_numa_node(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = machine_of(&call.path());
    stopped(call.state, &vm, "remove NUMA Node")?;
    told(call.state, &vm, 1320, "removed");
    call.remove()
}
