//! Events: listing, adding and hiding them.

use crate::api::{Call, Fault, Registry, Reply};
use crate::note::Note;
use crate::path::last;
use crate::resources::paths::EVENTS;
use ovirt_sdk::types::{Event, LogSeverity};

/// An event that was removed; `undelete` shows it again.
const REMOVED: Note<bool> = Note::new("removed");
/// The number of minutes in which the same external event is ignored, by default.
const FLOOD_RATE: i64 = 30;

pub(super) fn register(registry: &mut Registry) {
    registry.on("events", "list", list);
    registry.on("events", "add", add);
    registry.on("events", "undelete", |call| {
        for path in call.state.paths(EVENTS) {
            call.state.clear_note(&path, REMOVED);
        }
        Ok(Reply::Completed)
    });
    registry.on("event", "remove", |call| {
        let path = call.path();
        call.state.set_note(&path, REMOVED, true);
        Ok(Reply::Completed)
    });
}

fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let from: Option<i64> = call.request.parameter("from").and_then(|from| from.parse().ok());
    let mut paths = call.state.paths(EVENTS);
    paths.retain(|path| {
        let is_newer = from.is_none_or(|from| last(path).parse::<i64>().is_ok_and(|id| id > from));
        is_newer && !call.state.has_note(path, REMOVED)
    });
    Ok(Reply::List(paths))
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let event: Event = call.body()?;
    if event.origin.as_deref().is_some_and(|origin| origin.eq_ignore_ascii_case("ovirt")) {
        return Err(Fault::bad("Cannot add External Event. Illegal Origin for External Event : oVirt"));
    }
    let is_same = |other: &Event| other.origin == event.origin && other.custom_id == event.custom_id;
    if call.state.list::<Event>(EVENTS).any(|(_, other)| is_same(other)) {
        return Err(Fault::bad("=Cannot add External Event. External Event with this custom id already exists."));
    }
    let code = match event.severity {
        Some(LogSeverity::Warning) => 9802,
        Some(LogSeverity::Error) => 9803,
        Some(LogSeverity::Alert) => 9804,
        _ => 9801,
    };
    let number = call.state.count(EVENTS);
    let flood_rate = event.flood_rate.unwrap_or(FLOOD_RATE);
    let time = event.time.unwrap_or_else(|| call.state.now());
    let event = event.id(number.to_string()).index(number).code(code).time(time).flood_rate(flood_rate);
    Ok(Reply::Created(call.state.insert(EVENTS, event)))
}
