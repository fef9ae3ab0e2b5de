//! Disks, storage domains, image repositories, quotas.

use ovirt_sdk::types::{DiskFormat, LogicalUnit, StorageDomainStatus, StorageDomainType};

use super::{PAUSE, add_vm, service_of, started, started_with};
use crate::{add_disk_and_nic, data_centers, disk_images, disks, glance, storage_domains, vm_disks};

#[tokio::test]
async fn disks_of_a_machine() {
    let (_engine, connection) = started().await;
    add_vm(&connection, "web1").await;
    disks::add(&connection, "data1", "data", PAUSE).await.unwrap();
    vm_disks::attach(&connection, "web1", "data1").await.unwrap();
    vm_disks::list(&connection, "web1").await.unwrap();
    vm_disks::extend(&connection, "web1", "data1", 2, PAUSE).await.unwrap();
    assert_eq!(connection.system().disks().find("data1").await.unwrap().provisioned_size, Some(3 << 30));
    let attachments = service_of(&connection, "web1").await.disk_attachments();
    vm_disks::unplug(&connection, "web1", "data1").await.unwrap();
    assert_eq!(attachments.list().send().await.unwrap()[0].active, Some(false));
    vm_disks::detach(&connection, "web1", "data1").await.unwrap();
    assert!(attachments.list().send().await.unwrap().is_empty());
}

#[tokio::test]
async fn disks_that_belong_to_no_machine() {
    let (_engine, connection) = started().await;
    disks::add(&connection, "data1", "data", PAUSE).await.unwrap();
    let place = "nfs.example.com:/exports/data2";
    storage_domains::add_nfs(&connection, "data2", StorageDomainType::Data, place).await.unwrap();
    storage_domains::attach(&connection, "data2", PAUSE).await.unwrap();
    disks::move_to(&connection, "data1", "data2", PAUSE).await.unwrap();
    disks::copy(&connection, "data1", "data1-copy", "data", PAUSE).await.unwrap();
    disks::convert(&connection, "data1-copy", PAUSE).await.unwrap();
    let copy = connection.system().disks().find("data1-copy").await.unwrap();
    assert_eq!(copy.format, Some(DiskFormat::Raw));
    disks::sparsify(&connection, "data1", PAUSE).await.unwrap();
    disks::layers(&connection, "data").await.unwrap();

    let batch = || connection.system().disks().list().search("description=batch-7").send();
    disks::add_many(&connection, "batch-7", "data", 5, PAUSE).await.unwrap();
    assert_eq!(batch().await.unwrap().len(), 5);
    disks::remove_many(&connection, "batch-7").await.unwrap();
    while !batch().await.unwrap().is_empty() {
        tokio::time::sleep(PAUSE).await;
    }
}

#[tokio::test]
async fn storage_domains_come_and_rest() {
    let (_engine, connection) = started().await;
    let place = "nfs.example.com:/exports/data2";
    storage_domains::add_nfs(&connection, "data2", StorageDomainType::Data, place).await.unwrap();
    storage_domains::attach(&connection, "data2", PAUSE).await.unwrap();
    storage_domains::list(&connection, "").await.unwrap();
    storage_domains::list(&connection, "name=data*").await.unwrap();
    storage_domains::make_master(&connection, "data2").await.unwrap();
    let domains = connection.system().storage_domains();
    assert_eq!(domains.find("data2").await.unwrap().master, Some(true));
    storage_domains::make_master(&connection, "data").await.unwrap();
    storage_domains::maintenance(&connection, "data2", PAUSE).await.unwrap();
    storage_domains::activate(&connection, "data2", PAUSE).await.unwrap();
    data_centers::limit(&connection, "Default", "web", "data", 10).await.unwrap();
    data_centers::limit(&connection, "Default", "web", "data", 20).await.unwrap();
    let centers = connection.system().data_centers();
    let center = centers.find("Default").await.unwrap();
    let quotas = centers.data_center(center.try_id().unwrap()).quotas();
    let quota = quotas.find("web").await.unwrap();
    let limits = quotas.quota(quota.try_id().unwrap()).quota_storage_limits().list().send().await.unwrap();
    assert_eq!(limits.iter().map(|limit| limit.limit).collect::<Vec<_>>(), [Some(20)]);
}

#[tokio::test]
async fn storage_on_blocks() {
    let (_engine, connection) = started().await;
    add_vm(&connection, "web1").await;
    let hosts = connection.system().hosts();
    let host = hosts.find("host1").await.unwrap();
    let storages = hosts.host(host.try_id().unwrap()).storage().list().send().await.unwrap();
    let units: Vec<LogicalUnit> = storages.into_iter().flat_map(|it| it.logical_units.unwrap_or_default()).collect();
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    let (server, target) = (part(&units[0].address), part(&units[0].target));
    vm_disks::attach_lun(&connection, "web1", &server, &target, &part(&units[0].id)).await.unwrap();
    let (server, target) = (part(&units[1].address), part(&units[1].target));
    storage_domains::add_iscsi(&connection, "data3", &server, &target, &part(&units[1].id)).await.unwrap();
    storage_domains::attach(&connection, "data3", PAUSE).await.unwrap();
    let domain = connection.system().storage_domains().find("data3").await.unwrap();
    assert_ne!(domain.status, Some(StorageDomainStatus::Unattached));
    disks::add(&connection, "data1", "data3", PAUSE).await.unwrap();
    disks::reduce(&connection, "data1", PAUSE).await.unwrap();
}

#[tokio::test]
async fn images_of_repositories() {
    let (_engine, connection) = started().await;
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
async fn an_image_goes_up_and_comes_down() {
    // A transfer ends after a minute in which nothing happens.
    let (engine, connection) = started_with(10.0).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let authority = reqwest::Certificate::from_pem(engine.ca_pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_merge([authority]).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (image, copy) = (folder.path().join("image.raw"), folder.path().join("copy.raw"));
    let content: Vec<u8> = (0..9_u32 << 20).map(|index| index.to_le_bytes()[1]).collect();
    std::fs::write(&image, &content).unwrap();

    disk_images::upload(&connection, &client, "data1", &image, "data", PAUSE).await.unwrap();
    disk_images::download(&connection, &client, "data1", &copy, PAUSE).await.unwrap();
    assert!(std::fs::read(&copy).unwrap() == content, "the copy is another");
    disk_images::list(&connection).await.unwrap();
}

#[tokio::test]
async fn a_disk_and_a_nic_are_added() {
    let (_engine, connection) = started().await;
    add_vm(&connection, "web1").await;
    add_disk_and_nic::run(&connection, "web1", "data", "ovirtmgmt", PAUSE).await.unwrap();
    let service = service_of(&connection, "web1").await;
    assert_eq!(service.nics().list().send().await.unwrap().len(), 1);
    assert_eq!(service.disk_attachments().list().send().await.unwrap().len(), 1);
}
