//! Repeating requests that conflict temporarily with other operations.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ovirt_sdk::operations::Operation;
use ovirt_sdk::types::Vm;
use tokio::time::Instant;

use crate::script::{Script, Step};

fn fault(detail: &str) -> Step {
    Step::Answer(409, format!("<fault><reason>Operation Failed</reason><detail>[{detail}]</detail></fault>"))
}

const LOCKED: &str = "Cannot run VM. The following disks are locked: data1. Please try again in a few minutes.";

/// An engine that refuses requests for some seconds.
fn engine(refusal: &'static str, seconds: u64) -> Script {
    let began = Instant::now();
    Script::new(move |_, _| match began.elapsed().as_secs() < seconds {
        true => fault(refusal),
        false => Step::xml("<action><status>complete</status></action>"),
    })
}

#[tokio::test(start_paused = true)]
async fn temporary_conflicts_are_repeated_until_the_deadline() {
    let script = engine(LOCKED, 60);
    let service = script.connect().system().vms().vm("1");
    let began = Instant::now();
    service.start().retry_conflicts(Duration::from_secs(300)).send().await.unwrap();
    let (elapsed, attempts) = (began.elapsed().as_secs(), script.requests().len());
    assert!((60..76).contains(&elapsed) && (6..20).contains(&attempts), "{attempts} attempts in {elapsed} s");

    let script = engine(LOCKED, 1000);
    let began = Instant::now();
    let request = script.connect().system().vms().vm("1").start().retry_conflicts(Duration::from_secs(20));
    let error = request.send().await.unwrap_err();
    assert!(error.is_conflict() && error.to_string().contains("disks are locked"), "{error}");
    assert_eq!(began.elapsed(), Duration::from_secs(20), "the last attempt is at the deadline");
}

#[tokio::test(start_paused = true)]
async fn the_failed_jobs_of_refusals_are_not_those_of_the_operation() {
    let (began, refusals) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let script = Script::new(move |path, _| {
        let job = |id: usize, status: &str| {
            format!(
                "<job id=\"{id}\"><status>{status}</status><start_time>2026-01-01T12:00:{id:02}.000Z</start_time></job>"
            )
        };
        let is_locked = began.elapsed().as_secs() < 20;
        match path {
            "jobs" => {
                let count = refusals.load(Ordering::SeqCst);
                let failed: String = (0..count).map(|id| job(id, "failed")).collect();
                Step::xml(format!("<jobs>{}{failed}</jobs>", job(50, "finished")))
            }
            _ if is_locked => {
                refusals.fetch_add(1, Ordering::SeqCst);
                fault(LOCKED)
            }
            _ => Step::Answer(201, "<vm id=\"1\"/>".to_owned()),
        }
    });
    let request = script.connect().system().vms().add(Vm::new().name("web1")).correlation_id("add-1");
    let operation = request.retry_conflicts(Duration::from_secs(60)).send_operation().await.unwrap();
    let operation = Operation::resume(&script.connect(), &operation.to_text()).unwrap();
    assert_eq!(operation.wait().await.unwrap().unwrap().id.as_deref(), Some("50"));
}

#[tokio::test(start_paused = true)]
async fn other_errors_are_returned_at_once() {
    let permanent = engine("Cannot add VM. VM name is already in use.", 1000);
    let request = permanent.connect().system().vms().add(Vm::new().name("web1"));
    assert!(request.retry_conflicts(Duration::from_secs(300)).send().await.unwrap_err().is_conflict());
    assert_eq!(permanent.requests().len(), 1);
    let forbidden = Script::new(|_, _| Step::Answer(403, String::new()));
    let request = forbidden.connect().system().vms().vm("1").start();
    assert!(request.retry_conflicts(Duration::from_secs(300)).send_reply().await.unwrap_err().is_auth());
    assert_eq!(forbidden.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_the_option_a_conflict_is_an_error() {
    let script = engine(LOCKED, 1000);
    assert!(script.connect().system().vms().vm("1").start().send().await.unwrap_err().is_retryable());
    assert_eq!(script.requests().len(), 1);
}
