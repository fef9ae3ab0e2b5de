//! Settings of a virtual machine: CPUs and memory, host pinning, serial number, serial console, lease, NUMA nodes.
//!
//! ```sh
//! cargo run --example vm_settings -- resize web1 2 4
//! cargo run --example vm_settings -- pin web1 host1
//! cargo run --example vm_settings -- serial-number web1 A-42
//! cargo run --example vm_settings -- serial-console web1
//! cargo run --example vm_settings -- lease web1 data
//! cargo run --example vm_settings -- remove-numa-nodes web1
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::cmp::Reverse;

use ovirt_sdk::types::{
    Console, Cpu, CpuTopology, HighAvailability, Host, SerialNumber, SerialNumberPolicy, StorageDomain,
    StorageDomainLease, Vm, VmAffinity, VmPlacementPolicy,
};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["resize", vm, sockets, gibibytes] => {
            let number = |text: &str| text.parse().map_err(Error::custom);
            resize(connection, vm, number(sockets)?, number(gibibytes)?).await
        }
        ["pin", vm, host] => pin_to_host(connection, vm, host).await,
        ["serial-number", vm, number] => set_serial_number(connection, vm, number).await,
        ["serial-console", vm] => enable_serial_console(connection, vm).await,
        ["lease", vm, storage_domain] => set_lease(connection, vm, storage_domain).await,
        ["remove-numa-nodes", vm] => remove_numa_nodes(connection, vm).await,
        _ => common::usage(include_str!("vm_settings.rs")),
    })
}

/// Changes the fields of a virtual machine that differ. A running one applies some of them only at its next start.
async fn change(connection: &Connection, wanted: Vm) -> Result<(), Error> {
    println!("{}", connection.system().vms().ensure(wanted).send().await?);
    Ok(())
}

/// Sets the number of dual-core sockets and the memory size.
pub async fn resize(connection: &Connection, name: &str, sockets: i64, gibibytes: i64) -> Result<(), Error> {
    let cpu = Cpu::new().topology(CpuTopology::new().sockets(sockets).cores(2).threads(1));
    change(connection, Vm::new().name(name).cpu(cpu).memory(gibibytes << 30)).await
}

/// Pins a virtual machine to a host. It runs only on that host.
pub async fn pin_to_host(connection: &Connection, name: &str, host: &str) -> Result<(), Error> {
    let policy = VmPlacementPolicy::new().affinity(VmAffinity::Pinned).hosts([Host::with_name(host)]);
    change(connection, Vm::new().name(name).placement_policy(policy)).await
}

/// Sets the serial number that the guest sees.
pub async fn set_serial_number(connection: &Connection, name: &str, number: &str) -> Result<(), Error> {
    let serial_number = SerialNumber::new().policy(SerialNumberPolicy::Custom).value(number);
    change(connection, Vm::new().name(name).serial_number(serial_number)).await
}

/// Enables the serial console unless it is enabled.
pub async fn enable_serial_console(connection: &Connection, name: &str) -> Result<(), Error> {
    change(connection, Vm::new().name(name).console(Console::new().enabled(true))).await
}

/// Makes a virtual machine highly available with a lease on a storage domain. The lease prevents two hosts from running
/// it at the same time.
pub async fn set_lease(connection: &Connection, name: &str, storage_domain: &str) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find(storage_domain).await?;
    let lease = StorageDomainLease::new().storage_domain(StorageDomain::with_id(domain.try_id()?));
    let availability = HighAvailability::new().enabled(true);
    change(connection, Vm::new().name(name).high_availability(availability).lease(lease)).await
}

/// Removes all virtual NUMA nodes, highest index first: the indexes must stay consecutive.
pub async fn remove_numa_nodes(connection: &Connection, name: &str) -> Result<(), Error> {
    let service = connection.system().vms().find_service(name).await?.numa_nodes();
    let mut nodes = service.list().send().await?.into_vec();
    nodes.sort_by_key(|node| Reverse(node.index));
    for node in &nodes {
        service.node(node).remove().send().await?;
        println!("removed NUMA node {}", node.try_index()?);
    }
    Ok(())
}
