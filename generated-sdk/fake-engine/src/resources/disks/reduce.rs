//! Reducing disks on block storage.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::disk_lock::{self, LockHolder};
use crate::resources::common::{disk, storage_domain};
use crate::state::{Severity, State};
use ovirt_sdk::types::Disk;

const REDUCTION: Duration = Duration::from_secs(3);
/// The engine doesn't fill in the action.
const REDUCE: &str = "${action} Storage";

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "vm_disk"] {
        registry.on(service, "reduce", reduce);
    }
    on_effect!(registry, |state, DiskShrunk { disk, event, text }| shrunk(state, disk, *event, text));
}

fn reduce(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let found = call.state.find::<Disk>(&path)?;
    let name = found.name.clone().unwrap_or_default();
    disk_lock::check(call.state, &path, REDUCE)?;
    if found.shareable == Some(true) {
        return Err(Fault::cannot(REDUCE, "Reduce image is not supported for shareable disks."));
    }
    if !disk::domain_of(call.state, &path).is_some_and(|domain| storage_domain::is_block(call.state, &domain)) {
        return Err(Fault::invalid(REDUCE, "Reduce image isn't required for file based domains."));
    }
    if !disk::running_owners(call.state, &path).is_empty() {
        return Err(Fault::invalid(REDUCE, "Reduce image is not supported for active image."));
    }
    let text = format!("Disk '{name}' has been successfully reduced.");
    shrink(call, &path, &format!("Reducing the actual size of Disk {name}"), (382, text))
}

/// Starts to free the space that an image doesn't need. The event is logged at the end.
pub(crate) fn shrink(call: &mut Call<'_>, path: &str, job: &str, event: (i64, String)) -> Result<Reply, Fault> {
    call.job_titled(job);
    disk::set_locked(call.state, path, true);
    disk_lock::acquire(call.state, path, LockHolder::Update);
    let (event, text) = event;
    call.state.after(REDUCTION, Effect::DiskShrunk { disk: path.to_owned(), event, text });
    Ok(Reply::Completed)
}

fn shrunk(state: &mut State, path: &str, event: i64, text: &str) {
    disk::set_locked(state, path, false);
    state.event(event, Severity::Normal, text, &[path]);
}
