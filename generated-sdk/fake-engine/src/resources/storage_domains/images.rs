//! Images in repositories.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::units::GIB;
use crate::resources::common::{disk, disk_attachment, storage_domain};
use crate::resources::disks::create::{Requirements, check_new_disk, insert_locked_disk};
use crate::resources::paths::{STORAGE_DOMAINS, TEMPLATES};
use ovirt_sdk::types::{Disk, DiskFormat, Image, StorageDomain, StorageDomainType, Template, TemplateStatus};

const DOWNLOAD: Duration = Duration::from_secs(10);
const REQUIREMENTS: Requirements = Requirements { size: "provisioned_size", method: "import" };

pub(super) fn register(registry: &mut Registry) {
    registry.on("images", "list", list);
    registry.on("image", "import", import);
}

/// The images of a repository. Other storage domains have none.
fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let domain = storage_domain::root(&call.parent());
    match call.state.find::<StorageDomain>(&domain)?.type_ {
        Some(StorageDomainType::Image) => Ok(Reply::List(call.state.paths(&call.path()))),
        _ => Err(Fault::operation(
            400,
            "engineexception: images not supported error (failed with error images not supported error and code 329)",
        )),
    }
}

/// Imports an image of the repository as a disk, or as a template with a disk.
fn import(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let image = call.state.find::<Image>(&path)?.clone();
    let target: Option<StorageDomain> = call.object("storage_domain");
    let target = target.map(|domain| call.state.reference(STORAGE_DOMAINS, &domain)).transpose()?.flatten();
    let Some(target) = target else { return Err(Fault::incomplete("Action", &["storage_domain.id|name"], "import")) };
    storage_domain::check_usable(call.state, &target, "import Image")?;
    let as_template = call.flag("import_as_template") == Some(true);
    let cluster: Option<ovirt_sdk::types::Cluster> = call.object("cluster");
    if as_template && cluster.is_none() {
        return Err(Fault::incomplete("Action", &["cluster.id|name"], "import"));
    }
    let number = call.state.random_below(0x1000_0000);
    let wanted: Disk = call.object("disk").unwrap_or_default();
    let name = wanted.alias.or(wanted.name).unwrap_or_else(|| format!("GlanceDisk-{number:07x}"));
    let image_name = image.name.clone().unwrap_or_default();
    let size = image.size.unwrap_or(GIB);
    let mut disk = Disk::new().name(name).description(image_name.clone()).provisioned_size(size);
    disk = disk.format(DiskFormat::Cow).sparse(true).storage_domains(vec![StorageDomain::with_id(last(&target))]);
    check_new_disk(call.state, &mut disk, None, &REQUIREMENTS)?;
    disk.actual_size = Some(size / 2);
    storage_domain::check_space(call.state, &target, size / 2, "import Image")?;
    call.job_titled(&format!("Importing Disk {image_name} to domain {}", call.state.name_of(&target)));
    let name = disk.name.clone().unwrap_or_default();
    let made = insert_locked_disk(call.state, disk);
    disk::ready_after(call.state, DOWNLOAD, &made, 2021, &format!("The disk '{name}' was successfully added."));
    if as_template {
        let template: Template = call.object("template").unwrap_or_default();
        let template_name = template.name.unwrap_or_else(|| format!("GlanceTemplate-{number:07x}"));
        let mut template = Template::new().name(template_name.clone()).status(TemplateStatus::Ok);
        template.cluster = cluster.map(Box::new);
        let owner = call.state.insert(TEMPLATES, template);
        disk_attachment::attach(call.state, &owner, &made, ovirt_sdk::types::DiskAttachment::new().bootable(true));
    }
    let text = format!("{image_name} is being imported to {}", call.state.name_of(&target));
    disk::log(call.state, 2020, &text, &made, &[]);
    Ok(Reply::Completed)
}
