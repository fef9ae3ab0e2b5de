//! Virtual machines as JSON: print one with its NICs and disks, create one from a file.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_json --features serde -- show web1
//! cargo run --example vm_json --features serde -- add web1.json
//! ```
//!
//! The keys in the file are the names of the API:
//!
//! ```json
//! {"name": "web1", "cluster": {"name": "Default"}, "template": {"name": "Blank"}, "memory": 4294967296}
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::types::{DiskAttachment, Vm};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["show", vm] => show(&connection, vm).await.map(drop),
        ["add", file] => match std::fs::read_to_string(file) {
            Ok(json) => add(&connection, &json).await,
            Err(error) => Err(Error::custom(format!("can't read {file}: {error}"))),
        },
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!("usage: vm_json show VM | add FILE");
    std::process::exit(2)
}

/// Prints a virtual machine with its NICs and disks. Links to other objects are under `_links`.
pub async fn show(connection: &Connection, name: &str) -> Result<String, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    let links = Vm::NICS.and(Vm::DISK_ATTACHMENTS.then(DiskAttachment::DISK));
    let vm = vms.vm(vm.try_id()?).get().follow(links).send().await?;
    let json = serde_json::to_string_pretty(&vm).map_err(Error::custom)?;
    println!("{json}");
    Ok(json)
}

/// Creates a virtual machine. Errors in the JSON, such as unknown keys, are reported with line and column.
pub async fn add(connection: &Connection, json: &str) -> Result<(), Error> {
    let vm: Vm = serde_json::from_str(json).map_err(Error::custom)?;
    let vm = connection.system().vms().add(vm).send().await?;
    println!("created VM {} with ID {}", vm.try_name()?, vm.try_id()?);
    Ok(())
}
