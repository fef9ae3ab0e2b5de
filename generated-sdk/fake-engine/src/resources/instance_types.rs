//! Instance types.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::command_locks::{self, CommandLock, LockMode};
use crate::resources::common::{devices, template, vm_defaults};
use crate::resources::paths::INSTANCE_TYPES;
use crate::resources::templates::create::{NAME_IS_LOCKED, NAME_IS_USED};
use crate::resources::templates::nics;
use crate::resources::vms::{graphics_consoles, watchdogs};
use crate::state::State;
use ovirt_sdk::object::{Object as _, Struct as _};
use ovirt_sdk::types::InstanceType;

/// Instance types are templates for the engine's commands.
const ADD: &str = "add Template";
const EDIT: &str = "edit Template";
/// The fields that instance types have, besides their devices.
const FIELDS: [&str; 15] = [
    "id",
    "name",
    "description",
    "cpu",
    "creation_time",
    "display",
    "high_availability",
    "io",
    "memory",
    "memory_policy",
    "migration",
    "migration_downtime",
    "os",
    "placement_policy",
    "usb",
];

pub(super) fn register(registry: &mut Registry) {
    registry.on("instance_types", "add", add);
    registry.on("instance_type", "update", update);
    registry.on("instance_type", "remove", remove);
    registry.on("instance_type_graphics_consoles", "add", graphics_consoles::add);
    registry.on("instance_type_nics", "add", nics::add);
    registry.on("instance_type_watchdogs", "add", watchdogs::add);
    registry.render("instance_type", devices::show_devices);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let instance_type: InstanceType = call.body()?;
    let name = instance_type.name.as_deref().unwrap_or_default();
    template::check_name(Some(name), "name", ADD)?;
    if let Some(taken) = call.state.by_name(INSTANCE_TYPES, name) {
        return match command_locks::is_locked(call.state, &taken) {
            true => Err(Fault::cannot(ADD, NAME_IS_LOCKED)),
            false => Err(Fault::cannot(ADD, NAME_IS_USED)),
        };
    }
    let reply = call.add(Box::new(complete_instance_type(call.state, instance_type)))?;
    if let Reply::Created(path) = &reply {
        devices::add_default_devices(call.state, path);
        let mode = LockMode::Exclusive;
        let lock = CommandLock { mode, holder: path, reason: template::BEING_CREATED, name: "" };
        command_locks::acquire(call.state, path, lock);
        command_locks::release_later(call.state, path);
    }
    Ok(reply)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: InstanceType = call.body()?;
    let name = change.name.as_deref();
    template::check_name(name, "_vmTemplate.name", EDIT)?;
    let taken = name.and_then(|name| call.state.by_name(INSTANCE_TYPES, name));
    if taken.is_some_and(|taken| taken != call.path()) {
        return Err(Fault::cannot(EDIT, NAME_IS_USED));
    }
    call.change(&change)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    command_locks::check_exclusive(call.state, &call.path(), "remove Template")?;
    call.remove()
}

/// Sets the unset fields of a new instance type, and removes those that instance types don't have.
pub(crate) fn complete_instance_type(state: &State, mut instance_type: InstanceType) -> InstanceType {
    vm_defaults::complete_base(state, &mut instance_type, None);
    for (index, field) in InstanceType::INFO.members.iter().enumerate() {
        let is_device = devices::ON_REQUEST.contains(&field.name);
        if let (false, Some(slot)) = (is_device || FIELDS.contains(&field.name), instance_type.slot_mut(index)) {
            slot.clear();
        }
    }
    if let Some(cpu) = &mut instance_type.cpu {
        cpu.architecture = None;
    }
    if let Some(os) = &mut instance_type.os {
        os.type_ = None;
    }
    instance_type
}
