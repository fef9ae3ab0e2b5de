//! Uploads and downloads of images, beside the client of `ovirt-imageio` and beside `curl`, which copies a raw image in
//! one request, with the same daemon: wall time, processor time and peak memory of the client.
//!
//! ```sh
//! OVIRT_IMAGEIO=/path/to/venv/bin/python cargo bench --package ovirt-sdk-tests --bench images [-- PART-OF-NAME]
//! ```
//!
//! A part of a name, such as "download raw" or "half holes", selects the transfers to measure.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    reason = "a program for developers that shares modules with tests"
)]

#[path = "../../tests/images/daemon.rs"]
mod daemon;
#[path = "../../tests/images/image.rs"]
mod image;
#[path = "../../tests/images/relay.rs"]
mod relay;
#[path = "../../tests/images/setup.rs"]
mod setup;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use ovirt_sdk::images::{ImageFormat, Route};
use ovirt_sdk::types::{Disk, DiskFormat};
use ovirt_sdk::{Connection, Credentials};
use ovirt_sdk_tests::report;
use setup::Setup;

const MIB: u64 = 1 << 20;
const SIZE: u64 = 1 << 30;

/// What a child process does, and where the engine is.
const CHILD: &str = "OVIRT_IMAGES_BENCH";

/// The transfer with the official client: its arguments are the direction, the file, the URL and the authority.
const OFFICIAL: &str = r#"
import resource, sys, time
from ovirt_imageio import client
direction, path, url, cafile = sys.argv[1:5]
began = time.monotonic()
if direction == "upload":
    client.upload(path, url, cafile)
else:
    client.download(url, path, cafile, fmt=sys.argv[5])
wall = time.monotonic() - began
usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
cpu = sum(one.ru_utime + one.ru_stime for one in usage)
# Not `ru_maxrss`, which includes the memory of the parent before `exec`.
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(wall, cpu, peak / 1024)
"#;

