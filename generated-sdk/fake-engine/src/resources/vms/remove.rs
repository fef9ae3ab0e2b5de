//! Removing virtual machines.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::{disk, disk_attachment, locks, vm_status};
use crate::resources::disks::remove::remove_disk;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, Vm, VmStatus};

const REMOVE: Duration = Duration::from_secs(3);
const WHAT: &str = "remove VM";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "remove", remove);
    on_effect!(registry, |state, VmRemoved { vm, disks }| removed(state, vm, disks));
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let vm = call.state.find::<Vm>(&path)?;
    let forced = call.flag("force") == Some(true);
    if vm.delete_protected == Some(true) {
        return Err(Fault::conflict(
            "Cannot remove VM. Delete protection is enabled. In order to delete, disable Delete protection first.",
        ));
    }
    if vm.vm_pool.is_some() {
        return Err(Fault::conflict("Cannot remove VM. VM is attached to a VM Pool."));
    }
    if !forced {
        vm_status::check_not_locked(call.state, &path, WHAT)?;
    }
    match vm_status::status(call.state, &path)? {
        VmStatus::Suspended => {
            return Err(Fault::conflict("Cannot remove VM because the VM is in Suspended status."));
        }
        status if vm_status::runs(&status) => {
            return Err(Fault::conflict("Cannot remove VM. VM is running."));
        }
        _ => {}
    }
    if !forced {
        locks::check_disks_not_locked(call.state, &path, WHAT)?;
    }
    let own = match call.flag("detach_only") {
        Some(true) => Vec::new(),
        _ => own_disks(call.state, &path),
    };
    let name = call.state.name_of(&path);
    call.job(&format!("Removing VM {name} from system"));
    if own.is_empty() {
        finish(call.state, &path);
        return Ok(Reply::Completed);
    }
    for disk in &own {
        disk::set_locked(call.state, disk, true);
    }
    call.state.find_mut::<Vm>(&path)?.status = Some(VmStatus::ImageLocked);
    call.state.after(REMOVE, Effect::VmRemoved { vm: path, disks: own });
    Ok(Reply::Completed)
}

/// The disks that go with a machine: those that no other one has and that are not shared.
fn own_disks(state: &State, path: &str) -> Vec<String> {
    let own = |disk: &String| {
        state.get::<Disk>(disk).is_some_and(|it| it.shareable != Some(true) && it.lun_storage.is_none())
            && disk::owners(state, disk).iter().all(|owner| owner == path)
    };
    disk_attachment::disks_and_activity(state, path).into_iter().map(|(disk, _)| disk).filter(own).collect()
}

fn removed(state: &mut State, path: &str, own: &[String]) {
    for disk in own {
        remove_disk(state, disk);
    }
    finish(state, path);
}

fn finish(state: &mut State, path: &str) {
    let name = state.name_of(path);
    state.event(113, Severity::Normal, &format!("VM {name} was successfully removed."), &[path]);
    state.remove(path);
}
