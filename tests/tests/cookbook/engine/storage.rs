//! Disks, storage domains, image repositories and quotas.

use std::time::Duration;

use ovirt_sdk::types::{Disk, DiskFormat, LogicalUnit, StorageDomain, StorageDomainStatus, StorageDomainType};

use super::{add_vm, find_vm, start_engine, start_engine_with_speed};
use crate::{data_centers, disk_images, disks, glance, image, storage_domains, vm_disks};

#[tokio::test]
async fn vm_disks() {
    let (_engine, connection) = start_engine().await;
    add_vm(&connection, "web1").await;
    disks::add(&connection, "data1", "data").await.unwrap();
    vm_disks::attach(&connection, "web1", "data1").await.unwrap();
    vm_disks::list(&connection, "web1").await.unwrap();
    vm_disks::extend(&connection, "web1", "data1", 2).await.unwrap();
    assert_eq!(connection.system().disks().find("data1").await.unwrap().provisioned_size, Some(3 << 30));
    let attachments = find_vm(&connection, "web1").await.disk_attachments();
    vm_disks::deactivate(&connection, "web1", "data1").await.unwrap();
    assert_eq!(attachments.list().send().await.unwrap()[0].active, Some(false));
    vm_disks::detach(&connection, "web1", "data1").await.unwrap();
    assert!(attachments.list().send().await.unwrap().is_empty());
    vm_disks::create(&connection, "web1", "data2", "data").await.unwrap();
    assert_eq!(attachments.list().send().await.unwrap().len(), 1);
}

#[tokio::test]
async fn floating_disks() {
    let (engine, connection) = start_engine().await;
    disks::add(&connection, "data1", "data").await.unwrap();
    let export = "nfs.example.com:/exports/data2";
    storage_domains::add_nfs(&connection, "data2", StorageDomainType::Data, export).await.unwrap();
    storage_domains::attach(&connection, "data2").await.unwrap();
    disks::move_disk(&connection, "data1", "data2").await.unwrap();
    disks::copy(&connection, "data1", "data1-copy", "data").await.unwrap();
    disks::convert(&connection, "data1-copy").await.unwrap();
    let copy = connection.system().disks().find("data1-copy").await.unwrap();
    assert_eq!(copy.format, Some(DiskFormat::Raw));
    // The engine sparsifies only thin disks in the raw format.
    let refused = disks::sparsify(&connection, "data1").await.unwrap_err();
    assert!(refused.to_string().contains("Sparsifying is not supported for QCOW2 disk data1."), "{refused}");
    let domain = StorageDomain::with_name("data");
    let thin = Disk::new().name("thin").format(DiskFormat::Raw).sparse(true).provisioned_size(1 << 30);
    let thin = connection.create(thin.storage_domains([domain])).await.unwrap();
    connection.of(&thin).unwrap().wait_until_ok().await.unwrap();
    disks::sparsify(&connection, "thin").await.unwrap();
    disks::list_snapshots(&connection, "data").await.unwrap();

    let batch = || connection.system().disks().list().search("description=batch-7").send();
    disks::add_many(&connection, "batch-7", "data", 5).await.unwrap();
    assert_eq!(batch().await.unwrap().len(), 5);
    disks::remove_many(&connection, "batch-7").await.unwrap();
    engine.advance(Duration::from_secs(60));
    assert!(batch().await.unwrap().is_empty());
}

