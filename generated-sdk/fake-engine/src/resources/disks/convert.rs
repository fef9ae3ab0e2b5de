//! Converting disks to another format or allocation.

use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::api::registry::Registry;
use crate::resources::common::disk;
use crate::resources::disks::copy::MOVING;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk", "convert", convert);
    registry.effect("disk.converted", converted);
}

fn convert(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let wanted: Disk = call.object("disk").ok_or_else(|| Fault::incomplete("Action", &["disk"], "convert"))?;
    disk::check_free(call.state, &path, "convert")?;
    disk::check_unused(call.state, &path, "convert")?;
    let disk = call.state.find::<Disk>(&path)?;
    let (name, old) = (disk.name.clone().unwrap_or_default(), (disk.format.clone(), disk.sparse));
    let new = (wanted.format.or_else(|| old.0.clone()), wanted.sparse.or(old.1));
    if new == old {
        return Err(Fault::conflict("Cannot convert Virtual Disk. No change in format or allocation was requested."));
    }
    let format = new.0.as_ref().map(DiskFormat::as_str).unwrap_or_default().to_owned();
    call.job(&format!("Converting Disk {name}"));
    disk::set_locked(call.state, &path, true);
    let sparse = (new.1 == Some(true)).to_string();
    call.state.after(MOVING, "disk.converted", &[&path, &format, &sparse]);
    Ok(Reply::Done)
}

fn converted(state: &mut State, arguments: &[String]) {
    let [path, format, sparse] = arguments else { return };
    let Some(disk) = state.get_mut::<Disk>(path) else { return };
    disk.format = Some(DiskFormat::from(format.as_str()));
    disk.sparse = Some(sparse == "true");
    if sparse != "true" {
        disk.actual_size = disk.provisioned_size;
    }
    disk.qcow_version = (disk.format == Some(DiskFormat::Cow)).then_some(ovirt_sdk::types::QcowVersion::Qcow2V3);
    disk.status = Some(DiskStatus::Ok);
    let text = format!("Disk {} was converted", state.name_of(path));
    state.event(1431, Severity::Normal, &text, &[path]);
}
