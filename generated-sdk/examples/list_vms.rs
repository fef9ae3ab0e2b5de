//! Lists virtual machines: all of them, or those that a query of the search box finds.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example list_vms -- 'status=up'
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let connection = Connection::from_env()?;
    let outcome = run(&connection, std::env::args().nth(1)).await;
    let closed = connection.close().await;
    outcome.map(drop).and(closed)
}

pub async fn run(connection: &Connection, search: Option<String>) -> Result<usize, Error> {
    let mut request = connection.system().vms().list();
    if let Some(search) = search {
        request = request.search(search);
    }
    // One machine at a time is in memory, however many there are.
    let (mut vms, mut count) = (request.items(), 0);
    while let Some(vm) = vms.next().await? {
        let status = vm.status.as_ref().map_or("?", |status| status.as_str());
        println!("{} is {status}", vm.try_name()?);
        count += 1;
    }
    println!("{count} virtual machines");
    Ok(count)
}
