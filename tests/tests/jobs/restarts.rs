//! Engines that restart, do not answer, or reject requests while a program waits.

use std::time::Duration;

use ovirt_sdk::jobs::WaitFailureKind;
use tokio::time::Instant;

use crate::script::{Script, Step};

const ID: &str = "00000000-0000-0000-0000-000000000001";

/// An engine that answers as a function of the time says, and otherwise has a VM that is up after a while.
fn engine(up: u64, outage: impl Fn(u64) -> Option<Step> + Send + 'static) -> Script {
    let began = Instant::now();
    Script::new(move |path, _| {
        let now = began.elapsed().as_secs();
        if let Some(step) = outage(now) {
            return step;
        }
        let status = if now < up { "powering_up" } else { "up" };
        let vm = format!("<vm id=\"{ID}\"><name>web1</name><status>{status}</status></vm>");
        match path {
            "vms" => Step::xml(format!("<vms>{vm}</vms>")),
            "events" => Step::xml("<events/>"),
            _ => Step::xml(vm),
        }
    })
}

async fn wait(script: &Script) -> Result<(), ovirt_sdk::Error> {
    script.connect().system().vms().vm(ID).wait_until_up().await.map(|_| ())
}

#[tokio::test(start_paused = true)]
async fn a_restart_of_the_engine_is_tolerated() {
    let script = engine(100, |now| match now {
        10..40 => Some(Step::Refused),
        40..56 => Some(Step::Silence),
        56..65 => Some(Step::Page(503)),
        65..70 => Some(Step::Page(404)),
        70..75 => Some(Step::Page(401)),
        _ => None,
    });
    let began = Instant::now();
    wait(&script).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(115), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_missing_object_during_a_restart_is_not_a_removal() {
    // A web server without its engine answers any path with 404.
    for step in [Step::Page(404), Step::Answer(404, String::new())] {
        let script = engine(60, move |now| (5..20).contains(&now).then(|| step.clone()));
        let began = Instant::now();
        let vm = script.connect().system().vms().vm(ID);
        let error = vm.wait_until_removed().timeout(Duration::from_secs(50)).await.unwrap_err();
        assert!(error.is_timeout() && began.elapsed() >= Duration::from_secs(50), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_goes_with_its_parent() {
    let began = Instant::now();
    let script = Script::new(move |path, _| match path {
        "" => Step::xml("<api/>"),
        _ if began.elapsed() > Duration::from_secs(5) => Step::Answer(404, String::new()),
        _ => Step::xml(format!("<snapshot id=\"{ID}\"/>")),
    });
    script.connect().system().vms().vm("1").snapshots().snapshot(ID).wait_until_removed().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_to_a_search_is_not_a_removal() {
    // Engines answer a search that they do not understand with an empty list.
    let script = Script::new(|path, _| match path {
        "vms" => Step::xml("<vms/>"),
        _ => Step::xml(format!("<vm id=\"{}\"/>", path.trim_start_matches("vms/"))),
    });
    let connection = script.connect();
    let vms = connection.system().vms();
    let other = tokio::spawn(vms.vm("2").wait_until_removed().timeout(Duration::from_secs(60)).wait());
    let error = vms.vm("1").wait_until_removed().timeout(Duration::from_secs(60)).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(other.await.unwrap().unwrap_err().is_timeout());
}

#[tokio::test(start_paused = true)]
async fn an_outage_that_does_not_end_is_an_error() {
    let began = Instant::now();
    let error = wait(&engine(1000, |now| (now > 5).then_some(Step::Refused))).await.unwrap_err();
    assert_eq!(error.wait_failure().unwrap().kind(), WaitFailureKind::Request);
    assert!(error.to_string().contains("web1 did not start: unknown after"), "{error}");
    assert!(error.to_string().contains("connection refused"), "{error}");
    assert!((Duration::from_secs(180)..Duration::from_secs(210)).contains(&began.elapsed()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn permanent_errors_end_the_wait_at_once() {
    let fault = "<fault><reason>Operation Failed</reason><detail>[User is not authorized.]</detail></fault>";
    for (step, status) in [(Step::Answer(403, fault.to_owned()), 403), (Step::Page(404), 404), (Step::Page(401), 401)] {
        let began = Instant::now();
        let error = wait(&engine(1000, move |_| Some(step.clone()))).await.unwrap_err();
        assert_eq!(error.status(), Some(status), "{error}");
        assert_eq!(error.is_auth(), status != 404);
        assert!(!error.is_not_found(), "{error}");
        assert!(began.elapsed() < Duration::from_secs(1), "{error}");
    }
    let nowhere = Script::new(|_, _| Step::Refused).connect();
    let error = nowhere.system().vms().vm("a/b").wait_until_up().await.unwrap_err();
    assert!(error.is_invalid_request(), "{error}");
    let error = nowhere.system().vms().vm("1").wait_until_up().correlation_id("not valid").await.unwrap_err();
    assert!(error.is_invalid_request(), "{error}");
}
