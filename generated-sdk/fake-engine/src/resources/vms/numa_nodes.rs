//! Virtual NUMA nodes.

use crate::api::{Call, Fault, Registry, Reply, merge};
use crate::resources::common::units::MIB;
use crate::resources::common::{references, vm_cpu};
use crate::resources::paths::{HOSTS, NUMA_NODES};
use crate::state::{Severity, State};
use ovirt_sdk::types::{NumaNode, NumaTuneMode, VirtualNumaNode, Vm};

/// The most missing indices that the engine names.
const NAMED_INDICES: usize = 10;

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_numa_nodes", "add", add);
    registry.on("vm_numa_node", "remove", remove);
    registry.on("vm_numa_node", "update", update);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut node: VirtualNumaNode = call.body()?;
    let (vm, path) = (call.parent(), call.path());
    let mut nodes = nodes_without(call.state, &path, "");
    node.numa_tune_mode.get_or_insert(NumaTuneMode::Interleave);
    nodes.push(node.clone());
    check(call.state, &vm, &nodes)?;
    let added = call.state.insert(&path, references::refer_to_owner(node, &vm));
    log(call.state, &vm, 1300, "added");
    Ok(Reply::Created(added))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: VirtualNumaNode = call.body()?;
    let path = call.path();
    let vm = references::top_level_object(&path);
    let mut nodes = nodes_without(call.state, &format!("{vm}/{NUMA_NODES}"), &path);
    let mut node = call.state.find::<VirtualNumaNode>(&path)?.clone();
    merge(&mut node, &change);
    nodes.push(node);
    check(call.state, &vm, &nodes)?;
    log(call.state, &vm, 1310, "updated");
    call.update(&change)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let vm = references::top_level_object(&path);
    let nodes = nodes_without(call.state, &format!("{vm}/{NUMA_NODES}"), &path);
    check(call.state, &vm, &nodes)?;
    log(call.state, &vm, 1320, "removed");
    call.remove()
}

fn nodes_without(state: &State, collection: &str, path: &str) -> Vec<VirtualNumaNode> {
    let nodes = state.list::<VirtualNumaNode>(collection);
    nodes.filter(|(other, _)| other != path).map(|(_, node)| node.clone()).collect()
}

fn log(state: &mut State, vm: &str, code: i64, happened: &str) {
    let text = format!("NUMA node of VM {} was {happened}.", state.name_of(vm));
    state.event(code, Severity::Normal, &text, &[vm]);
}

fn pins(node: &VirtualNumaNode) -> impl Iterator<Item = i64> {
    node.numa_node_pins.iter().flatten().filter_map(|pin| pin.index)
}

/// Fails if a virtual machine can't have these nodes. Most messages of the engine name neither the action nor the type.
fn check(state: &State, vm: &str, nodes: &[VirtualNumaNode]) -> Result<(), Fault> {
    if nodes.is_empty() {
        return Ok(());
    }
    let settings = state.find::<Vm>(vm)?;
    check_preferred_mode(nodes)?;
    check_indices(nodes, vm_cpu::cpus(settings))?;
    check_cpus(nodes, vm_cpu::cpus(settings))?;
    let total = nodes.iter().filter_map(|node| node.memory).fold(0, i64::saturating_add);
    let memory = settings.memory.unwrap_or_default() / MIB;
    if total > memory {
        return Err(Fault::bad(&format!(
            "The NUMA nodes' total memory of {total} exceeds the VM's total memory of {memory}."
        )));
    }
    let hosts = settings.placement_policy.as_ref().and_then(|policy| policy.hosts.as_ref());
    let hosts: Vec<String> =
        hosts.into_iter().flatten().filter_map(|host| host.id.as_ref()).map(|id| format!("{HOSTS}/{id}")).collect();
    if hosts.is_empty() && nodes.iter().any(|node| pins(node).next().is_some()) {
        return Err(Fault::conflict("Cannot ${action} ${type}. VM must be pinned to at least one host."));
    }
    hosts.iter().try_for_each(|host| check_host(state, host, nodes))
}

fn check_preferred_mode(nodes: &[VirtualNumaNode]) -> Result<(), Fault> {
    let is_preferred = |node: &VirtualNumaNode| node.numa_tune_mode == Some(NumaTuneMode::Preferred);
    let is_single_and_pinned = matches!(nodes, [node] if pins(node).count() == 1);
    match nodes.iter().any(is_preferred) && !is_single_and_pinned {
        true => Err(Fault::bad("Preferred NUMA tune mode is allowed for a single pinned Virtual NUMA Node.")),
        false => Ok(()),
    }
}

