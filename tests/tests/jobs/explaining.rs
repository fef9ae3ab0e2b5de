//! A failed wait explains itself with the engine's events and jobs.

use std::collections::VecDeque;
use std::time::Duration;

use ovirt_sdk::Error;
use ovirt_sdk::jobs::WaitFailureKind;
use tokio::time::Instant;

use crate::script::{Script, Step, next};

const VM: &str = "00000000-0000-0000-0000-000000000001";
const OTHER: &str = "00000000-0000-0000-0000-000000000002";

/// An event: number, severity, second of the minute, object, correlation ID, text.
type Entry = (u32, &'static str, u32, &'static str, &'static str, &'static str);

fn event((id, severity, second, vm, correlation_id, text): Entry) -> String {
    let correlation_id = match correlation_id {
        "" => String::new(),
        id => format!("<correlation_id>{id}</correlation_id>"),
    };
    format!(
        "<event id=\"{id}\">{correlation_id}<description>{text}</description><severity>{severity}</severity>\
         <time>2026-01-01T12:00:{second:02}.000Z</time><vm id=\"{vm}\"/></event>"
    )
}

/// An engine whose VM goes through states, with events that appear after a number of seconds, and a failed job.
fn engine(states: &[&'static str], events: &[Entry], late: u64) -> Script {
    let mut states: VecDeque<&str> = states.iter().copied().collect();
    let events: Vec<Entry> = events.to_vec();
    let began = Instant::now();
    Script::new(move |path, query| match path {
        "events" => {
            let wanted =
                |entry: &&Entry| !query.contains("correlation_id") || query.contains(entry.4) && !entry.4.is_empty();
            let found: Vec<Entry> = match began.elapsed().as_secs() >= late {
                true => events.iter().filter(wanted).copied().collect(),
                false => Vec::new(),
            };
            Step::xml(format!("<events>{}</events>", found.into_iter().map(event).collect::<String>()))
        }
        "jobs" => Step::xml(
            "<jobs><job id=\"1\"><description>Launching VM web1</description><status>failed</status></job>\
             <job id=\"2\"><description>Something else</description><status>finished</status></job></jobs>",
        ),
        "jobs/1/steps" => Step::xml(
            "<steps><step id=\"3\"><description>Validating</description><status>finished</status></step>\
             <step id=\"4\"><description>Executing</description><status>failed</status></step></steps>",
        ),
        _ => Step::xml(format!("<vm id=\"{VM}\"><name>web1</name><status>{}</status></vm>", next(&mut states))),
    })
}

async fn failure(script: &Script, correlation_id: Option<&str>) -> Error {
    let mut wait = script.connect().system().vms().vm(VM).wait_until_up();
    if let Some(id) = correlation_id {
        wait = wait.correlation_id(id);
    }
    wait.await.unwrap_err()
}

const DOWN: Entry = (12, "error", 50, VM, "", "VM web1 is down with error. Exit message: out of memory.");
const NOISE: [Entry; 4] = [
    (13, "normal", 51, VM, "", "User admin logged in."),
    (11, "error", 49, OTHER, "", "VM db is down with error."),
    (10, "warning", 20, VM, "", "VM web1 was slow."),
    (9, "error", 48, OTHER, "", "Disk of web1 is full."),
];

#[tokio::test(start_paused = true)]
async fn the_events_of_the_object_are_part_of_the_error() {
    let events = [&[DOWN], NOISE.as_slice()].concat();
    let error = failure(&engine(&["wait_for_launch", "powering_up", "down"], &events, 0), None).await;
    assert_eq!(
        error.to_string(),
        "web1 did not start: down again after 2 s (wait_for_launch → powering_up → down); the engine says: \
         Disk of web1 is full. VM web1 is down with error. Exit message: out of memory."
    );
    let failure = error.wait_failure().unwrap();
    assert_eq!((failure.kind(), failure.last_state()), (WaitFailureKind::Back, Some("down")));
    assert_eq!(failure.states().collect::<Vec<_>>(), ["wait_for_launch", "powering_up", "down"]);
    let numbers: Vec<&str> = failure.events().iter().filter_map(|event| event.id.as_deref()).collect();
    assert_eq!(numbers, ["9", "12"], "oldest first, without harmless, older and other ones");
    assert!(failure.failed_jobs().is_empty() && !error.is_timeout() && !error.is_not_found());
}

#[tokio::test(start_paused = true)]
async fn the_jobs_of_the_operation_are_part_of_the_error() {
    let events = [(14, "error", 5, OTHER, "start-1", "Failed to run VM web1.")];
    // The ID of the operation is given, or is part of an event of the object.
    let given = failure(&engine(&["wait_for_launch", "down"], &events, 0), Some("start-1")).await;
    let found = [(14, "error", 5, VM, "start-1", "Failed to run VM web1.")];
    let found = failure(&engine(&["wait_for_launch", "down"], &found, 0), None).await;
    for error in [given, found] {
        assert!(
            error.to_string().ends_with("the engine says: Failed to run VM web1.; failed steps: Executing"),
            "{error}"
        );
        let failure = error.wait_failure().unwrap();
        let texts = |texts: Vec<Option<&str>>| texts.into_iter().flatten().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            texts(failure.failed_jobs().iter().map(|job| job.description.as_deref()).collect()),
            ["Launching VM web1"]
        );
        assert_eq!(
            texts(failure.failed_steps().iter().map(|step| step.description.as_deref()).collect()),
            ["Executing"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_job_without_events_is_found_by_the_name_of_the_object() {
    let mut states = VecDeque::from(["wait_for_launch", "down"]);
    let job = |id: u32, text: &str, minute: u32| {
        let time = format!("<start_time>2026-01-01T12:{minute:02}:30.000Z</start_time>");
        format!("<job id=\"{id}\"><description>{text}</description>{time}<status>failed</status></job>")
    };
    let jobs = [job(1, "Launching VM web1", 10), job(2, "Launching VM db1", 10), job(3, "Migrating VM web1", 5)];
    let newest = event((1, "normal", 31, OTHER, "", "User admin logged in.")).replace("12:00:", "12:10:");
    let script = Script::new(move |path, _| match path {
        "events" => Step::xml(format!("<events>{newest}</events>")),
        "jobs" => Step::xml(format!("<jobs>{}</jobs>", jobs.concat())),
        "jobs/1/steps" => Step::xml("<steps/>"),
        _ => Step::xml(format!("<vm id=\"{VM}\"><name>web1</name><status>{}</status></vm>", next(&mut states))),
    });
    let error = failure(&script, None).await;
    assert!(error.to_string().ends_with("; failed jobs: Launching VM web1"), "{error}");
    assert_eq!(error.wait_failure().unwrap().failed_jobs().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn events_may_come_after_the_failure() {
    let error = failure(&engine(&["wait_for_launch", "down"], &[DOWN], 2), None).await;
    assert!(error.to_string().ends_with("Exit message: out of memory."), "{error}");
}

#[tokio::test(start_paused = true)]
async fn without_permission_for_events_the_states_remain() {
    let mut states = VecDeque::from(["powering_up", "paused"]);
    let script = Script::new(move |path, _| match path.starts_with("vms/") {
        true => Step::xml(format!("<vm id=\"{VM}\"><name>web1</name><status>{}</status></vm>", next(&mut states))),
        false => Step::Answer(403, String::new()),
    });
    let error = failure(&script, None).await;
    assert_eq!(error.to_string(), "web1 did not start: paused after 1 s");
}

#[tokio::test(start_paused = true)]
async fn an_object_that_was_never_read_has_its_plain_id() {
    let events = event((12, "error", 50, "a b", "", "The storage is full."));
    let script = Script::new(move |path, _| match path {
        "events" => Step::xml(format!("<events>{events}</events>")),
        _ => Step::Refused,
    });
    let wait = script.connect().system().vms().vm("a b").wait_until_up().timeout(Duration::from_secs(90));
    let error = wait.await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("vm a b did not start within 90 s"), "{text}");
    assert!(text.contains("The storage is full."), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_times_out_has_the_last_state() {
    let script = engine(&["powering_up"], &[], 0);
    let wait = script.connect().system().vms().vm(VM).wait_until_up().timeout(Duration::from_secs(90));
    let error = wait.await.unwrap_err();
    assert_eq!(error.to_string(), "web1 did not start within 90 s: still powering_up");
    assert!(error.is_timeout());
}
