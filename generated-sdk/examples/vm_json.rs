//! Virtual machines as JSON: one with its NICs and disks, for other programs; and one that is made of a file.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_json --features serde -- show web1
//! cargo run --example vm_json --features serde -- add web1.json
//! ```
//!
//! A file has the names of the API for what a virtual machine has:
//!
//! ```json
//! {"name": "web1", "cluster": {"name": "Default"}, "template": {"name": "Blank"}, "memory": 4294967296}
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::types::Vm;
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let task = words.next().unwrap_or_else(|| "show".to_owned());
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "show" => show(&connection, &words.next().unwrap_or_else(|| "example".to_owned())).await.map(drop),
        "add" => match std::fs::read_to_string(words.next().unwrap_or_else(|| "example.json".to_owned())) {
            Ok(text) => add(&connection, &text).await,
            Err(error) => Err(Error::custom(error)),
        },
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// Prints one with its NICs and disks. What the engine only links to is under `_links`.
pub async fn show(connection: &Connection, name: &str) -> Result<String, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    let vm = vms.vm(vm.try_id()?).get().follow("nics,disk_attachments.disk").send().await?;
    let text = serde_json::to_string_pretty(&vm).map_err(Error::custom)?;
    println!("{text}");
    Ok(text)
}

/// Makes one of a file. A mistake in it is an error that says where: members that no virtual machine has, too.
pub async fn add(connection: &Connection, text: &str) -> Result<(), Error> {
    let wanted: Vm = serde_json::from_str(text).map_err(Error::custom)?;
    let vm = connection.system().vms().add(wanted).send().await?;
    println!("{} has the identifier {}", vm.try_name()?, vm.try_id()?);
    Ok(())
}
