//! Consoles and the CD drive of a virtual machine.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_devices -- ticket web1
//! cargo run --example vm_devices -- viewer-file web1 > web1.vv
//! cargo run --example vm_devices -- add-vnc web1
//! cargo run --example vm_devices -- insert-cd web1 install.iso
//! cargo run --example vm_devices -- eject-cd web1
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cdrom, File, GraphicsConsole, GraphicsType, Ticket, VmStatus};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["ticket", vm] => console_ticket(&connection, vm).await,
        ["viewer-file", vm] => viewer_file(&connection, vm).await,
        ["add-vnc", vm] => add_vnc_console(&connection, vm).await,
        ["insert-cd", vm, image] => change_cd(&connection, vm, Some(image)).await,
        ["eject-cd", vm] => change_cd(&connection, vm, None).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_devices ticket VM
       vm_devices viewer-file VM
       vm_devices add-vnc VM
       vm_devices insert-cd VM ISO
       vm_devices eject-cd VM"
    );
    std::process::exit(2)
}

/// Prints the address of each console of a running virtual machine, with a password that is valid for two minutes.
pub async fn console_ticket(connection: &Connection, name: &str) -> Result<(), Error> {
    let consoles = find_vm(connection, name).await?.graphics_consoles();
    // `current` includes the addresses, which exist only while the VM runs.
    for console in consoles.list().current(true).send().await? {
        let service = consoles.console(console.try_id()?);
        let ticket = service.ticket().ticket(Ticket::new().expiry(120)).send().await?;
        let port = console.tls_port.or(console.port).unwrap_or_default();
        println!("{}: {}:{port}", console.try_protocol()?, console.try_address()?);
        println!("password: {}", ticket.try_value()?);
    }
    Ok(())
}

/// Prints a connection file for `remote-viewer`. It contains a password.
pub async fn viewer_file(connection: &Connection, name: &str) -> Result<(), Error> {
    let consoles = find_vm(connection, name).await?.graphics_consoles();
    let list = consoles.list().current(true).send().await?;
    let console = list.first().ok_or_else(|| Error::custom(format!("VM {name} has no active console")))?;
    match consoles.console(console.try_id()?).remote_viewer_connection_file().send().await? {
        Some(file) => println!("{file}"),
        None => println!("the engine could not create the file"),
    }
    Ok(())
}

/// Adds a VNC console unless the virtual machine has one.
pub async fn add_vnc_console(connection: &Connection, name: &str) -> Result<(), Error> {
    let consoles = find_vm(connection, name).await?.graphics_consoles();
    for console in consoles.list().send().await? {
        if *console.try_protocol()? == GraphicsType::Vnc {
            println!("VM {name} already has a VNC console");
            return Ok(());
        }
    }
    consoles.add(GraphicsConsole::new().protocol(GraphicsType::Vnc)).send().await?;
    println!("added a VNC console to VM {name}");
    Ok(())
}

/// Inserts a CD image or ejects the current one. An image is a file name on an ISO domain or the ID of an ISO disk.
pub async fn change_cd(connection: &Connection, name: &str, image: Option<&str>) -> Result<(), Error> {
    let vm = find_vm(connection, name).await?;
    let running = *vm.get().send().await?.try_status()? == VmStatus::Up;
    // An empty file ID ejects the CD.
    let cd = Cdrom::new().file(File::new().id(image.unwrap_or_default()));
    let cdroms = vm.cdroms();
    for cdrom in cdroms.list().send().await? {
        let service = cdroms.cdrom(cdrom.try_id()?);
        // `current` changes the drive of the running VM; the other request changes it from the next start on.
        if running {
            service.update(cd.clone()).current(true).send().await?;
        }
        service.update(cd.clone()).send().await?;
    }
    println!("CD of VM {name}: {}", image.unwrap_or("none"));
    Ok(())
}

async fn find_vm(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}
