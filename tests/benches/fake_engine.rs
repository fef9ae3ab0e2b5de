//! CPU time of a fake engine with 10,000 virtual machines, for searches, orders, pages and followed links.
//!
//! The engine runs in its own process, so that only its CPU time counts. Linux reports it in steps of 10 ms, so short
//! requests are repeated.

#![allow(clippy::print_stdout, reason = "benchmarks print, and their processes exchange data through standard output")]

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use ovirt_fake_engine::{FakeEngine, Scenario};
use ovirt_sdk::{Connection, Credentials};
use ovirt_sdk_tests::report::{self, Budget, Samples};

const ROUNDS: usize = 5;
/// The number of objects on a page.
const PAGE: i64 = 100;

/// A list of virtual machines: the parameters of the request, how often it is repeated, and the budget in milliseconds.
struct Workload {
    title: &'static str,
    search: Option<&'static str>,
    follow: Option<&'static str>,
    repeated: u32,
    budget: f64,
}

const fn search(title: &'static str, search: &'static str) -> Workload {
    Workload { title, search: Some(search), follow: None, repeated: 20, budget: 20.0 }
}

const fn follow(title: &'static str, follow: &'static str) -> Workload {
    Workload { title, search: None, follow: Some(follow), repeated: 1, budget: 1000.0 }
}

const WORKLOADS: &[Workload] = &[
    search("name and cluster", "name=vm05000 and cluster=Default"),
    search("sortby name, first page", "sortby name"),
    search("sortby name desc, page 50", "sortby name desc page 50"),
    search("page 50", "page 50"),
    search("sortby cluster", "sortby cluster"),
    search("sortby memory desc", "sortby memory desc"),
    follow("follow NICs and disk attachments", "nics,disk_attachments"),
    follow("follow NICs and disks", "nics,disk_attachments.disk"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<&str>>().as_slice() {
        ["serve", folder] => serve(Path::new(folder)),
        _ => measure(),
    }
}

/// Serves until standard input ends; prints the URL of the API.
fn serve(folder: &Path) -> Result<(), Box<dyn Error>> {
    let engine = FakeEngine::builder().scenario(Scenario::Huge).ca_folder(folder).start_blocking()?;
    println!("{}", engine.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// A fake engine in its own process, which is killed on drop.
struct Engine {
    process: Child,
    _output: BufReader<ChildStdout>,
}

impl Engine {
    /// Starts the engine; returns the URL of the API.
    fn start(folder: &Path) -> Result<(Self, String), Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = command.arg("serve").arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(process.stdout.take().ok_or("the engine has no standard output")?);
        let mut url = String::new();
        output.read_line(&mut url)?;
        Ok((Self { process, _output: output }, url.trim().to_owned()))
    }

    fn cpu_time(&self) -> Result<Duration, Box<dyn Error>> {
        let time = report::other_process_on_processor(self.process.id());
        Ok(time.ok_or("can't read the CPU time of the engine from `/proc`")?)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (engine, url) = Engine::start(folder.path())?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let connection = Connection::builder(url.as_str())
            .credentials(Credentials::password("admin@internal", "secret"))
            .ca_file(folder.path().join("ca.pem"))
            .no_proxy()
            .timeout(Duration::from_secs(600))
            .build()?;
        connection.test().await?;
        report::head(&format!("lists of virtual machines, CPU time in ms; medians of {ROUNDS} rounds"));
        for workload in WORKLOADS {
            let mut figures = Vec::new();
            for _ in 0..ROUNDS {
                let before = engine.cpu_time()?;
                for _ in 0..workload.repeated {
                    request(&connection, workload).await?;
                }
                figures.push((engine.cpu_time()? - before).as_secs_f64() * 1000.0 / f64::from(workload.repeated));
            }
            let samples = Samples::new(figures);
            report::ratio(workload.title, &samples.to_string(), samples.median(), Budget::AtMost(workload.budget));
        }
        Ok(())
    })
}

async fn request(connection: &Connection, workload: &Workload) -> Result<(), Box<dyn Error>> {
    let mut list = connection.system().vms().list();
    if let Some(search) = workload.search {
        list = list.search(search).max(PAGE);
    }
    if let Some(follow) = workload.follow {
        list = list.follow(follow);
    }
    let found = list.send().await?;
    if found.is_empty() {
        return Err(format!("{}: nothing found", workload.title).into());
    }
    Ok(())
}
