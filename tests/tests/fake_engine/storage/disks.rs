//! Disks by themselves and at virtual machines.

use ovirt_sdk::types::{
    Disk, DiskAttachment, DiskFormat, DiskInterface, DiskStatus, DiskStorageType, Host, HostStorage, LogicalUnit,
    NfsVersion, StorageDomain, StorageDomainType, StorageType,
};

use super::{GIB, MINUTE, disk, engine, machine, refusal, wanted};

#[tokio::test]
async fn a_new_disk_is_locked_until_its_storage_is_allocated() {
    let (engine, connection) = engine().await;
    let disks = connection.system().disks();
    let disk = disks.add(wanted("d1", 8)).send().await.unwrap();
    assert_eq!(disk.status, Some(DiskStatus::Locked));
    assert_eq!(disk.alias.as_deref(), Some("d1"));
    let one = disks.disk(disk.try_id().unwrap());
    assert!(refusal(one.remove().send().await).contains("Related operation is currently in progress"));

    engine.advance(MINUTE);
    let disk = one.get().send().await.unwrap();
    assert_eq!(disk.status, Some(DiskStatus::Ok));
    assert_eq!(disk.sparse, Some(true));
    assert!(disk.image_id.is_some() && disk.disk_profile.is_some());

    one.remove().send().await.unwrap();
    assert_eq!(one.get().send().await.unwrap().status, Some(DiskStatus::Locked));
    engine.advance(MINUTE);
    assert!(one.get().send().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_disk_needs_size_format_storage_and_room() {
    let (_engine, connection) = engine().await;
    let disks = connection.system().disks();
    let refused = |disk: Disk| async { refusal(disks.add(disk).send().await) };
    assert!(refused(Disk::new().name("d")).await.contains("provisionedSize, format"));
    assert!(refused(wanted("d", 1).storage_domains(vec![])).await.contains("Storage Domain hasn't been specified"));
    let raw = wanted("d", 100_000).format(DiskFormat::Raw).sparse(false);
    assert!(refused(raw).await.contains("Low disk space on Storage Domain data"));
    assert!(refused(wanted("d", 1).sparse(false)).await.contains("COW Preallocated backup-None"));
    assert!(refused(wanted("d", 1).storage_domains(vec![StorageDomain::with_name("iso")])).await.contains("illegal"));
    assert!(refused(wanted("d", 0)).await.contains("greater than 0"));
}

#[tokio::test]
async fn disks_grow_and_never_shrink() {
    let (engine, connection) = engine().await;
    let made = disk(&engine, &connection, "d1", 8).await;
    let one = connection.system().disks().disk(made.try_id().unwrap());
    let refused = one.update(Disk::new().provisioned_size(4 * GIB)).send().await;
    assert!(refusal(refused).contains("must be larger"));
    let growing = one.update(Disk::new().provisioned_size(16 * GIB).alias("d2")).send().await.unwrap();
    assert_eq!((growing.status, growing.provisioned_size), (Some(DiskStatus::Locked), Some(8 * GIB)));
    assert_eq!(growing.name.as_deref(), Some("d2"));
    engine.advance(MINUTE);
    let grown = one.get().send().await.unwrap();
    assert_eq!((grown.status, grown.provisioned_size), (Some(DiskStatus::Ok), Some(16 * GIB)));
}

#[tokio::test]
async fn disks_are_copied_and_moved_and_their_domains_count_them() {
    let (engine, connection) = engine().await;
    let system = connection.system();
    let storage =
        HostStorage::new().type_(StorageType::Nfs).address("nfs2").path("/data2").nfs_version(NfsVersion::V42);
    let domain = StorageDomain::new().name("data2").type_(StorageDomainType::Data).storage(storage);
    let domain = system.storage_domains().add(domain.host(Host::with_name("host1"))).send().await.unwrap();
    let center = system.data_centers().find("Default").await.unwrap();
    let attached = system.data_centers().data_center(center.try_id().unwrap()).storage_domains();
    attached.add(StorageDomain::with_name("data2")).send().await.unwrap();
    engine.advance(MINUTE);

    let made = system.disks().add(wanted("d1", 8).format(DiskFormat::Raw).sparse(false)).send().await.unwrap();
    engine.advance(MINUTE);
    let one = system.disks().disk(made.try_id().unwrap());
    let target = || StorageDomain::with_name("data2");
    one.copy().storage_domain(target()).disk(Disk::with_name("copy")).send().await.unwrap();
    engine.advance(MINUTE);
    let copy = system.disks().find("copy").await.unwrap();
    assert_eq!(copy.status, Some(DiskStatus::Ok));
    assert_ne!(copy.image_id, made.image_id);

    one.move_().storage_domain(target()).send().await.unwrap();
    assert!(refusal(one.move_().storage_domain(target()).send().await).contains("is being moved or copied"));
    engine.advance(MINUTE);
    let moved = one.get().send().await.unwrap();
    assert_eq!(moved.storage_domains.unwrap()[0].id, domain.id);
    assert!(refusal(one.move_().storage_domain(target()).send().await).contains("are the same"));

    let second = system.storage_domains().storage_domain(domain.try_id().unwrap());
    assert_eq!(second.disks().list().send().await.unwrap().len(), 2);
    let seen = second.get().send().await.unwrap();
    assert_eq!((seen.committed, seen.used), (Some(16 * GIB), Some(17 * GIB)));
    let first = system.storage_domains().find("data").await.unwrap();
    assert_eq!(first.committed, Some(0));
}

#[tokio::test]
async fn attachments_make_disks_or_take_those_that_there_are() {
    let (engine, connection) = engine().await;
    let system = connection.system();
    let one = machine(&engine, &connection, "vm1").await;
    let attachments = one.disk_attachments();
    let of = |disk: Disk, boot: bool| {
        DiskAttachment::new().disk(disk).interface(DiskInterface::Virtio).bootable(boot).active(true)
    };

    let without_interface = attachments.add(DiskAttachment::new().disk(wanted("x", 1))).send().await;
    assert!(refusal(without_interface).contains("Interface is required"));
    let first = attachments.add(of(wanted("boot", 4), true)).send().await.unwrap();
    assert_eq!(first.id, first.disk.as_ref().unwrap().id);
    let again = attachments.add(of(wanted("other", 4), true)).send().await;
    assert!(refusal(again).contains("Disk boot in VM vm1 is already marked as boot"));
    engine.advance(MINUTE);

    let free = disk(&engine, &connection, "free", 2).await;
    let second = attachments.add(of(Disk::with_id(free.try_id().unwrap()), false)).send().await.unwrap();
    assert_eq!(second.id, free.id);
    let again = attachments.add(of(Disk::with_id(free.try_id().unwrap()), false)).send().await;
    assert!(refusal(again).contains("already attached"));

    one.start().send().await.unwrap();
    engine.advance(MINUTE);
    let attachment = attachments.attachment(free.try_id().unwrap());
    assert_eq!(attachment.get().send().await.unwrap().logical_name.as_deref(), Some("/dev/vdb"));
    let disks = system.disks();
    let removal = disks.disk(free.try_id().unwrap()).remove().send().await;
    assert!(refusal(removal).contains("At least one of the VMs is not down."));

    let larger = DiskAttachment::new().disk(Disk::new().provisioned_size(3 * GIB));
    attachment.update(larger).send().await.unwrap();
    engine.advance(MINUTE);
    let grown = disks.disk(free.try_id().unwrap()).get().send().await.unwrap();
    assert_eq!(grown.provisioned_size, Some(3 * GIB));

    attachment.remove().send().await.unwrap();
    assert_eq!(attachments.list().send().await.unwrap().len(), 1);
    assert!(disks.disk(free.try_id().unwrap()).get().send().await.is_ok());
}

#[tokio::test]
async fn luns_are_free_until_somebody_takes_them() {
    let (_engine, connection) = engine().await;
    let system = connection.system();
    let host = system.hosts().find("host1").await.unwrap();
    let host = system.hosts().host(host.try_id().unwrap());
    let seen = host.storage().list().send().await.unwrap();
    let storage = seen.iter().find(|it| it.type_ == Some(StorageType::Fcp)).unwrap();
    let unit = storage.logical_units.as_ref().unwrap()[0].clone();
    assert_eq!(unit.status.as_ref().unwrap().as_str(), "free");
    let id = unit.id.clone().unwrap();

    let lun = || {
        let storage = HostStorage::new().type_(StorageType::Fcp);
        Disk::new().name("lun").lun_storage(storage.logical_units(vec![LogicalUnit::new().id(id.clone())]))
    };
    let disk = system.disks().add(lun()).send().await.unwrap();
    assert_eq!(disk.storage_type, Some(DiskStorageType::Lun));
    assert_eq!((&disk.status, disk.provisioned_size), (&None, None));
    assert_eq!(disk.lun_storage.as_ref().unwrap().logical_units.as_ref().unwrap()[0].size, unit.size);
    assert!(refusal(system.disks().add(lun()).send().await).contains("used by another disk"));
    let seen = host.storage().storage(&id).get().send().await.unwrap();
    let unit = &seen.logical_units.as_ref().unwrap()[0];
    assert_eq!((unit.status.as_ref().unwrap().as_str(), &unit.disk_id), ("used", &disk.id));
    system.disks().disk(disk.try_id().unwrap()).remove().send().await.unwrap();
}
