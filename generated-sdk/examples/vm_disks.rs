//! Disks of a virtual machine: list, attach, extend, deactivate, detach, attach a LUN.
//!
//! `add_disk_and_nic` creates a new disk.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_disks -- list web1
//! cargo run --example vm_disks -- attach web1 data1
//! cargo run --example vm_disks -- extend web1 data1 20
//! cargo run --example vm_disks -- deactivate web1 data1
//! cargo run --example vm_disks -- detach web1 data1
//! cargo run --example vm_disks -- attach-lun web1 iscsi.example.com iqn.2026-01.com.example:web 36001405b
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Disk, DiskAttachment, DiskInterface, HostStorage, LogicalUnit, StorageType};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["list", vm] => list(&connection, vm).await,
        ["attach", vm, disk] => attach(&connection, vm, disk).await,
        ["extend", vm, disk, gibibytes] => {
            let gibibytes = gibibytes.parse().unwrap_or_else(|_| usage());
            extend(&connection, vm, disk, gibibytes, POLL_INTERVAL).await
        }
        ["deactivate", vm, disk] => deactivate(&connection, vm, disk).await,
        ["detach", vm, disk] => detach(&connection, vm, disk).await,
        ["attach-lun", vm, server, target, lun] => attach_lun(&connection, vm, server, target, lun).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_disks list VM
       vm_disks attach VM DISK
       vm_disks extend VM DISK GIB
       vm_disks deactivate VM DISK
       vm_disks detach VM DISK
       vm_disks attach-lun VM SERVER TARGET LUN_ID"
    );
    std::process::exit(2)
}

/// Lists the disks of a virtual machine.
pub async fn list(connection: &Connection, vm: &str) -> Result<(), Error> {
    let attachments = find_vm(connection, vm).await?.disk_attachments();
    for attachment in attachments.list().follow(DiskAttachment::DISK).send().await? {
        let disk = attachment.try_disk()?;
        let size = disk.provisioned_size.unwrap_or_default() >> 30;
        println!("{}: {size} GiB, {}", disk.try_name()?, attachment.try_interface()?);
    }
    Ok(())
}

/// Attaches an existing disk.
pub async fn attach(connection: &Connection, vm: &str, disk: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let attachment = DiskAttachment::new()
        .disk(Disk::with_id(disk.try_id()?))
        .interface(DiskInterface::VirtioScsi)
        .bootable(false)
        .active(true);
    find_vm(connection, vm).await?.disk_attachments().add(attachment).send().await?;
    println!("attached disk {} to VM {vm}", disk.try_name()?);
    Ok(())
}

/// Extends a disk. This also works while the virtual machine runs.
pub async fn extend(
    connection: &Connection,
    vm: &str,
    disk: &str,
    gibibytes: i64,
    interval: Duration,
) -> Result<(), Error> {
    let disks = connection.system().disks();
    let disk = disks.find(disk).await?;
    let size = disk.try_provisioned_size()? + (gibibytes << 30);
    // A disk attachment has the same ID as its disk.
    let attachment = find_vm(connection, vm).await?.disk_attachments().attachment(disk.try_id()?);
    attachment.update(DiskAttachment::new().disk(Disk::new().provisioned_size(size))).send().await?;
    disks.disk(disk.try_id()?).wait_until_ok().interval(interval).await?;
    println!("extended disk {} to {} GiB", disk.try_name()?, size >> 30);
    Ok(())
}

/// Deactivates (hot-unplugs) a disk. It stays attached.
pub async fn deactivate(connection: &Connection, vm: &str, disk: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let attachment = find_vm(connection, vm).await?.disk_attachments().attachment(disk.try_id()?);
    attachment.update(DiskAttachment::new().active(false)).send().await?;
    println!("deactivated disk {}", disk.try_name()?);
    Ok(())
}

/// Detaches a disk without removing it.
pub async fn detach(connection: &Connection, vm: &str, disk: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let attachment = find_vm(connection, vm).await?.disk_attachments().attachment(disk.try_id()?);
    attachment.remove().detach_only(true).send().await?;
    println!("detached disk {}", disk.try_name()?);
    Ok(())
}

/// Attaches an iSCSI LUN directly, without a storage domain.
pub async fn attach_lun(connection: &Connection, vm: &str, server: &str, target: &str, lun: &str) -> Result<(), Error> {
    let lun = LogicalUnit::new().id(lun).address(server).port(3260).target(target);
    let storage = HostStorage::new().type_(StorageType::Iscsi).logical_units([lun]);
    let disk = Disk::new().name(format!("{vm}-lun")).lun_storage(storage);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(false).active(true);
    let attachment = find_vm(connection, vm).await?.disk_attachments().add(attachment).send().await?;
    println!("attached the LUN as disk {}", attachment.try_id()?);
    Ok(())
}

async fn find_vm(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}
