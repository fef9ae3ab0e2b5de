//! Removing virtual machines.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::well_known::NIL;
use crate::resources::common::{command_locks, disk, disk_attachment, locks, vm_validation};
use crate::resources::disks::remove::remove_disk;
use crate::resources::paths::{DISKS, SNAPSHOTS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, Vm, VmStatus};

const REMOVAL: Duration = Duration::from_secs(3);
const REMOVE: &str = "remove VM";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "remove", remove);
    on_effect!(registry, |state, VmRemoved { vm, disks }| remove_disks(state, vm, disks));
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let is_forced = call.flag("force") == Some(true);
    let keeps_disks = call.flag("detach_only") == Some(true);
    check_removable(call.state, &path, is_forced, keeps_disks)?;
    let own = if keeps_disks { Vec::new() } else { own_disks(call.state, &path) };
    let name = call.state.name_of(&path);
    call.job();
    let text = format!("VM {name} was successfully removed.");
    call.state.event(113, Severity::Normal, &text, &[&path]);
    for disk in &own {
        disk::set_locked(call.state, disk, true);
    }
    call.state.remove(&path);
    if !own.is_empty() {
        call.state.after(REMOVAL, Effect::VmRemoved { vm: path, disks: own });
    }
    Ok(Reply::Completed)
}

fn check_removable(state: &State, path: &str, is_forced: bool, keeps_disks: bool) -> Result<(), Fault> {
    let vm = state.find::<Vm>(path)?;
    command_locks::check_exclusive(state, path, REMOVE)?;
    if vm.delete_protected == Some(true) {
        return Err(Fault::cannot(
            REMOVE,
            "Delete protection is enabled. In order to delete, disable Delete protection first.",
        ));
    }
    if keeps_disks {
        check_detachable(state, path, vm)?;
    }
    let status = vm.status.clone().unwrap_or(VmStatus::Down);
    match status {
        VmStatus::Down | VmStatus::ImageLocked | VmStatus::Unassigned => {}
        VmStatus::Suspended => {
            return Err(Fault::conflict("Cannot remove VM that its state is not down.\n-Please stop the VM first."));
        }
        _ => return Err(Fault::cannot(REMOVE, "VM is running.")),
    }
    if vm.vm_pool.is_some() {
        return Err(Fault::cannot(REMOVE, "VM is attached to a VM Pool."));
    }
    locks::check_no_locked_snapshot(state, path, REMOVE)?;
    check_images(state, path, is_forced)?;
    if status == VmStatus::ImageLocked && !is_forced {
        return Err(Fault::conflict(&format!("Cannot {REMOVE}: VM is locked. Please try again in a few minutes.")));
    }
    locks::check_not_in_backup(state, path, REMOVE)
}

/// Fails if a virtual machine can't be removed without its disks.
fn check_detachable(state: &State, path: &str, vm: &Vm) -> Result<(), Fault> {
    if vm.template.as_ref().and_then(|template| template.id.as_deref()).is_some_and(|id| id != NIL) {
        return Err(Fault::conflict("Cannot remove VM with detaching disks, VM is based from template."));
    }
    let in_snapshot = |disk: &String| {
        let snapshots = state.paths(&format!("{path}/{SNAPSHOTS}"));
        snapshots.iter().any(|snapshot| state.contains(&format!("{snapshot}/{DISKS}/{}", last(disk))))
    };
    match disk_attachment::disks(state, path).iter().any(in_snapshot) {
        true => Err(Fault::conflict("Cannot remove VM with detaching disks, snapshots exist.")),
        false => Ok(()),
    }
}

fn check_images(state: &State, path: &str, is_forced: bool) -> Result<(), Fault> {
    let images: Vec<String> =
        disk_attachment::disks(state, path).into_iter().filter(|disk| disk::domain_of(state, disk).is_some()).collect();
    if images.is_empty() {
        return Ok(());
    }
    vm_validation::check_data_center(state, path, REMOVE)?;
    disk::check_domains(state, &images, REMOVE)?;
    if is_forced { Ok(()) } else { locks::check_disks_not_locked(state, path, REMOVE) }
}

/// The disks that are removed with a virtual machine: those that no other one has and that are not shareable.
fn own_disks(state: &State, path: &str) -> Vec<String> {
    let is_own = |disk: &String| {
        state.get::<Disk>(disk).is_some_and(|it| it.shareable != Some(true))
            && disk::owners(state, disk).iter().all(|owner| owner == path)
    };
    disk_attachment::disks(state, path).into_iter().filter(is_own).collect()
}

/// Removes the disks of a virtual machine that was removed.
fn remove_disks(state: &mut State, _vm: &str, disks: &[String]) {
    for disk in disks {
        remove_disk(state, disk);
    }
}
