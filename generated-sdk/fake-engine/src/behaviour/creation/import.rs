//! Virtual machines and templates out of export domains.

use std::time::Duration;

use super::export::is_export;
use super::{configuration, parts, snapshots, stage, store, templates};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::machines::defaults::devices;
use crate::behaviour::machines::guard;
use crate::behaviour::{NIL, Registry};
use crate::state::{Severity, State, above, last};
use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, DiskStatus, Nic, StorageDomain, Template, TemplateVersion, Vm, VmStatus,
};

const COPYING: Duration = Duration::from_secs(8);

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain_vm", "import", import_vm);
    registry.on("storage_domain_vm", "remove", remove);
    registry.on("storage_domain_template", "import", import_template);
    registry.on("storage_domain_template", "remove", remove);
}

/// Refuses what belongs to no export domain.
fn check_domain(state: &State, what: &str, path: &str) -> Result<(), Fault> {
    let domain = above(path, 2);
    let is_there = path.starts_with("storagedomains/") && is_export(state, domain);
    if is_there { Ok(()) } else { Err(Fault::cannot(what, "Storage Domain type is illegal.")) }
}

/// Where what is imported is to be.
struct Place {
    cluster: Option<String>,
    domain: Option<String>,
    clone: bool,
}

impl Place {
    fn of(call: &Call<'_>) -> Result<Self, Fault> {
        let cluster = call.object::<Cluster>("cluster");
        let cluster = cluster.map(|cluster| call.state.reference("clusters", &cluster)).transpose()?.flatten();
        let domain = call.object::<StorageDomain>("storage_domain");
        let domain = parts::domain_of(call.state, domain.as_ref())?;
        Ok(Self {
            cluster: cluster.map(|path| last(&path).to_owned()),
            domain,
            clone: call.flag("clone").unwrap_or(false),
        })
    }
}

fn import_vm(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let source = call.path();
    check_domain(call.state, "import VM", &source)?;
    let place = Place::of(call)?;
    let wanted = call.object::<Vm>("vm").unwrap_or_default();
    let state = &mut *call.state;
    let mut vm = state.find::<Vm>(&source)?.clone();
    let target = format!("vms/{}", last(&source));
    if !place.clone {
        check_id(state, &target)?;
    }
    vm.name = wanted.name.clone().or(vm.name);
    let name = vm.name.clone().unwrap_or_default();
    if state.by_name("vms", &name).is_some() {
        let text = "Import VM failed - VM Name already exists in the Data Center. Please rename the VM in the Data \
                    Center first";
        return Err(Fault::conflict(text));
    }
    guard::name(state, Some(&name), None, "import VM")?;

    state.begin_job(&format!("Importing VM {name} from Export Domain to Cluster"));
    if place.clone {
        vm.id = None;
    }
    vm.cluster = place.cluster.as_deref().map(|id| Box::new(Cluster::with_id(id))).or(vm.cluster);
    let template = vm.template.as_ref().and_then(|template| template.id.clone()).unwrap_or_default();
    if !state.contains(&format!("templates/{template}")) {
        vm.template = Some(Box::new(Template::with_id(NIL)));
    }
    vm.status = Some(VmStatus::ImageLocked);
    let path = parts::plant(state, vm);
    for (_, nic) in parts::list::<Nic>(state, &format!("{source}/nics")) {
        let mut nic = parts::bare_nic(nic);
        nic.id = None;
        nic.mac = nic.mac.filter(|_| !place.clone);
        configuration::add_nic(state, &path, nic)?;
    }
    take_disks(state, &source, &path, &place);
    devices(state, &path);
    snapshots::activate(state, &path);
    begin(state, &path, above(&source, 2), (1165, 1152));
    Ok(Reply::Done)
}

/// Refuses to import a machine that is there already.
pub(super) fn check_id(state: &State, path: &str) -> Result<(), Fault> {
    if !state.contains(path) {
        return Ok(());
    }
    let name = state.name_of(path);
    Err(Fault::conflict(&format!(
        "Import VM failed - VM ID already exists in the system. Please remove the VM ({name}) from the system first"
    )))
}

