//! Virtual machines as they run, and their devices.

mod devices;
mod life;
mod settings;

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, DiskFormat, DiskInterface, Host, StorageDomain, Template, Vm, VmStatus,
};
use ovirt_sdk::{Connection, Error};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// An engine whose time stands still.
struct Fixture {
    engine: FakeEngine,
    connection: Connection,
}

impl Fixture {
    async fn new() -> Self {
        let engine = FakeEngine::builder().manual_clock().start().await.unwrap();
        let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
        Self { engine, connection }
    }

    /// A machine with a disk from which it boots.
    async fn machine(&self, name: &str) -> VmService {
        self.machine_of(Vm::new().name(name)).await
    }

    /// A machine with these settings, and a disk from which it boots.
    async fn machine_of(&self, vm: Vm) -> VmService {
        let service = self.without_disk(vm).await;
        self.add_disk(&service).await;
        self.engine.advance(MINUTE);
        service
    }

    /// Begins to add a disk from which a machine boots; it is locked for a while.
    async fn add_disk(&self, vm: &VmService) {
        let disk = Disk::new()
            .name("disk1")
            .provisioned_size(1 << 30)
            .format(DiskFormat::Cow)
            .storage_domains(vec![StorageDomain::with_name("data")]);
        let attachment = DiskAttachment::new().bootable(true).active(true).interface(DiskInterface::Virtio).disk(disk);
        vm.disk_attachments().add(attachment).send().await.unwrap();
    }

    /// A machine with these settings.
    async fn without_disk(&self, vm: Vm) -> VmService {
        let vms = self.connection.system().vms();
        let vm = vm.cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
        let vm = vms.add(vm).send().await.unwrap();
        vms.vm(vm.id.unwrap())
    }

    /// A machine that is up.
    async fn running(&self, name: &str) -> VmService {
        let vm = self.machine(name).await;
        vm.start().send().await.unwrap();
        self.engine.advance(MINUTE);
        assert_eq!(status(&vm).await, VmStatus::Up);
        vm
    }

    async fn host(&self, name: &str) -> Host {
        let hosts = self.connection.system().hosts().list().search(format!("name={name}")).send().await.unwrap();
        hosts.into_iter().next().unwrap()
    }
}

async fn read(vm: &VmService) -> Vm {
    vm.get().send().await.unwrap()
}

async fn status(vm: &VmService) -> VmStatus {
    read(vm).await.status.unwrap()
}

/// The name of the host on which a machine runs.
async fn host_of(fixture: &Fixture, vm: &VmService) -> Option<String> {
    let id = read(vm).await.host?.id?;
    fixture.connection.system().hosts().host(id).get().send().await.unwrap().name
}

/// What the engine says when it refuses, with the status.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (u16, String) {
    let error = result.unwrap_err();
    let detail = error.fault().and_then(|fault| fault.detail.clone()).unwrap_or_default();
    (error.status().unwrap_or_default(), detail)
}

/// Asserts that a request is invalid, in words that contain these.
fn assert_invalid<T: std::fmt::Debug>(result: Result<T, Error>, words: &str) {
    let (status, detail) = refusal(result);
    assert_eq!(status, 400, "{detail}");
    assert!(detail.contains(words), "{detail}");
}

/// Asserts that something is refused as things are, in words that contain these.
fn assert_refused<T: std::fmt::Debug>(result: Result<T, Error>, words: &str) {
    let (status, detail) = refusal(result);
    assert_eq!(status, 409, "{detail}");
    assert!(detail.contains(words), "{detail}");
}
