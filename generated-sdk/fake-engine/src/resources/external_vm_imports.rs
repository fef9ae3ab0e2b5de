//! Importing virtual machines from other hypervisors.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::external_imports::{self, CONVERSION};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{copy_disks, devices, locks, nic, references, snapshot, vm_defaults, vm_validation};
use crate::state::Severity;
use ovirt_sdk::types::{Cluster, ExternalVmImport, Nic, NicInterface, Template, Vm, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("external_vm_imports", "add", add);
    registry.describes_new("external_vm_import", "vm");
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["provider", "url", "name", "cluster.id|name", "storage_domain.id|name"])?;
    let mut import: ExternalVmImport = call.body()?;
    let state = &mut *call.state;
    let cluster = external_imports::cluster_of(state, import.cluster.as_deref())?;
    let domain = copy_disks::referenced_domain_id(state, import.storage_domain.as_deref())?;
    let wanted = import.vm.as_deref().cloned().unwrap_or_default();
    let name = wanted.name.clone().or_else(|| import.name.clone()).unwrap_or_default();
    vm_validation::check_name(state, Some(&name), None, "import VM")?;

    state.begin_job(&format!("Importing VM {name} to Cluster"));
    let mut vm = wanted.name(name.as_str()).template(Template::with_id(NIL)).status(VmStatus::ImageLocked);
    vm.id = None;
    vm.cluster = cluster.map(|id| Box::new(Cluster::with_id(id)));
    vm.cpu_profile = import.cpu_profile.clone();
    let path = vm_defaults::insert(state, vm);
    nic::add(state, &path, Nic::new().name("nic1").interface(NicInterface::Virtio))?;
    external_imports::add_disk(state, &path, &name, domain, import.sparse.unwrap_or(true));
    devices::add_default_devices(state, &path);
    snapshot::add_active(state, &path);
    let text = format!("Conversion of VM {name} was begun by {}.", references::acting_user(state));
    state.event(1193, Severity::Normal, &text, &[&path]);
    locks::complete_later(state, &path, CONVERSION, 1152, &format!("VM {name} has been imported."));
    import.vm = Some(Box::new(Vm::with_id(last(&path)).name(name)));
    Ok(Reply::Computed(Box::new(import)))
}