fn import_template(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let source = call.path();
    check_domain(call.state, "import Template", &source)?;
    let place = Place::of(call)?;
    let wanted = call.object::<Template>("template").unwrap_or_default();
    let state = &mut *call.state;
    let mut template = state.find::<Template>(&source)?.clone();
    let target = format!("templates/{}", last(&source));
    if !place.clone && state.contains(&target) {
        let name = state.name_of(&target);
        let why = format!(
            "Template or VM with the same ID already exists in the system. Please remove the Template or VM ({name}) \
             from the system first"
        );
        return Err(Fault::cannot("import Template", &why));
    }
    template.name = wanted.name.clone().or(template.name);
    let name = template.name.clone().unwrap_or_default();
    if state.by_name("templates", &name).is_some() {
        let text = "Import Template failed - Template Name already exists in the system. Please rename the Template in \
                    the system first";
        return Err(Fault::conflict(text));
    }

    state.begin_job(&format!("Importing Template {name} from Export Domain to Cluster"));
    if place.clone {
        template.id = None;
    }
    template.cluster = place.cluster.as_deref().map(|id| Box::new(Cluster::with_id(id))).or(template.cluster);
    let version = template.version.take().and_then(|version| version.version_name);
    template.version = version.map(|name| Box::new(TemplateVersion::new().version_name(name)));
    let path = templates::plant(state, template, &Vm::new(), None);
    for (_, nic) in parts::list::<Nic>(state, &format!("{source}/nics")) {
        let mut nic = parts::bare_nic(nic);
        nic.id = None;
        parts::add_nic(state, &path, nic)?;
    }
    take_disks(state, &source, &path, &place);
    devices(state, &path);
    begin(state, &path, above(&source, 2), (1163, 1158));
    Ok(Reply::Done)
}

fn begin(state: &mut State, path: &str, domain: &str, codes: (i64, i64)) {
    let (name, from) = (state.name_of(path), state.name_of(domain));
    let text = format!("Import of {name} from {from} was begun by {}.", stage::by(state));
    state.event(codes.0, Severity::Normal, &text, &[path, domain]);
    stage::settle_later(state, path, COPYING, codes.1, &format!("{name} has been imported from {from}."));
}

/// Copies the disks of what an export domain keeps.
fn take_disks(state: &mut State, from: &str, to: &str, place: &Place) {
    let mut taken = Vec::new();
    for (_, mut attachment) in store::of(state, from) {
        let Some(disk) = attachment.disk.take() else { continue };
        let mut disk: Disk = *disk;
        let known = disk.id.as_ref().is_some_and(|id| state.contains(&format!("disks/{id}")));
        if place.clone || known {
            disk.id = None;
        }
        let domain = place.domain.clone().or_else(|| first_data_domain(state));
        disk.storage_domains = domain.map(|id| vec![StorageDomain::with_id(id)].into());
        disk.status = Some(DiskStatus::Locked);
        let path = state.insert("disks", disk);
        let attachment: DiskAttachment = attachment;
        store::attach(state, to, &path, attachment);
        taken.push(path);
    }
    let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
    state.after(COPYING - Duration::from_secs(1), stage::UNLOCK, &taken);
}

/// A storage domain for disks.
pub(super) fn first_data_domain(state: &State) -> Option<String> {
    let is_data = |domain: &StorageDomain| domain.type_ == Some(ovirt_sdk::types::StorageDomainType::Data);
    let mut domains = state.list::<StorageDomain>("storagedomains");
    domains.find(|(_, domain)| is_data(domain)).map(|(path, _)| last(&path).to_owned())
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let is_vm = path.contains("/vms/") || path.starts_with("vms/");
    let (what, code) = if is_vm { ("remove VM", 1160) } else { ("remove Template", 1154) };
    check_domain(call.state, what, &path)?;
    let state = &mut *call.state;
    let (name, domain) = (state.name_of(&path), above(&path, 2).to_owned());
    state.remove(&path);
    let text = format!("{name} has been removed from {}.", state.name_of(&domain));
    state.event(code, Severity::Normal, &text, &[&domain]);
    Ok(Reply::Done)
}
