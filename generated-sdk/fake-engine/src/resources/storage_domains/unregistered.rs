//! Virtual machines, templates and disks on storage domains that the engine doesn't know.

use crate::api::{Call, Fault, Reply};
use crate::path::last;
use crate::resources::common::{disk, disk_attachment, storage_domain};
use crate::resources::paths::{
    CLUSTERS, DISK_ATTACHMENTS, DISKS, STORAGE_DOMAINS, TEMPLATES, UNREGISTERED_DISKS, UNREGISTERED_TEMPLATES,
    UNREGISTERED_VMS, VMS,
};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Cluster, Disk, StorageDomain, StorageDomainStatus, StorageDomainType, Template, Vm, VmStatus};

pub(crate) const VM_NAME_EXISTS: &str =
    "Import VM failed - VM Name already exists in the Data Center. Please rename the VM in the Data Center first";
pub(crate) const TEMPLATE_NAME_EXISTS: &str = "Import Template failed - Template Name already exists in the \
    system. Please rename the Template in the system first";

/// The objects that a collection of a storage domain lists: with `unregistered`, those that are not registered.
pub(crate) fn listed(call: &Call<'_>, hidden: &str) -> Vec<String> {
    match call.request.flag("unregistered") {
        Some(true) => call.state.paths(hidden),
        _ => {
            let members = call.context().members(&call.target);
            members.into_iter().filter(|path| !path.starts_with(hidden)).collect()
        }
    }
}

/// All objects of a kind that an identifier can mean on a storage domain: those that have a disk there, that are not
/// registered, or that were exported there.
pub(crate) fn seen(state: &State, domain: &str, kind: &str) -> Vec<String> {
    let domain = storage_domain::root(domain);
    let mut paths: Vec<String> =
        state.paths(kind).into_iter().filter(|owner| has_disk_on(state, owner, &domain)).collect();
    paths.extend(state.paths(&format!("{domain}/unregistered{kind}")));
    paths.extend(state.paths(&format!("{domain}/{kind}")));
    paths
}

/// The object with an identifier among those that can be [`seen`].
pub(crate) fn find(state: &State, domain: &str, kind: &str, id: &str) -> Option<String> {
    let domain = storage_domain::root(domain);
    let shown = format!("{kind}/{id}");
    if has_disk_on(state, &shown, &domain) {
        return Some(shown);
    }
    let kept = [format!("{domain}/unregistered{kind}/{id}"), format!("{domain}/{kind}/{id}")];
    kept.into_iter().find(|path| state.contains(path))
}

/// Whether a virtual machine or a template has a disk on a storage domain.
fn has_disk_on(state: &State, owner: &str, domain: &str) -> bool {
    let attached = disk_attachment::attachments_and_disks(state, owner);
    attached.iter().any(|(_, disk)| state.get::<Disk>(disk).is_some_and(|disk| disk::is_on(disk, last(domain))))
}

/// The virtual machines and templates with disks on a storage domain, each with whether all its disks are there.
pub(crate) fn contents(state: &State, domain: &str) -> Vec<(String, bool)> {
    let on_it = disk::on_domain(state, domain);
    let owners = state.paths(VMS).into_iter().chain(state.paths(TEMPLATES));
    let place = |owner: String| {
        let disks = disk_attachment::disks(state, &owner);
        let count = disks.iter().filter(|disk| on_it.contains(disk)).count();
        (count > 0).then_some((owner, count == disks.len()))
    };
    owners.filter_map(place).collect()
}

/// Unregisters everything that is on a data domain, when the domain is detached from its data center.
pub(crate) fn set_aside_contents(state: &mut State, domain: &str) {
    if state.get::<StorageDomain>(domain).is_none_or(|it| it.type_ != Some(StorageDomainType::Data)) {
        return;
    }
    let gone = disk::on_domain(state, domain);
    for (kind, hidden) in [(VMS, UNREGISTERED_VMS), (TEMPLATES, UNREGISTERED_TEMPLATES)] {
        for owner in state.paths(kind) {
            let own = disk_attachment::attachments_and_disks(state, &owner);
            if !own.is_empty() && own.iter().all(|(_, disk)| gone.contains(disk)) {
                state.relocate(&owner, &format!("{domain}/{hidden}"));
            }
        }
    }
    for disk in gone {
        // A copy of it may be elsewhere.
        let elsewhere = state.get_mut::<Disk>(&disk).and_then(|disk| disk.storage_domains.as_mut()).is_some_and(|it| {
            let many = it.len() > 1;
            if many {
                it.retain(|it| it.id.as_deref() != Some(last(domain)));
            }
            many
        });
        if !elsewhere {
            for owner in disk::owners(state, &disk) {
                state.remove(&format!("{owner}/{DISK_ATTACHMENTS}/{}", last(&disk)));
            }
            state.relocate(&disk, &format!("{domain}/{UNREGISTERED_DISKS}"));
        }
    }
}

/// Registers a virtual machine or a template again, with its disks.
pub(crate) fn register_owner(call: &mut Call<'_>, kind: &'static str) -> Result<Reply, Fault> {
    let (domain, path) = (storage_domain::root(&call.parent()), call.path());
    let what = if kind == VMS { "VM" } else { "Template" };
    if !path.starts_with(&format!("{domain}/unregistered")) {
        return Err(Fault::not_found());
    }
    if storage_domain::status(call.state, &domain) != Some(StorageDomainStatus::Active) {
        storage_domain::check_usable(call.state, &domain, &format!("import {what}"))?;
    }
    let cluster: Option<Cluster> = call.object("cluster");
    let cluster = cluster.map(|cluster| call.state.reference(CLUSTERS, &cluster)).transpose()?.flatten();
    let Some(cluster) = cluster else { return Err(Fault::incomplete("Action", &["cluster.id|name"], "register")) };
    let name = match kind {
        VMS => call.object::<Vm>("vm").and_then(|vm| vm.name),
        _ => call.object::<Template>("template").and_then(|template| template.name),
    };
    let name = name.unwrap_or_else(|| call.state.name_of(&path));
    if call.state.by_name(kind, &name).is_some() {
        let text = if kind == VMS { VM_NAME_EXISTS } else { TEMPLATE_NAME_EXISTS };
        return Err(Fault::conflict(text));
    }
    let own = call.state.paths(&format!("{path}/{DISK_ATTACHMENTS}"));
    call.state.relocate(&path, kind);
    for attachment in own {
        let hidden = format!("{domain}/{UNREGISTERED_DISKS}/{}", last(&attachment));
        call.state.relocate(&hidden, DISKS);
    }
    let path = format!("{kind}/{}", last(&path));
    if let Some(vm) = call.state.get_mut::<Vm>(&path) {
        vm.name = Some(name.clone());
        vm.cluster = Some(Box::new(Cluster::with_id(last(&cluster))));
        vm.status = Some(VmStatus::Down);
    }
    if let Some(template) = call.state.get_mut::<Template>(&path) {
        template.name = Some(name.clone());
        template.cluster = Some(Box::new(Cluster::with_id(last(&cluster))));
    }
    let place = call.state.name_of(&format!("{STORAGE_DOMAINS}/{}", last(&domain)));
    let text = format!("{what} {name} was registered from storage domain {place}");
    call.state.event(1174, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
