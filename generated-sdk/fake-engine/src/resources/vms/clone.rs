//! Virtual machines: cloning them.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::command_locks::{self, CommandLock, LockMode};
use crate::resources::common::copy_disks::{self, Choices};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{
    copy_devices, devices, locks, references, snapshot, vm_defaults, vm_status, vm_validation,
};
use crate::resources::vms::create::FINISHED;
use crate::resources::vms::snapshots::stateless::check_not_stateless;
use crate::state::Severity;
use ovirt_sdk::types::{StorageDomain, Template, Vm, VmStatus};

/// The engine's command adds a virtual machine.
const WHAT: &str = "add VM";
const COPYING: Duration = Duration::from_secs(6);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "clone", clone);
}

fn clone(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let wanted = call.object::<Vm>("vm").filter(|vm| vm.name.is_some());
    let wanted = wanted.ok_or_else(|| Fault::incomplete("Action", &["vm.name"], "clone"))?;
    let domain = call.object::<StorageDomain>("storage_domain");
    let source = call.path();
    let state = &mut *call.state;
    let original = state.find::<Vm>(&source)?.clone();
    command_locks::check_exclusive(state, &source, WHAT)?;
    check_not_stateless(state, &source, WHAT)?;
    locks::check_disks_not_locked(state, &source, WHAT)?;
    vm_status::check_not_locked(state, &source, WHAT)?;
    vm_validation::check_name(state, wanted.name.as_deref(), None, WHAT)?;
    let choices = Choices::of(state, &source, wanted.disk_attachments.as_ref(), domain.as_ref())?;
    choices.check(state, &source, WHAT)?;

    let name = wanted.name.clone().unwrap_or_default();
    state.begin_job(&format!("Creating VM {name} as a clone of VM {}", state.name_of(&source)));
    let mut vm = Vm::new().status(VmStatus::ImageLocked);
    vm.name = wanted.name.clone();
    vm.description = wanted.description.clone().or_else(|| original.description.clone());
    vm.comment = wanted.comment.clone().or_else(|| original.comment.clone());
    vm_defaults::copy_settings(&mut vm, &wanted);
    vm_defaults::copy_settings(&mut vm, &original);
    vm.template = Some(Box::new(Template::with_id(NIL)));
    vm.original_template = original.original_template.clone().or(original.template.clone());
    vm.quota = original.quota.clone();
    vm.custom_properties = original.custom_properties.clone();
    let path = vm_defaults::insert(state, vm);
    copy_devices::copy_devices(state, &source, &path)?;
    devices::add_default_devices(state, &path);
    snapshot::add_active(state, &path);
    copy_disks::copy_disks(state, &source, &path, &choices)?;
    let text =
        format!("Cloning of VM {} as {name} was begun by {}.", state.name_of(&source), references::acting_user(state));
    state.event(37, Severity::Normal, &text, &[&path]);
    let lock = CommandLock { mode: LockMode::Exclusive, holder: &path, reason: "VM is being cloned.", name: "" };
    command_locks::acquire(state, &source, lock);
    let delay = match original.status {
        Some(VmStatus::Down) => COPYING,
        // A machine that runs is cloned from a snapshot that is taken for that.
        _ => COPYING * 2,
    };
    locks::complete_later(state, &path, delay, FINISHED, &format!("VM {name} has been created."));
    Ok(Reply::Completed)
}
