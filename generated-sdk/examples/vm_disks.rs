//! Disks of a virtual machine: list, create, attach, extend, deactivate, detach, attach a LUN.
//!
//! ```sh
//! cargo run --example vm_disks -- list web1
//! cargo run --example vm_disks -- create web1 data1 data
//! cargo run --example vm_disks -- attach web1 data1
//! cargo run --example vm_disks -- extend web1 data1 20
//! cargo run --example vm_disks -- deactivate web1 data1
//! cargo run --example vm_disks -- detach web1 data1
//! cargo run --example vm_disks -- attach-lun web1 iscsi.example.com iqn.2026-01.com.example:web 36001405b
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::services::DiskAttachmentService;
use ovirt_sdk::types::{
    Disk, DiskAttachment, DiskFormat, DiskInterface, HostStorage, LogicalUnit, StorageDomain, StorageType,
};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["list", vm] => list(connection, vm).await,
        ["create", vm, disk, storage_domain] => create(connection, vm, disk, storage_domain).await,
        ["attach", vm, disk] => attach(connection, vm, disk).await,
        ["extend", vm, disk, size] => extend(connection, vm, disk, size.parse().map_err(Error::custom)?).await,
        ["deactivate", vm, disk] => deactivate(connection, vm, disk).await,
        ["detach", vm, disk] => detach(connection, vm, disk).await,
        ["attach-lun", vm, server, target, lun] => attach_lun(connection, vm, server, target, lun).await,
        _ => common::usage(include_str!("vm_disks.rs")),
    })
}

/// Lists the disks of a virtual machine.
pub async fn list(connection: &Connection, vm: &str) -> Result<(), Error> {
    let attachments = connection.system().vms().find_service(vm).await?.disk_attachments();
    for attachment in attachments.list().follow(DiskAttachment::DISK).send().await? {
        let disk = DiskAttachment::DISK.of(&attachment)?;
        let size = disk.provisioned_size.unwrap_or_default() >> 30;
        println!("{}: {size} GiB, {}", disk.try_name()?, attachment.try_interface()?);
    }
    Ok(())
}

/// Creates a disk for a virtual machine.
pub async fn create(connection: &Connection, vm: &str, name: &str, storage_domain: &str) -> Result<(), Error> {
    let disk = Disk::new().name(name).format(DiskFormat::Cow).provisioned_size(10 << 30);
    let attachment = add(connection, vm, disk.storage_domains([StorageDomain::with_name(storage_domain)])).await?;
    // The engine responds before it has created the disk, which has the ID of its attachment.
    connection.system().disks().disk(attachment.try_id()?).wait_until_ok().await?;
    Ok(())
}

/// Attaches an existing disk.
pub async fn attach(connection: &Connection, vm: &str, disk: &str) -> Result<(), Error> {
    let disk = Disk::with_id(connection.system().disks().find(disk).await?.try_id()?);
    add(connection, vm, disk).await.map(drop)
}

/// Attaches an iSCSI LUN directly, without a storage domain.
pub async fn attach_lun(connection: &Connection, vm: &str, server: &str, target: &str, lun: &str) -> Result<(), Error> {
    let lun = LogicalUnit::new().id(lun).address(server).port(3260).target(target);
    let storage = HostStorage::new().type_(StorageType::Iscsi).logical_units([lun]);
    add(connection, vm, Disk::new().name(format!("{vm}-lun")).lun_storage(storage)).await.map(drop)
}

async fn add(connection: &Connection, vm: &str, disk: Disk) -> Result<DiskAttachment, Error> {
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(false).active(true);
    connection.system().vms().find_service(vm).await?.disk_attachments().add(attachment).send().await
}

/// Extends a disk. This also works while the virtual machine runs.
pub async fn extend(connection: &Connection, vm: &str, disk: &str, gibibytes: i64) -> Result<(), Error> {
    let found = connection.system().disks().find(disk).await?;
    let size = found.try_provisioned_size()? + (gibibytes << 30);
    let attachment = find_attachment(connection, vm, disk).await?;
    attachment.update(DiskAttachment::new().disk(Disk::new().provisioned_size(size))).send().await?;
    connection.of(&found)?.wait_until_ok().await?;
    println!("extended disk {disk} to {} GiB", size >> 30);
    Ok(())
}

/// Deactivates (hot-unplugs) a disk. It stays attached.
pub async fn deactivate(connection: &Connection, vm: &str, disk: &str) -> Result<(), Error> {
    find_attachment(connection, vm, disk).await?.update(DiskAttachment::new().active(false)).send().await?;
    Ok(())
}

/// Detaches a disk without removing it.
pub async fn detach(connection: &Connection, vm: &str, disk: &str) -> Result<(), Error> {
    find_attachment(connection, vm, disk).await?.remove().detach_only(true).send().await?;
    Ok(())
}

/// A disk attachment has the ID of its disk.
async fn find_attachment(connection: &Connection, vm: &str, disk: &str) -> Result<DiskAttachmentService, Error> {
    let disk = connection.system().disks().find(disk).await?;
    Ok(connection.system().vms().find_service(vm).await?.disk_attachments().attachment(disk.try_id()?))
}
