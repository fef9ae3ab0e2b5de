//! Files on ISO domains, and images in the image repository.

use std::time::Duration;

use super::{DOMAINS, GIB, adding, disks, domains};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{Severity, State, last};
use ovirt_sdk::types::{
    Disk, DiskFormat, File, Image, ImageFileType, StorageDomain, StorageDomainType, Template, TemplateStatus,
};

/// What an administrator may have put onto an ISO domain.
const ISO_FILES: [&str; 5] = [
    "CentOS-Stream-9-latest-x86_64-dvd1.iso",
    "Fedora-Server-dvd-x86_64-40-1.14.iso",
    "debian-12.5.0-amd64-netinst.iso",
    "virtio-win-0.1.240.iso",
    "ubuntu-24.04-live-server-amd64.iso",
];

/// Images of the repository, with their sizes in GiB when they are disks.
const IMAGES: [(&str, i64); 4] = [
    ("CentOS Stream 9 Generic Cloud Image for x86_64", 10),
    ("CirrOS 0.4.0 for x86_64", 1),
    ("Fedora 40 Cloud Base Image for x86_64", 5),
    ("Debian 12 Generic Cloud Image for x86_64", 2),
];

const FETCHING: Duration = Duration::from_secs(10);

pub(super) fn register(registry: &mut Registry) {
    registry.on("image", "import", import);
    registry.on("files", "list", list);
}

/// Puts files onto an ISO domain. Their names are their identifiers.
pub(crate) fn fill_iso(state: &mut State, domain: &str) {
    for name in ISO_FILES {
        let file = File::with_id(name).name(name).content("").type_("iso");
        state.insert(&format!("{domain}/files"), file.storage_domain(StorageDomain::with_id(last(domain))));
    }
}

/// Puts images into the image repository.
pub(crate) fn fill_repository(state: &mut State, domain: &str) {
    for (name, size) in IMAGES {
        let image = Image::new().name(name).size(size * GIB).type_(ImageFileType::Disk);
        state.insert(&format!("{domain}/images"), image.storage_domain(StorageDomain::with_id(last(domain))));
    }
}

/// Those of an ISO domain; on data domains, disks that hold such images.
fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let domain = domains::root(&call.parent());
    let found = call.state.find::<StorageDomain>(&domain)?;
    if found.type_ == Some(StorageDomainType::Data) {
        let on_it = disks::of_domain(call.state, &domain);
        let isos = on_it.iter().filter_map(|path| call.state.get::<Disk>(path));
        let isos = isos.filter(|disk| disk.content_type == Some(ovirt_sdk::types::DiskContentType::Iso));
        let files = isos.map(|disk| {
            let name = disk.name.clone().unwrap_or_default();
            let file = File::with_id(disk.id.clone().unwrap_or_default()).name(name).content("").type_("iso");
            Box::new(file.storage_domain(StorageDomain::with_id(last(&domain)))) as Box<dyn ovirt_sdk::object::Object>
        });
        return Ok(Reply::Values(files.collect()));
    }
    Ok(Reply::Paths(call.state.paths(&call.path())))
}

/// Makes a disk, or a template with a disk, of an image of the repository.
fn import(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let image = call.state.find::<Image>(&path)?.clone();
    let target: Option<StorageDomain> = call.object("storage_domain");
    let target = target.map(|domain| call.state.reference(DOMAINS, &domain)).transpose()?.flatten();
    let Some(target) = target else { return Err(Fault::incomplete("Action", &["storage_domain.id|name"], "import")) };
    domains::check_usable(call.state, &target, "import", "Image")?;
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
    adding::check(call.state, &mut disk, None)?;
    disk.actual_size = Some(size / 2);
    domains::check_space(call.state, &target, size / 2, "import", "Image")?;
    call.job(&format!("Importing {image_name} from storage domain {}", call.state.name_of(&target)));
    let name = disk.name.clone().unwrap_or_default();
    let made = adding::insert(call.state, disk);
    disks::ready_after(call.state, FETCHING, &made, 2021, &format!("Disk {name} was imported"));
    if as_template {
        let template: Template = call.object("template").unwrap_or_default();
        let template_name = template.name.unwrap_or_else(|| format!("GlanceTemplate-{number:07x}"));
        let mut template = Template::new().name(template_name.clone()).status(TemplateStatus::Ok);
        template.cluster = cluster.map(Box::new);
        let owner = call.state.insert("templates", template);
        super::attachments::attach(call.state, &owner, &made, ovirt_sdk::types::DiskAttachment::new().bootable(true));
    }
    let text = format!("{image_name} is being imported to {}", call.state.name_of(&target));
    call.state.event(2020, Severity::Normal, &text, &[&made, &target]);
    Ok(Reply::Done)
}
