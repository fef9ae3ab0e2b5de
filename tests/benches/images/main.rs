//! Uploads and downloads of images, compared with the client of `ovirt-imageio` and with `curl`, which copies a raw
//! image in one request, with the same daemon; also with `nbdcopy`, which needs no daemon but transfers over TLS, too.
//! Wall time, processor time of client and host, and peak memory of the client.
//!
//! ```sh
//! OVIRT_IMAGEIO=/path/to/venv/bin/python cargo bench --package ovirt-sdk-tests --bench images [-- PART-OF-NAME]
//! ```
//!
//! A part of a name, such as "download raw" or "half holes", selects the transfers to measure. The images are in the
//! folder for temporary files; `TMPDIR=/dev/shm` measures without the storage.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    reason = "a program for developers that shares modules with tests"
)]

mod ballast;
#[path = "../../tests/images/daemon.rs"]
mod daemon;
#[path = "../../tests/images/image.rs"]
mod image;
mod programs;
#[path = "../../tests/images/relay.rs"]
mod relay;
#[path = "../../tests/images/setup.rs"]
mod setup;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use ballast::Ballast;
use ovirt_sdk::http::{BoxFuture, Request, Response};
use ovirt_sdk::images::{ImageFormat, Route};
use ovirt_sdk::pipeline::{Next, Policy, Position};
use ovirt_sdk::types::{Disk, DiskFormat};
use ovirt_sdk::{Connection, Credentials, Error};
use ovirt_sdk_tests::report::{self, Budget, Samples};
use programs::{Cost, Job, Program};
use setup::Setup;

const MIB: u64 = 1 << 20;
const SIZE: u64 = 1 << 30;
const ROUNDS: usize = 3;

/// The memory that a transfer needs for its files, and for buffers.
const MEMORY: u64 = SIZE + 512 * MIB;

/// What a child process does, and where the engine is.
const CHILD: &str = "OVIRT_IMAGES_BENCH";

/// The costs of a transfer with each program, by round.
struct Table {
    label: String,
    costs: Vec<(Program, Vec<Cost>)>,
}

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
    report::title(&format!("{:48} {:>20} {:>7} {:>7} {:>7} {:>7}", "", "wall s", "user s", "sys s", "host s", "MiB"));
    let half: Vec<(u64, u64)> = (0..32).map(|part| (part * 32 * MIB, 16 * MIB)).collect();
    let mut tables = Vec::new();
    for (name, data) in [("full", vec![(0, SIZE)]), ("half holes", half)] {
        let transfers = [("upload", "raw"), ("download", "raw"), ("upload", "qcow2"), ("download", "qcow2")];
        let labelled = transfers.map(|(direction, format)| (direction, format, format!("{direction} {format} {name}")));
        let labelled: Vec<_> = labelled.into_iter().filter(|(_, _, label)| label.contains(&chosen)).collect();
        if labelled.is_empty() {
            continue;
        }
        let Some(setup) = Setup::remote().await else { return };
        let (raw, qcow2) = (setup.path("image.raw"), setup.path("image.qcow2"));
        image::sparse(&raw, SIZE, &data);
        image::qcow2(&raw, &qcow2, &[]);
        let filled = setup.disk("filled", DiskFormat::Cow, SIZE).await;
        fill(&setup, &filled, &raw).await;
        for (direction, format, label) in labelled {
            let file = match (direction, format) {
                ("download", _) => None,
                (_, "raw") => Some(&*raw),
                _ => Some(&*qcow2),
            };
            let table = rounds(&setup, &python, direction, format, file, &filled).await;
            tables.push(Table { label, costs: table });
            tables.last().unwrap().print();
        }
    }
    compare_speeds(&tables);
}

/// Transfers an image several times with each program. The programs take turns in another order in each round.
async fn rounds(
    setup: &Setup,
    python: &Path,
    direction: &'static str,
    format: &'static str,
    file: Option<&Path>,
    filled: &Disk,
) -> Vec<(Program, Vec<Cost>)> {
    let programs = Program::ALL.into_iter().filter(|program| program.can_transfer(format));
    let mut costs: Vec<_> = programs.map(|program| (program, Vec::new())).collect();
    for round in 0..ROUNDS {
        for turn in 0..costs.len() {
            let turn = (turn + round) % costs.len();
            let ballast = Ballast::new(MEMORY);
            let copy = setup.path("copy");
            let cost = match file {
                Some(file) => {
                    let disk = setup.disk("new", DiskFormat::Cow, SIZE).await;
                    let job = Job { direction, format, file, disk: &disk };
                    drop(ballast);
                    let cost = costs[turn].0.run(setup, python, &job).await;
                    setup.connection.system().disks().disk(&disk).remove().send().await.unwrap();
                    std::fs::remove_file(setup.file(&disk)).unwrap();
                    cost
                }
                None => {
                    let job = Job { direction, format, file: &copy, disk: filled };
                    drop(ballast);
                    let cost = costs[turn].0.run(setup, python, &job).await;
                    std::fs::remove_file(&copy).unwrap();
                    cost
                }
            };
            costs[turn].1.push(cost);
        }
    }
    costs
}

