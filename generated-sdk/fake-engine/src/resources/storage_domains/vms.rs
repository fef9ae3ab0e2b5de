//! Virtual machines on storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{devices, nic, references, snapshot, storage_domain, vm_defaults, vm_validation};
use crate::resources::paths::{CLUSTERS, NICS, TEMPLATES, UNREGISTERED_VMS, VMS};
use crate::resources::storage_domains::imports::{self, Place};
use crate::resources::storage_domains::unregistered::{self, VM_NAME_EXISTS};
use ovirt_sdk::types::{Cluster, Nic, Template, Vm, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.view_with_addresses("storage_domain_vms", |state, domain| unregistered::seen(state, domain, VMS));
    registry.find_in_view("storage_domain_vms", |state, domain, id| unregistered::find(state, domain, VMS, id));
    registry.on("storage_domain_vms", "list", |call| {
        let hidden = format!("{}/{UNREGISTERED_VMS}", storage_domain::root(&call.parent()));
        Ok(Reply::List(unregistered::listed(call, &hidden)))
    });
    registry.on("storage_domain_vm", "import", import);
    registry.on("storage_domain_vm", "register", |call| unregistered::register_owner(call, VMS));
    registry.on("storage_domain_vm", "remove", imports::remove);
}

fn import(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let source = call.path();
    imports::check_domain(call.state, "import VM", &source)?;
    let place = Place::of(call)?;
    let wanted = call.object::<Vm>("vm").unwrap_or_default();
    let state = &mut *call.state;
    let mut vm = state.find::<Vm>(&source)?.clone();
    let target = format!("{VMS}/{}", last(&source));
    if !place.clone {
        vm_validation::check_id(state, &target)?;
    }
    imports::check_disks(state, "import VM", &source, &place)?;
    vm.name = wanted.name.clone().or(vm.name);
    let name = vm.name.clone().unwrap_or_default();
    if state.by_name(VMS, &name).is_some() {
        return Err(Fault::conflict(VM_NAME_EXISTS));
    }
    vm_validation::check_name(state, Some(&name), None, "import VM")?;

    if place.clone {
        vm.id = None;
    }
    vm.cluster = place.cluster.as_deref().map(|id| Box::new(Cluster::with_id(id))).or(vm.cluster);
    let cluster = references::name_of(state, CLUSTERS, &vm.cluster);
    state.begin_job(&format!("Importing VM {name} to Cluster {cluster}"));
    let template = vm.template.as_ref().and_then(|template| template.id.clone()).unwrap_or_default();
    if !state.contains(&format!("{TEMPLATES}/{template}")) {
        vm.template = Some(Box::new(Template::with_id(NIL)));
    }
    vm.status = Some(VmStatus::ImageLocked);
    let path = vm_defaults::insert(state, vm);
    for (_, nic) in references::list_cloned::<Nic>(state, &format!("{source}/{NICS}")) {
        let mut nic = nic::without_owner(nic);
        nic.id = None;
        nic.mac = nic.mac.filter(|_| !place.clone);
        nic::add_with_any_address(state, &path, nic)?;
    }
    imports::take_disks(state, &source, &path, &place);
    devices::add_default_devices(state, &path);
    snapshot::add_active(state, &path);
    imports::begin(state, &path, above(&source, 2), (1165, 1152));
    Ok(Reply::Completed)
}
