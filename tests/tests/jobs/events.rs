//! Watching events: order, late events, long logs, restarts, filters.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ovirt_sdk::events::Events;
use ovirt_sdk::types::{Event, LogSeverity};
use tokio::time::Instant;

use crate::script::{Script, Step};

/// An event of the log: when it appears, in seconds, and its date, in seconds since the epoch.
#[derive(Clone, Copy)]
struct Entry {
    appears: u64,
    date: i64,
}

/// The log of an engine, by the numbers of the events.
type Log = Arc<Mutex<BTreeMap<u64, Entry>>>;

/// A log with a range of events that are there from the beginning.
fn log(numbers: std::ops::RangeInclusive<u64>) -> Log {
    let entry = |number| (number, Entry { appears: 0, date: i64::try_from(number).unwrap() });
    Arc::new(Mutex::new(numbers.map(entry).collect()))
}

fn append(log: &Log, number: u64, appears: u64) {
    log.lock().unwrap().insert(number, Entry { appears, date: i64::try_from(number).unwrap() });
}

fn xml((number, entry): &(u64, Entry)) -> String {
    let time = ovirt_sdk::types::DateTime::from_unix(entry.date, 0).unwrap();
    let severity = if number % 2 == 0 { "normal" } else { "error" };
    format!(
        "<event id=\"{number}\"><code>{}</code><severity>{severity}</severity><time>{time}</time>\
         <vm id=\"vm-{}\"/></event>",
        number % 10,
        number % 5
    )
}

/// An engine with a log, as a real one searches it. `is_filtered`: for users who are not administrators, only the first
/// page exists.
fn engine(log: &Log, is_filtered: bool, outage: impl Fn(u64) -> Option<Step> + Send + 'static) -> Script {
    let (log, began) = (Arc::clone(log), Instant::now());
    Script::new(move |path, query| {
        let now = began.elapsed().as_secs();
        if let Some(step) = outage(now) {
            return step;
        }
        if path != "events" {
            return Step::xml("<vms><vm id=\"1\"/></vms>");
        }
        let parameter = |name: &str| {
            let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            found.map(|value| value.replace(['+'], " ").replace("%20", " "))
        };
        let from: u64 = parameter("from").map_or(0, |from| from.parse().unwrap());
        let max: usize = parameter("max").unwrap().parse().unwrap();
        let search = parameter("search").unwrap();
        let entries = log.lock().unwrap().clone().into_iter();
        let mut entries: Vec<(u64, Entry)> =
            entries.filter(|(number, entry)| *number > from && entry.appears <= now).collect();
        let mut page = 1;
        match search.strip_prefix("page ") {
            Some(number) => {
                page = number.parse().unwrap();
                entries.reverse();
            }
            None => {
                assert_eq!(search, "sortby time asc");
                entries.sort_by_key(|(_, entry)| entry.date);
            }
        }
        if is_filtered && page > 1 {
            entries.clear();
        }
        let page: String = entries.iter().skip((page - 1) * max).take(max).map(xml).collect();
        Step::xml(format!("<events>{page}</events>"))
    })
}

fn steady(log: &Log) -> Script {
    engine(log, false, |_| None)
}

fn number(event: &Event) -> u64 {
    event.id.as_deref().unwrap().parse().unwrap()
}

