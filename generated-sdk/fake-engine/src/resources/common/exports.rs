//! Exporting virtual machines and templates.

use std::time::Duration;

use crate::api::{Call, Fault};
use crate::path::last;
use crate::resources::common::command_locks::{self, CommandLock, LockMode};
use crate::resources::common::{disk_attachment, locks, nic, references, storage_domain, vm_status};
use crate::resources::paths::{DISK_ATTACHMENTS, DISKS, HOSTS, NICS, STORAGE_DOMAINS, TEMPLATES, is_in};
use crate::state::{Severity, State};
use ovirt_sdk::object::Struct;
use ovirt_sdk::types::{
    Disk, DiskAttachment, DiskStatus, Host, HostStatus, StorageDomain, Template, TemplateStatus, Vm, VmStatus,
};

const COPYING: Duration = Duration::from_secs(8);

/// The destination of an export.
pub(crate) enum Destination {
    /// An export domain.
    Domain(String),
    /// A file on a host.
    File { file: String, host: String },
}

pub(crate) fn destination(call: &Call<'_>, what: &str) -> Result<Destination, Fault> {
    if let Some(host) = call.object::<Host>("host") {
        let directory = call.parameter::<String>("directory");
        let directory = directory.ok_or_else(|| Fault::incomplete("Action", &["directory"], "export"))?;
        let host = call.state.reference(HOSTS, &host)?.unwrap_or_default();
        let status = call.state.get::<Host>(&host).and_then(|host| host.status.clone());
        if status != Some(HostStatus::Up) {
            return Err(Fault::cannot(what, "Operation can be performed only when Host status is Up."));
        }
        let file = call.parameter::<String>("filename").unwrap_or_default();
        let file = format!("{}/{file}", directory.trim_end_matches('/'));
        return Ok(Destination::File { file, host: call.state.name_of(&host) });
    }
    let domain = call.object::<StorageDomain>("storage_domain");
    let domain = domain.map(|domain| call.state.reference(STORAGE_DOMAINS, &domain)).transpose()?.flatten();
    let domain = domain.ok_or_else(|| Fault::incomplete("Action", &["storageDomain.id|name"], "export"))?;
    if !storage_domain::is_export(call.state, &domain) {
        let name = call.state.name_of(&domain);
        return Err(Fault::invalid(what, &format!("The specified domain '{name}' is not an export domain.")));
    }
    Ok(Destination::Domain(domain))
}

/// Writes a file on a host, which nobody can look at.
pub(crate) fn export_to_file(state: &mut State, path: &str, file: &str, host: &str, codes: (i64, i64)) {
    let name = state.name_of(path);
    let kind = if is_in(path, TEMPLATES) { "Template" } else { "VM" };
    state.begin_job(&format!("Exporting {kind} {name} as an OVA to {file} on Host {host}"));
    let text = format!("Export of {name} to {file} was begun by {}.", references::acting_user(state));
    state.event(codes.0, Severity::Normal, &text, &[path]);
    if state.get::<Vm>(path).is_some_and(|vm| vm.status != Some(VmStatus::Down)) {
        // A machine that runs is exported from a snapshot; it goes on.
        state.event(codes.1, Severity::Normal, &format!("{name} has been exported to {file}."), &[path]);
        return;
    }
    vm_status::set_status(state, path, VmStatus::ImageLocked);
    if let Some(template) = state.get_mut::<Template>(path) {
        template.status = Some(TemplateStatus::Locked);
    }
    lock(state, path);
    locks::settle_later(state, path, COPYING, codes.1, &format!("{name} has been exported to {file}."));
}

pub(crate) fn begin(state: &mut State, path: &str, domain: &str, codes: (i64, i64)) {
    let (name, to) = (state.name_of(path), state.name_of(domain));
    let kind = if is_in(path, TEMPLATES) { "VM Template" } else { "VM" };
    state.begin_job(&format!("Exporting {kind} {name} To Export Domain {to}"));
    let text = format!("Export of {name} to {to} was begun by {}.", references::acting_user(state));
    state.event(codes.0, Severity::Normal, &text, &[path, domain]);
    lock(state, path);
    locks::settle_later(state, path, COPYING, codes.1, &format!("{name} has been exported to {to}."));
}

/// Locks a virtual machine or a template while it is being exported.
fn lock(state: &mut State, path: &str) {
    let name = state.name_of(path);
    let (mode, reason) = match is_in(path, TEMPLATES) {
        true => (LockMode::Shared, "Template {} is being exported."),
        false => (LockMode::Exclusive, "VM {} is being exported."),
    };
    command_locks::acquire(state, path, CommandLock { mode, holder: path, reason, name: &name });
}

/// Copies a machine or a template with its disks and devices to an export domain.
pub(crate) fn copy_to_domain<T: Struct>(state: &mut State, from: &str, domain: &str, collection: &str, object: T) {
    let target = format!("{domain}/{collection}/{}", last(from));
    state.remove(&target);
    state.insert(&format!("{domain}/{collection}"), object);
    for (_, mut attachment) in disk_attachment::list(state, from) {
        let disk = attachment.disk.take().and_then(|disk| state.get::<Disk>(&format!("{DISKS}/{}", disk.id?)));
        if let Some(mut disk) = disk.cloned() {
            disk.href = None;
            disk.status = Some(DiskStatus::Ok);
            disk.storage_domains = Some(vec![StorageDomain::with_id(last(domain))].into());
            let attachment: DiskAttachment = attachment.disk(disk);
            state.insert(&format!("{target}/{DISK_ATTACHMENTS}"), attachment);
        }
    }
    for (_, nic) in references::list_cloned::<ovirt_sdk::types::Nic>(state, &format!("{from}/{NICS}")) {
        state.insert(&format!("{target}/{NICS}"), nic::without_owner(nic));
    }
}
