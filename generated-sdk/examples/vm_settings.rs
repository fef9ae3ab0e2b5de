//! Changes settings of a virtual machine: processors and memory, the host that it is pinned to, its serial number, its
//! serial console, the storage domain of its lease, its NUMA nodes.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_settings -- size web1
//! cargo run --example vm_settings -- pin web1 host1
//! cargo run --example vm_settings -- serial-number web1 A-42
//! cargo run --example vm_settings -- serial-console web1
//! cargo run --example vm_settings -- lease web1 data
//! cargo run --example vm_settings -- no-numa web1
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::cmp::Reverse;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Console, Cpu, CpuTopology, HighAvailability, Host, SerialNumber, SerialNumberPolicy, StorageDomain,
    StorageDomainLease, Vm, VmAffinity, VmPlacementPolicy,
};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, name) = (word("size"), word("example"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "size" => size(&connection, &name, 2, 4).await,
        "pin" => pin(&connection, &name, &word("host1")).await,
        "serial-number" => serial_number(&connection, &name, &word("A-42")).await,
        "serial-console" => serial_console(&connection, &name).await,
        "lease" => lease(&connection, &name, &word("data")).await,
        "no-numa" => remove_numa_nodes(&connection, &name).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// So many sockets with two cores, and so much memory in GiB.
pub async fn size(connection: &Connection, name: &str, sockets: i64, gigabytes: i64) -> Result<(), Error> {
    let cpu = Cpu::new().topology(CpuTopology::new().sockets(sockets).cores(2).threads(1));
    let vm = find(connection, name).await?;
    let changed = vm.update(Vm::new().cpu(cpu).memory(gigabytes << 30)).send().await?;
    match changed.next_run_configuration_exists {
        Some(true) => println!("{name} has it after its next start"),
        _ => println!("{name} has it now"),
    }
    Ok(())
}

/// Lets the machine run on one host only.
pub async fn pin(connection: &Connection, name: &str, host: &str) -> Result<(), Error> {
    let host = connection.system().hosts().find(host).await?;
    let policy = VmPlacementPolicy::new().affinity(VmAffinity::Pinned).hosts([Host::with_id(host.try_id()?)]);
    find(connection, name).await?.update(Vm::new().placement_policy(policy)).send().await?;
    println!("{name} runs on {} only", host.try_name()?);
    Ok(())
}

/// What the guest sees as the serial number of its hardware.
pub async fn serial_number(connection: &Connection, name: &str, number: &str) -> Result<(), Error> {
    let serial = SerialNumber::new().policy(SerialNumberPolicy::Custom).value(number);
    find(connection, name).await?.update(Vm::new().serial_number(serial)).send().await?;
    println!("{name} has the serial number {number}");
    Ok(())
}

/// Switches the serial console on, if it is not on.
pub async fn serial_console(connection: &Connection, name: &str) -> Result<(), Error> {
    let vm = find(connection, name).await?;
    // The console is among what is costly to read.
    let now = vm.get().all_content(true).send().await?;
    if now.console.as_ref().and_then(|console| console.enabled) == Some(true) {
        println!("{name} has a serial console already");
        return Ok(());
    }
    vm.update(Vm::new().console(Console::new().enabled(true))).send().await?;
    println!("{name} has a serial console");
    Ok(())
}

/// A highly available machine whose lease on storage keeps it from running twice.
pub async fn lease(connection: &Connection, name: &str, storage: &str) -> Result<(), Error> {
    let storage = connection.system().storage_domains().find(storage).await?;
    let lease = StorageDomainLease::new().storage_domain(StorageDomain::with_id(storage.try_id()?));
    let wanted = Vm::new().high_availability(HighAvailability::new().enabled(true)).lease(lease);
    find(connection, name).await?.update(wanted).send().await?;
    println!("the lease of {name} is on {}", storage.try_name()?);
    Ok(())
}

/// Removes the virtual NUMA nodes, the last one first: their numbers must have no gap.
pub async fn remove_numa_nodes(connection: &Connection, name: &str) -> Result<(), Error> {
    let service = find(connection, name).await?.numa_nodes();
    let mut nodes = service.list().send().await?.into_vec();
    nodes.sort_by_key(|node| Reverse(node.index));
    for node in nodes {
        service.node(node.try_id()?).remove().send().await?;
        println!("the node {} is gone", node.try_index()?);
    }
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}
