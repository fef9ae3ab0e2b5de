//! LUNs that hosts see.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::logical_unit;
use crate::resources::hosts::iscsi;
use crate::resources::paths::LOGICAL_UNITS;
use ovirt_sdk::object::Object;

pub(super) fn register(registry: &mut Registry) {
    registry.on("host_storage", "list", list);
    registry.on("storage", "get", get);
    registry.compute("host_storage", |context, host| {
        let state = context.state;
        let all = state.paths(LOGICAL_UNITS);
        let seen = all.iter().filter_map(|path| logical_unit::as_seen_by_host(state, host, path, true));
        seen.map(|storage| Box::new(storage) as Box<dyn Object>).collect()
    });
}

/// The LUNs that a host sees. Whether they are free is shown unless the request turns it off.
fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let host = call.parent();
    iscsi::check_up(call.state, &host, "get device list of")?;
    let status = call.request.flag("report_status").unwrap_or(true);
    let found: Vec<String> = call.state.paths(LOGICAL_UNITS);
    let shown = found.iter().filter_map(|path| logical_unit::as_seen_by_host(call.state, &host, path, status));
    Ok(Reply::ComputedList(shown.map(|storage| Box::new(storage) as Box<dyn Object>).collect()))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (host, path) = (call.parent(), format!("{LOGICAL_UNITS}/{}", call.id()));
    let status = call.request.flag("report_status").unwrap_or(true);
    logical_unit::as_seen_by_host(call.state, &host, &path, status)
        .map(|it| Reply::Computed(Box::new(it)))
        .ok_or_else(Fault::not_found)
}
