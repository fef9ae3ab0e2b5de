//! Virtual machines as JSON: print one with its NICs and disks, create one from a file.
//!
//! ```sh
//! cargo run --example vm_json --features serde -- show web1
//! cargo run --example vm_json --features serde -- add web1.json
//! ```
//!
//! The keys in the file are the names of the API:
//!
//! ```json
//! {"name": "web1", "cluster": {"name": "Default"}, "template": {"name": "Blank"}, "memory": 4294967296}
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{DiskAttachment, Vm};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["show", vm] => show(connection, vm).await.map(drop),
        ["add", file] => add(connection, &std::fs::read_to_string(file).map_err(Error::custom)?).await,
        _ => common::usage(include_str!("vm_json.rs")),
    })
}

/// Prints a virtual machine with its NICs and disks. Links to other objects are under `_links`.
pub async fn show(connection: &Connection, name: &str) -> Result<String, Error> {
    let links = Vm::NICS.and(Vm::DISK_ATTACHMENTS.then(DiskAttachment::DISK));
    let vm = connection.system().vms().find_service(name).await?.get().follow(links).send().await?;
    let json = serde_json::to_string_pretty(&vm).map_err(Error::custom)?;
    println!("{json}");
    Ok(json)
}

/// Creates a virtual machine. Errors in the JSON, such as unknown keys, are reported with line and column.
pub async fn add(connection: &Connection, json: &str) -> Result<(), Error> {
    let vm: Vm = serde_json::from_str(json).map_err(Error::custom)?;
    println!("created VM {}", connection.create(vm).await?.try_id()?);
    Ok(())
}
