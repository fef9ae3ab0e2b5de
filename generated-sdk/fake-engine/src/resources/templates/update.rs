//! Updating templates.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::template::{base_of, versions};
use crate::resources::common::{fields, operating_system, time_zone};
use crate::resources::paths::TEMPLATES;
use crate::state::Severity;
use ovirt_sdk::types::{Template, TemplateStatus, TimeZone};

pub(super) fn register(registry: &mut Registry) {
    registry.on("template", "update", update);
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let mut change: Template = call.body()?;
    let state = &mut *call.state;
    let template = state.find::<Template>(&path)?;
    if template.status == Some(TemplateStatus::Locked) {
        return Err(Fault::conflict("Template is currently locked (temporarily)."));
    }
    let base = base_of(state, &path);
    let is_new_name = change.name.is_some() && change.name != template.name;
    if is_new_name && base != path {
        return Err(Fault::conflict("Cannot update the name of Sub-Templates, Only the Version name can be updated."));
    }
    if is_new_name {
        let name = change.name.clone().unwrap_or_default();
        if state.by_name(TEMPLATES, &name).is_some() {
            let why = "The Template name is already in use, please choose a unique name and try again.";
            return Err(Fault::cannot("edit Template", why));
        }
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
