//! Exporting templates.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::exports::{self, Destination};
use crate::resources::common::template::check_image_not_locked;
use crate::resources::common::well_known::NIL;
use crate::resources::common::{command_locks, disk_attachment, fields};
use crate::resources::paths::TEMPLATES;
use crate::resources::templates::create::NAME_IS_USED;
use ovirt_sdk::types::{Template, TemplateStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("template", "export", export);
}

fn export(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const WHAT: &str = "export Template";
    let destination = exports::destination(call, WHAT)?;
    let exclusive = call.flag("exclusive").unwrap_or(false);
    let path = call.path();
    let state = &mut *call.state;
    let mut template = state.find::<Template>(&path)?.clone();
    command_locks::check_shared(state, &path, WHAT)?;
    if last(&path) == NIL {
        return Err(Fault::conflict("Cannot export Blank Template."));
    }
    check_image_not_locked(state, &path, &disk_attachment::disks(state, &path))?;
    let domain = match destination {
        Destination::Domain(domain) => domain,
        Destination::File { file, host } => {
            exports::export_to_file(state, &path, &file, &host, (1226, 1227));
            return Ok(Reply::Completed);
        }
    };
    let target = format!("{domain}/{TEMPLATES}/{}", last(&path));
    if !exclusive && state.contains(&target) {
        return Err(Fault::cannot(WHAT, NAME_IS_USED));
    }
    fields::clear_collections(&mut template);
    if let Some(template) = state.get_mut::<Template>(&path) {
        template.status = Some(TemplateStatus::Locked);
    }
    exports::copy_to_domain(state, &path, &domain, TEMPLATES, template);
    exports::begin(state, &path, &domain, (1164, 1156));
    Ok(Reply::Completed)
}