#[tokio::test]
async fn storage_domains() {
    let (_engine, connection) = start_engine().await;
    let export = "nfs.example.com:/exports/data2";
    storage_domains::add_nfs(&connection, "data2", StorageDomainType::Data, export).await.unwrap();
    storage_domains::attach(&connection, "data2").await.unwrap();
    storage_domains::list(&connection, None).await.unwrap();
    storage_domains::list(&connection, Some("name=data*")).await.unwrap();
    storage_domains::set_master(&connection, "data2").await.unwrap();
    let domains = connection.system().storage_domains();
    assert_eq!(domains.find("data2").await.unwrap().master, Some(true));
    storage_domains::set_master(&connection, "data").await.unwrap();
    storage_domains::enter_maintenance(&connection, "data2").await.unwrap();
    storage_domains::activate(&connection, "data2").await.unwrap();
    data_centers::set_storage_limit(&connection, "Default", "web", 10).await.unwrap();
    data_centers::set_storage_limit(&connection, "Default", "web", 20).await.unwrap();
    let data_centers = connection.system().data_centers();
    let data_center = data_centers.find("Default").await.unwrap();
    let quotas = data_centers.data_center(data_center.try_id().unwrap()).quotas();
    let quota = quotas.find("web").await.unwrap();
    let limits = quotas.quota(quota.try_id().unwrap()).quota_storage_limits().list().send().await.unwrap();
    assert_eq!(limits.iter().map(|limit| limit.limit).collect::<Vec<_>>(), [Some(20)]);
}

#[tokio::test]
async fn iscsi_storage() {
    let (_engine, connection) = start_engine().await;
    add_vm(&connection, "web1").await;
    let hosts = connection.system().hosts();
    let host = hosts.find("host1").await.unwrap();
    let storage = hosts.host(host.try_id().unwrap()).storage().list().send().await.unwrap();
    let units: Vec<LogicalUnit> = storage.into_iter().flat_map(|it| it.logical_units.unwrap_or_default()).collect();
    let lun = |index: usize| {
        let unit = &units[index];
        (unit.try_address().unwrap(), unit.try_target().unwrap(), unit.try_id().unwrap())
    };
    let (server, target, id) = lun(0);
    vm_disks::attach_lun(&connection, "web1", server, target, id).await.unwrap();
    let (server, target, id) = lun(1);
    storage_domains::add_iscsi(&connection, "data3", server, target, id).await.unwrap();
    storage_domains::attach(&connection, "data3").await.unwrap();
    let domain = connection.system().storage_domains().find("data3").await.unwrap();
    assert_ne!(domain.status, Some(StorageDomainStatus::Unattached));
    disks::add(&connection, "data1", "data3").await.unwrap();
    disks::reduce(&connection, "data1").await.unwrap();
}

#[tokio::test]
async fn image_repositories() {
    let (_engine, connection) = start_engine().await;
    let repository = "ovirt-image-repository";
    glance::add(&connection, "my-images", "https://glance.example.com:9292").await.unwrap();
    glance::list(&connection, repository).await.unwrap();
    let domains = connection.system().storage_domains();
    let domain = domains.find(repository).await.unwrap();
    let images = domains.storage_domain(domain.try_id().unwrap()).images().list().send().await.unwrap();
    let image = images[0].try_name().unwrap();
    glance::import_template(&connection, repository, image, "fedora", "data").await.unwrap();
    glance::import_disk(&connection, repository, image, "fedora-disk", "data").await.unwrap();
    assert!(connection.system().templates().find("fedora").await.is_ok());
    assert!(connection.system().disks().find("fedora-disk").await.is_ok());
}

#[tokio::test]
async fn image_upload_and_download() {
    // At a higher speed, the inactivity timeout of 60 s would end the transfer.
    let (_engine, connection) = start_engine_with_speed(10.0).await;
    let folder = tempfile::tempdir().unwrap();
    let (raw, copy) = (folder.path().join("image.raw"), folder.path().join("copy.raw"));
    let content: Vec<u8> = (0..9_u32 << 20).map(|index| index.to_le_bytes()[1]).collect();
    std::fs::write(&raw, &content).unwrap();

    disk_images::upload(&connection, "data1", &raw, "data").await.unwrap();
    disk_images::download(&connection, "data1", &copy).await.unwrap();
    assert!(std::fs::read(&copy).unwrap() == content, "the downloaded image differs");
    disk_images::checksum(&connection, "data1").await.unwrap();
    disk_images::list_transfers(&connection).await.unwrap();
    image::download(&connection, "data1", &folder.path().join("copy.qcow2")).await.unwrap();
    image::upload(&connection, &folder.path().join("copy.qcow2"), "data2", "data").await.unwrap();
    assert!(!folder.path().join("copy.qcow2.upload").exists(), "the state of an upload is removed");
}