/// The numbers of the events until the end of the watch.
async fn numbers(mut events: Events) -> Vec<u64> {
    let mut all = Vec::new();
    while let Some(event) = events.next().await.unwrap() {
        all.push(number(&event));
    }
    all
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_watch_returns_what_is_new_oldest_first() {
    let log = log(1..=250);
    for (number, appears) in [(251, 3), (252, 3), (253, 20), (254, 59), (255, 61)] {
        append(&log, number, appears);
    }
    let script = steady(&log);
    let events = script.connect().events().timeout(MINUTE).watch().await.unwrap();
    let began = Instant::now();
    assert_eq!(numbers(events).await, [251, 252, 253, 254]);
    assert!((MINUTE..MINUTE + Duration::from_millis(10)).contains(&began.elapsed()), "{:?}", began.elapsed());
    assert!(script.requests().len() < 40, "{:?}", script.requests());
}

#[tokio::test(start_paused = true)]
async fn late_events_are_not_lost_and_none_comes_twice() {
    // 248 and 253 appear after higher numbers; 255 never does.
    let log = log(1..=250);
    for (number, appears) in [(248, 5), (251, 2), (252, 2), (254, 2), (253, 9), (256, 10), (257, 50)] {
        append(&log, number, appears);
    }
    let script = steady(&log);
    let mut events = script.connect().events().timeout(MINUTE * 2).watch().await.unwrap();
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(number(&events.next().await.unwrap().unwrap()));
    }
    assert_eq!((all.as_slice(), events.position()), ([251, 252, 254].as_slice(), 247));
    all.extend(numbers(events).await);
    assert_eq!(all, [251, 252, 254, 248, 253, 256, 257]);
    let last = script.requests().pop().unwrap();
    assert!(last.contains("from=257"), "gaps are given up after a while: {last}");
}

