//! What makes machines of other things.

mod backups;
mod exports;
mod inventory;
mod pools;
mod snapshots;
mod templates;
mod vms;

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, DiskBackup, DiskFormat, Nic, StorageDomain, Template, Vm, VmStatus,
};
use ovirt_sdk::{Connection, Error};

const GIB: i64 = 1 << 30;

async fn engine() -> (FakeEngine, Connection) {
    let engine = FakeEngine::builder().manual_clock().start().await.unwrap();
    let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    (engine, connection)
}

fn minute(engine: &FakeEngine) {
    engine.advance(Duration::from_secs(60));
}

/// A machine that is to be made of a template.
fn wanted(name: &str, template: &str) -> Vm {
    Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name(template))
}

/// A machine with two disks and an interface; it is down.
async fn machine(engine: &FakeEngine, connection: &Connection, name: &str) -> VmService {
    let vms = connection.system().vms();
    let vm = vms.add(wanted(name, "Blank")).send().await.unwrap();
    let vm = vms.vm(vm.try_id().unwrap());
    for number in 1..=2 {
        let disk = Disk::new().name(format!("{name}_{number}")).provisioned_size(5 * GIB).format(DiskFormat::Cow);
        let disk = disk.backup(DiskBackup::Incremental).storage_domains(vec![StorageDomain::with_name("data")]);
        let attachment = DiskAttachment::new().disk(disk).active(true).bootable(number == 1);
        vm.disk_attachments().add(attachment.interface(ovirt_sdk::types::DiskInterface::Virtio)).send().await.unwrap();
    }
    vm.nics().add(Nic::new().name("nic1")).send().await.unwrap();
    minute(engine);
    vm
}

/// A template of a machine that is called as it is.
async fn template(engine: &FakeEngine, connection: &Connection, name: &str) -> Template {
    machine(engine, connection, &format!("{name}-source")).await;
    let source = Vm::with_name(format!("{name}-source"));
    let template = Template::new().name(name).vm(source);
    let template = connection.system().templates().add(template).send().await.unwrap();
    minute(engine);
    template
}

async fn status(vm: &VmService) -> VmStatus {
    vm.get().send().await.unwrap().status.unwrap()
}

/// The disks of a machine.
async fn disks(connection: &Connection, vm: &VmService) -> Vec<Disk> {
    let mut disks = Vec::new();
    for attachment in vm.disk_attachments().list().send().await.unwrap().iter() {
        let id = attachment.disk.as_ref().unwrap().try_id().unwrap().to_owned();
        disks.push(connection.system().disks().disk(id).get().send().await.unwrap());
    }
    disks
}

/// The code and the detail of a refusal.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (u16, String) {
    let error = result.unwrap_err();
    let detail = error.fault().and_then(|fault| fault.detail.clone()).unwrap_or_default();
    (error.status().unwrap_or_default(), detail)
}

/// Fails unless something was refused as invalid, in words that have these in them.
fn invalid<T: std::fmt::Debug>(result: Result<T, Error>, words: &str) {
    let (code, detail) = refusal(result);
    assert!(code == 400 && detail.contains(words), "{code}: {detail}");
}

/// Fails unless something was refused as a conflict, in words that have these in them.
fn conflict<T: std::fmt::Debug>(result: Result<T, Error>, words: &str) {
    let (code, detail) = refusal(result);
    assert!(code == 409 && detail.contains(words), "{code}: {detail}");
}