/// The transfer with `curl`.
const PLAIN: &str = r#"
import resource, subprocess, sys, time
direction, path, url, cafile = sys.argv[1:5]
how = {"upload": ["--upload-file", path], "download": ["--output", path]}[direction]
began = time.monotonic()
subprocess.run(["curl", "--silent", "--show-error", "--fail", "--cacert", cafile, *how, url], check=True)
wall = time.monotonic() - began
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Ok(what) = std::env::var(CHILD) {
        runtime().block_on(child(&what));
        return Ok(());
    }
    report::run("images", || {
        runtime().block_on(compare());
        Ok(())
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

async fn compare() {
    let chosen = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let Some(python) = daemon::python() else { return };
    report::title(&format!("{:<48} {:>8} {:>8} {:>8}", "transfers", "wall s", "cpu s", "MiB"));
    let half: Vec<(u64, u64)> = (0..32).map(|part| (part * 32 * MIB, 16 * MIB)).collect();
    for (name, data) in [("full", vec![(0, SIZE)]), ("half holes", half)] {
        let Some(setup) = Setup::remote().await else { return };
        let (raw, copy) = (setup.path("image.raw"), setup.path("copy"));
        image::sparse(&raw, SIZE, &data);
        for format in ["raw", "qcow2"] {
            let file = match format {
                "raw" => raw.clone(),
                _ => {
                    let file = setup.path("image.qcow2");
                    image::qcow2(&raw, &file, &[]);
                    file
                }
            };
            // Once to warm the caches.
            for round in 0..3 {
                for direction in ["upload", "download"] {
                    let label = format!("{direction} {format} {name}");
                    if !label.contains(&chosen) {
                        continue;
                    }
                    let path = if direction == "upload" { &file } else { &copy };
                    let official = official(&setup, &python, direction, path, format).await;
                    let _ = std::fs::remove_file(&copy);
                    let ours = ours(&setup, direction, path, format).await;
                    let _ = std::fs::remove_file(&copy);
                    let plain = match format {
                        "raw" => Some(plain(&setup, &python, direction, path).await),
                        _ => None,
                    };
                    let _ = std::fs::remove_file(&copy);
                    if round > 0 {
                        if let Some(plain) = plain {
                            report::figure(&format!("{label}: curl"), &plain);
                        }
                        report::figure(&format!("{label}: ovirt-imageio"), &official);
                        report::figure(&format!("{label}: ovirt-sdk"), &ours);
                    }
                }
            }
        }
    }
}

async fn official(setup: &Setup, python: &Path, direction: &str, path: &Path, format: &str) -> String {
    with_ticket(setup, python, OFFICIAL, direction, path, format).await
}

/// One request for the whole image.
async fn plain(setup: &Setup, python: &Path, direction: &str, path: &Path) -> String {
    with_ticket(setup, python, PLAIN, direction, path, "raw").await
}

/// Runs a Python program that transfers a file to or from a new disk, with a ticket.
async fn with_ticket(
    setup: &Setup,
    python: &Path,
    program: &str,
    direction: &str,
    path: &Path,
    format: &str,
) -> String {
    let disk = setup.disk("official", DiskFormat::Cow, SIZE).await;
    let transfers = setup.connection.system().image_transfers();
    let direction_of = |text: &str| ovirt_sdk::types::ImageTransferDirection::from(text);
    if direction == "download" {
        fill(setup, &disk).await;
    }
    let request = ovirt_sdk::types::ImageTransfer::new()
        .disk(Disk::with_id(disk.try_id().unwrap()))
        .format(DiskFormat::Raw)
        .inactivity_timeout(600)
        .direction(direction_of(direction));
    let transfer = transfers.add(request).send().await.unwrap();
    let ca = setup.path("ca.pem");
    std::fs::write(&ca, setup.daemon.authority_pem()).unwrap();
    let url = transfer.transfer_url.clone().unwrap();
    let mut command = Command::new(python);
    command.args(["-c", program, direction]).arg(path).arg(url).arg(ca).arg(format);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let service = transfers.image_transfer(&transfer);
    service.finalize().send().await.unwrap();
    service.wait_until_finished().await.unwrap();
    setup.connection.system().disks().disk(&disk).remove().send().await.unwrap();
    row(&String::from_utf8(output.stdout).unwrap())
}

/// Gives a disk the content of the raw image.
async fn fill(setup: &Setup, disk: &Disk) {
    let upload = setup.connection.upload(setup.path("image.raw"));
    upload.into(Disk::with_id(disk.try_id().unwrap())).send().await.unwrap();
}

async fn ours(setup: &Setup, direction: &str, path: &Path, format: &str) -> String {
    let (engine_ca, daemon_ca) = (setup.path("engine-ca.pem"), setup.path("ca.pem"));
    std::fs::write(&engine_ca, setup.engine.ca_pem()).unwrap();
    let disk = setup.disk("ours", DiskFormat::Cow, SIZE).await;
    if direction == "download" {
        fill(setup, &disk).await;
    }
    let arguments = [direction, format, &setup.engine.url(), disk.try_id().unwrap()].map(str::to_owned);
    let paths = [&engine_ca, &daemon_ca, &path.to_owned()].map(|path| path.display().to_string());
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(CHILD, [&arguments[..], &paths[..]].concat().join("\n"));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    setup.connection.system().disks().disk(&disk).remove().send().await.unwrap();
    row(&String::from_utf8(output.stdout).unwrap())
}

/// Transfers one image and prints wall time, processor time and peak memory. The wall time lasts until the end of the
/// data, as for the official client, and includes the start of the transfer in the engine.
async fn child(what: &str) {
    let parts: Vec<&str> = what.lines().collect();
    let [direction, format, url, disk, engine_ca, daemon_ca, file] = parts.as_slice() else { panic!("{what}") };
    let connection = Connection::builder(*url).ca_file(PathBuf::from(engine_ca)).ca_file(PathBuf::from(daemon_ca));
    let connection = connection.credentials(Credentials::password("admin@internal", "secret"));
    let connection = connection.no_proxy().build().unwrap();
    let disk = Disk::with_id(*disk);
    let began = Instant::now();
    let last = Arc::new(Mutex::new(began));
    let seen = Arc::clone(&last);
    let report = move |_: &ovirt_sdk::images::Progress| *seen.lock().unwrap() = Instant::now();
    if *direction == "upload" {
        let upload = connection.upload(file).into(disk).route(Route::Host).on_progress(report);
        upload.send().await.unwrap();
    } else {
        let format = if *format == "raw" { ImageFormat::Raw } else { ImageFormat::Qcow2 };
        let download = connection.download(disk).to(file).format(format).route(Route::Host).on_progress(report);
        download.send().await.unwrap();
    }
    let wall = last.lock().unwrap().duration_since(began).as_secs_f64();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: f64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    println!("{wall} {} {}", ticks / 100.0, peak / 1024.0);
}

fn row(numbers: &str) -> String {
    let numbers: Vec<f64> = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
    format!("{:>8.2} {:>8.2} {:>8.0}", numbers[0], numbers[1], numbers[2])
}
