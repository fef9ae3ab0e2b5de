//! Exporting virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::exports::{self, Destination};
use crate::resources::common::{fields, locks, vm_status};
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
    locks::check_free(state, &path, WHAT)?;
    let name = vm.name.clone().unwrap_or_default();
    let Destination::Domain(domain) = destination else {
        return exports::export_to_file(state, &path, &destination, (1223, 1224));
    };
    vm_status::check_down(state, &path, WHAT)?;
    let target = format!("{domain}/{VMS}/{}", last(&path));
    if !exclusive && state.contains(&target) {
        return Err(Fault::cannot(WHAT, "VM with the same identifier already exists."));
    }
    if !exclusive && state.by_name(&format!("{domain}/{VMS}"), &name).is_some() {
        return Err(Fault::cannot(WHAT, "The VM name is already in use, please choose a unique name and try again."));
    }
    fields::clear_collections(&mut vm);
    vm.status = Some(VmStatus::Down);
    vm.vm_pool = None;
    vm_status::set_status(state, &path, VmStatus::ImageLocked);
    exports::copy_to_domain(state, &path, &domain, VMS, vm);
    exports::begin(state, &path, &domain, (1162, 1150));
    Ok(Reply::Completed)
}
