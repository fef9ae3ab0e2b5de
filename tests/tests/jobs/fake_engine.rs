//! Waits with the fake engine: virtual machines that start or fail to, disks, hosts, removals.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Connection;
use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, DiskFormat, DiskInterface, DiskStatus, Event, HostStatus, LogSeverity,
    StorageDomain, Template, Vm, VmStatus,
};

pub(crate) async fn start() -> (Arc<FakeEngine>, Connection) {
    let engine = Arc::new(FakeEngine::builder().manual_clock().start().await.unwrap());
    let connection = engine.connect().clock(engine.clock().clone()).build().unwrap();
    (engine, connection)
}

pub(crate) async fn vm(connection: &Connection, name: &str) -> String {
    let vm = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    let vm = connection.system().vms().add(vm).send().await.unwrap();
    let id = vm.try_id().unwrap().to_owned();
    let service = connection.system().vms().vm(&id);
    service.wait_until_down().await.unwrap();
    let disk = Disk::new()
        .name(format!("{name}-system"))
        .format(DiskFormat::Cow)
        .provisioned_size(1 << 30)
        .storage_domains([StorageDomain::with_name("data")]);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(true).active(true);
    let attachment = service.disk_attachments().add(attachment).send().await.unwrap();
    connection.system().disks().disk(attachment.try_id().unwrap()).wait_until_ok().await.unwrap();
    id
}

#[tokio::test]
async fn virtual_machines_start_and_stop() {
    let (engine, connection) = start().await;
    let id = vm(&connection, "web1").await;
    let service = connection.system().vms().vm(&id);
    service.start().send().await.unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let began = engine.clock().now();
    let up = service.wait_until_up().on_change(move |vm| log.lock().unwrap().push(vm.status.clone())).await.unwrap();
    assert_eq!((up.status, up.name.as_deref()), (Some(VmStatus::Up), Some("web1")));
    assert!(engine.clock().now() > began, "the start takes time");
    let seen = seen.lock().unwrap().clone();
    assert!(seen.len() > 1 && seen.last() == Some(&Some(VmStatus::Up)), "{seen:?}");
    service.shutdown().send().await.unwrap();
    service.wait_until_down().await.unwrap();
    service.remove().send().await.unwrap();
    service.wait_until_removed().await.unwrap();
}

#[tokio::test]
async fn a_wait_without_an_operation_says_so() {
    let (_engine, connection) = start().await;
    let id = vm(&connection, "web2").await;
    let error = connection.system().vms().vm(&id).wait_until_up().await.unwrap_err();
    assert_eq!(error.to_string(), "web2 did not start: still down after 30 s");
}

#[tokio::test]
async fn failures_are_explained_by_the_events_since_the_beginning() {
    let (engine, connection) = start().await;
    let id = vm(&connection, "web2").await;
    let report = async |number: i64, text: &str| {
        let event = Event::new().description(text).severity(LogSeverity::Error).origin("test").custom_id(number);
        connection.system().events().add(event.vm(Vm::with_id(&id))).send().await.unwrap();
    };
    report(1, "web2 failed long ago").await;
    engine.advance(Duration::from_secs(3600));
    report(2, "web2 can't start").await;
    let error = connection.system().vms().vm(&id).wait_until_up().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "web2 did not start: still down after 30 s; the engine says: web2 can't start",
        "the header `Date` and the events follow the same clock"
    );
}

#[tokio::test]
async fn disks_become_usable() {
    let (_engine, connection) = start().await;
    let disk = Disk::new()
        .name("data1")
        .format(DiskFormat::Cow)
        .provisioned_size(1 << 30)
        .storage_domains([StorageDomain::with_name("data")]);
    let disk = connection.system().disks().add(disk).send().await.unwrap();
    let service = connection.system().disks().disk(disk.try_id().unwrap());
    let disk = service.wait_until_ok().await.unwrap();
    assert_eq!(disk.status, Some(DiskStatus::Ok));
    service.remove().send().await.unwrap();
    service.wait_until_removed().await.unwrap();
    let error = service.wait_until_ok().await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("it does not exist"), "{error}");
}

#[tokio::test]
async fn hosts_enter_and_leave_maintenance() {
    let (_engine, connection) = start().await;
    let hosts = connection.system().hosts().list().send().await.unwrap();
    let service = connection.system().hosts().host(hosts.first().unwrap().try_id().unwrap());
    service.deactivate().send().await.unwrap();
    let host = service.wait_until_maintenance().await.unwrap();
    assert_eq!(host.status, Some(HostStatus::Maintenance));
    service.activate().send().await.unwrap();
    assert_eq!(service.wait_until_up().await.unwrap().status, Some(HostStatus::Up));
}

#[tokio::test]
async fn many_virtual_machines_start_together() {
    let (engine, connection) = start().await;
    let mut ids = Vec::new();
    for number in 0..12 {
        ids.push(vm(&connection, &format!("node{number}")).await);
    }
    engine.clear_requests();
    let mut waits = tokio::task::JoinSet::new();
    for id in ids {
        let service = connection.system().vms().vm(id);
        service.start().send().await.unwrap();
        waits.spawn(service.wait_until_up().wait());
    }
    while let Some(outcome) = waits.join_next().await {
        assert_eq!(outcome.unwrap().unwrap().status, Some(VmStatus::Up));
    }
    let searches = engine.calls("GET", "/ovirt-engine/api/vms").len();
    assert!((1..40).contains(&searches), "{searches} searches");
}

#[test]
fn waits_block_without_a_runtime() {
    let engine = Arc::new(FakeEngine::builder().manual_clock().start_blocking().unwrap());
    let connection = engine.connect().clock(engine.clock().clone()).build().unwrap();
    let hosts = connection.system().hosts().list().send_blocking().unwrap();
    let service = connection.system().hosts().host(hosts.first().unwrap().try_id().unwrap());
    service.deactivate().send_blocking().unwrap();
    service.wait_until_maintenance().wait_blocking().unwrap();
}
