//! Files on storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::{disk, storage_domain};
use ovirt_sdk::types::{Disk, File, StorageDomain, StorageDomainType};

pub(super) fn register(registry: &mut Registry) {
    registry.on("files", "list", list);
}

/// Those of an ISO domain; on data domains, disks that hold such images.
fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let domain = storage_domain::root(&call.parent());
    let found = call.state.find::<StorageDomain>(&domain)?;
    if found.type_ == Some(StorageDomainType::Data) {
        let on_it = disk::on_domain(call.state, &domain);
        let isos = on_it.iter().filter_map(|path| call.state.get::<Disk>(path));
        let isos = isos.filter(|disk| disk.content_type == Some(ovirt_sdk::types::DiskContentType::Iso));
        let files = isos.map(|disk| {
            let name = disk.name.clone().unwrap_or_default();
            let file = File::with_id(disk.id.clone().unwrap_or_default()).name(name).content("").type_("iso");
            Box::new(file.storage_domain(StorageDomain::with_id(last(&domain)))) as Box<dyn ovirt_sdk::object::Object>
        });
        return Ok(Reply::ComputedList(files.collect()));
    }
    Ok(Reply::List(call.state.paths(&call.path())))
}
