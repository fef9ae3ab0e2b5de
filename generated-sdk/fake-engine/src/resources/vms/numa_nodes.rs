//! Virtual NUMA nodes.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{references, vm_status};
use crate::resources::paths::NUMA_NODES;
use crate::state::{Severity, State};
use ovirt_sdk::types::{NumaTuneMode, VirtualNumaNode};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_numa_nodes", "add", add);
    registry.on("vm_numa_node", "remove", remove);
    registry.on("vm_numa_node", "update", update);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["index", "memory", "cpu.cores"])?;
    let mut node: VirtualNumaNode = call.body()?;
    let vm = call.parent();
    vm_status::check_stopped(call.state, &vm, "add NUMA Node")?;
    let path = call.path();
    distinct(call.state, &path, node.index, None)?;
    node.numa_tune_mode.get_or_insert(NumaTuneMode::Interleave);
    let added = call.state.insert(&path, references::refer_to_owner(node, &vm));
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

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let node: VirtualNumaNode = call.body()?;
    let path = call.path();
    let vm = references::top_level_object(&path);
    vm_status::check_stopped(call.state, &vm, "edit NUMA Node")?;
    distinct(call.state, &format!("{vm}/{NUMA_NODES}"), node.index, Some(&path))?;
    told(call.state, &vm, 1310, "updated");
    call.update(&node)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = references::top_level_object(&call.path());
    vm_status::check_stopped(call.state, &vm, "remove NUMA Node")?;
    told(call.state, &vm, 1320, "removed");
    call.remove()
}
