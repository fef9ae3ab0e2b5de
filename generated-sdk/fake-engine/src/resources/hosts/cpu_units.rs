//! The logical CPUs of hosts.

use crate::api::{Context, Registry};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Host, HostCpuUnit};

pub(super) fn register(registry: &mut Registry) {
    registry.compute("host_cpu_units", units);
}

/// The logical CPUs: threads of cores of sockets.
fn units(context: &Context<'_>, host: &str) -> Vec<Box<dyn Object>> {
    let cpu = context.state.get::<Host>(host).and_then(|host| host.cpu.as_deref());
    let Some(topology) = cpu.and_then(|cpu| cpu.topology.as_deref()) else { return Vec::new() };
    let (cores, threads) = (topology.cores.unwrap_or(1), topology.threads.unwrap_or(1));
    let mut units: Vec<Box<dyn Object>> = Vec::new();
    for socket in 0..topology.sockets.unwrap_or(1) {
        for core in 0..cores {
            for thread in 0..threads {
                let cpu = (socket * cores + core) * threads + thread;
                units.push(Box::new(HostCpuUnit::new().core_id(core).cpu_id(cpu).socket_id(socket)));
            }
        }
    }
    units
}
