//! Removing templates.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::template::versions;
use crate::resources::common::well_known::NIL;
use crate::resources::common::{disk, disk_attachment, locks, references};
use crate::resources::disks::remove::remove_disk;
use crate::resources::paths::{VM_POOLS, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Template, TemplateStatus, Vm, VmPool};

pub(super) fn register(registry: &mut Registry) {
    registry.on("template", "remove", remove);
    on_effect!(registry, |state, TemplateRemoved { template }| removed(state, template));
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const WHAT: &str = "remove Template";
    let path = call.path();
    let state = &mut *call.state;
    let template = state.find::<Template>(&path)?;
    if last(&path) == NIL {
        // The engine checks first that a template has a cluster.
        return Err(Fault::invalid(WHAT, "The relevant Cluster doesn't exist."));
    }
    if template.delete_protected == Some(true) {
        let why = "Delete protection is enabled. In order to delete, disable Delete protection first.";
        return Err(Fault::cannot(WHAT, why));
    }
    if template.status == Some(TemplateStatus::Locked) {
        return Err(Fault::conflict("Template is currently locked (temporarily)."));
    }
    let others: Vec<String> =
        versions(state, &path).into_iter().map(|it| it.1).filter(|other| *other != path).collect();
    if !others.is_empty() {
        let name = |path: &String| {
            let version = state.get::<Template>(path).and_then(|it| it.version.as_ref()?.version_name.clone());
            version.unwrap_or_else(|| state.name_of(path))
        };
        let others: Vec<String> = others.iter().map(name).collect();
        let others = others.join(",");
        return Err(Fault::conflict(&format!(
            "Cannot delete Base Template that has Template Versions, please first remove all Template Versions for this \
             Template: {others}."
        )));
    }
    let users = users(state, last(&path));
    if !users.is_empty() {
        let users = users.join(",");
        return Err(Fault::conflict(&format!(
            "Cannot delete Template. Template is being used by the following VMs: {users}."
        )));
    }
    locks::check_disks_not_locked(state, &path, WHAT)?;

    let name = state.name_of(&path);
    state.begin_job(&format!("Removing Template {name} from system"));
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

/// The names of machines and pools that are made of a template.
fn users(state: &State, template: &str) -> Vec<String> {
    let is = |reference: &Option<Box<Template>>| reference.as_ref().and_then(|it| it.id.as_deref()) == Some(template);
    let vms = state.list::<Vm>(VMS).filter(|(_, vm)| is(&vm.template)).filter_map(|(_, vm)| vm.name.clone());
    let pools = state.list::<VmPool>(VM_POOLS).filter(|(_, pool)| is(&pool.template));
    vms.chain(pools.filter_map(|(_, pool)| pool.name.clone())).collect()
}

fn removed(state: &mut State, path: &str) {
    let name = state.name_of(path);
    for disk in disk_attachment::disks(state, path) {
        remove_disk(state, &disk);
    }
    state.event(251, Severity::Normal, &format!("Template {name} has been removed."), &[path]);
    state.remove(path);
}
