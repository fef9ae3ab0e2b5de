//! Counts the instructions of decoding, of encoding and of a GET, and compares them with a record. A count doesn't depend
//! on the load of the machine, so it shows small changes.
//!
//! ```text
//! cargo run --release -p ovirt-sdk-tests --bin instructions                  # fails if there are more than recorded
//! cargo run --release -p ovirt-sdk-tests --bin instructions -- --record      # records the counts
//! ```
//!
//! Needs valgrind.

#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::{Connection, Credentials, xml};
use ovirt_sdk_tests::{inventory, machine, models};
use serde_json::{Value, json};

/// The number of VMs in the document.
const VMS: usize = 300;

/// The number of requests before the counted ones: connecting, and filling caches.
const WARM_UP: usize = 5;

/// The number of counted requests.
const REQUESTS: usize = 50;

/// The time that the server takes for a response. The client always waits for it, so it does the same for each request.
const RESPONSE_TIME: Duration = Duration::from_millis(20);

/// The largest accepted increase.
const TOLERANCE: f64 = 0.03;

const WORK: [&str; 3] = ["decode", "encode", "get"];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => compare(),
        ["--record"] => {
            std::fs::write(record_path(), serde_json::to_string_pretty(&measure()?)? + "\n")?;
            println!("recorded in {}", record_path().display());
            Ok(ExitCode::SUCCESS)
        }
        ["decode"] => decode().map(|()| ExitCode::SUCCESS),
        ["encode"] => encode().map(|()| ExitCode::SUCCESS),
        ["get", url] => get(url).map(|()| ExitCode::SUCCESS),
        _ => Err("usage: instructions [--record]".into()),
    }
}

/// The only function whose instructions count, including what it calls.
#[inline(never)]
fn counted<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

fn decode() -> Result<(), Box<dyn Error>> {
    let document = inventory::vms(VMS);
    let vms: List<Vm> = counted(|| xml::from_str(&document))?;
    if vms.len() == VMS { Ok(()) } else { Err("VMs are missing".into()) }
}

fn encode() -> Result<(), Box<dyn Error>> {
    let document = inventory::vms(VMS);
    let vms: List<Vm> = xml::from_str(&document)?;
    let written = counted(|| xml::to_string(&vms))?;
    if written.len() > document.len() / 4 { Ok(()) } else { Err("VMs are missing".into()) }
}

fn get(url: &str) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let connection =
        Connection::builder(url).credentials(Credentials::token("token")).insecure(true).no_proxy().build()?;
    let vm = connection.system().vms().vm("1");
    let read = |count: usize| {
        runtime.block_on(async {
            for _ in 0..count {
                black_box(vm.get().send().await?);
            }
            Ok::<_, ovirt_sdk::Error>(())
        })
    };
    read(WARM_UP)?;
    counted(|| read(REQUESTS))?;
    Ok(())
}

/// Serves one VM to any request, on a thread; returns the URL of the API.
fn serve() -> Result<String, Box<dyn Error>> {
    let list = inventory::vms(1);
    let vm =
        list.split_once("<vm ").and_then(|(_, rest)| rest.rsplit_once("</vms>")).ok_or("the inventory is empty")?;
    let body = format!("<vm {}", vm.0);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/xml;charset=UTF-8\r\nContent-Length";
    let response = format!("{head}: {}\r\n\r\n{body}", body.len()).into_bytes();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/ovirt-engine/api", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that disconnects is not an error.
            drop(answer(stream, &response));
        }
    });
    Ok(url)
}

fn answer(mut stream: TcpStream, response: &[u8]) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        request.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if request.ends_with(b"\r\n\r\n") {
            request.clear();
            std::thread::sleep(RESPONSE_TIME);
            stream.write_all(response)?;
        }
    }
}

fn record_path() -> PathBuf {
    models::tests_folder().join("benches/instructions.json")
}

/// Counts all instructions; returns them with the versions that they depend on.
fn measure() -> Result<Value, Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let url = serve()?;
    let mut counts = BTreeMap::new();
    for work in WORK {
        let arguments: &[&str] = if work == "get" { &[work, &url] } else { &[work] };
        let count = count(&program, arguments)?;
        counts.insert(work, if work == "get" { count / REQUESTS as u64 } else { count });
    }
    let versions = json!({
        "rustc": machine::rustc(),
        "libc": machine::libc(),
        "valgrind": machine::output("valgrind", &["--version"]),
    });
    Ok(json!({"versions": versions, "instructions": counts}))
}

/// Runs a program in callgrind and returns its number of counted instructions.
fn count(program: &Path, arguments: &[&str]) -> Result<u64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*instructions*counted*"])
        .arg(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("can't run valgrind: {error}"))?;
    let log = String::from_utf8_lossy(&output.stderr);
    let count = log.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    match count {
        Some(count) if output.status.success() && count > 0 => Ok(count),
        _ => Err(format!("callgrind counted nothing:\n{log}").into()),
    }
}

/// Compares the counts with the record.
fn compare() -> Result<ExitCode, Box<dyn Error>> {
    let path = record_path();
    let record = std::fs::read_to_string(&path).map_err(|error| format!("can't read {}: {error}", path.display()))?;
    let record: Value = serde_json::from_str(&record)?;
    let measured = measure()?;
    let of = |all: &Value, work: &str| all.pointer(&format!("/instructions/{work}")).and_then(Value::as_u64);
    let mut increased = false;
    println!("{:10} {:>14} {:>14} {:>9}", "", "recorded", "counted", "change");
    for work in WORK {
        let (before, now) = of(&record, work).zip(of(&measured, work)).ok_or("the record is incomplete")?;
        let change = now as f64 / before as f64 - 1.0;
        increased |= change > TOLERANCE;
        println!("{work:10} {before:>14} {now:>14} {:>8.2}%", change * 100.0);
    }
    if record.get("versions") != measured.get("versions") {
        let versions = |all: &Value| all.get("versions").cloned().unwrap_or_default();
        println!("not compared: recorded with {}, counted with {}", versions(&record), versions(&measured));
        return Ok(ExitCode::SUCCESS);
    }
    if increased {
        println!("more than {:.0} % above the record; explain the increase and record it: --record", TOLERANCE * 100.0);
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
