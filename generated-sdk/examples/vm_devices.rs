//! Consoles and the CD drive of a virtual machine: a password for a console, a file for `remote-viewer`, a VNC console
//! where there is none, another disc.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_devices -- ticket web1
//! cargo run --example vm_devices -- viewer web1 > web1.vv
//! cargo run --example vm_devices -- vnc web1
//! cargo run --example vm_devices -- insert web1 install.iso
//! cargo run --example vm_devices -- eject web1
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cdrom, File, GraphicsConsole, GraphicsType, Ticket, VmStatus};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, name) = (word("ticket"), word("example"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "ticket" => ticket(&connection, &name).await,
        "viewer" => viewer(&connection, &name).await,
        "vnc" => add_vnc(&connection, &name).await,
        "insert" => change_disc(&connection, &name, &word("install.iso")).await,
        "eject" => change_disc(&connection, &name, "").await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// Where each console of a running machine is, and a password for it that holds for two minutes.
pub async fn ticket(connection: &Connection, name: &str) -> Result<(), Error> {
    let consoles = find(connection, name).await?.graphics_consoles();
    for console in consoles.list().current(true).send().await? {
        let service = consoles.console(console.try_id()?);
        let ticket = service.ticket().ticket(Ticket::new().expiry(120)).send().await?;
        let port = console.tls_port.or(console.port).unwrap_or_default();
        println!("{} at {}:{port}", console.try_protocol()?, console.try_address()?);
        println!("password: {}", ticket.try_value()?);
    }
    Ok(())
}

/// What `remote-viewer` needs, password included.
pub async fn viewer(connection: &Connection, name: &str) -> Result<(), Error> {
    let consoles = find(connection, name).await?.graphics_consoles();
    let list = consoles.list().current(true).send().await?;
    let console = list.first().ok_or_else(|| Error::custom(format!("{name} has no console now")))?;
    let file = consoles.console(console.try_id()?).remote_viewer_connection_file().send().await?;
    println!("{file}");
    Ok(())
}

/// Adds a VNC console to a machine that has none.
pub async fn add_vnc(connection: &Connection, name: &str) -> Result<(), Error> {
    let consoles = find(connection, name).await?.graphics_consoles();
    for console in consoles.list().send().await? {
        if *console.try_protocol()? == GraphicsType::Vnc {
            println!("{name} has a VNC console already");
            return Ok(());
        }
    }
    consoles.add(GraphicsConsole::new().protocol(GraphicsType::Vnc)).send().await?;
    println!("{name} has a VNC console now");
    Ok(())
}

/// Puts another disc into the drive, or none: the image is a file of an ISO domain, or the identifier of an ISO disk.
pub async fn change_disc(connection: &Connection, name: &str, image: &str) -> Result<(), Error> {
    let vm = find(connection, name).await?;
    let runs = *vm.get().send().await?.try_status()? == VmStatus::Up;
    let cdroms = vm.cdroms();
    for drive in cdroms.list().send().await? {
        let drive = cdroms.cdrom(drive.try_id()?);
        let disc = Cdrom::new().file(File::new().id(image));
        // What the guest sees and what the next start brings are changed apart.
        if runs {
            drive.update(disc.clone()).current(true).send().await?;
        }
        drive.update(disc).send().await?;
    }
    println!("the drive of {name} has {}", if image.is_empty() { "no disc" } else { image });
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}
