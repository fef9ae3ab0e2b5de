//! Reducing disks.

use std::time::Duration;

use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::api::registry::Registry;
use crate::resources::common::disk;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskFormat};

const SHORT: Duration = Duration::from_secs(3);

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "vm_disk"] {
        registry.on(service, "reduce", reduce);
    }
    registry.effect("disk.reduced", reduced);
}

fn reduce(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    disk::check_free(call.state, &path, "reduce")?;
    disk::check_unused(call.state, &path, "reduce")?;
    let disk = call.state.find::<Disk>(&path)?;
    let name = disk.name.clone().unwrap_or_default();
    if disk.format != Some(DiskFormat::Cow) {
        return Err(Fault::conflict("Cannot reduce Virtual Disk. Only QCOW2 disks can be reduced."));
    }
    shrink(call, &path, &format!("Reducing Disk {name}"), (382, "reduced"))
}

/// Begins what gives back space that an image does not need.
pub(crate) fn shrink(call: &mut Call<'_>, path: &str, job: &str, told: (i64, &str)) -> Result<Reply, Fault> {
    call.job(job);
    disk::set_locked(call.state, path, true);
    call.state.after(SHORT, "disk.reduced", &[path, &told.0.to_string(), told.1]);
    Ok(Reply::Done)
}

fn reduced(state: &mut State, arguments: &[String]) {
    let [path, code, what] = arguments else { return };
    disk::set_locked(state, path, false);
    let text = format!("Disk {} was {what}", state.name_of(path));
    state.event(code.parse().unwrap_or(0), Severity::Normal, &text, &[path]);
}
