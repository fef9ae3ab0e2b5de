//! Virtual machines and templates in export domains, and as files on hosts.

use std::time::Duration;

use super::{parts, stage, store};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::machines::guard;
use crate::behaviour::{NIL, Registry};
use crate::state::{Severity, State, last};
use ovirt_sdk::object::Struct;
use ovirt_sdk::types::{
    Disk, DiskAttachment, DiskStatus, Host, StorageDomain, StorageDomainType, Template, TemplateStatus, Vm, VmStatus,
};

const COPYING: Duration = Duration::from_secs(8);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "export", export_vm);
    registry.on("template", "export", export_template);
}

/// Whether a storage domain is one for exports.
pub(super) fn is_export(state: &State, domain: &str) -> bool {
    state.get::<StorageDomain>(domain).is_some_and(|domain| domain.type_ == Some(StorageDomainType::Export))
}

/// Where something is exported to.
enum Destination {
    /// An export domain.
    Domain(String),
    /// A file on a host.
    File(String),
}

fn destination(call: &Call<'_>, what: &str) -> Result<Destination, Fault> {
    if let Some(host) = call.object::<Host>("host") {
        let directory = call.parameter::<String>("directory");
        let directory = directory.ok_or_else(|| Fault::incomplete("Action", &["directory"], "export"))?;
        call.state.reference("hosts", &host)?;
        let file = call.parameter::<String>("filename").unwrap_or_default();
        return Ok(Destination::File(format!("{}/{file}", directory.trim_end_matches('/'))));
    }
    let domain = call.object::<StorageDomain>("storage_domain");
    let domain = domain.map(|domain| call.state.reference("storagedomains", &domain)).transpose()?.flatten();
    let domain = domain.ok_or_else(|| Fault::incomplete("Action", &["storageDomain.id|name"], "export"))?;
    if !is_export(call.state, &domain) {
        let name = call.state.name_of(&domain);
        return Err(Fault::cannot(what, &format!("The specified domain '{name}' is not an export domain.")));
    }
    Ok(Destination::Domain(domain))
}

fn export_vm(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const WHAT: &str = "export VM";
    let destination = destination(call, WHAT)?;
    let exclusive = call.flag("exclusive").unwrap_or(false);
    let path = call.path();
    let state = &mut *call.state;
    let mut vm = state.find::<Vm>(&path)?.clone();
    stage::is_free(state, &path, WHAT)?;
    let name = vm.name.clone().unwrap_or_default();
    let Destination::Domain(domain) = destination else {
        return to_file(state, &path, &destination, (1223, 1224));
    };
    stage::is_down(state, &path, WHAT)?;
    let target = format!("{domain}/vms/{}", last(&path));
    if !exclusive && state.contains(&target) {
        return Err(Fault::cannot(WHAT, "VM with the same identifier already exists."));
    }
    if !exclusive && state.by_name(&format!("{domain}/vms"), &name).is_some() {
        return Err(Fault::cannot(WHAT, "The VM name is already in use, please choose a unique name and try again."));
    }
    parts::strip(&mut vm);
    vm.status = Some(VmStatus::Down);
    vm.vm_pool = None;
    stage::set_status(state, &path, VmStatus::ImageLocked);
    put(state, &path, &domain, "vms", vm);
    begin(state, &path, &domain, (1162, 1150));
    Ok(Reply::Done)
}

fn export_template(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const WHAT: &str = "export Template";
    let destination = destination(call, WHAT)?;
    let exclusive = call.flag("exclusive").unwrap_or(false);
    let path = call.path();
    let state = &mut *call.state;
    let mut template = state.find::<Template>(&path)?.clone();
    if last(&path) == NIL {
        return Err(Fault::conflict("Cannot export Blank Template."));
    }
    if template.status == Some(TemplateStatus::Locked) {
        return Err(Fault::conflict("Template is currently locked (temporarily)."));
    }
    guard::disks_not_locked(state, &path, WHAT)?;
    let Destination::Domain(domain) = destination else {
        return to_file(state, &path, &destination, (1226, 1227));
    };
    let target = format!("{domain}/templates/{}", last(&path));
    if !exclusive && state.contains(&target) {
        return Err(Fault::cannot(WHAT, "A Template with the same identifier already exists."));
    }
    parts::strip(&mut template);
    if let Some(template) = state.get_mut::<Template>(&path) {
        template.status = Some(TemplateStatus::Locked);
    }
    put(state, &path, &domain, "templates", template);
    begin(state, &path, &domain, (1164, 1156));
    Ok(Reply::Done)
}

/// Writes a file on a host, which nobody can look at.
fn to_file(state: &mut State, path: &str, destination: &Destination, codes: (i64, i64)) -> Result<Reply, Fault> {
    let Destination::File(file) = destination else { return Ok(Reply::Done) };
    let name = state.name_of(path);
    state.begin_job(&format!("Exporting {name} as an OVA to {file}"));
    let text = format!("Export of {name} to {file} was begun by {}.", stage::by(state));
    state.event(codes.0, Severity::Normal, &text, &[path]);
    if state.get::<Vm>(path).is_some_and(|vm| vm.status != Some(VmStatus::Down)) {
        // A machine that runs is exported from a snapshot; it goes on.
        state.event(codes.1, Severity::Normal, &format!("{name} has been exported to {file}."), &[path]);
        return Ok(Reply::Done);
    }
    stage::set_status(state, path, VmStatus::ImageLocked);
    if let Some(template) = state.get_mut::<Template>(path) {
        template.status = Some(TemplateStatus::Locked);
    }
    stage::settle_later(state, path, COPYING, codes.1, &format!("{name} has been exported to {file}."));
    Ok(Reply::Done)
}

fn begin(state: &mut State, path: &str, domain: &str, codes: (i64, i64)) {
    let (name, to) = (state.name_of(path), state.name_of(domain));
    state.begin_job(&format!("Exporting {name} to Export Domain {to}"));
    let text = format!("Export of {name} to {to} was begun by {}.", stage::by(state));
    state.event(codes.0, Severity::Normal, &text, &[path, domain]);
    stage::settle_later(state, path, COPYING, codes.1, &format!("{name} has been exported to {to}."));
}

/// Puts a copy of a machine or a template with its disks and devices into an export domain.
fn put<T: Struct>(state: &mut State, from: &str, domain: &str, collection: &str, object: T) {
    let target = format!("{domain}/{collection}/{}", last(from));
    state.remove(&target);
    state.insert(&format!("{domain}/{collection}"), object);
    for (_, mut attachment) in store::of(state, from) {
        let disk = attachment.disk.take().and_then(|disk| state.get::<Disk>(&format!("disks/{}", disk.id?)));
        if let Some(mut disk) = disk.cloned() {
            disk.href = None;
            disk.status = Some(DiskStatus::Ok);
            disk.storage_domains = Some(vec![StorageDomain::with_id(last(domain))].into());
            let attachment: DiskAttachment = attachment.disk(disk);
            state.insert(&format!("{target}/diskattachments"), attachment);
        }
    }
    for (_, nic) in parts::list::<ovirt_sdk::types::Nic>(state, &format!("{from}/nics")) {
        state.insert(&format!("{target}/nics"), parts::bare_nic(nic));
    }
}
