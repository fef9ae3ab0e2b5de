//! Lists virtual machines without an async runtime.
//!
//! ```sh
//! cargo run --example blocking_list --features blocking
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    let connection = Connection::from_env()?;
    let result = run(&connection);
    let closed = connection.close_blocking();
    result.map(drop).and(closed)
}

/// Returns the number of virtual machines.
pub fn run(connection: &Connection) -> Result<usize, Error> {
    let vms = connection.system().vms().list().send_blocking()?;
    for vm in &*vms {
        println!("{}", vm.try_name()?);
    }
    println!("{} virtual machines", vms.len());
    Ok(vms.len())
}
