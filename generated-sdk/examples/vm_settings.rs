//! Settings of a virtual machine: CPUs and memory, host pinning, serial number, serial console, lease, NUMA nodes.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_settings -- resize web1 2 4
//! cargo run --example vm_settings -- pin web1 host1
//! cargo run --example vm_settings -- serial-number web1 A-42
//! cargo run --example vm_settings -- serial-console web1
//! cargo run --example vm_settings -- lease web1 data
//! cargo run --example vm_settings -- remove-numa-nodes web1
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::cmp::Reverse;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Console, Cpu, CpuTopology, HighAvailability, Host, SerialNumber, SerialNumberPolicy, StorageDomain,
    StorageDomainLease, Vm, VmAffinity, VmPlacementPolicy,
};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["resize", vm, sockets, gibibytes] => {
            let sockets = sockets.parse().unwrap_or_else(|_| usage());
            let gibibytes = gibibytes.parse().unwrap_or_else(|_| usage());
            resize(&connection, vm, sockets, gibibytes).await
        }
        ["pin", vm, host] => pin_to_host(&connection, vm, host).await,
        ["serial-number", vm, number] => set_serial_number(&connection, vm, number).await,
        ["serial-console", vm] => enable_serial_console(&connection, vm).await,
        ["lease", vm, storage_domain] => set_lease(&connection, vm, storage_domain).await,
        ["remove-numa-nodes", vm] => remove_numa_nodes(&connection, vm).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_settings resize VM SOCKETS GIB
       vm_settings pin VM HOST
       vm_settings serial-number VM NUMBER
       vm_settings serial-console VM
       vm_settings lease VM STORAGE_DOMAIN
       vm_settings remove-numa-nodes VM"
    );
    std::process::exit(2)
}

/// Sets the number of dual-core sockets and the memory size.
pub async fn resize(connection: &Connection, name: &str, sockets: i64, gibibytes: i64) -> Result<(), Error> {
    let cpu = Cpu::new().topology(CpuTopology::new().sockets(sockets).cores(2).threads(1));
    let service = find_vm(connection, name).await?;
    let vm = service.update(Vm::new().cpu(cpu).memory(gibibytes << 30)).send().await?;
    match vm.next_run_configuration_exists {
        Some(true) => println!("VM {name} must restart to apply the change"),
        _ => println!("changed VM {name}"),
    }
    Ok(())
}

/// Pins a virtual machine to a host. It runs only on that host.
pub async fn pin_to_host(connection: &Connection, name: &str, host: &str) -> Result<(), Error> {
    let host = connection.system().hosts().find(host).await?;
    let policy = VmPlacementPolicy::new().affinity(VmAffinity::Pinned).hosts([Host::with_id(host.try_id()?)]);
    find_vm(connection, name).await?.update(Vm::new().placement_policy(policy)).send().await?;
    println!("pinned VM {name} to host {}", host.try_name()?);
    Ok(())
}

/// Sets the serial number that the guest sees.
pub async fn set_serial_number(connection: &Connection, name: &str, number: &str) -> Result<(), Error> {
    let serial_number = SerialNumber::new().policy(SerialNumberPolicy::Custom).value(number);
    find_vm(connection, name).await?.update(Vm::new().serial_number(serial_number)).send().await?;
    println!("set the serial number of VM {name} to {number}");
    Ok(())
}

/// Enables the serial console unless it is enabled.
pub async fn enable_serial_console(connection: &Connection, name: &str) -> Result<(), Error> {
    let service = find_vm(connection, name).await?;
    // The engine includes the console only with `all_content`.
    let vm = service.get().all_content(true).send().await?;
    if vm.console.as_ref().and_then(|console| console.enabled) == Some(true) {
        println!("the serial console of VM {name} is already enabled");
        return Ok(());
    }
    service.update(Vm::new().console(Console::new().enabled(true))).send().await?;
    println!("enabled the serial console of VM {name}");
    Ok(())
}

/// Makes a virtual machine highly available with a lease on a storage domain. The lease prevents two hosts from running
/// it at the same time.
pub async fn set_lease(connection: &Connection, name: &str, storage_domain: &str) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find(storage_domain).await?;
    let lease = StorageDomainLease::new().storage_domain(StorageDomain::with_id(domain.try_id()?));
    let changes = Vm::new().high_availability(HighAvailability::new().enabled(true)).lease(lease);
    find_vm(connection, name).await?.update(changes).send().await?;
    println!("set the lease of VM {name} to storage domain {}", domain.try_name()?);
    Ok(())
}

/// Removes all virtual NUMA nodes, highest index first: the indexes must stay consecutive.
pub async fn remove_numa_nodes(connection: &Connection, name: &str) -> Result<(), Error> {
    let service = find_vm(connection, name).await?.numa_nodes();
    let mut nodes = service.list().send().await?.into_vec();
    nodes.sort_by_key(|node| Reverse(node.index));
    for node in nodes {
        service.node(node.try_id()?).remove().send().await?;
        println!("removed NUMA node {}", node.try_index()?);
    }
    Ok(())
}

async fn find_vm(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}
