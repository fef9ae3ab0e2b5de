//! A single measurement of this SDK.

use std::error::Error;
use std::time::{Duration, Instant};

use ovirt_sdk::{Connection, Credentials};
use ovirt_sdk_tests::report;
use tokio::task::JoinSet;

/// Prints the wall-clock and CPU time in seconds, the peak memory in kB, and the number of objects.
pub(super) fn run(url: &str, authority: &str, scenario: &[&str]) -> Result<(), Box<dyn Error>> {
    let (at_once, requests) = match scenario {
        ["get", at_once, requests] => (at_once.parse()?, requests.parse()?),
        _ => (1, 0),
    };
    tokio::runtime::Runtime::new()?.block_on(async {
        let connection = Connection::builder(url)
            .credentials(Credentials::password("admin@ovirt@internalsso", "secret"))
            .ca_file(authority)
            .no_proxy()
            .timeout(Duration::from_secs(600))
            .max_connections(at_once)
            .build()?;
        connection.test().await?;
        // Open all TCP connections first.
        get(&connection, at_once, requests.min(at_once)).await?;
        let (began, before) = (Instant::now(), on_processor()?);
        let count = match scenario {
            ["get", ..] => get(&connection, at_once, requests).await?,
            ["list"] => connection.system().vms().list().send().await?.len(),
            ["items"] => items(&connection).await?,
            _ => return Err("usage: client URL AUTHORITY get AT_ONCE REQUESTS | list | items".into()),
        };
        let (clock, processor) = (began.elapsed(), on_processor()? - before);
        println!("{} {processor} {} {count}", clock.as_secs_f64(), memory_at_most()?);
        Ok(())
    })
}

/// Reads the same VM `requests` times, with `at_once` concurrent requests.
async fn get(connection: &Connection, at_once: usize, requests: usize) -> Result<usize, Box<dyn Error>> {
    let mut tasks = JoinSet::new();
    for number in 0..at_once {
        let vm = connection.system().vms().vm("1");
        let share = requests / at_once + usize::from(number < requests % at_once);
        tasks.spawn(async move {
            for _ in 0..share {
                std::hint::black_box(vm.get().send().await?);
            }
            Ok::<usize, ovirt_sdk::Error>(share)
        });
    }
    let mut count = 0;
    while let Some(done) = tasks.join_next().await {
        count += done??;
    }
    Ok(count)
}

async fn items(connection: &Connection) -> Result<usize, ovirt_sdk::Error> {
    let mut items = connection.system().vms().list().items();
    let mut count = 0;
    while let Some(vm) = items.next().await? {
        std::hint::black_box(vm);
        count += 1;
    }
    Ok(count)
}

/// CPU time of all threads of this process, in seconds.
fn on_processor() -> Result<f64, Box<dyn Error>> {
    Ok(report::process_on_processor().ok_or("can't read the CPU time from `/proc`")?.as_secs_f64())
}

fn memory_at_most() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no `VmHWM` in `/proc`")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
