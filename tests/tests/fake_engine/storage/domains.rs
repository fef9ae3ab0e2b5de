//! Storage domains and the data centers that they work for.

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Connection;
use ovirt_sdk::services::{AttachedStorageDomainService, AttachedStorageDomainsService};
use ovirt_sdk::types::{
    Cluster, DataCenterStatus, Disk, DiskAttachment, DiskFormat, DiskInterface, Host, HostStorage, IscsiBond,
    IscsiDetails, LogicalUnit, StorageConnection, StorageDomain, StorageDomainStatus, StorageDomainType, StorageType,
};

use super::{GIB, MINUTE, disk, engine, machine, refusal};

fn nfs(name: &str) -> StorageDomain {
    let storage =
        HostStorage::new().type_(StorageType::Nfs).address("nfs.example.com").path(format!("/exports/{name}"));
    let domain = StorageDomain::new().name(name).type_(StorageDomainType::Data).storage(storage);
    domain.host(Host::with_name("host1"))
}

async fn center(connection: &Connection) -> (String, Option<DataCenterStatus>) {
    let center = connection.system().data_centers().find("Default").await.unwrap();
    (center.id.clone().unwrap(), center.status)
}

/// The domains that are attached to the data center.
async fn domains_of_center(connection: &Connection) -> AttachedStorageDomainsService {
    let (id, _) = center(connection).await;
    connection.system().data_centers().data_center(&id).storage_domains()
}

/// Another domain, attached to the data center: by itself, and where it is attached.
async fn attached(engine: &FakeEngine, connection: &Connection) -> (StorageDomain, AttachedStorageDomainService) {
    let system = connection.system();
    let all = domains_of_center(connection).await;
    let domain = system.storage_domains().add(nfs("more")).send().await.unwrap();
    all.add(StorageDomain::with_name("more")).send().await.unwrap();
    engine.advance(MINUTE);
    let here = all.storage_domain(domain.try_id().unwrap());
    (domain, here)
}

/// Takes a domain away from its data center.
async fn detach(engine: &FakeEngine, here: &AttachedStorageDomainService) {
    here.deactivate().send().await.unwrap();
    engine.advance(MINUTE);
    here.remove().send().await.unwrap();
}

#[tokio::test]
async fn what_an_engine_begins_with() {
    let (_engine, connection) = engine().await;
    let system = connection.system();
    let all = system.storage_domains().list().send().await.unwrap();
    let names: Vec<&str> = all.iter().filter_map(|domain| domain.name.as_deref()).collect();
    assert_eq!(names, ["data", "export", "iso", "ovirt-image-repository"]);
    // The state is told where the domain is attached, and otherwise only that it is not.
    assert!(all.iter().all(|it| it.status.is_none() || it.status == Some(StorageDomainStatus::Unattached)));
    let (id, status) = center(&connection).await;
    assert_eq!(status, Some(DataCenterStatus::Up));
    let attached = system.data_centers().data_center(&id).storage_domains().list().send().await.unwrap();
    assert_eq!(attached.len(), 3);
    for domain in &attached {
        assert_eq!(domain.status, Some(StorageDomainStatus::Active));
        assert!(domain.href.as_ref().unwrap().contains(&format!("/datacenters/{id}/storagedomains/")));
    }
    let iso = all.iter().find(|it| it.name.as_deref() == Some("iso")).unwrap();
    let files = system.storage_domains().storage_domain(iso.try_id().unwrap()).files().list().send().await.unwrap();
    assert!(files.iter().all(|file| file.id == file.name && file.name.as_ref().unwrap().ends_with(".iso")));
    assert!(!files.is_empty());
}

