//! What a process measures and prints.

use std::error::Error;
use std::future::Future;
use std::time::Instant;

use ovirt_sdk_tests::report;
use tokio::task::JoinSet;

/// A measurement in progress.
pub(super) struct Measurement {
    began: Instant,
    on_processor: f64,
}

impl Measurement {
    pub(super) fn start() -> Result<Self, Box<dyn Error>> {
        Ok(Self { began: Instant::now(), on_processor: on_processor()? })
    }

    /// Prints the wall-clock and CPU time in seconds, the peak memory in kB, and the number of objects.
    pub(super) fn print(self, count: usize) -> Result<(), Box<dyn Error>> {
        let (clock, processor) = (self.began.elapsed(), on_processor()? - self.on_processor);
        println!("{} {processor} {} {count}", clock.as_secs_f64(), memory_at_most()?);
        Ok(())
    }
}

/// The numbers of concurrent requests and of all requests of a measurement.
pub(super) fn numbers(scenario: &[&str]) -> Result<(usize, usize), Box<dyn Error>> {
    match scenario {
        ["tag" | "vm", at_once, requests] => Ok((at_once.parse()?, requests.parse()?)),
        ["list" | "items"] => Ok((1, 0)),
        _ => Err("usage: client | bare URL AUTHORITY tag | vm AT_ONCE REQUESTS | list | items".into()),
    }
}

/// Sends `requests` requests, with `at_once` concurrent ones.
pub(super) async fn concurrently<F, E>(
    at_once: usize,
    requests: usize,
    request: impl Fn() -> F + Clone + Send + 'static,
) -> Result<usize, Box<dyn Error>>
where
    F: Future<Output = Result<(), E>> + Send,
    E: Error + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..at_once {
        let share = requests / at_once + usize::from(number < requests % at_once);
        let request = request.clone();
        tasks.spawn(async move {
            for _ in 0..share {
                request().await?;
            }
            Ok::<usize, E>(share)
        });
    }
    let mut count = 0;
    while let Some(done) = tasks.join_next().await {
        count += done??;
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
