//! Operations: following jobs, purged jobs, restarts, and resuming in another process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ovirt_sdk::jobs::WaitFailureKind;
use ovirt_sdk::operations::Operation;
use ovirt_sdk::types::{Disk, JobStatus, Vm};
use ovirt_sdk::{Connection, Error, ErrorKind};
use tokio::time::Instant;

use crate::script::{Script, Step};

const STARTED: &str = "<action><status>complete</status><job id=\"j1\"/></action>";

fn job(id: &str, status: &str) -> String {
    format!(
        "<job id=\"{id}\"><description>Adding Disk data1</description><status>{status}</status>\
         <start_time>2026-01-01T12:00:00.000Z</start_time></job>"
    )
}

fn event(id: u32, code: u32, severity: &str, text: &str) -> String {
    format!(
        "<event id=\"{id}\"><code>{code}</code><correlation_id>add-1</correlation_id><description>{text}</description>\
         <severity>{severity}</severity></event>"
    )
}

/// An engine with a job, whose state depends on the second: `None` if the engine has no such job. The job belongs to
/// every request.
fn engine(
    response: Step,
    events: String,
    state: impl Fn(u64) -> Option<&'static str> + Send + 'static,
    outage: impl Fn(u64) -> Option<Step> + Send + 'static,
) -> Script {
    let began = Instant::now();
    Script::new(move |path, query| {
        let now = began.elapsed().as_secs();
        if let Some(step) = outage(now) {
            return step;
        }
        let found = state(now).map(|status| job("j1", status));
        match path {
            "" => Step::xml("<api/>"),
            "jobs/j1" => found.map_or(Step::Answer(404, String::new()), Step::xml),
            "jobs/j1/steps" => Step::xml(format!(
                "<steps><step id=\"s1\"><description>Creating Volume</description><status>{}</status></step></steps>",
                state(now).unwrap_or("unknown")
            )),
            "jobs" => Step::xml(format!("<jobs>{}</jobs>", found.unwrap_or_default())),
            "events" if query.contains("add-1") => Step::xml(format!("<events>{events}</events>")),
            "events" => Step::xml("<events/>"),
            "disks/gone" if now > 0 => Step::Answer(404, String::new()),
            _ => response.clone(),
        }
    })
}

/// An engine without outages.
fn steady(response: Step, events: String, state: impl Fn(u64) -> Option<&'static str> + Send + 'static) -> Script {
    engine(response, events, state, |_| None)
}

async fn add(connection: &Connection) -> Operation<Disk> {
    connection.system().disks().add(Disk::new().name("data1")).correlation_id("add-1").send_operation().await.unwrap()
}

fn added() -> Step {
    Step::Answer(201, "<disk id=\"d1\" href=\"/ovirt-engine/api/disks/d1\"><name>data1</name></disk>".to_owned())
}

fn kind(error: &Error) -> WaitFailureKind {
    error.wait_failure().unwrap().kind()
}

