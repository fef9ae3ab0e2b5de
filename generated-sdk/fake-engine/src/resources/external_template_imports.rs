//! Importing templates from OVA files.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::external_imports::{self, CONVERSION};
use crate::resources::common::{copy_disks, devices, locks, references};
use crate::resources::templates::create::{check_template_name, insert_template};
use crate::state::Severity;
use ovirt_sdk::types::{Cluster, ExternalTemplateImport, Template, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("external_template_imports", "add", add);
    registry.describes_new("external_template_import", "template");
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["url", "host.id|name", "cluster.id|name", "storage_domain.id|name"])?;
    let mut import: ExternalTemplateImport = call.body()?;
    let state = &mut *call.state;
    let cluster = external_imports::cluster_of(state, import.cluster.as_deref())?;
    let domain = copy_disks::referenced_domain_id(state, import.storage_domain.as_deref())?;
    let mut wanted = import.template.as_deref().cloned().unwrap_or_default();
    // A file says what it is; its name has to do here.
    let file = import.url.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
    let name = wanted.name.clone().unwrap_or_else(|| file.trim_end_matches(".ova").to_owned());
    check_template_name(state, Some(&name))?;

    state.begin_job(&format!("Importing Template {name} to Cluster"));
    wanted.id = None;
    wanted.version = None;
    wanted.cluster = cluster.map(|id| Box::new(Cluster::with_id(id)));
    let path = insert_template(state, wanted.name(name.as_str()), &Vm::new(), None);
    external_imports::add_disk(state, &path, &name, domain, true);
    devices::add_default_devices(state, &path);
    let text = format!("Import of Template {name} was begun by {}.", references::acting_user(state));
    state.event(1163, Severity::Normal, &text, &[&path]);
    locks::complete_later(state, &path, CONVERSION, 1158, &format!("Template {name} has been imported."));
    import.template = Some(Box::new(Template::with_id(last(&path)).name(name)));
    Ok(Reply::Computed(Box::new(import)))
}
