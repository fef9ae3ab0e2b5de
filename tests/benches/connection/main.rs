//! Requests per second and memory with a local HTTPS server, compared with the official Python SDK.
//!
//! The server and each measurement run in their own process, so the peak memory is that of one measurement.
//! If `OVIRT_SDK_BENCH_PYTHON` is the path of a Python with `ovirt-engine-sdk-python`, the two SDKs take turns.

#![allow(clippy::print_stdout, reason = "benchmarks print, and their processes exchange data through standard output")]

mod client;
mod server;

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ovirt_sdk_tests::report::{self, Samples};

/// Titles of the measurements, and arguments of their processes.
const SCENARIOS: &[(&str, &[&str])] = &[
    ("GET of a VM, one at a time", &["get", "1"]),
    ("GET of a VM, 16 concurrent requests", &["get", "16"]),
    ("GET of a VM, 256 concurrent requests", &["get", "256"]),
    ("list of 10,000 VMs", &["list"]),
    ("list of 10,000 VMs, item by item", &["items"]),
];

/// Number of requests per measurement of small requests, after a warm-up with one request per connection.
const REQUESTS: &str = "8192";

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve", folder] => server::run(Path::new(folder)),
        ["client", url, authority, scenario @ ..] => client::run(url, authority, scenario),
        _ => compare(),
    }
}

fn compare() -> Result<(), Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let folder = tempfile::tempdir()?;
    let mut server = Process(
        Command::new(&program).arg("serve").arg(folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?,
    );
    let mut url = String::new();
    BufReader::new(server.0.stdout.take().ok_or("the server has no standard output")?).read_line(&mut url)?;
    let authority = folder.path().join(server::AUTHORITY);
    let rounds = match std::env::var("OVIRT_SDK_BENCH_ROUNDS") {
        Ok(rounds) => rounds.parse()?,
        Err(_) => ROUNDS,
    };
    let python = std::env::var_os("OVIRT_SDK_BENCH_PYTHON");
    let measure = |command: &mut Command, scenario: &[&str]| -> Result<Measured, Box<dyn Error>> {
        let scenario = [scenario, if scenario.len() > 1 { &[REQUESTS] } else { &[] }].concat();
        let output = command.arg(url.trim()).arg(&authority).args(scenario).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{command:?} failed").into());
        }
        Measured::read(&String::from_utf8(output.stdout)?)
    };
    for (title, scenario) in SCENARIOS {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            ours.push(measure(Command::new(&program).arg("client"), scenario)?);
            // The Python SDK can't read a list item by item.
            if let Some(python) = python.as_ref().filter(|_| scenario != &["items"]) {
                let driver = ovirt_sdk_tests::models::tests_folder().join("benches/connection/driver.py");
                theirs.push(measure(Command::new(python).arg(driver), scenario)?);
            }
        }
        show(title, &ours, &theirs);
    }
    Ok(())
}

/// A child process that is killed on drop.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Results of a process: wall-clock and CPU time in seconds, peak memory in kB, and number of objects received.
struct Measured {
    clock: f64,
    processor: f64,
    memory: f64,
    count: f64,
}

impl Measured {
    fn read(line: &str) -> Result<Self, Box<dyn Error>> {
        let figures: Result<Vec<f64>, _> = line.split_whitespace().map(str::parse).collect();
        match figures?.as_slice() {
            &[clock, processor, memory, count] if count > 0.0 => Ok(Self { clock, processor, memory, count }),
            _ => Err(format!("expected four numbers, found `{line}`").into()),
        }
    }
}

type Figure = (&'static str, fn(&Measured) -> f64, bool);

fn show(title: &str, ours: &[Measured], theirs: &[Measured]) {
    let figures: [Figure; 3] = [
        ("objects per second", |measured| measured.count / measured.clock, true),
        ("CPU time per object, µs", |measured| measured.processor / measured.count * 1e6, false),
        ("peak memory, MB", |measured| measured.memory / 1e3, false),
    ];
    println!("\n{title}; medians of {} rounds (minimum to maximum)", ours.len());
    for (what, figure, more_is_better) in figures {
        let ours = Samples::new(ours.iter().map(figure));
        report::figure(&format!("  {what}"), &ours.to_string());
        if !theirs.is_empty() {
            let theirs = Samples::new(theirs.iter().map(figure));
            report::figure("    official Python SDK", &theirs.to_string());
            let times = if more_is_better { ours.over(&theirs) } else { theirs.over(&ours) };
            let than = if more_is_better { "times higher" } else { "times lower" };
            report::figure(&format!("    {than}, per round"), &times.to_string());
        }
    }
}
