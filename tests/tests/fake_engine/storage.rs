//! Storage domains, disks and how they get in and out.

mod disks;
mod domains;
mod parts;
mod transfers;

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Disk, DiskFormat, StorageDomain, Template, Vm};
use ovirt_sdk::{Connection, Error};

const GIB: i64 = 1 << 30;
const MINUTE: Duration = Duration::from_secs(60);

/// An engine whose time stands still, and a connection to it that does not try again.
async fn engine() -> (FakeEngine, Connection) {
    let engine = FakeEngine::builder().manual_clock().start().await.unwrap();
    let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    (engine, connection)
}

/// What a refusal says.
#[track_caller]
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.expect_err("this is refused");
    error.fault().and_then(|fault| fault.detail.clone()).unwrap_or_else(|| error.to_string())
}

/// A disk that nobody has yet.
fn wanted(name: &str, size: i64) -> Disk {
    Disk::new()
        .name(name)
        .provisioned_size(size * GIB)
        .format(DiskFormat::Cow)
        .storage_domains(vec![StorageDomain::with_name("data")])
}

/// A disk that is ready.
async fn disk(engine: &FakeEngine, connection: &Connection, name: &str, size: i64) -> Disk {
    let disk = connection.system().disks().add(wanted(name, size)).send().await.unwrap();
    engine.advance(MINUTE);
    connection.system().disks().disk(disk.try_id().unwrap()).get().send().await.unwrap()
}

/// A machine without a disk, ready to have one.
async fn machine(engine: &FakeEngine, connection: &Connection, name: &str) -> VmService {
    let vms = connection.system().vms();
    let vm = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    let vm = vms.add(vm).send().await.unwrap();
    engine.advance(MINUTE);
    vms.vm(vm.try_id().unwrap())
}
