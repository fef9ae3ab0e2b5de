//! Exporting virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::exports::{self, Destination};
use crate::resources::common::{command_locks, fields, locks, storage_domain, vm_status, vm_validation};
use crate::resources::paths::VMS;
use ovirt_sdk::types::{Vm, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "export", export);
}

fn export(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const WHAT: &str = "export VM";
    let destination = exports::destination(call, WHAT)?;
    let exclusive = call.flag("exclusive").unwrap_or(false);
    let path = call.path();
    let state = &mut *call.state;
    let mut vm = state.find::<Vm>(&path)?.clone();
    command_locks::check_exclusive(state, &path, WHAT)?;
    let name = vm.name.clone().unwrap_or_default();
    let domain = match destination {
        Destination::Domain(domain) => domain,
        Destination::File { file, host } => {
            exports::export_to_file(state, &path, &file, &host, (1223, 1224));
            return Ok(Reply::Completed);
        }
    };
    storage_domain::check_usable(state, &domain, WHAT)?;
    locks::check_disks_not_locked(state, &path, WHAT)?;
    let target = format!("{domain}/{VMS}/{}", last(&path));
    if !exclusive && state.contains(&target) {
        return Err(Fault::cannot(WHAT, "VM with the same identifier already exists."));
    }
    if !exclusive && state.by_name(&format!("{domain}/{VMS}"), &name).is_some() {
        return Err(Fault::cannot(WHAT, "The VM name is already in use, please choose a unique name and try again."));
    }
    vm_validation::check_data_center(state, &path, WHAT)?;
    locks::check_no_snapshot_operation(state, &path, WHAT)?;
    vm_status::check_down(state, &path, WHAT)?;
    fields::clear_collections(&mut vm);
    vm.status = Some(VmStatus::Down);
    vm.vm_pool = None;
    vm_status::set_status(state, &path, VmStatus::ImageLocked);
    exports::copy_to_domain(state, &path, &domain, VMS, vm);
    exports::begin(state, &path, &domain, (1162, 1150));
    Ok(Reply::Completed)
}
