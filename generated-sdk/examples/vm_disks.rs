//! Disks of a virtual machine: which there are, more room in one, a LUN as a disk, plugging and unplugging, detaching.
//! `add_disk_and_nic` makes a new one.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_disks -- list web1
//! cargo run --example vm_disks -- attach web1 data1
//! cargo run --example vm_disks -- extend web1 data1 20
//! cargo run --example vm_disks -- unplug web1 data1
//! cargo run --example vm_disks -- detach web1 data1
//! cargo run --example vm_disks -- lun web1 iscsi.example.com iqn.2026-01.com.example:web 36001405b
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Disk, DiskAttachment, DiskInterface, DiskStatus, HostStorage, LogicalUnit, StorageType, Vm};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, vm) = (word("list"), word("example"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "list" => list(&connection, &vm).await,
        "attach" => attach(&connection, &vm, &word("example-data")).await,
        "extend" => {
            let (disk, more) = (word("example-data"), word("1"));
            extend(&connection, &vm, &disk, more.parse().unwrap_or(1), PAUSE).await
        }
        "unplug" => unplug(&connection, &vm, &word("example-data")).await,
        "detach" => detach(&connection, &vm, &word("example-data")).await,
        "lun" => attach_lun(&connection, &vm, &word("iscsi.example.com"), &word(""), &word("")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// Lists the disks of a machine.
pub async fn list(connection: &Connection, vm: &str) -> Result<(), Error> {
    let attachments = find(connection, vm).await?.disk_attachments();
    for attachment in attachments.list().follow("disk").send().await? {
        let disk = attachment.try_disk()?;
        let size = disk.provisioned_size.unwrap_or_default() >> 30;
        println!("{} has {size} GiB behind {}", disk.try_name()?, attachment.try_interface()?);
    }
    Ok(())
}

/// Attaches a disk that is there.
pub async fn attach(connection: &Connection, vm: &str, disk: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let attachment = DiskAttachment::new()
        .disk(Disk::with_id(disk.try_id()?))
        .interface(DiskInterface::VirtioScsi)
        .bootable(false)
        .active(true);
    find(connection, vm).await?.disk_attachments().add(attachment).send().await?;
    println!("{vm} has the disk {}", disk.try_name()?);
    Ok(())
}

/// Makes a disk larger by so many GiB, also while the machine runs.
pub async fn extend(connection: &Connection, vm: &str, disk: &str, more: i64, pause: Duration) -> Result<(), Error> {
    let disks = connection.system().disks();
    let disk = disks.find(disk).await?;
    let size = disk.try_provisioned_size()? + (more << 30);
    // An attachment has the identifier of its disk.
    let attachment = find(connection, vm).await?.disk_attachments().attachment(disk.try_id()?);
    attachment.update(DiskAttachment::new().disk(Disk::new().provisioned_size(size))).send().await?;
    let service = disks.disk(disk.try_id()?);
    while *service.get().send().await?.try_status()? != DiskStatus::Ok {
        tokio::time::sleep(pause).await;
    }
    println!("{} has {} GiB", disk.try_name()?, size >> 30);
    Ok(())
}

/// Unplugs a disk, which stays attached.
pub async fn unplug(connection: &Connection, vm: &str, disk: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let attachment = find(connection, vm).await?.disk_attachments().attachment(disk.try_id()?);
    attachment.update(DiskAttachment::new().active(false)).send().await?;
    println!("{} is not plugged in", disk.try_name()?);
    Ok(())
}

/// Detaches a disk, which is kept.
pub async fn detach(connection: &Connection, vm: &str, disk: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let attachment = find(connection, vm).await?.disk_attachments().attachment(disk.try_id()?);
    attachment.remove().detach_only(true).send().await?;
    println!("{} belongs to no machine now", disk.try_name()?);
    Ok(())
}

/// Gives a LUN of an iSCSI server to the machine, directly.
pub async fn attach_lun(connection: &Connection, vm: &str, server: &str, target: &str, lun: &str) -> Result<(), Error> {
    let unit = LogicalUnit::new().id(lun).address(server).port(3260).target(target);
    let storage = HostStorage::new().type_(StorageType::Iscsi).logical_units([unit]);
    let disk = Disk::new().name(format!("{vm}-lun")).lun_storage(storage);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(false).active(true);
    let attachment = find(connection, vm).await?.disk_attachments().add(attachment).send().await?;
    println!("the LUN is the disk {}", attachment.try_id()?);
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm: Vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}
