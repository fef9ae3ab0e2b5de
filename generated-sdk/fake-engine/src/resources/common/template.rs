//! Versions and images of templates.

use crate::api::Fault;
use crate::resources::common::bean::Violations;
use crate::resources::common::disk;
use crate::resources::common::names::has_special_characters;
use crate::resources::paths::TEMPLATES;
use crate::state::State;
use ovirt_sdk::types::{Template, TemplateStatus};

/// Why other commands fail while a template is being created. The engine doesn't fill in the name.
pub(crate) const BEING_CREATED: &str = "Template ${TemplateName} is being created.";

/// Fails if the name of a template or an instance type is invalid. `attribute` is the engine's path of the name.
pub(crate) fn check_name(name: Option<&str>, attribute: &'static str, action: &str) -> Result<(), Fault> {
    let mut violations = Violations::default();
    let length = "VM Template name must not exceed 255 characters";
    violations.check_name(attribute, name, 255, length, &has_special_characters(action));
    violations.into_result()
}

/// Fails if a template or one of its disks is locked.
pub(crate) fn check_image_not_locked(state: &State, template: &str, disks: &[String]) -> Result<(), Fault> {
    let is_locked = state.find::<Template>(template)?.status == Some(TemplateStatus::Locked);
    match is_locked || disks.iter().any(|disk| disk::is_locked(state, disk)) {
        true => Err(Fault::conflict("Template's Image is locked (temporarily).")),
        false => Ok(()),
    }
}

/// The first version of the template of which this is a version.
pub(crate) fn base_of(state: &State, template: &str) -> String {
    let version = state.get::<Template>(template).and_then(|template| template.version.as_deref());
    let base = version.and_then(|version| version.base_template.as_ref()?.id.as_deref());
    base.map_or_else(|| template.to_owned(), |id| format!("{TEMPLATES}/{id}"))
}

/// The versions of a template with their numbers.
pub(crate) fn versions(state: &State, base: &str) -> Vec<(i64, String)> {
    let number = |template: &Template| template.version.as_ref().and_then(|it| it.version_number).unwrap_or(1);
    let all = state.list::<Template>(TEMPLATES);
    all.filter(|(path, _)| base_of(state, path) == base).map(|(path, template)| (number(template), path)).collect()
}

/// The newest version of a template.
pub(crate) fn latest_version(state: &State, template: &str) -> String {
    let base = base_of(state, template);
    let versions = versions(state, &base);
    versions.into_iter().max_by_key(|(number, _)| *number).map_or_else(|| template.to_owned(), |(_, path)| path)
}
