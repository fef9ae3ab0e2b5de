//! Requests per second and memory with a local HTTPS server, compared with the HTTP client alone and with the official
//! Python SDK.
//!
//! The server and each measurement run in their own process, so the peak memory is that of one measurement. The programs
//! take turns. If `OVIRT_SDK_BENCH_PYTHON` is the path of a Python with `ovirt-engine-sdk-python`, it takes part.

#![allow(clippy::print_stdout, reason = "benchmarks print, and their processes exchange data through standard output")]

mod bare;
mod client;
mod measure;
mod server;

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ovirt_sdk_tests::report::{self, Budget, Samples};

/// A measurement.
struct Scenario {
    title: &'static str,
    /// The arguments of its process.
    arguments: &'static [&'static str],
    /// The budgets of the SDK's throughput and CPU time, as ratios to those of the HTTP client alone.
    throughput: Budget,
    processor: Budget,
}

const SCENARIOS: &[Scenario] = &[
    Scenario {
        title: "GET of a tag (300 bytes), one at a time",
        arguments: &["tag", "1"],
        throughput: Budget::None,
        processor: Budget::AtMost(1.3),
    },
    Scenario {
        title: "GET of a tag, 16 concurrent requests",
        arguments: &["tag", "16"],
        throughput: Budget::AtLeast(0.85),
        processor: Budget::None,
    },
    Scenario {
        title: "GET of a tag, 256 concurrent requests",
        arguments: &["tag", "256"],
        throughput: Budget::AtLeast(0.85),
        processor: Budget::None,
    },
    Scenario {
        title: "GET of a VM (9.6 kB), one at a time",
        arguments: &["vm", "1"],
        throughput: Budget::None,
        processor: Budget::AtMost(1.3),
    },
    Scenario {
        title: "GET of a VM, 16 concurrent requests",
        arguments: &["vm", "16"],
        throughput: Budget::AtLeast(0.85),
        processor: Budget::None,
    },
    Scenario {
        title: "GET of a VM, 256 concurrent requests",
        arguments: &["vm", "256"],
        throughput: Budget::AtLeast(0.85),
        processor: Budget::None,
    },
    Scenario {
        title: "list of 10,000 VMs",
        arguments: &["list"],
        throughput: Budget::AtLeast(0.8),
        processor: Budget::None,
    },
    Scenario {
        title: "list of 10,000 VMs, item by item",
        arguments: &["items"],
        throughput: Budget::None,
        processor: Budget::None,
    },
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
        ["bare", url, authority, scenario @ ..] => bare::run(url, authority, scenario),
        _ => report::run("connection", compare),
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
    for scenario in SCENARIOS {
        let (mut ours, mut bare, mut python_sdk) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            ours.push(measure(Command::new(&program).arg("client"), scenario.arguments)?);
            bare.push(measure(Command::new(&program).arg("bare"), scenario.arguments)?);
            // The Python SDK can't read a list item by item.
            if let Some(python) = python.as_ref().filter(|_| scenario.arguments != ["items"]) {
                let driver = ovirt_sdk_tests::models::tests_folder().join("benches/connection/driver.py");
                python_sdk.push(measure(Command::new(python).arg(driver), scenario.arguments)?);
            }
        }
        show(scenario, &ours, &bare, &python_sdk);
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

/// What is compared: its title, its value, whether more is better, and its budget.
type Figure = (&'static str, fn(&Measured) -> f64, bool, Budget);

fn show(scenario: &Scenario, ours: &[Measured], bare: &[Measured], python_sdk: &[Measured]) {
    let figures: [Figure; 3] = [
        ("objects per second", |measured| measured.count / measured.clock, true, scenario.throughput),
        ("CPU time per object, µs", |measured| measured.processor / measured.count * 1e6, false, scenario.processor),
        ("peak memory, MB", |measured| measured.memory / 1e3, false, Budget::None),
    ];
    report::title(&format!("{}; medians of {} rounds (minimum to maximum)", scenario.title, ours.len()));
    for (what, figure, more_is_better, budget) in figures {
        let samples = |of: &[Measured]| Samples::new(of.iter().map(figure));
        let (ours, bare) = (samples(ours), samples(bare));
        report::figure(&format!("  {what}"), &ours.to_string());
        report::ratio("    HTTP client alone; ratio to it", &bare.to_string(), ours.over(&bare).median(), budget);
        if !python_sdk.is_empty() {
            let theirs = samples(python_sdk);
            report::figure("    official Python SDK", &theirs.to_string());
            let times = if more_is_better { ours.over(&theirs) } else { theirs.over(&ours) };
            let than = if more_is_better { "times higher" } else { "times lower" };
            report::figure(&format!("    {than}, per round"), &times.to_string());
        }
    }
}
