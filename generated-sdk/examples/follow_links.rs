//! Follows links from a virtual machine to its cluster and NICs: one request for each link, and all in one request.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example follow_links -- web1
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::Vm;
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let Some(vm) = std::env::args().nth(1) else { usage() };
    let connection = Connection::from_env()?;
    let result = run(&connection, &vm).await;
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!("usage: follow_links VM");
    std::process::exit(2)
}

pub async fn run(connection: &Connection, vm: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find(vm).await?;

    // The VM contains only links to its cluster and NICs. Each `follow` is a request.
    let cluster = connection.follow(&vm.cluster).await?;
    println!("cluster: {}", cluster.try_name()?);
    for nic in connection.follow(&vm.nics).await? {
        println!("NIC: {}", nic.try_name()?);
    }

    // With the `follow` parameter, the engine includes the linked objects in its response.
    let service: VmService = connection.service(vm.try_href()?)?;
    let vm = service.get().follow(Vm::CLUSTER.and(Vm::NICS)).send().await?;
    println!("{} NICs in one request", Vm::NICS.of(&vm).len());
    Ok(())
}