#[tokio::test(start_paused = true)]
async fn the_job_of_an_action_is_followed_with_its_steps() {
    let states = |now| Some(if now < 3 { "started" } else { "finished" });
    let script = steady(Step::xml(STARTED), String::new(), states);
    let operation = script.connect().system().vms().vm("1").start().send_operation().await.unwrap();
    assert_eq!((operation.job(), operation.path()), (Some("j1"), Some("vms/1")));
    assert_eq!(operation.value().unwrap().status.as_deref(), Some("complete"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let job = operation.wait().on_change(move |progress| log.lock().unwrap().push(progress.to_string())).await.unwrap();
    assert_eq!(job.unwrap().status, Some(JobStatus::Finished));
    assert_eq!(*seen.lock().unwrap(), ["Adding Disk data1: Creating Volume", "Adding Disk data1: finished"]);
    assert!(script.requests().iter().all(|request| !request.starts_with("events")), "success needs no explanation");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_has_ended_before_it_is_found_is_reported_once() {
    let script = steady(added(), String::new(), |_| Some("finished"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let wait = add(&script.connect()).await.wait();
    wait.on_change(move |progress| log.lock().unwrap().push(progress.to_string())).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["Adding Disk data1: finished"]);
}

#[tokio::test(start_paused = true)]
async fn the_jobs_of_other_requests_are_found_by_their_correlation_id() {
    // The job does not exist at once.
    let states = |now| if now < 1 { None } else { Some(if now < 9 { "started" } else { "finished" }) };
    let script = steady(added(), String::new(), states);
    let operation = add(&script.connect()).await;
    assert_eq!((operation.job(), operation.path(), operation.correlation_id()), (None, Some("disks/d1"), "add-1"));
    assert_eq!(operation.value().unwrap().name.as_deref(), Some("data1"));
    let job = operation.wait().await.unwrap().unwrap();
    assert_eq!((job.id.as_deref(), job.status), (Some("j1"), Some(JobStatus::Finished)));
    assert!(script.requests().contains(&"jobs?max=100&search=correlation_id%3Dadd-1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn failed_aborted_and_unknown_jobs_are_failures_that_explain_themselves() {
    for status in ["failed", "aborted", "unknown"] {
        let events = event(7, 2022, "error", "Add-Disk operation failed to complete.");
        let script = steady(added(), events, move |now| Some(if now < 4 { "started" } else { status }));
        let operation = add(&script.connect()).await;
        let error = operation.wait().interval(Duration::from_secs(1)).await.unwrap_err();
        assert_eq!((kind(&error), error.kind()), (WaitFailureKind::State, ErrorKind::WaitFailed));
        // Intervals are random.
        let text = error.to_string().replace("after 5 s", "after 4 s");
        assert_eq!(
            text,
            format!(
                "Adding Disk data1 did not succeed: {status} after 4 s; the engine says: Add-Disk operation failed to \
                 complete.; failed steps: Creating Volume"
            )
        );
    }
}

#[tokio::test(start_paused = true)]
async fn operations_without_a_job_end_with_the_response() {
    let script = steady(added(), String::new(), |_| None);
    let began = Instant::now();
    assert_eq!(add(&script.connect()).await.wait().await.unwrap(), None);
    assert!(began.elapsed() >= Duration::from_secs(1), "an empty list is not the end at once");
    assert_eq!(script.requests().iter().filter(|request| request.starts_with("jobs")).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn asynchronous_removals_end_when_the_object_is_gone() {
    let remove = async |script: &Script, id: &str| {
        let request = script.connect().system().disks().disk(id).remove().async_(true);
        request.correlation_id("add-1").send_operation().await.unwrap()
    };
    // The job begins late.
    let accepted = || Step::Answer(202, String::new());
    let script = steady(accepted(), String::new(), |now| match now {
        0..10 => None,
        10..60 => Some("started"),
        _ => Some("finished"),
    });
    let began = Instant::now();
    assert!(remove(&script, "gone").await.wait().await.unwrap().is_some());
    assert!(began.elapsed() >= Duration::from_secs(60));
    // The job was deleted: the object decides.
    let script = steady(accepted(), String::new(), |_| None);
    assert_eq!(remove(&script, "gone").await.wait().await.unwrap(), None);
    let error = remove(&script, "still-there").await.wait().await.unwrap_err();
    assert_eq!(kind(&error), WaitFailureKind::Unknown);
}

#[tokio::test(start_paused = true)]
async fn events_tell_the_outcome_of_deleted_jobs() {
    let purged = async |events: String| {
        let script = steady(Step::xml(STARTED), events, |now| (now < 2).then_some("started"));
        let request = script.connect().system().vms().vm("1").start().correlation_id("add-1");
        request.send_operation().await.unwrap().wait().await
    };
    let began = event(6, 2020, "normal", "Add-Disk operation was initiated.");
    let completed = event(7, 2021, "normal", "The disk was successfully added.");
    assert_eq!(purged(format!("{completed}{began}")).await.unwrap(), None);
    let error = purged(event(7, 2022, "error", "Add-Disk operation failed to complete.") + &began).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "operation add-1 of vms/1 did not succeed; the engine says: Add-Disk operation failed to complete."
    );
    let error = purged(began).await.unwrap_err();
    assert_eq!(kind(&error), WaitFailureKind::Unknown);
    assert_eq!(
        error.to_string(),
        "operation add-1 of vms/1 did not succeed as far as known: the engine no longer has its job, and no event tells \
         its outcome"
    );
}

#[tokio::test(start_paused = true)]
async fn a_restart_of_the_engine_is_tolerated() {
    let outage = |now| match now {
        5..30 => Some(Step::Refused),
        30..45 => Some(Step::Silence),
        45..55 => Some(Step::Page(503)),
        55..60 => Some(Step::Page(404)),
        60..65 => Some(Step::Page(401)),
        _ => None,
    };
    for response in [added(), Step::xml(STARTED)] {
        let script = engine(response, String::new(), |now| Some(if now < 90 { "started" } else { "finished" }), outage);
        assert!(add(&script.connect()).await.wait().await.unwrap().is_some());
    }
    // Without a job yet, the search goes on.
    let script = engine(
        Step::Answer(202, String::new()),
        String::new(),
        |now| (now > 70).then_some("finished"),
        move |now| outage(now + 4).filter(|_| now > 0),
    );
    assert!(add(&script.connect()).await.wait().await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn waits_for_operations_end_in_time() {
    let script = steady(added(), String::new(), |_| Some("started"));
    let began = Instant::now();
    let error = add(&script.connect()).await.wait().timeout(Duration::from_secs(20)).await.unwrap_err();
    assert!(error.is_timeout() && began.elapsed() == Duration::from_secs(20), "{error}");
    let script = steady(Step::Answer(202, String::new()), String::new(), |_| None);
    let error = add(&script.connect()).await.wait().timeout(Duration::from_secs(5)).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.to_string(), "operation add-1 did not succeed within 5 s");
    // By default as well.
    let began = Instant::now();
    let script = steady(added(), String::new(), |_| Some("started"));
    assert!(add(&script.connect()).await.wait().await.unwrap_err().is_timeout());
    assert_eq!(began.elapsed(), Duration::from_secs(3600));
}

#[tokio::test(start_paused = true)]
async fn operations_are_resumed_from_text() {
    let states = |now| Some(if now < 30 { "started" } else { "finished" });
    let script = steady(Step::xml(STARTED), String::new(), states);
    let request = script.connect().system().vms().vm("1").start().correlation_id("add-1");
    let text = request.send_operation().await.unwrap().to_text();
    assert_eq!(text, "ovirt-operation-1 correlation_id=add-1 job=j1 path=vms/1");
    let resumed = Operation::resume(&script.connect(), &text).unwrap();
    assert_eq!((resumed.job(), resumed.path(), resumed.value()), (Some("j1"), Some("vms/1"), None));
    assert!(resumed.wait().await.unwrap().is_some());
    let error = Operation::resume(&script.connect(), "something else").unwrap_err();
    assert!(error.is_invalid_request(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_response_was_lost_is_followed_by_its_correlation_id() {
    let script = steady(added(), String::new(), |now| Some(if now < 9 { "started" } else { "finished" }));
    let operation = Operation::with_correlation_id(&script.connect(), "add-1").unwrap();
    assert!(operation.wait().await.unwrap().is_some());
    // Nothing is known about it.
    let script = steady(added(), String::new(), |_| None);
    let error = Operation::with_correlation_id(&script.connect(), "add-1").unwrap().wait().await.unwrap_err();
    assert_eq!(kind(&error), WaitFailureKind::Unknown);
    assert!(Operation::with_correlation_id(&script.connect(), "a b").unwrap_err().is_invalid_request());
}

#[tokio::test(start_paused = true)]
async fn requests_that_read_start_no_operation() {
    let script = steady(added(), String::new(), |_| None);
    let vms = script.connect().system().vms();
    for error in [vms.list().send_operation().await.unwrap_err(), vms.vm("1").get().send_operation().await.unwrap_err()]
    {
        assert!(error.is_invalid_request(), "{error}");
    }
    assert!(script.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn many_operations_share_requests() {
    let began = Instant::now();
    let script = Script::new(move |path, _| {
        let status = if began.elapsed().as_secs() < 60 { "started" } else { "finished" };
        let jobs = || (0..100).map(|number| job(&format!("j{number}"), status)).collect::<String>();
        match path.strip_prefix("vms/").and_then(|rest| rest.strip_suffix("/start")) {
            Some(number) => Step::xml(format!("<action><status>complete</status><job id=\"j{number}\"/></action>")),
            None if path == "jobs" => Step::xml(format!("<jobs>{}</jobs>", jobs())),
            None => Step::xml(job(path.trim_start_matches("jobs/"), status)),
        }
    });
    let connection = script.connect();
    let mut waits = tokio::task::JoinSet::new();
    for number in 0..100 {
        let operation = connection.system().vms().vm(number.to_string()).start().send_operation().await.unwrap();
        waits.spawn(operation.wait().into_future());
    }
    while let Some(outcome) = waits.join_next().await {
        outcome.unwrap().unwrap();
    }
    let polls = script.requests().len() - 100;
    assert!((5..30).contains(&polls), "{polls} requests");
}

#[test]
fn operations_block_without_a_runtime() {
    let script = Script::new(|path, _| match path {
        "vms" => Step::Answer(201, "<vm id=\"1\"/>".to_owned()),
        _ => Step::xml(format!("<jobs>{}</jobs>", job("j1", "finished"))),
    });
    let operation = script.connect().system().vms().add(Vm::new()).send_operation_blocking().unwrap();
    assert!(operation.wait().wait_blocking().unwrap().is_some());
}
