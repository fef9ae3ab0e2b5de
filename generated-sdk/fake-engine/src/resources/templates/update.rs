//! Updating templates.

use crate::api::{Call, Fault, Registry, Reply, merge};
use crate::resources::common::template::{self, base_of, versions};
use crate::resources::common::{fields, operating_system, time_zone, vm_defaults, vm_request, vm_validation};
use crate::resources::paths::TEMPLATES;
use crate::resources::templates::create::NAME_IS_USED;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Template, TemplateStatus, TimeZone, Vm};

const EDIT: &str = "edit Template";

pub(super) fn register(registry: &mut Registry) {
    registry.on("template", "update", update);
}

/// Fails if a template can't have the settings that a client wants.
fn check_settings(state: &State, template: &Template, change: &Template) -> Result<(), Fault> {
    let mut merged = template.clone();
    merge(&mut merged, change);
    let mut settings = Vm::new();
    vm_defaults::copy_settings(&mut settings, &merged);
    settings.cluster = merged.cluster;
    vm_validation::check_template(state, &settings, EDIT)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let mut change: Template = call.body()?;
    vm_request::check_template(&change)?;
    template::check_name(change.name.as_deref(), "_vmTemplate.name", EDIT)?;
    let state = &mut *call.state;
    let template = state.find::<Template>(&path)?;
    let is_locked = template.status == Some(TemplateStatus::Locked);
    let base = base_of(state, &path);
    let new_name = change.name.clone().filter(|name| template.name.as_ref() != Some(name));
    if let Some(name) = &new_name {
        if base != path {
            return Err(Fault::bad("Cannot update the name of Sub-Templates, Only the Version name can be updated."));
        }
        if state.by_name(TEMPLATES, name).is_some() {
            return Err(Fault::cannot(EDIT, NAME_IS_USED));
        }
    }
    check_settings(state, template, &change)?;
    if is_locked {
        return Err(Fault::conflict("Template is currently locked (temporarily)."));
    }
    if let Some(name) = new_name {
        for (_, version) in versions(state, &base) {
            if let Some(version) = state.get_mut::<Template>(&version) {
                version.name = Some(name.clone());
            }
        }
    }
    change.status = None;
    change.vm = None;
    if let Some(version) = change.version.as_deref_mut() {
        version.base_template = None;
        version.version_number = None;
    }
    fields::clear_collections(&mut change);
    // All versions have the name; it has been changed.
    change.name = None;
    let reply = call.update(&change)?;
    if let Some(template) = call.state.get_mut::<Template>(&path) {
        let system = template.os.as_ref().and_then(|os| os.type_.as_deref()).unwrap_or_default();
        let is_windows = operating_system::is_windows(system);
        let default = TimeZone::new().name(time_zone::default_name(is_windows));
        template.time_zone.get_or_insert_with(|| Box::new(default));
    }
    let name = call.state.name_of(&path);
    call.state.event(49, Severity::Normal, &format!("VM Template {name} has been changed."), &[&path]);
    Ok(reply)
}
