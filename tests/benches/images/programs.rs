//! The programs under comparison.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ovirt_sdk::types::{Disk, DiskFormat, ImageTransfer, ImageTransferDirection};
use ovirt_sdk_tests::report;

use crate::CHILD;
use crate::setup::Setup;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// One request for the whole image.
    Curl,
    /// Without the daemon: NBD over TLS, directly to `qemu-nbd`.
    Nbdcopy,
    /// The client of ovirt-imageio.
    Imageio,
    Ours,
}

/// What to transfer.
pub(crate) struct Job<'a> {
    pub(crate) direction: &'static str,
    pub(crate) format: &'static str,
    pub(crate) file: &'a Path,
    pub(crate) disk: &'a Disk,
}

/// What a transfer cost.
pub(crate) struct Cost {
    pub(crate) wall: f64,
    /// Processor time of the client, in the program and in the kernel.
    pub(crate) user: f64,
    pub(crate) system: f64,
    /// Processor time of the daemon and of its `qemu-nbd`.
    pub(crate) host: f64,
    /// Peak memory of the client in MiB.
    pub(crate) memory: f64,
}

impl Program {
    pub(crate) const ALL: [Self; 4] = [Self::Curl, Self::Nbdcopy, Self::Imageio, Self::Ours];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Nbdcopy => "nbdcopy",
            Self::Imageio => "ovirt-imageio",
            Self::Ours => "ovirt-sdk",
        }
    }

    /// Whether it can transfer files of a format, and is installed.
    pub(crate) fn can_transfer(self, format: &str) -> bool {
        match self {
            Self::Imageio | Self::Ours => true,
            Self::Curl | Self::Nbdcopy => {
                let version = Command::new(self.name()).arg("--version").stdout(Stdio::null()).status();
                format == "raw" && version.is_ok_and(|status| status.success())
            }
        }
    }

    pub(crate) async fn run(self, setup: &Setup, python: &Path, job: &Job<'_>) -> Cost {
        let before = children();
        let output = match self {
            Self::Curl | Self::Imageio => self.with_ticket(setup, python, job).await,
            Self::Nbdcopy => nbdcopy(setup, python, job).await,
            Self::Ours => ours(setup, job).await,
        };
        let all = children() - before;
        let numbers: Vec<f64> = output.split_whitespace().map(|number| number.parse().unwrap()).collect();
        let [wall, user, system, client, memory] = numbers.as_slice() else { panic!("{output}") };
        let host = all.as_secs_f64() - client;
        Cost { wall: *wall, user: *user, system: *system, host, memory: *memory }
    }

    /// Transfers to or from a disk with a ticket.
    async fn with_ticket(self, setup: &Setup, python: &Path, job: &Job<'_>) -> String {
        let transfers = setup.connection.system().image_transfers();
        let request = ImageTransfer::new()
            .disk(Disk::with_id(job.disk.try_id().unwrap()))
            .format(DiskFormat::Raw)
            .inactivity_timeout(600)
            .direction(ImageTransferDirection::from(job.direction));
        let transfer = transfers.add(request).send().await.unwrap();
        let url = transfer.transfer_url.clone().unwrap();
        let (ca, file) = (text(&daemon_ca(setup)), text(job.file));
        let arguments = match self {
            Self::Imageio => vec!["imageio", job.direction, &url, &file, &ca, job.format],
            _ => {
                let how = if job.direction == "upload" { "--upload-file" } else { "--output" };
                vec!["run", "curl", "--silent", "--show-error", "--fail", "--cacert", &ca, how, &file, &url]
            }
        };
        let output = driver(python, &arguments).await;
        let service = transfers.image_transfer(&transfer);
        service.finalize().send().await.unwrap();
        service.wait_until_finished().await.unwrap();
        output
    }
}

/// Transfers to or from a server for the disk, with the certificates of the daemon.
async fn nbdcopy(setup: &Setup, python: &Path, job: &Job<'_>) -> String {
    let disk = setup.file(job.disk);
    let daemon = disk.parent().and_then(Path::parent).unwrap();
    let certificates = setup.path("tls");
    std::fs::create_dir_all(&certificates).unwrap();
    for (name, copy) in [("ca", "ca-cert"), ("cert", "server-cert"), ("key", "server-key")] {
        std::fs::copy(daemon.join(name).with_extension("pem"), certificates.join(copy).with_extension("pem")).unwrap();
    }
    if job.direction == "upload" && !disk.exists() {
        let mut create = Command::new("qemu-img");
        create.args(["create", "-q", "-f", "qcow2"]).arg(&disk).arg(job.disk.provisioned_size.unwrap().to_string());
        assert!(create.status().unwrap().success());
    }
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let tls = format!("tls-creds-x509,id=tls,endpoint=server,verify-peer=no,dir={}", certificates.display());
    let mut server = Command::new("qemu-nbd");
    server.args(["--persistent", "--shared=8", "--discard=unmap", "--detect-zeroes=unmap", "--format=qcow2"]);
    server.args(["--object", &tls, "--tls-creds=tls", "--bind=127.0.0.1", &format!("--port={port}")]).arg(disk);
    let mut server = server.spawn().unwrap();
    // Attempts to connect would be logged as errors.
    while TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (url, file) = (format!("nbds://127.0.0.1:{port}/?tls-certificates={}", certificates.display()), text(job.file));
    let (from, to) = if job.direction == "upload" { (&file, &url) } else { (&url, &file) };
    let output = driver(python, &["run", "nbdcopy", "--flush", from, to]).await;
    stop(&mut server);
    output
}

/// Ends a server in an orderly way.
fn stop(server: &mut Child) {
    Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    server.wait().unwrap();
}

async fn driver(python: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(python);
    command.args(["-c", include_str!("driver.py")]).args(arguments);
    output(command).await
}

async fn ours(setup: &Setup, job: &Job<'_>) -> String {
    let engine_ca = setup.path("engine-ca.pem");
    std::fs::write(&engine_ca, setup.engine.ca_pem()).unwrap();
    let (engine_ca, daemon_ca, file) = (text(&engine_ca), text(&daemon_ca(setup)), text(job.file));
    let (url, disk) = (setup.engine.url(), job.disk.try_id().unwrap());
    let parts = [job.direction, job.format, &url, disk, &engine_ca, &daemon_ca, &file];
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(CHILD, parts.join("\n"));
    output(command).await
}

/// What a program prints.
async fn output(mut command: Command) -> String {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The file with the authority of the daemon.
fn daemon_ca(setup: &Setup) -> PathBuf {
    let path = setup.path("ca.pem");
    std::fs::write(&path, setup.daemon.authority_pem()).unwrap();
    path
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Processor time of all children of this process, also of those that run.
fn children() -> Duration {
    let mut sum = report::children_on_processor().unwrap_or_default();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if report::parent(id) == Some(std::process::id()) {
            sum += report::other_process_on_processor(id).unwrap_or_default();
        }
    }
    sum
}
