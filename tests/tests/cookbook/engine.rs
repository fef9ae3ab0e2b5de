//! Runs the programs against a fake engine. Their waits advance its clock.

mod administration;
mod exports;
mod files;
mod infrastructure;
mod other_programs;
mod snapshots;
mod storage;
mod templates;
mod vms;

use std::time::Duration;

use ovirt_fake_engine::{FakeEngine, FakeEngineBuilder};
use ovirt_sdk::Connection;
use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Template, Vm};

use crate::{create_and_start_vm, vm_power};

async fn start_engine() -> (FakeEngine, Connection) {
    start(FakeEngine::builder().manual_clock()).await
}

/// Starts an engine whose clock runs faster than the real time. What transfers data needs one.
async fn start_engine_with_speed(speed: f64) -> (FakeEngine, Connection) {
    start(FakeEngine::builder().speed(speed)).await
}

async fn start(builder: FakeEngineBuilder) -> (FakeEngine, Connection) {
    let engine = builder.session_timeout(Duration::from_secs(1_000_000)).start().await.unwrap();
    let connection = engine.connect().clock(engine.clock().clone()).build().unwrap();
    (engine, connection)
}

/// Starts an engine with a VM `web1` that has a disk and is down.
async fn start_engine_with_vm() -> (FakeEngine, Connection) {
    with_vm(start_engine().await).await
}

async fn with_vm((engine, connection): (FakeEngine, Connection)) -> (FakeEngine, Connection) {
    create_and_start_vm::run(&connection, "web1").await.unwrap();
    vm_power::stop(&connection, "web1").await.unwrap();
    (engine, connection)
}

/// Adds a VM without disks.
async fn add_vm(connection: &Connection, name: &str) {
    let vm = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    connection.create(vm).await.unwrap();
}

async fn find_vm(connection: &Connection, name: &str) -> VmService {
    connection.system().vms().find_service(name).await.unwrap()
}

async fn get_vm(connection: &Connection, name: &str) -> Vm {
    connection.system().vms().find(name).await.unwrap()
}
