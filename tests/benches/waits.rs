//! Requests and CPU time of many waits on one connection, compared with a loop for each object. The time is virtual.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ovirt_sdk::http::{BoxFuture, Headers, Request, Response};
use ovirt_sdk::transport::Transport;
use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::{Connection, Credentials, Error, xml};
use ovirt_sdk_tests::inventory;
use ovirt_sdk_tests::report::{self, Budget};
use tokio::task::JoinSet;

/// How long the waits last, in virtual time.
const MINUTES: u32 = 10;

/// The interval of the loops and of the waits.
const INTERVAL: Duration = Duration::from_secs(5);

/// Responds with prepared documents, and counts the requests.
#[derive(Clone)]
struct Engine {
    list: Arc<[u8]>,
    object: Arc<[u8]>,
    requests: Arc<AtomicUsize>,
}

impl Transport for Engine {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let body = if request.path().ends_with("/vms") { &self.list } else { &self.object };
        let headers = Headers::from_iter([("Content-Type", "application/xml")]);
        let response = Response::new(200, headers, body.to_vec());
        Box::pin(async move { Ok(response) })
    }
}

/// Runs a future for each virtual machine. Returns the requests per minute and the CPU time.
fn measure<F>(count: usize, follow: impl Fn(&Connection, &str) -> F) -> Result<(f64, Duration), Error>
where
    F: Future<Output = ()> + Send + 'static,
{
    let list = inventory::vms(count);
    let vms: List<Vm> = xml::from_str(&list)?;
    // The first virtual machine as the engine writes it, so that both read the same amount of text.
    let first = list.split_once("<vm ").and_then(|(_, rest)| rest.split_once("</vm>"));
    let (first, _) = first.ok_or_else(|| Error::custom("no virtual machines"))?;
    let engine = Engine {
        object: format!("<vm {first}</vm>").into_bytes().into(),
        list: list.into_bytes().into(),
        requests: Arc::default(),
    };
    let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::token("t"))
        .transport(engine.clone())
        .build()?;
    let ids: Vec<&str> = vms.iter().filter_map(|vm| vm.id.as_deref()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .map_err(Error::custom)?;
    let took = report::timed_alone(|| {
        runtime.block_on(async {
            let mut all = JoinSet::new();
            for id in &ids {
                all.spawn(follow(&connection, id));
            }
            tokio::time::sleep(Duration::from_secs(60 * u64::from(MINUTES))).await;
        });
    });
    Ok((engine.requests.load(Ordering::Relaxed) as f64 / f64::from(MINUTES), took))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    report::run("waits", compare)
}

fn compare() -> Result<(), Box<dyn std::error::Error>> {
    report::head(&format!("{MINUTES} minutes of waits, with an interval of {} s", INTERVAL.as_secs()));
    for count in [1, 50, 500] {
        let waits = measure(count, |connection, id| {
            let wait = connection.system().vms().vm(id).wait_until_removed().interval(INTERVAL);
            async move { drop(wait.timeout(Duration::from_secs(3600)).await) }
        })?;
        let loops = measure(count, |connection, id| {
            let vm = connection.system().vms().vm(id);
            async move {
                loop {
                    drop(vm.get().send().await);
                    tokio::time::sleep(INTERVAL).await;
                }
            }
        })?;
        let cpu = |took: Duration| took.as_secs_f64() * 1000.0 / f64::from(MINUTES);
        report::figure(&format!("{count} loops: requests per minute"), &format!("{:.1}", loops.0));
        report::ratio(
            &format!("{count} waits: requests per minute"),
            &format!("{:.1}", waits.0),
            waits.0 / loops.0,
            Budget::AtMost(1.2),
        );
        report::figure(&format!("{count} loops: CPU time per minute"), &format!("{:.1} ms", cpu(loops.1)));
        report::ratio(
            &format!("{count} waits: CPU time per minute"),
            &format!("{:.1} ms", cpu(waits.1)),
            waits.1.as_secs_f64() / loops.1.as_secs_f64(),
            // Loops also need the CPU time of HTTP and TLS for each request, which is not in this figure.
            Budget::None,
        );
    }
    Ok(())
}
