//! Follows links: from a virtual machine to its cluster and its NICs, one by one and all in one request.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example follow_links -- web1
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::services::VmService;
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let connection = Connection::from_env()?;
    let name = std::env::args().nth(1).unwrap_or_else(|| "example".to_owned());
    let outcome = run(&connection, &name).await;
    let closed = connection.close().await;
    outcome.and(closed)
}

pub async fn run(connection: &Connection, vm: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find(vm).await?;

    // What the engine sent is an address only: it is read when it is followed.
    let cluster = connection.follow(&vm.cluster).await?;
    println!("{} is in the cluster {}", vm.try_name()?, cluster.try_name()?);
    for nic in connection.follow(&vm.nics).await? {
        println!("{} has the NIC {}", vm.try_name()?, nic.try_name()?);
    }

    // The engine can follow links itself.
    let service: VmService = connection.service(vm.try_href()?)?;
    let whole = service.get().follow("cluster,nics").send().await?;
    println!("{}: {} NICs, in one request", whole.try_name()?, whole.nics.as_ref().map_or(0, |nics| nics.len()));
    Ok(())
}
