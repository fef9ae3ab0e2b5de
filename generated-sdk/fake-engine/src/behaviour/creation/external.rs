//! Virtual machines and templates that come from elsewhere: from other hypervisors, and out of files.

use std::time::Duration;

use super::{import, parts, snapshots, stage, store, templates};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::machines::defaults::devices;
use crate::behaviour::machines::guard;
use crate::behaviour::storage::disks::image;
use crate::behaviour::{NIL, Registry};
use crate::state::{Severity, State, last};
use ovirt_sdk::types::{
    Cluster, DiskAttachment, DiskFormat, DiskInterface, DiskStatus, ExternalTemplateImport, ExternalVmImport, Nic,
    NicInterface, Template, Vm, VmStatus,
};

const CONVERSION: Duration = Duration::from_secs(30);
/// The size of the disk of what comes from elsewhere, of which nothing is known.
const SIZE: i64 = 10 << 30;

pub(super) fn register(registry: &mut Registry) {
    registry.on("external_vm_imports", "add", add_vm);
    registry.made("external_vm_import", "vm");
    registry.on("external_template_imports", "add", add_template);
    registry.made("external_template_import", "template");
}

fn add_vm(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "cluster.id|name", "storage_domain.id|name", "provider"])?;
    let mut import: ExternalVmImport = call.body()?;
    let state = &mut *call.state;
    let cluster = cluster_of(state, import.cluster.as_deref())?;
    let domain = parts::domain_of(state, import.storage_domain.as_deref())?;
    let wanted = import.vm.as_deref().cloned().unwrap_or_default();
    let name = wanted.name.clone().or_else(|| import.name.clone()).unwrap_or_default();
    guard::name(state, Some(&name), None, "import VM")?;

    state.begin_job(&format!("Importing VM {name} to Cluster"));
    let mut vm = wanted.name(name.as_str()).template(Template::with_id(NIL)).status(VmStatus::ImageLocked);
    vm.id = None;
    vm.cluster = cluster.map(|id| Box::new(Cluster::with_id(id)));
    vm.cpu_profile = import.cpu_profile.clone();
    let path = parts::plant(state, vm);
    parts::add_nic(state, &path, Nic::new().name("nic1").interface(NicInterface::Virtio))?;
    add_disk(state, &path, &name, domain, import.sparse.unwrap_or(true));
    devices(state, &path);
    snapshots::activate(state, &path);
    let text = format!("Conversion of VM {name} was begun by {}.", stage::by(state));
    state.event(1193, Severity::Normal, &text, &[&path]);
    stage::settle_later(state, &path, CONVERSION, 1152, &format!("VM {name} has been imported."));
    import.vm = Some(Box::new(Vm::with_id(last(&path)).name(name)));
    Ok(Reply::Value(Box::new(import)))
}

fn add_template(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["url", "cluster.id|name", "storage_domain.id|name"])?;
    let mut import: ExternalTemplateImport = call.body()?;
    let state = &mut *call.state;
    let cluster = cluster_of(state, import.cluster.as_deref())?;
    let domain = parts::domain_of(state, import.storage_domain.as_deref())?;
    let mut wanted = import.template.as_deref().cloned().unwrap_or_default();
    // A file says what it is; its name has to do here.
    let file = import.url.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
    let name = wanted.name.clone().unwrap_or_else(|| file.trim_end_matches(".ova").to_owned());
    templates::check_name(state, Some(&name))?;

    state.begin_job(&format!("Importing Template {name} to Cluster"));
    wanted.id = None;
    wanted.version = None;
    wanted.cluster = cluster.map(|id| Box::new(Cluster::with_id(id)));
    let path = templates::plant(state, wanted.name(name.as_str()), &Vm::new(), None);
    add_disk(state, &path, &name, domain, true);
    devices(state, &path);
    let text = format!("Import of Template {name} was begun by {}.", stage::by(state));
    state.event(1163, Severity::Normal, &text, &[&path]);
    stage::settle_later(state, &path, CONVERSION, 1158, &format!("Template {name} has been imported."));
    import.template = Some(Box::new(Template::with_id(last(&path)).name(name)));
    Ok(Reply::Value(Box::new(import)))
}

fn cluster_of(state: &State, cluster: Option<&Cluster>) -> Result<Option<String>, Fault> {
    let path = cluster.map(|cluster| state.reference("clusters", cluster)).transpose()?.flatten();
    Ok(path.map(|path| last(&path).to_owned()))
}

fn add_disk(state: &mut State, owner: &str, name: &str, domain: Option<String>, sparse: bool) {
    let Some(domain) = domain.or_else(|| import::first_data_domain(state)) else { return };
    let mut disk = image(&format!("{name}_Disk1"), SIZE, &domain).status(DiskStatus::Locked).sparse(sparse);
    if !sparse {
        disk.format = Some(DiskFormat::Raw);
        disk.qcow_version = None;
    }
    disk.image_id = Some(state.new_id());
    let path = state.insert("disks", disk);
    let attachment = DiskAttachment::new().active(true).bootable(true).interface(DiskInterface::VirtioScsi);
    let attachment = attachment.pass_discard(false).read_only(false).uses_scsi_reservation(false);
    store::attach(state, owner, &path, attachment);
    state.after(CONVERSION - Duration::from_secs(1), stage::UNLOCK, &[&path]);
}
