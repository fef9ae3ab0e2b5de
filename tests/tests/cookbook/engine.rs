//! Programs against the fake engine, whose clock runs a thousand times as fast.

mod administration;
mod copies;
mod infrastructure;
mod machines;
mod storage;

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Connection;
use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Template, Vm, VmStatus};

/// Between two looks at something that takes time.
const PAUSE: Duration = Duration::from_millis(2);

async fn started() -> (FakeEngine, Connection) {
    started_with(1000.0).await
}

/// With a clock that runs so many times as fast.
async fn started_with(speed: f64) -> (FakeEngine, Connection) {
    let idle = Duration::from_secs(1_000_000);
    let engine = FakeEngine::builder().speed(speed).session_timeout(idle).start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    (engine, connection)
}

/// Adds a machine without disks.
async fn add_vm(connection: &Connection, name: &str) {
    let wanted = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    connection.system().vms().add(wanted).send().await.unwrap();
}

async fn service_of(connection: &Connection, name: &str) -> VmService {
    let vms = connection.system().vms();
    vms.vm(vms.find(name).await.unwrap().try_id().unwrap())
}

async fn vm(connection: &Connection, name: &str) -> Vm {
    service_of(connection, name).await.get().send().await.unwrap()
}

/// Waits until nothing keeps a machine from being started.
async fn settled(connection: &Connection, name: &str) {
    while vm(connection, name).await.status != Some(VmStatus::Down) {
        tokio::time::sleep(PAUSE).await;
    }
}
