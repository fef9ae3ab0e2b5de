//! Templates on storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::{devices, nic, references, storage_domain};
use crate::resources::paths::{NICS, TEMPLATES, UNREGISTERED_TEMPLATES};
use crate::resources::storage_domains::imports::{self, Place};
use crate::resources::storage_domains::unregistered::{self, TEMPLATE_NAME_EXISTS};
use crate::resources::templates::create::insert_template;
use ovirt_sdk::types::{Cluster, Nic, Template, TemplateVersion, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry
        .view_with_addresses("storage_domain_templates", |state, domain| unregistered::seen(state, domain, TEMPLATES));
    registry
        .find_in_view("storage_domain_templates", |state, domain, id| unregistered::find(state, domain, TEMPLATES, id));
    registry.on("storage_domain_templates", "list", |call| {
        let hidden = format!("{}/{UNREGISTERED_TEMPLATES}", storage_domain::root(&call.parent()));
        Ok(Reply::List(unregistered::listed(call, &hidden)))
    });
    registry.on("storage_domain_template", "import", import);
    registry.on("storage_domain_template", "register", |call| unregistered::register_owner(call, TEMPLATES));
    registry.on("storage_domain_template", "remove", imports::remove);
}

fn import(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let source = call.path();
    imports::check_domain(call.state, "import Template", &source)?;
    let place = Place::of(call)?;
    let wanted = call.object::<Template>("template").unwrap_or_default();
    let state = &mut *call.state;
    let mut template = state.find::<Template>(&source)?.clone();
    let target = format!("{TEMPLATES}/{}", last(&source));
    if !place.clone && state.contains(&target) {
        let name = state.name_of(&target);
        let why = format!(
            "Template or VM with the same ID already exists in the system. Please remove the Template or VM ({name}) \
             from the system first"
        );
        return Err(Fault::cannot("import Template", &why));
    }
    imports::check_disks(state, "import Template", &source, &place)?;
    template.name = wanted.name.clone().or(template.name);
    let name = template.name.clone().unwrap_or_default();
    if state.by_name(TEMPLATES, &name).is_some() {
        return Err(Fault::conflict(TEMPLATE_NAME_EXISTS));
    }

    state.begin_job(&format!("Importing VM Template {name} to Data Center <UNKNOWN>"));
    if place.clone {
        template.id = None;
    }
    template.cluster = place.cluster.as_deref().map(|id| Box::new(Cluster::with_id(id))).or(template.cluster);
    let version = template.version.take().and_then(|version| version.version_name);
    template.version = version.map(|name| Box::new(TemplateVersion::new().version_name(name)));
    let path = insert_template(state, template, &Vm::new(), None);
    for (_, nic) in references::list_cloned::<Nic>(state, &format!("{source}/{NICS}")) {
        let mut nic = nic::without_owner(nic);
        nic.id = None;
        nic::add(state, &path, nic)?;
    }
    imports::take_disks(state, &source, &path, &place);
    devices::add_default_devices(state, &path);
    imports::begin(state, &path, above(&source, 2), (1163, 1158));
    Ok(Reply::Completed)
}
