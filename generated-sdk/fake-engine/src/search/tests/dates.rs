//! Dates, durations and events, which have dates.

use super::{Fake, date, fails, parse, texts};
use crate::search::{Subject, Value};

#[test]
fn durations_and_dates() {
    let elapsed = "statistics[elapsed.time]/values/datum";
    let vm = Fake::vm("a").number(elapsed, 7200.0).with("creation_time", [Value::Date(date("2026-11-20T10:00:00Z"))]);
    for (search, expected) in [
        ("uptime>01:00", true),
        ("uptime<1", true),
        ("uptime>0.02:00:00", false),
        ("creationdate>\"Nov 20, 2026 9:00\"", true),
        ("creationdate>\"Nov 20, 2026 11:00 am\"", false),
        ("creationdate<today", true),
    ] {
        assert_eq!(parse("vm", search).unwrap().matches(&vm, false), expected, "{search}");
    }
    fails(
        "vm",
        "creationdate=today",
        "INVALID_CONDITION_RELATION at character 13: expected one of `<`, `>` after `creationdate`",
    );
    fails("vm", "uptime>=1", "INVALID_CONDITION_VALUE at character 8: `=1` is no value of `uptime`");
}

fn event(severity: &str, time: &str, message: &str) -> Fake {
    Fake::default().text("severity", severity).with("time", [Value::Date(date(time))]).text("description", message)
}

#[test]
fn events_have_a_time_and_ordered_severities() {
    let old = event("warning", "2026-01-01T08:00:00Z", "Host h1 is non responsive.").text("id", "9");
    let new = event("alert", "2026-11-27T08:00:00Z", "VM db is down.").text("id", "10");
    for (search, first, second) in [
        ("severity>normal", true, true),
        ("severity > warning", false, true),
        ("severity>=error", false, true),
        ("severity=warning", true, false),
        ("severity!=warning", false, true),
        ("time>today", false, true),
        ("time = today", false, true),
        ("time<yesterday", true, false),
        ("time=\"Jan 1, 2026\"", true, false),
        ("time>\"Jan 1, 2026 9:00\"", true, true),
        ("time>1/2/26", false, true),
        ("message=*down*", false, true),
        ("responsive", true, false),
        ("deleted=false", false, false),
    ] {
        let query = parse("event", search).unwrap_or_else(|error| panic!("{search}: {error}"));
        assert_eq!(query.matches(&old, false), first, "{search}");
        assert_eq!(query.matches(&new, false), second, "{search}");
    }
    let order = |search| {
        let found = parse("event", search).unwrap().select(vec![&old, &new], false, None);
        found.iter().map(|event| event.values("id")).collect::<Vec<_>>()
    };
    assert_eq!(order(""), [texts(&["10"]), texts(&["9"])]);
    assert_eq!(order("sortby time asc page 1"), [texts(&["9"]), texts(&["10"])]);
    fails("event", "time>2026-01-01", "INVALID_CONDITION_VALUE at character 6: `2026-01-01` is no value of `time`");
}
