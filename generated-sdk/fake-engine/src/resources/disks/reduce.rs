//! Reducing disks.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::disk;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskFormat};

const SHORT: Duration = Duration::from_secs(3);

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "vm_disk"] {
        registry.on(service, "reduce", reduce);
    }
    on_effect!(registry, |state, DiskShrunk { disk, event, what }| reduced(state, disk, *event, what));
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
    let (event, what) = (told.0, told.1.to_owned());
    call.state.after(SHORT, Effect::DiskShrunk { disk: path.to_owned(), event, what });
    Ok(Reply::Completed)
}

fn reduced(state: &mut State, path: &str, code: i64, what: &str) {
    disk::set_locked(state, path, false);
    let text = format!("Disk {} was {what}", state.name_of(path));
    state.event(code, Severity::Normal, &text, &[path]);
}
