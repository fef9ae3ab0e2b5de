//! Events: listing, adding and hiding them.

use crate::api::{Call, Fault, Registry, Reply};
use crate::fields::id_of;
use crate::note::Note;
use crate::path::last;
use crate::resources::paths::EVENTS;
use ovirt_sdk::types::Event;

/// An event that was removed; `undelete` shows it again.
const REMOVED: Note<bool> = Note::new("removed");
/// The number of events that clients add.
const EXTERNAL: [i64; 4] = [9800, 9801, 9802, 9803];

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
    call.require(&["origin", "severity", "custom_id", "description"])?;
    let event: Event = call.body()?;
    if event.origin.as_deref().is_some_and(|origin| origin.eq_ignore_ascii_case("ovirt")) {
        return Err(Fault::conflict("Cannot add an event whose origin is oVirt."));
    }
    let same = |other: &Event| other.origin == event.origin && other.custom_id == event.custom_id;
    if call.state.list::<Event>(EVENTS).any(|(_, other)| same(other)) {
        return Err(Fault::conflict("Cannot add an event: its custom ID is in use for this origin."));
    }
    use ovirt_sdk::types::LogSeverity;
    let severity = match event.severity {
        Some(LogSeverity::Warning) => 1,
        Some(LogSeverity::Error) => 2,
        Some(LogSeverity::Alert) => 3,
        _ => 0,
    };
    let number = call.state.count(EVENTS);
    let code = EXTERNAL.get(severity).copied().unwrap_or_default();
    let time = event.time.unwrap_or_else(|| call.state.now());
    let event = event.id(number.to_string()).index(number).code(code).time(time);
    debug_assert!(id_of(&event).is_some());
    Ok(Reply::Created(call.state.insert(EVENTS, event)))
}
