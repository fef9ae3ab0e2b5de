//! What is on storage domains: virtual machines and templates by the disks that they have there, what data centers do
//! not know yet, and what was exported.

use super::{DISKS, DOMAINS, attachments, disks, domains};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{Severity, State, last};
use ovirt_sdk::types::{Cluster, Disk, StorageDomain, StorageDomainStatus, StorageDomainType, Template, Vm, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain_disks", "list", |call| {
        let hidden = format!("{}/{}", domains::root(&call.parent()), domains::UNREGISTERED_DISKS);
        Ok(Reply::Paths(listed(call, &hidden)))
    });
    registry.view_with_addresses("storage_domain_vms", |state, domain| seen(state, domain, "vms"));
    registry.view_with_addresses("storage_domain_templates", |state, domain| seen(state, domain, "templates"));
    registry.found("storage_domain_vms", |state, domain, id| find(state, domain, "vms", id));
    registry.found("storage_domain_templates", |state, domain, id| find(state, domain, "templates", id));
    registry.on("storage_domain_vms", "list", |call| {
        let hidden = format!("{}/{}", domains::root(&call.parent()), domains::UNREGISTERED_VMS);
        Ok(Reply::Paths(listed(call, &hidden)))
    });
    registry.on("storage_domain_templates", "list", |call| {
        let hidden = format!("{}/{}", domains::root(&call.parent()), domains::UNREGISTERED_TEMPLATES);
        Ok(Reply::Paths(listed(call, &hidden)))
    });
    registry.on("storage_domain_vm", "register", |call| register_machine(call, "vms"));
    registry.on("storage_domain_template", "register", |call| register_machine(call, "templates"));
}

/// What a collection of a storage domain lists: what is registered there, or what is not.
fn listed(call: &Call<'_>, hidden: &str) -> Vec<String> {
    match call.asked.flag("unregistered") {
        Some(true) => call.state.paths(hidden),
        _ => {
            let members = call.target.members(call.state);
            members.into_iter().filter(|path| !path.starts_with(hidden)).collect()
        }
    }
}

/// Everything of a kind that can be told by its identifier on a storage domain: what has a disk there, what is not
/// registered, and what was exported there.
fn seen(state: &State, domain: &str, kind: &str) -> Vec<String> {
    let domain = domains::root(domain);
    let mut paths: Vec<String> =
        state.paths(kind).into_iter().filter(|owner| has_disk_on(state, owner, &domain)).collect();
    paths.extend(state.paths(&format!("{domain}/unregistered{kind}")));
    paths.extend(state.paths(&format!("{domain}/{kind}")));
    paths
}

/// The one of those that has an identifier.
fn find(state: &State, domain: &str, kind: &str, id: &str) -> Option<String> {
    let domain = domains::root(domain);
    let shown = format!("{kind}/{id}");
    if has_disk_on(state, &shown, &domain) {
        return Some(shown);
    }
    let kept = [format!("{domain}/unregistered{kind}/{id}"), format!("{domain}/{kind}/{id}")];
    kept.into_iter().find(|path| state.contains(path))
}

/// Whether a virtual machine or a template has a disk on a storage domain.
fn has_disk_on(state: &State, owner: &str, domain: &str) -> bool {
    let attached = attachments::of(state, owner);
    attached.iter().any(|(_, disk)| state.get::<Disk>(disk).is_some_and(|disk| disks::is_on(disk, last(domain))))
}

/// Takes everything that is on a data domain away from what the engine shows, when the domain leaves its data center.
pub(super) fn set_aside(state: &mut State, domain: &str) {
    if state.get::<StorageDomain>(domain).is_none_or(|it| it.type_ != Some(StorageDomainType::Data)) {
        return;
    }
    let gone = disks::of_domain(state, domain);
    for (kind, hidden) in [("vms", domains::UNREGISTERED_VMS), ("templates", domains::UNREGISTERED_TEMPLATES)] {
        for owner in state.paths(kind) {
            let own = attachments::of(state, &owner);
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
            for owner in disks::owners(state, &disk) {
                state.remove(&format!("{owner}/{}/{}", attachments::SEGMENT, last(&disk)));
            }
            state.relocate(&disk, &format!("{domain}/{}", domains::UNREGISTERED_DISKS));
        }
    }
}

/// Makes a virtual machine or a template known again, with its disks.
fn register_machine(call: &mut Call<'_>, kind: &'static str) -> Result<Reply, Fault> {
    let (domain, path) = (domains::root(&call.parent()), call.path());
    let what = if kind == "vms" { "VM" } else { "Template" };
    if !path.starts_with(&format!("{domain}/unregistered")) {
        return Err(Fault::not_found());
    }
    if domains::status(call.state, &domain) != Some(StorageDomainStatus::Active) {
        domains::check_usable(call.state, &domain, "import", what)?;
    }
    let cluster: Option<Cluster> = call.object("cluster");
    let cluster = cluster.map(|cluster| call.state.reference("clusters", &cluster)).transpose()?.flatten();
    let Some(cluster) = cluster else { return Err(Fault::incomplete("Action", &["cluster.id|name"], "register")) };
    let name = match kind {
        "vms" => call.object::<Vm>("vm").and_then(|vm| vm.name),
        _ => call.object::<Template>("template").and_then(|template| template.name),
    };
    let name = name.unwrap_or_else(|| call.state.name_of(&path));
    if call.state.by_name(kind, &name).is_some() {
        return Err(Fault::conflict(&format!("Cannot import {what}. The name {name} is already in use.")));
    }
    let own = call.state.paths(&format!("{path}/{}", attachments::SEGMENT));
    call.state.relocate(&path, kind);
    for attachment in own {
        let hidden = format!("{domain}/{}/{}", domains::UNREGISTERED_DISKS, last(&attachment));
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
    let place = call.state.name_of(&format!("{DOMAINS}/{}", last(&domain)));
    let text = format!("{what} {name} was registered from storage domain {place}");
    call.state.event(1174, Severity::Normal, &text, &[&path]);
    Ok(Reply::Done)
}
