//! Lists all virtual machines, or the results of a search.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example list_vms
//! cargo run --example list_vms -- 'status=up'
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let search = std::env::args().nth(1);
    let connection = Connection::from_env()?;
    let result = run(&connection, search.as_deref()).await;
    let closed = connection.close().await;
    result.map(drop).and(closed)
}

/// Returns the number of virtual machines.
pub async fn run(connection: &Connection, search: Option<&str>) -> Result<usize, Error> {
    let mut request = connection.system().vms().list();
    if let Some(search) = search {
        request = request.search(search);
    }
    // `items` keeps one VM in memory at a time.
    let mut vms = request.items();
    let mut count = 0;
    while let Some(vm) = vms.next().await? {
        let status = vm.status.as_ref().map_or("?", |status| status.as_str());
        println!("{} is {status}", vm.try_name()?);
        count += 1;
    }
    println!("{count} virtual machines");
    Ok(count)
}
