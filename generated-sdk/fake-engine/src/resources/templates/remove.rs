//! Removing templates.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::command_locks::{CommandLock, LockMode};
use crate::resources::common::template::{check_image_not_locked, versions};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{command_locks, disk, disk_attachment, network, references};
use crate::resources::disks::remove::remove_disk;
use crate::resources::paths::VMS;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Template, TemplateStatus, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("template", "remove", remove);
    on_effect!(registry, |state, TemplateRemoved { template }| removed(state, template));
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const WHAT: &str = "remove Template";
    let path = call.path();
    let state = &mut *call.state;
    let template = state.find::<Template>(&path)?;
    command_locks::check_exclusive(state, &path, WHAT)?;
    if last(&path) == NIL {
        // The engine checks first that a template has a cluster.
        return Err(Fault::invalid(WHAT, "The relevant Cluster doesn't exist."));
    }
    if template.delete_protected == Some(true) {
        let why = "Delete protection is enabled. In order to delete, disable Delete protection first.";
        return Err(Fault::cannot(WHAT, why));
    }
    let disks = disk_attachment::disks(state, &path);
    disk::check_domains(state, &disks, WHAT)?;
    if !disks.is_empty() {
        check_image_not_locked(state, &path, &disks)?;
    }
    let users = users(state, last(&path));
    if !users.is_empty() {
        let users = users.join(",");
        return Err(Fault::conflict(&format!(
            "Cannot delete Template. Template is being used by the following VMs: {users}."
        )));
    }
    if let Some(successor) = successor(state, &path) {
        command_locks::check_shared(state, &successor, WHAT)?;
    }

    let name = state.name_of(&path);
    let lock_name = format!("{name} ({})", last(&path));
    let lock = CommandLock {
        mode: LockMode::Exclusive,
        holder: &path,
        reason: "Template {} is being removed.",
        name: &lock_name,
    };
    command_locks::acquire(state, &path, lock);
    let center = network::data_center_of(state, &path).map(|center| state.name_of(&center)).unwrap_or_default();
    state.begin_job(&format!("Removing VM Template {name} from Data Center {center}"));
    if let Some(template) = state.get_mut::<Template>(&path) {
        template.status = Some(TemplateStatus::Locked);
    }
    for disk in disk_attachment::disks(state, &path) {
        disk::set_locked(state, &disk, true);
    }
    let text = format!("Removal of Template {name} was begun by {}.", references::acting_user(state));
    state.event(50, Severity::Normal, &text, &[&path]);
    state.after(Duration::from_secs(3), Effect::TemplateRemoved { template: path });
    Ok(Reply::Completed)
}

/// The version that becomes the first one when the first version of a template is removed.
fn successor(state: &State, path: &str) -> Option<String> {
    let others = versions(state, path).into_iter().filter(|(_, other)| other != path);
    others.min_by_key(|(number, _)| *number).map(|(_, path)| path)
}

/// The names of the virtual machines that are made of a template.
fn users(state: &State, template: &str) -> Vec<String> {
    let is = |reference: &Option<Box<Template>>| reference.as_ref().and_then(|it| it.id.as_deref()) == Some(template);
    state.list::<Vm>(VMS).filter(|(_, vm)| is(&vm.template)).filter_map(|(_, vm)| vm.name.clone()).collect()
}

fn removed(state: &mut State, path: &str) {
    let name = state.name_of(path);
    for disk in disk_attachment::disks(state, path) {
        remove_disk(state, &disk);
    }
    if let Some(successor) = successor(state, path) {
        for (_, version) in versions(state, path) {
            let version = state.get_mut::<Template>(&version).and_then(|template| template.version.as_deref_mut());
            if let Some(version) = version {
                version.base_template = Some(Box::new(Template::with_id(last(&successor))));
            }
        }
    }
    state.event(251, Severity::Normal, &format!("Template {name} has been removed."), &[path]);
    state.remove(path);
}
