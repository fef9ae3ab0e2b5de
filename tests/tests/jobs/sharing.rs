//! Waits of one connection share requests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use ovirt_sdk::Connection;
use ovirt_sdk::types::VmStatus;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::script::{Script, Step, next};

fn id(number: usize) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

/// An engine with VMs that are starting until a moment.
fn engine(vms: usize, until: Duration) -> Script {
    let began = Instant::now();
    Script::new(move |path, query| {
        let status = if began.elapsed() < until { "powering_up" } else { "up" };
        let vm = |id: &str| format!("<vm id=\"{id}\"><name>{id}</name><status>{status}</status></vm>");
        match path.strip_prefix("vms/") {
            Some(id) => Step::xml(vm(id)),
            None => {
                let wanted = |id: &String| query.is_empty() || query.contains(id.as_str());
                let found: String = (0..vms).map(id).filter(wanted).map(|id| vm(&id)).collect();
                Step::xml(format!("<vms>{found}</vms>"))
            }
        }
    })
}

async fn wait_for_all(connection: &Connection, count: usize) {
    let mut waits = JoinSet::new();
    for number in 0..count {
        let service = connection.system().vms().vm(id(number));
        waits.spawn(async move { service.wait_until_up().interval(Duration::from_secs(5)).await });
    }
    while let Some(outcome) = waits.join_next().await {
        assert_eq!(outcome.unwrap().unwrap().status, Some(VmStatus::Up));
    }
}

/// The number of requests per minute of a number of waits.
async fn requests_per_minute(count: usize) -> f64 {
    let minutes = 5;
    let script = engine(count, Duration::from_secs(minutes * 60));
    wait_for_all(&script.connect(), count).await;
    script.requests().len() as f64 / minutes as f64
}

#[tokio::test(start_paused = true)]
async fn many_waits_need_as_many_requests_as_one() {
    // A loop for each wait would send 12, 600 and 6000.
    for count in [1, 50, 500] {
        let requests = requests_per_minute(count).await;
        println!("{count} waits: {requests:.1} requests per minute; loops of their own: {}", count * 12);
        assert!(requests <= 12.0 * 1.2, "{count} waits: {requests} requests per minute");
    }
}

#[tokio::test(start_paused = true)]
async fn few_objects_are_searched_and_many_are_listed() {
    for (count, expected) in [(1, "vms/"), (50, "vms?search=id%3D"), (500, "vms")] {
        let script = engine(count, Duration::from_secs(12));
        wait_for_all(&script.connect(), count).await;
        let requests = script.requests();
        let last = requests.last().unwrap();
        assert!(last.starts_with(expected) && (count < 500 || last == "vms"), "{count}: {last}");
        assert!(last.len() < 8000, "a URL of {} bytes", last.len());
    }
}

#[tokio::test(start_paused = true)]
async fn waits_that_begin_one_after_the_other_share_requests() {
    let script = engine(50, Duration::from_secs(60));
    let connection = script.connect();
    let mut waits = JoinSet::new();
    for number in 0..50 {
        let service = connection.system().vms().vm(id(number));
        waits.spawn(async move {
            tokio::time::sleep(Duration::from_millis(number as u64 * 200)).await;
            service.wait_until_up().interval(Duration::from_secs(5)).await
        });
    }
    while let Some(outcome) = waits.join_next().await {
        outcome.unwrap().unwrap();
    }
    assert!(script.requests().len() <= 20, "{}: {:?}", script.requests().len(), script.requests());
}

#[tokio::test(start_paused = true)]
async fn the_next_wait_reads_when_the_one_that_read_is_dropped() {
    let script = engine(2, Duration::from_secs(30));
    let connection = script.connect();
    let vms = connection.system().vms();
    let first = tokio::spawn(vms.vm(id(0)).wait_until_up().wait());
    let second = tokio::spawn(vms.vm(id(1)).wait_until_up().wait());
    tokio::time::sleep(Duration::from_secs(5)).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    second.await.unwrap().unwrap();
    let requests = script.requests().len();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(script.requests().len(), requests, "nobody waits any more");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_is_taken_over_by_another_wait() {
    let mut steps = VecDeque::from([true, false]);
    let script = Script::new(move |path, _| match next(&mut steps) {
        true => Step::Silence,
        false => match path.strip_prefix("vms/") {
            Some(id) => Step::xml(format!("<vm id=\"{id}\"><status>up</status></vm>")),
            None => Step::xml(format!(
                "<vms>{}</vms>",
                [0, 1].map(|n| format!("<vm id=\"{}\"><status>up</status></vm>", id(n))).concat()
            )),
        },
    });
    let connection = script.connect();
    let vms = connection.system().vms();
    let first = tokio::spawn(vms.vm(id(0)).wait_until_up().timeout(Duration::from_secs(10)).wait());
    tokio::task::yield_now().await;
    let second = tokio::spawn(vms.vm(id(1)).wait_until_up().wait());
    let error = first.await.unwrap().unwrap_err();
    assert!(error.is_timeout(), "{error}");
    second.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn users_who_may_not_list_read_their_objects() {
    let states = Arc::new(std::sync::Mutex::new(BTreeMap::<String, usize>::new()));
    let script = Script::new(move |path, _| {
        let Some(id) = path.strip_prefix("vms/") else {
            let detail = "query execution failed due to insufficient permissions.";
            return Step::Answer(
                400,
                format!("<fault><reason>Operation Failed</reason><detail>{detail}</detail></fault>"),
            );
        };
        let mut states = states.lock().unwrap();
        let reads = states.entry(id.to_owned()).or_default();
        *reads += 1;
        let status = if *reads > 2 { "up" } else { "powering_up" };
        Step::xml(format!("<vm id=\"{id}\"><status>{status}</status></vm>"))
    });
    wait_for_all(&script.connect(), 3).await;
}
