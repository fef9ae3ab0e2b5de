//! Disks on storage domains, also below data centers.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::{disk, disk_attachment, storage_domain};
use crate::resources::disks::create::{Requirements, add_disk};
use crate::resources::paths::{DISKS, STORAGE_DOMAINS, UNREGISTERED_DISKS, is_in};
use crate::resources::storage_domains::unregistered;
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Disk, StorageDomain, StorageDomainStatus};

const REQUIREMENTS: Requirements = Requirements { size: "provisioned_size|size", method: "add" };

pub(super) fn register(registry: &mut Registry) {
    for service in ["storage_domain_disks", "attached_storage_domain_disks"] {
        registry.on(service, "add", add);
    }
    registry.on("attached_storage_domain_disk", "register", |call| {
        let (domain, id) = (call.parent(), call.id());
        register_disk(call, &domain, &id)?;
        Ok(Reply::Completed)
    });
    registry.on("storage_domain_disks", "list", |call| {
        let hidden = format!("{}/{UNREGISTERED_DISKS}", storage_domain::root(&call.parent()));
        Ok(Reply::List(unregistered::listed(call, &hidden)))
    });
    registry.view_with_addresses("storage_domain_disks", |state, domain| {
        let mut all = disk::on_domain(state, domain);
        all.extend(state.paths(&format!("{}/{UNREGISTERED_DISKS}", storage_domain::root(domain))));
        all
    });
    registry.find_in_view("storage_domain_disks", |state, domain, id| {
        let unregistered = || format!("{}/{UNREGISTERED_DISKS}/{id}", storage_domain::root(domain));
        disk::find_on_domain(state, domain, id).or_else(|| Some(unregistered()).filter(|path| state.contains(path)))
    });
    registry.view_with_addresses("attached_storage_domain_disks", disk::on_domain);
    registry.find_in_view("attached_storage_domain_disks", disk::find_on_domain);
    registry.compute("storage_domain_content_disks", |context, owner| content_disks(context.state, owner));
}

/// The disks of a virtual machine or a template on a storage domain. An export domain keeps copies of them in the disk
/// attachments.
fn content_disks(state: &State, owner: &str) -> Vec<Box<dyn Object>> {
    let exported = is_in(owner, STORAGE_DOMAINS);
    let attached = disk_attachment::list(state, owner).into_iter().filter_map(|(_, attachment)| attachment.disk);
    let disks = attached.filter_map(|disk| match exported {
        true => Some(*disk),
        false => state.get::<Disk>(&format!("{DISKS}/{}", disk.id?)).cloned(),
    });
    disks.map(|disk| Box::new(disk) as Box<dyn Object>).collect()
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut disk: Disk = call.body()?;
    let domain = call.parent();
    if call.request.flag("unregistered") == Some(true) {
        let id = disk.id.unwrap_or_default();
        return Ok(Reply::Created(register_disk(call, &domain, &id)?));
    }
    disk.storage_domains = Some(vec![StorageDomain::with_id(last(&domain))].into());
    add_disk(call, disk, &REQUIREMENTS)
}

/// Registers an unregistered disk found on a storage domain; returns its path.
fn register_disk(call: &mut Call<'_>, domain: &str, id: &str) -> Result<String, Fault> {
    let domain = format!("{STORAGE_DOMAINS}/{}", last(domain));
    if storage_domain::status(call.state, &domain) != Some(StorageDomainStatus::Active) {
        return Err(Fault::bad(&format!(
            "Cannot register disk {id} on storage domain {} as it is unavailable.",
            last(&domain)
        )));
    }
    let hidden = format!("{domain}/{UNREGISTERED_DISKS}/{id}");
    if !call.state.relocate(&hidden, DISKS) {
        return Err(Fault::not_found());
    }
    let path = format!("{DISKS}/{id}");
    let name = call.state.name_of(&path);
    let text = format!("Disk '{name}' has been successfully registered as a floating disk.");
    call.state.event(378, Severity::Normal, &text, &[&path, &domain]);
    Ok(path)
}
