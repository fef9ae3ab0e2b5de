//! Versions of templates.

use crate::resources::paths::TEMPLATES;
use crate::state::State;
use ovirt_sdk::types::Template;

/// Why other commands fail while a template is being created. The engine doesn't fill in the name.
pub(crate) const BEING_CREATED: &str = "Template ${TemplateName} is being created.";

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