/// Gives a disk the content of a raw image.
async fn fill(setup: &Setup, disk: &Disk, raw: &Path) {
    setup.connection.upload(raw).into(Disk::with_id(disk.try_id().unwrap())).send().await.unwrap();
}

impl Table {
    fn samples(&self, program: Program, figure: impl Fn(&Cost) -> f64) -> Option<Samples> {
        let (_, costs) = self.costs.iter().find(|(one, _)| *one == program)?;
        Some(Samples::new(costs.iter().map(figure)))
    }

    fn print(&self) {
        for (program, _) in &self.costs {
            let samples = |figure: fn(&Cost) -> f64| self.samples(*program, figure).unwrap();
            let median = |figure| format!("{:>7.2}", samples(figure).median());
            let (user, system, host) = (median(|cost| cost.user), median(|cost| cost.system), median(|cost| cost.host));
            let (wall, memory) = (samples(|cost| cost.wall).to_string(), samples(|cost| cost.memory).median());
            let row = format!("{wall:>20} {user} {system} {host} {memory:>7.0}");
            report::figure(&format!("{}: {}", self.label, program.name()), &row);
        }
    }
}

/// Prints how much faster than the others our client is. Only full images have budgets.
fn compare_speeds(tables: &[Table]) {
    report::head("wall time of the others, ratio to that of ovirt-sdk");
    for table in tables {
        let Some(ours) = table.samples(Program::Ours, |cost| cost.wall) else { continue };
        for (other, least) in [(Program::Imageio, 1.5), (Program::Curl, 0.9), (Program::Nbdcopy, 0.9)] {
            let Some(wall) = table.samples(other, |cost| cost.wall) else { continue };
            let budget = if table.label.ends_with("full") { Budget::AtLeast(least) } else { Budget::None };
            let measured = format!("{:.2} s", wall.median());
            report::ratio(&format!("{}: {}", table.label, other.name()), &measured, wall.over(&ours).median(), budget);
        }
    }
    let peaks = tables.iter().filter_map(|table| table.samples(Program::Ours, |cost| cost.memory));
    let peak = peaks.map(|samples| samples.median()).fold(0.0, f64::max);
    report::ratio("peak memory of ovirt-sdk, MiB", "", peak, Budget::AtMost(64.0));
}

/// When a transfer was ready, and when it was finalized because all data was stored.
#[derive(Default)]
struct Times {
    ready: Mutex<Option<Instant>>,
    finalized: Mutex<Option<Instant>>,
}

impl Policy for Times {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        let is_wait = request.url().contains("/imagetransfers/");
        if request.url().ends_with("/finalize") {
            self.finalized.lock().unwrap().get_or_insert_with(Instant::now);
        }
        Box::pin(async move {
            let response = next.run(request).await;
            if is_wait && self.finalized.lock().unwrap().is_none() {
                *self.ready.lock().unwrap() = Some(Instant::now());
            }
            response
        })
    }
}

impl Times {
    fn seconds(&self) -> f64 {
        let (ready, finalized) = (self.ready.lock().unwrap(), self.finalized.lock().unwrap());
        finalized.unwrap().duration_since(ready.unwrap()).as_secs_f64()
    }
}

/// Transfers one image and prints what `driver.py` prints. The wall time is that of the data, as for the other clients:
/// it begins when the engine has prepared the transfer and ends when all data is stored.
async fn child(what: &str) {
    let parts: Vec<&str> = what.lines().collect();
    let [direction, format, url, disk, engine_ca, daemon_ca, file] = parts.as_slice() else { panic!("{what}") };
    let times = Arc::new(Times::default());
    let connection = Connection::builder(*url).ca_file(PathBuf::from(engine_ca)).ca_file(PathBuf::from(daemon_ca));
    let connection = connection.credentials(Credentials::password("admin@internal", "secret"));
    let connection = connection.policy(Position::Call, Arc::clone(&times));
    let connection = connection.no_proxy().build().unwrap();
    let disk = Disk::with_id(*disk);
    if *direction == "upload" {
        connection.upload(file).into(disk).route(Route::Host).send().await.unwrap();
    } else {
        let format = if *format == "raw" { ImageFormat::Raw } else { ImageFormat::Qcow2 };
        connection.download(disk).to(file).format(format).route(Route::Host).send().await.unwrap();
    }
    let wall = times.seconds();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let [user, system] = [11, 12].map(|field| fields[field].parse::<f64>().unwrap() / 100.0);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: f64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    println!("{wall} {user} {system} {} {}", user + system, peak / 1024.0);
}