#[tokio::test(start_paused = true)]
async fn a_watch_continues_at_a_position() {
    let log = log(1..=20);
    let watch = steady(&log).connect().events().timeout(MINUTE);
    assert_eq!(numbers(watch.clone().from_id(17).watch().await.unwrap()).await, [18, 19, 20]);
    assert_eq!(numbers(watch.from_id(0).watch().await.unwrap()).await, (1..=20).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn long_logs_come_in_pages() {
    for is_filtered in [false, true] {
        let log = log(1..=5500);
        // Gaps, and dates of clients.
        log.lock().unwrap().retain(|number, _| number % 7 != 3);
        log.lock().unwrap().insert(3, Entry { appears: 0, date: 900 });
        log.lock().unwrap().insert(5400, Entry { appears: 0, date: 1 });
        let expected: Vec<u64> = log.lock().unwrap().keys().copied().collect();
        let script = engine(&log, is_filtered, |_| None);
        let mut all = numbers(script.connect().events().from_id(0).timeout(MINUTE).watch().await.unwrap()).await;
        assert!(all.iter().filter(|number| **number != 5400).is_sorted_by_key(|number| *number / 1000));
        all.sort_unstable();
        assert_eq!(all, expected);
        let pages = script.requests().iter().filter(|request| request.contains("sortby")).count();
        assert!(pages < 60, "{pages} requests");
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_starts_at_a_time() {
    let time = |date: i64| ovirt_sdk::types::DateTime::from_unix(date, 0).unwrap();
    for (is_filtered, first) in [(false, 3001), (false, 5500), (false, 5501), (true, 3001), (true, 5400)] {
        let log = log(1..=5500);
        let script = engine(&log, is_filtered, |_| None);
        let watch = script.connect().events().from_time(time(first)).timeout(MINUTE);
        let all = numbers(watch.watch().await.unwrap()).await;
        assert_eq!(all, (u64::try_from(first).unwrap()..=5500).collect::<Vec<_>>(), "from {first}");
    }
    // The last call counts.
    let log_of_20 = log(1..=20);
    let watch = steady(&log_of_20).connect().events().from_time(time(19)).from_id(17).timeout(MINUTE);
    assert_eq!(numbers(watch.watch().await.unwrap()).await, [18, 19, 20]);

    let empty = log(1..=1);
    empty.lock().unwrap().clear();
    let events = steady(&empty).connect().events().from_time(time(1)).timeout(MINUTE).watch().await.unwrap();
    assert!(numbers(events).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_restart_loses_no_event() {
    let log = log(1..=10);
    for (number, appears) in [(11, 2), (12, 6), (13, 40), (14, 90)] {
        append(&log, number, appears);
    }
    let script = engine(&log, false, |now| match now {
        5..30 => Some(Step::Refused),
        30..45 => Some(Step::Silence),
        45..55 => Some(Step::Page(503)),
        55..65 => Some(Step::Page(404)),
        65..75 => Some(Step::Page(401)),
        _ => None,
    });
    let events = script.connect().events().timeout(MINUTE * 2).watch().await.unwrap();
    assert_eq!(numbers(events).await, [11, 12, 13, 14]);
}

#[tokio::test(start_paused = true)]
async fn errors_do_not_end_the_stream() {
    let log = log(1..=10);
    append(&log, 11, 2);
    append(&log, 12, 20);
    let script = engine(&log, false, |now| (5..300).contains(&now).then_some(Step::Refused));
    let watch = script.connect().events().longest_outage(MINUTE);
    let mut events = watch.watch().await.unwrap();
    assert_eq!(number(&events.next().await.unwrap().unwrap()), 11);
    let mut failures = 0;
    let next = loop {
        match events.next().await {
            Ok(event) => break event.unwrap(),
            Err(error) => {
                assert!(error.is_connect(), "{error}");
                failures += 1;
            }
        }
    };
    assert_eq!((number(&next), failures), (12, 4));
    // Without permission for events.
    let forbidden = Script::new(|_, _| Step::Answer(403, String::new()));
    assert!(forbidden.connect().events().watch().await.unwrap_err().is_auth());
    let mut events = forbidden.connect().events().from_id(1).watch().await.unwrap();
    assert!(events.next().await.unwrap_err().is_auth());
}

#[tokio::test(start_paused = true)]
async fn filters_apply_together() {
    let log = log(1..=40);
    let watch = steady(&log).connect().events().from_id(0).timeout(MINUTE);
    let errors = watch.clone().min_severity(LogSeverity::Warning).code(3).code(4).code(5);
    assert_eq!(numbers(errors.watch().await.unwrap()).await, [3, 5, 13, 15, 23, 25, 33, 35]);
    let of_vm = watch.object("vm-3").code(3);
    assert_eq!(numbers(of_vm.watch().await.unwrap()).await, [3, 13, 23, 33]);

    let script = steady(&log);
    let error = script.connect().events().min_severity("warn").watch().await.unwrap_err();
    assert!(error.is_invalid_request(), "{error}");
    assert!(
        error.to_string().contains("unknown severity `warn`: expected one of normal, warning, error, alert"),
        "{error}"
    );
    assert!(script.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_list_and_its_events_have_no_gap() {
    let log = log(1..=10);
    let script = steady(&log);
    let connection = script.connect();
    let list = async {
        // This happens while the list is read.
        append(&log, 11, 0);
        connection.system().vms().list().send().await
    };
    let (vms, events) = connection.events().timeout(MINUTE).list_then_watch(list).await.unwrap();
    assert_eq!((vms.len(), numbers(events).await), (1, vec![11]));
    assert!(script.requests()[0].starts_with("events?") && script.requests()[1] == "vms");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_loses_nothing() {
    let log = log(1..=10);
    append(&log, 11, 2);
    append(&log, 12, 9);
    let mut events = steady(&log).connect().events().watch().await.unwrap();
    let mut all = Vec::new();
    while all.len() < 2 {
        if let Ok(event) = tokio::time::timeout(Duration::from_millis(300), events.next()).await {
            all.push(number(&event.unwrap().unwrap()));
        }
    }
    assert_eq!(all, [11, 12]);
}

#[test]
fn watches_block_without_a_runtime() {
    let script = Script::new(|_, query| match query.contains("from=1") {
        true => Step::xml("<events><event id=\"3\"/><event id=\"2\"/></events>"),
        false => Step::xml("<events><event id=\"1\"/></events>"),
    });
    let events = script.connect().events().interval(Duration::from_millis(1)).watch_blocking().unwrap();
    let all: Vec<u64> = events.take(2).map(|event| number(&event.unwrap())).collect();
    assert_eq!(all, [2, 3]);
}
