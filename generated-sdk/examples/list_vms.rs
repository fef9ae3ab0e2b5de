//! Lists all virtual machines, or the results of a search.
//!
//! ```sh
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
    let list = connection.system().vms().list();
    let request = search.map_or(list.clone(), |search| list.search(search));
    // `items` keeps one VM in memory at a time.
    let mut vms = request.items();
    let mut count = 0;
    while let Some(vm) = vms.next().await? {
        println!("{} is {}", vm.try_name()?, vm.try_status()?);
        count += 1;
    }
    println!("{count} virtual machines");
    Ok(count)
}
