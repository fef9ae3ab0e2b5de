//! Runs the programs against a fake engine whose clock is 1,000 times as fast as real time.

mod administration;
mod exports;
mod files;
mod infrastructure;
mod snapshots;
mod storage;
mod templates;
mod vms;

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Connection;
use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Template, Vm, VmStatus};

use crate::{create_and_start_vm, vm_power};

const POLL_INTERVAL: Duration = Duration::from_millis(2);

async fn start_engine() -> (FakeEngine, Connection) {
    start_engine_with_speed(1000.0).await
}

async fn start_engine_with_speed(speed: f64) -> (FakeEngine, Connection) {
    let session_timeout = Duration::from_secs(1_000_000);
    let engine = FakeEngine::builder().speed(speed).session_timeout(session_timeout).start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    (engine, connection)
}

/// Starts an engine with a VM `web1` that has a disk and is down.
async fn start_engine_with_vm() -> (FakeEngine, Connection) {
    start_engine_with_vm_and_speed(1000.0).await
}

async fn start_engine_with_vm_and_speed(speed: f64) -> (FakeEngine, Connection) {
    let (engine, connection) = start_engine_with_speed(speed).await;
    create_and_start_vm::run(&connection, "web1", POLL_INTERVAL).await.unwrap();
    vm_power::stop(&connection, "web1", POLL_INTERVAL).await.unwrap();
    (engine, connection)
}

/// Adds a VM without disks.
async fn add_vm(connection: &Connection, name: &str) {
    let vm = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    connection.system().vms().add(vm).send().await.unwrap();
}

async fn find_vm(connection: &Connection, name: &str) -> VmService {
    let vms = connection.system().vms();
    vms.vm(vms.find(name).await.unwrap().try_id().unwrap())
}

async fn get_vm(connection: &Connection, name: &str) -> Vm {
    find_vm(connection, name).await.get().send().await.unwrap()
}

async fn wait_until_down(connection: &Connection, name: &str) {
    while get_vm(connection, name).await.status != Some(VmStatus::Down) {
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}
