//! Moving virtual machines to other clusters.

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::{display, network, references, vm_cpu, vm_defaults, vm_status};
use crate::resources::paths::{CLUSTERS, NETWORKS, NICS, VNIC_PROFILES};
use crate::state::State;
use ovirt_sdk::types::{Architecture, Cluster, Network, Nic, Vm, VmStatus, VnicProfile};

/// Moves a virtual machine to another cluster, as an update does before anything else.
pub(crate) fn change_cluster(state: &mut State, vm: &str, cluster: &str) -> Result<(), Fault> {
    let current = references::path_of(CLUSTERS, &state.find::<Vm>(vm)?.cluster);
    if current.as_deref() == Some(cluster) {
        return Ok(());
    }
    if vm_status::status(state, vm)? != VmStatus::Down {
        return Err(Fault::conflict("Cannot update a VM in this status. Try stopping the VM first."));
    }
    if !state.contains(cluster) {
        return Err(Fault::general_failure());
    }
    check_target(state, vm, cluster, "edit VM Cluster")?;
    let profile = vm_defaults::default_cpu_profile(state, last(cluster)).map(Box::new);
    let vm = state.find_mut::<Vm>(vm)?;
    vm.cluster = Some(Box::new(Cluster::with_id(last(cluster))));
    vm.cpu_profile = profile;
    Ok(())
}

/// Fails if a virtual machine can't be in a cluster.
pub(crate) fn check_target(state: &State, vm: &str, cluster: &str, action: &str) -> Result<(), Fault> {
    let settings = state.find::<Vm>(vm)?;
    let Some(target) = state.get::<Cluster>(cluster) else {
        return Err(Fault::invalid(action, "Cluster ID is not valid."));
    };
    let data_center = network::data_center_of(state, vm).unwrap_or_default();
    if !references::refers_to(&target.data_center, &data_center) {
        return Err(Fault::conflict("VM can be moved only to a Cluster in the same Data Center."));
    }
    let networks = networks(state, vm);
    let is_missing = |network: &String| !state.contains(&format!("{cluster}/{NETWORKS}/{}", last(network)));
    let missing: Vec<String> = networks.into_iter().filter(is_missing).collect();
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|network| state.name_of(network)).collect();
        let networks = names.join(",");
        let why = format!("Selected Cluster is missing one or more networks {networks} that is used by VM.");
        return Err(Fault::cannot(action, &why));
    }
    vm_cpu::check(state, settings, cluster, action)?;
    display::check_devices(state, settings, &display::protocols(state, vm), action)?;
    let architecture = |cluster: &Cluster| cluster.cpu.as_ref().and_then(|cpu| cpu.architecture.clone());
    match architecture(target) {
        None | Some(Architecture::Undefined) => {
            return Err(Fault::invalid(action, "The cluster does not have a defined architecture."));
        }
        target => {
            let own = references::path_of(CLUSTERS, &settings.cluster);
            let own = own.and_then(|path| architecture(state.get::<Cluster>(&path)?));
            if own.is_some() && own != target {
                return Err(Fault::invalid(action, "The VM and the destination cluster architectures do not match."));
            }
        }
    }
    match vm_defaults::default_cpu_profile(state, last(cluster)) {
        Some(_) => Ok(()),
        None => Err(Fault::bad("No CPU profile exist.")),
    }
}

/// The networks of the NICs of a virtual machine.
fn networks(state: &State, vm: &str) -> Vec<String> {
    let network = |nic: &Nic| {
        let profile = nic.vnic_profile.as_ref()?.id.as_deref()?;
        let profile = state.get::<VnicProfile>(&format!("{VNIC_PROFILES}/{profile}"))?;
        references::path_of(NETWORKS, &profile.network).filter(|path| state.get::<Network>(path).is_some())
    };
    state.list::<Nic>(&format!("{vm}/{NICS}")).filter_map(|(_, nic)| network(nic)).collect()
}