fn check_indices(nodes: &[VirtualNumaNode], cpus: i64) -> Result<(), Fault> {
    let count = nodes.len();
    if i64::try_from(count).is_ok_and(|count| count > cpus) {
        return Err(Fault::bad(&format!(
            "Cannot ${{action}} ${{type}}. Assigned {count} NUMA nodes for {cpus} CPU cores. Cannot assign more NUMA nodes \
             than CPU cores."
        )));
    }
    let mut indices: Vec<i64> = nodes.iter().map(|node| node.index.unwrap_or(0)).collect();
    indices.sort_unstable();
    let twice = indices.iter().zip(indices.iter().skip(1)).find(|(one, next)| one == next);
    if let Some((index, _)) = twice {
        return Err(Fault::bad(&format!("NUMA node with index {index} exists at least twice.")));
    }
    let end = i64::try_from(count).unwrap_or(i64::MAX);
    let missing: Vec<String> = (0..end).filter(|index| !indices.contains(index)).map(|it| it.to_string()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut named = missing.iter().take(NAMED_INDICES).cloned().collect::<Vec<_>>().join(", ");
    if missing.len() > NAMED_INDICES {
        named.push_str(", ...");
    }
    Err(Fault::bad(&format!(
        "Expected a continuous sequence of 0-{} for {count} numa nodes. Missing indices {named}. Assign indices with \
         increasing order starting from 0 to your virtual numa nodes.",
        end.saturating_sub(1)
    )))
}

fn check_cpus(nodes: &[VirtualNumaNode], cpus: i64) -> Result<(), Fault> {
    let cores = nodes.iter().filter_map(|node| node.cpu.as_ref()?.cores.as_ref());
    let mut indices: Vec<i64> = cores.flatten().filter_map(|core| core.index).collect();
    indices.sort_unstable();
    let (Some(least), Some(most)) = (indices.first().copied(), indices.last().copied()) else { return Ok(()) };
    if least < 0 || most >= cpus {
        let wrong = if least < 0 { least } else { most };
        return Err(Fault::bad(&format!(
            "A NUMA node has an invalid CPU index: {wrong}. Indexes must be between 0 and {}.",
            cpus.saturating_sub(1)
        )));
    }
    let mut twice: Vec<i64> =
        indices.iter().zip(indices.iter().skip(1)).filter(|(one, next)| one == next).map(|(one, _)| *one).collect();
    twice.dedup();
    let twice: Vec<String> = twice.iter().map(ToString::to_string).collect();
    match twice.is_empty() {
        true => Ok(()),
        false => Err(Fault::bad(&format!(
            "CPUs with the following indexes are assigned to two or more NUMA nodes: {}.",
            twice.join(", ")
        ))),
    }
}

/// Fails if nodes can't be pinned to the nodes of a host.
fn check_host(state: &State, host: &str, nodes: &[VirtualNumaNode]) -> Result<(), Fault> {
    let name = state.name_of(host);
    let of_host: Vec<&NumaNode> =
        state.list::<NumaNode>(&format!("{host}/{NUMA_NODES}")).map(|(_, node)| node).collect();
    match of_host.as_slice() {
        [] => return Err(Fault::bad(&format!("Cannot pin VM NUMA nodes when the host '{name}' has no NUMA nodes."))),
        [_] => return Err(Fault::bad(&format!("Host '{name}' has no NUMA architecture."))),
        _ => {}
    }
    for node in nodes {
        for pin in pins(node) {
            let Some(target) = of_host.iter().find(|target| target.index == Some(pin)) else {
                return Err(Fault::bad(&format!("Host NUMA node with index {pin} does not exist for host '{name}'.")));
            };
            if node.numa_tune_mode == Some(NumaTuneMode::Strict) && node.memory > target.memory {
                let index = node.index.unwrap_or(0);
                return Err(Fault::bad(&format!(
                    "NUMA node memory incompatibility error exists for VM's NUMA node with index {index} and host's NUMA \
                     node with index {pin} for host '{name}'."
                )));
            }
        }
    }
    Ok(())
}
