//! An engine with a host that runs the daemon.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::images::{ImageError, ImageProblem};
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus, StorageDomain};
use ovirt_sdk::{Connection, Error};

use super::daemon::{Daemon, python};

/// How much faster than the real one the time of the engine passes.
pub(crate) const SPEED: u32 = 20;

pub(crate) struct Setup {
    pub(crate) daemon: Arc<Daemon>,
    pub(crate) engine: FakeEngine,
    pub(crate) connection: Connection,
    folder: tempfile::TempDir,
}

impl Setup {
    /// Starts everything, with a socket for clients on the host. `None` if the daemon is not installed.
    pub(crate) async fn local() -> Option<Self> {
        Self::start(Daemon::start(&python()?, true)).await
    }

    /// Starts everything; clients reach the daemon over the network.
    pub(crate) async fn remote() -> Option<Self> {
        Self::start(Daemon::start(&python()?, false)).await
    }

    /// Starts everything, with a proxy; clients reach both daemons over the network.
    pub(crate) async fn proxied() -> Option<Self> {
        Self::start(Daemon::start_with_proxy(&python()?)).await
    }

    async fn start(daemon: Daemon) -> Option<Self> {
        let daemon = Arc::new(daemon);
        let engine = FakeEngine::builder().speed(SPEED.into()).image_daemon(Arc::<Daemon>::clone(&daemon));
        let engine = engine.start().await.unwrap();
        let connection = connect(&engine, &daemon);
        Some(Self { daemon, engine, connection, folder: tempfile::tempdir().unwrap() })
    }

    /// A path in a folder for the test.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new disk with a name and a format, whose size is that of the image.
    pub(crate) fn wanted(name: &str) -> Disk {
        Disk::new().name(name).storage_domains([StorageDomain::with_name("data")])
    }

    /// An empty disk.
    pub(crate) async fn disk(&self, name: &str, format: DiskFormat, size: u64) -> Disk {
        let size = i64::try_from(size).unwrap();
        let disk = Self::wanted(name).format(format).sparse(true).provisioned_size(size);
        let disks = self.connection.system().disks();
        let disk = disks.add(disk).send().await.unwrap();
        disks.disk(disk.try_id().unwrap()).wait_until_ok().await.unwrap()
    }

    /// The file of a disk on the host.
    pub(crate) fn file(&self, disk: &Disk) -> PathBuf {
        self.daemon.disk(disk.try_id().unwrap())
    }

    /// The status of a disk; `None` if it does not exist.
    pub(crate) async fn status(&self, id: &str) -> Option<DiskStatus> {
        match self.connection.system().disks().disk(id).get().send().await {
            Ok(disk) => disk.status,
            Err(error) if error.is_not_found() => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// The disks with a name.
    pub(crate) async fn disks(&self, name: &str) -> usize {
        self.connection.system().disks().list().search(format!("name={name}")).send().await.unwrap().len()
    }

    /// Checks that no daemon has a ticket.
    pub(crate) fn assert_clean(&self) {
        for id in self.daemon.tickets() {
            for daemon in self.daemon.with_proxy() {
                assert_eq!(daemon.control("GET", &id, "").0, 404, "ticket {id} was not removed");
            }
        }
    }
}

pub(crate) fn connect(engine: &FakeEngine, daemon: &Daemon) -> Connection {
    engine.connect().ca_pem(daemon.authority_pem()).clock(engine.clock().clone()).build().unwrap()
}

/// The kind of problem that an error is about.
#[track_caller]
pub(crate) fn problem(error: &Error) -> ImageProblem {
    match error.downcast_ref::<ImageError>() {
        Some(image_error) => image_error.problem(),
        None => panic!("not an error of images: {error}"),
    }
}

/// Fails if two images differ, as qemu sees them.
#[track_caller]
pub(crate) fn assert_same(one: (&Path, &str), other: (&Path, &str)) {
    let mut command = std::process::Command::new("qemu-img");
    command.args(["compare", "-f", one.1, "-F", other.1]).args([one.0, other.0]);
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
