//! Converting disks to another format or allocation.

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::disk_lock::{self, LockHolder};
use crate::resources::common::{disk, storage_domain};
use crate::resources::disks::copy::COPYING;
use crate::resources::disks::create;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus, QcowVersion};

const CONVERT: &str = "convert disk Virtual Disk";

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk", "convert", convert);
    on_effect!(registry, |state, DiskConverted { disk, format, sparse }| converted(state, disk, format, *sparse));
}

fn convert(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let wanted: Disk = call.object("disk").ok_or_else(|| Fault::incomplete("Action", &["disk"], "convert"))?;
    let mut target = call.state.find::<Disk>(&path)?.clone();
    let name = target.name.clone().unwrap_or_default();
    target.format = wanted.format.or(target.format);
    target.sparse = wanted.sparse.or(target.sparse);
    target.backup = wanted.backup.or(target.backup);
    let (format, sparse) = (target.format.clone().unwrap_or(DiskFormat::Raw), target.sparse == Some(true));
    let allocation = if sparse { "Sparse" } else { "Preallocated" };
    call.name_job(&format!("Converting disk {name} to {allocation}/{}", format.as_str().to_uppercase()));
    check(call.state, &path, &target)?;
    call.job();
    disk::set_locked(call.state, &path, true);
    disk_lock::acquire(call.state, &path, LockHolder::Conversion);
    call.state.after(COPYING, Effect::DiskConverted { disk: path, format, sparse });
    Ok(Reply::Completed)
}

fn check(state: &State, path: &str, target: &Disk) -> Result<(), Fault> {
    disk_lock::check(state, path, CONVERT)?;
    let Some(domain) = disk::domain_of(state, path) else {
        return Err(Fault::bad("Storage Domain doesn't exist."));
    };
    if disk::images(state, path) > 1 {
        return Err(Fault::invalid(CONVERT, "Disks with multiple snapshots are not supported."));
    }
    let needed = if target.sparse == Some(true) { 0 } else { target.provisioned_size.unwrap_or(0) };
    storage_domain::check_space(state, &domain, needed, CONVERT)?;
    if disk::is_locked(state, path) {
        return Err(Fault::conflict(&format!("Cannot {CONVERT}: Disk is locked. Please try again later.")));
    }
    if !disk::running_owners(state, path).is_empty() {
        return Err(Fault::cannot(CONVERT, "VM is running."));
    }
    create::check_configuration(target, storage_domain::is_block(state, &domain), CONVERT)
}

fn converted(state: &mut State, path: &str, format: &DiskFormat, sparse: bool) {
    let Some(disk) = state.get_mut::<Disk>(path) else { return };
    disk.format = Some(format.clone());
    disk.sparse = Some(sparse);
    if !sparse {
        disk.actual_size = disk.provisioned_size;
    }
    disk.qcow_version = (disk.format == Some(DiskFormat::Cow)).then_some(QcowVersion::Qcow2V3);
    disk.status = Some(DiskStatus::Ok);
    disk_lock::release(state, path);
    let text = format!("Disk {} was converted", state.name_of(path));
    state.event(1431, Severity::Normal, &text, &[path]);
}
