//! Converting disks to another format or allocation.

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::disk;
use crate::resources::disks::copy::MOVING;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk", "convert", convert);
    on_effect!(registry, |state, DiskConverted { disk, format, sparse }| converted(state, disk, format, *sparse));
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
    call.job(&format!("Converting Disk {name}"));
    disk::set_locked(call.state, &path, true);
    let (format, sparse) = (new.0.unwrap_or(DiskFormat::Raw), new.1 == Some(true));
    call.state.after(MOVING, Effect::DiskConverted { disk: path, format, sparse });
    Ok(Reply::Completed)
}

fn converted(state: &mut State, path: &str, format: &DiskFormat, sparse: bool) {
    let Some(disk) = state.get_mut::<Disk>(path) else { return };
    disk.format = Some(format.clone());
    disk.sparse = Some(sparse);
    if !sparse {
        disk.actual_size = disk.provisioned_size;
    }
    disk.qcow_version = (disk.format == Some(DiskFormat::Cow)).then_some(ovirt_sdk::types::QcowVersion::Qcow2V3);
    disk.status = Some(DiskStatus::Ok);
    let text = format!("Disk {} was converted", state.name_of(path));
    state.event(1431, Severity::Normal, &text, &[path]);
}