#[tokio::test]
async fn a_domain_is_attached_and_works_until_it_is_taken_away() {
    let (engine, connection) = engine().await;
    let system = connection.system();
    let domains = system.storage_domains();
    let made = domains.add(nfs("more")).send().await.unwrap();
    assert_eq!(made.status, Some(StorageDomainStatus::Unattached));
    let mut elsewhere = nfs("other");
    elsewhere.name = Some("more".to_owned());
    assert!(refusal(domains.add(elsewhere).send().await).contains("name is already in use"));
    let mut twin = nfs("more");
    twin.name = Some("twin".to_owned());
    assert!(refusal(domains.add(twin).send().await).contains("already exists for more"));
    let one = domains.storage_domain(made.try_id().unwrap());
    assert_eq!(one.storage_connections().list().send().await.unwrap().len(), 1);

    let (id, _) = center(&connection).await;
    let attached = system.data_centers().data_center(&id).storage_domains();
    let begun = attached.add(StorageDomain::with_id(made.try_id().unwrap())).send().await.unwrap();
    assert_eq!(begun.status, Some(StorageDomainStatus::Active));
    let here = attached.storage_domain(made.try_id().unwrap());
    assert_eq!(here.get().send().await.unwrap().status, Some(StorageDomainStatus::Active));
    assert!(refusal(here.remove().send().await).contains("status is Active"));
    assert!(refusal(one.remove().host("host1").send().await).contains("Storage Domain is inaccessible"));
    assert!(refusal(here.activate().send().await).contains("status is Active"));

    here.deactivate().send().await.unwrap();
    assert_eq!(here.get().send().await.unwrap().status, Some(StorageDomainStatus::PreparingForMaintenance));
    engine.advance(MINUTE);
    assert_eq!(here.get().send().await.unwrap().status, Some(StorageDomainStatus::Maintenance));
    here.activate().send().await.unwrap();
    engine.advance(MINUTE);
    here.deactivate().send().await.unwrap();
    engine.advance(MINUTE);
    here.remove().send().await.unwrap();
    assert_eq!(one.get().send().await.unwrap().status, Some(StorageDomainStatus::Unattached));
    assert!(refusal(one.remove().send().await).contains("host"));
    one.remove().host("host1").format(true).send().await.unwrap();
    assert!(one.get().send().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn the_data_center_follows_its_master() {
    let (engine, connection) = engine().await;
    let system = connection.system();
    let (id, _) = center(&connection).await;
    let attached = system.data_centers().data_center(&id).storage_domains();
    let all = attached.list().send().await.unwrap();
    let named = |name: &str| {
        let found = all.iter().find(|it| it.name.as_deref() == Some(name)).unwrap();
        attached.storage_domain(found.try_id().unwrap())
    };
    let data = named("data");
    assert!(refusal(data.deactivate().send().await).contains("active non-data domains"));
    for name in ["iso", "export"] {
        named(name).deactivate().send().await.unwrap();
        engine.advance(MINUTE);
        named(name).remove().send().await.unwrap();
    }
    data.deactivate().send().await.unwrap();
    engine.advance(MINUTE);
    assert_eq!(center(&connection).await.1, Some(DataCenterStatus::Maintenance));
    data.activate().send().await.unwrap();
    engine.advance(MINUTE);
    assert_eq!(center(&connection).await.1, Some(DataCenterStatus::Up));

    // Another one becomes the master when this one goes.
    let more = system.storage_domains().add(nfs("more")).send().await.unwrap();
    attached.add(StorageDomain::with_name("more")).send().await.unwrap();
    engine.advance(MINUTE);
    data.deactivate().send().await.unwrap();
    engine.advance(MINUTE);
    let more = attached.storage_domain(more.try_id().unwrap());
    assert_eq!(more.get().send().await.unwrap().master, Some(true));
    data.remove().send().await.unwrap();
    more.deactivate().send().await.unwrap();
    engine.advance(MINUTE);
    more.remove().send().await.unwrap();
    assert_eq!(center(&connection).await.1, Some(DataCenterStatus::Uninitialized));
}

#[tokio::test]
async fn what_is_on_a_detached_domain_can_be_registered_again() {
    let (engine, connection) = engine().await;
    let system = connection.system();
    let (domain, here) = attached(&engine, &connection).await;
    let made = disk(&engine, &connection, "d1", 1).await;
    let one = system.disks().disk(made.try_id().unwrap());
    one.move_().storage_domain(StorageDomain::with_name("more")).send().await.unwrap();
    engine.advance(MINUTE);

    detach(&engine, &here).await;
    assert!(one.get().send().await.unwrap_err().is_not_found());
    let whole = system.storage_domains().storage_domain(domain.try_id().unwrap());
    // Without formatting it is still there for somebody to import.
    whole.remove().host("host1").send().await.unwrap();
    let imported = system.storage_domains().add(nfs("again").import(true)).send().await.unwrap();
    assert_ne!(imported.id, domain.id, "another path is another domain");
    let mut old = nfs("more").import(true);
    old.name = Some("old".to_owned());
    let imported = system.storage_domains().add(old).send().await.unwrap();
    assert_eq!(imported.id, domain.id);
    domains_of_center(&connection).await.add(StorageDomain::with_name("old")).send().await.unwrap();
    engine.advance(MINUTE);

    let listed = whole.disks().list().unregistered(true).send().await.unwrap();
    assert_eq!(listed.iter().map(|disk| &disk.id).collect::<Vec<_>>(), [&made.id]);
    assert!(whole.disks().list().send().await.unwrap().is_empty());
    here.disks().disk(made.try_id().unwrap()).register().send().await.unwrap_err();
    let again = Disk::with_id(made.try_id().unwrap());
    whole.disks().add(again).unregistered(true).send().await.unwrap();
    assert_eq!(one.get().send().await.unwrap().name.as_deref(), Some("d1"));
}

#[tokio::test]
async fn machines_of_a_detached_domain_can_be_registered_again() {
    let (engine, connection) = engine().await;
    let system = connection.system();
    let (domain, here) = attached(&engine, &connection).await;
    let vm = machine(&engine, &connection, "web1").await;
    let disk = Disk::new().name("d1").provisioned_size(GIB).format(DiskFormat::Cow);
    let disk = disk.storage_domains(vec![StorageDomain::with_name("more")]);
    let attachment = DiskAttachment::new().bootable(true).active(true).interface(DiskInterface::Virtio).disk(disk);
    vm.disk_attachments().add(attachment).send().await.unwrap();
    engine.advance(MINUTE);

    detach(&engine, &here).await;
    assert!(vm.get().send().await.unwrap_err().is_not_found());
    domains_of_center(&connection).await.add(StorageDomain::with_name("more")).send().await.unwrap();
    engine.advance(MINUTE);
    let whole = system.storage_domains().storage_domain(domain.try_id().unwrap());
    assert!(whole.vms().list().send().await.unwrap().is_empty());
    let found = whole.vms().list().unregistered(true).send().await.unwrap();
    assert_eq!(found.iter().filter_map(|vm| vm.name.as_deref()).collect::<Vec<_>>(), ["web1"]);

    let found = whole.vms().vm(found[0].try_id().unwrap());
    assert!(refusal(found.register().send().await).contains("cluster.id|name"));
    found.register().cluster(Cluster::with_name("Default")).send().await.unwrap();
    assert_eq!(vm.get().send().await.unwrap().name.as_deref(), Some("web1"));
    let disks = vm.disk_attachments().list().follow("disk").send().await.unwrap();
    assert_eq!(disks[0].disk.as_ref().unwrap().name.as_deref(), Some("d1"));
    assert!(whole.vms().list().unregistered(true).send().await.unwrap().is_empty());
    assert_eq!(whole.vms().list().send().await.unwrap().len(), 1);
}

#[tokio::test]
async fn targets_are_discovered_and_their_luns_make_a_domain() {
    let (_engine, connection) = engine().await;
    let system = connection.system();
    let host = system.hosts().find("host1").await.unwrap();
    let host = system.hosts().host(host.try_id().unwrap());
    let details = || IscsiDetails::new().address("192.168.122.50");
    let found = host.discover_iscsi().iscsi(details()).send().await.unwrap();
    let target = found[0].target.clone().unwrap();
    assert!(target.starts_with("iqn."));
    host.iscsi_login().iscsi(details().target(target.clone())).send().await.unwrap();
    assert!(host.iscsi_login().iscsi(details().target("iqn.none")).send().await.is_err());

    let seen = host.storage().list().send().await.unwrap();
    let unit = seen.iter().filter_map(|it| it.logical_units.as_ref()).flatten();
    let unit = unit.into_iter().find(|unit| unit.target.as_ref() == Some(&target)).unwrap().clone();
    let wanted = |name: &str| {
        let units = vec![LogicalUnit::new().id(unit.id.clone().unwrap())];
        let storage = HostStorage::new().type_(StorageType::Iscsi).logical_units(units);
        let domain = StorageDomain::new().name(name).type_(StorageDomainType::Data).storage(storage);
        domain.host(Host::with_name("host1"))
    };
    let made = system.storage_domains().add(wanted("block")).send().await.unwrap();
    let group = made.storage.as_ref().unwrap().volume_group.as_ref().unwrap();
    assert_eq!(group.logical_units.as_ref().unwrap()[0].size, unit.size);
    assert_eq!(made.available, unit.size.map(|size| size - 4 * GIB));
    let again = system.storage_domains().add(wanted("block2")).send().await;
    assert!(refusal(again).contains("already part of existing storage domains"));
}

#[tokio::test]
async fn connections_belong_to_domains() {
    let (_engine, connection) = engine().await;
    let system = connection.system();
    let connections = system.storage_connections();
    let all = connections.list().send().await.unwrap();
    assert_eq!(all.len(), 3);
    let used = connections.storage_connection(all[0].try_id().unwrap());
    assert!(refusal(used.remove().send().await).contains("used by the following storage domains"));
    let change = || StorageConnection::new().address("other.example.com");
    assert!(refusal(used.update(change()).send().await).contains("should be in maintenance"));
    used.update(change()).force(true).send().await.unwrap();
    let domain = system.storage_domains().find("data").await.unwrap();
    assert_eq!(domain.storage.unwrap().address.as_deref(), Some("other.example.com"));
    let incomplete = connections.add(StorageConnection::new().type_(StorageType::Nfs).address("a")).send().await;
    assert!(refusal(incomplete).contains("path"));
}

#[tokio::test]
async fn iscsi_bonds_refer_to_existing_connections() {
    let (_engine, connection) = engine().await;
    let system = connection.system();
    let all = system.storage_connections();
    let portal = StorageConnection::new().type_(StorageType::Iscsi).address("192.0.2.1").port(3260).target("iqn.a");
    let added = all.add(portal).send().await.unwrap();
    let id = added.try_id().unwrap();

    let (center, _) = center(&connection).await;
    let bonds = system.data_centers().data_center(&center).iscsi_bonds();
    let bond = bonds.add(IscsiBond::new().name("bond")).send().await.unwrap();
    let connections = bonds.iscsi_bond(bond.try_id().unwrap()).storage_server_connections();
    let nameless = connections.add(StorageConnection::new().type_(StorageType::Iscsi)).send().await;
    assert!(refusal(nameless).contains("id"));
    let unknown = StorageConnection::with_id("00000000-0000-0000-0000-00000000ffff");
    assert!(refusal(connections.add(unknown).send().await).contains("doesn't exist"));
    connections.add(StorageConnection::with_id(id)).send().await.unwrap();
    assert!(refusal(connections.add(StorageConnection::with_id(id)).send().await).contains("already exists"));

    let change = StorageConnection::new().address("192.0.2.2");
    all.storage_connection(id).update(change).send().await.unwrap();
    let listed = connections.list().send().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].address.as_deref(), Some("192.0.2.2"));

    connections.storage_connection(id).remove().send().await.unwrap();
    assert!(connections.list().send().await.unwrap().is_empty());
    assert!(all.storage_connection(id).get().send().await.is_ok());
}
