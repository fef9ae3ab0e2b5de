//! Consoles and the CD drive of a virtual machine.
//!
//! ```sh
//! cargo run --example vm_devices -- ticket web1
//! cargo run --example vm_devices -- viewer-file web1 > web1.vv
//! cargo run --example vm_devices -- add-vnc web1
//! cargo run --example vm_devices -- insert-cd web1 install.iso
//! cargo run --example vm_devices -- eject-cd web1
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{Cdrom, File, GraphicsConsole, GraphicsType, Ticket, VmStatus};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["ticket", vm] => console_ticket(connection, vm).await,
        ["viewer-file", vm] => viewer_file(connection, vm).await,
        ["add-vnc", vm] => add_vnc_console(connection, vm).await,
        ["insert-cd", vm, image] => change_cd(connection, vm, Some(image)).await,
        ["eject-cd", vm] => change_cd(connection, vm, None).await,
        _ => common::usage(include_str!("vm_devices.rs")),
    })
}

/// Prints the address of each console of a running virtual machine, with a password that is valid for two minutes.
pub async fn console_ticket(connection: &Connection, name: &str) -> Result<(), Error> {
    let consoles = connection.system().vms().find_service(name).await?.graphics_consoles();
    // `current` includes the addresses, which exist only while the VM runs.
    for console in consoles.list().current(true).send().await? {
        let ticket = consoles.console(&console).ticket().ticket(Ticket::new().expiry(120)).send().await?;
        let port = console.tls_port.or(console.port).unwrap_or_default();
        println!("{}: {}:{port}", console.try_protocol()?, console.try_address()?);
        println!("password: {}", ticket.try_value()?);
    }
    Ok(())
}

/// Prints a connection file for `remote-viewer`. It contains a password.
pub async fn viewer_file(connection: &Connection, name: &str) -> Result<(), Error> {
    let consoles = connection.system().vms().find_service(name).await?.graphics_consoles();
    let list = consoles.list().current(true).send().await?;
    let console = list.first().ok_or_else(|| Error::custom(format!("VM {name} has no active console")))?;
    let file = consoles.console(console).remote_viewer_connection_file().send().await?;
    println!("{}", file.ok_or_else(|| Error::custom("the engine could not create the file"))?);
    Ok(())
}

/// Adds a VNC console unless the virtual machine has one.
pub async fn add_vnc_console(connection: &Connection, name: &str) -> Result<(), Error> {
    let consoles = connection.system().vms().find_service(name).await?.graphics_consoles();
    let vnc = GraphicsType::Vnc;
    if !consoles.list().send().await?.iter().any(|console| console.protocol.as_ref() == Some(&vnc)) {
        consoles.add(GraphicsConsole::new().protocol(vnc)).send().await?;
        println!("added a VNC console to VM {name}");
    }
    Ok(())
}

/// Inserts a CD image or ejects the current one. An image is a file name on an ISO domain or the ID of an ISO disk.
pub async fn change_cd(connection: &Connection, name: &str, image: Option<&str>) -> Result<(), Error> {
    let vm = connection.system().vms().find(name).await?;
    // An empty file ID ejects the CD.
    let cd = Cdrom::new().file(File::new().id(image.unwrap_or_default()));
    let cdroms = connection.of(&vm)?.cdroms();
    for cdrom in cdroms.list().send().await? {
        // `current` changes the drive of the running VM; the other request changes it from the next start on.
        if vm.status == Some(VmStatus::Up) {
            cdroms.cdrom(&cdrom).update(cd.clone()).current(true).send().await?;
        }
        cdroms.cdrom(&cdrom).update(cd.clone()).send().await?;
    }
    Ok(())
}
