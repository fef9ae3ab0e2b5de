//! Checks that no virtual machine, template or bond uses a network or profile.

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::references::{self, path_of};
use crate::resources::paths::{DATA_CENTERS, ISCSI_BONDS, NETWORKS, NICS, TEMPLATES, VMS, VNIC_PROFILES};
use crate::state::State;
use ovirt_sdk::types::{Nic, Template, Vm, VnicProfile};

/// Refuses when virtual machines or templates have NICs in a network.
pub(crate) fn refuse_if_used(state: &State, network: &str, action: &str) -> Result<(), Fault> {
    let used = |profile: &str| is_in(state, profile, network);
    let cannot = format!("Cannot {action} Network.");
    refuse(&cannot, "logical network", "VM", &users(state, VMS, &used, &|_| true))?;
    refuse(&cannot, "logical network", "Template", &users(state, TEMPLATES, &used, &|_| true))
}

/// Refuses when virtual machines of a cluster have NICs in a network.
pub(crate) fn refuse_if_used_in(state: &State, network: &str, cluster: &str) -> Result<(), Fault> {
    let used = |profile: &str| is_in(state, profile, network);
    let of_cluster = |path: &str| {
        state.get::<Vm>(path).is_some_and(|vm| references::refers_to(&vm.cluster, cluster))
            || state.get::<Template>(path).is_some_and(|template| references::refers_to(&template.cluster, cluster))
    };
    let cannot = "Cannot detach Network.";
    refuse(cannot, "logical network", "VM", &users(state, VMS, &used, &of_cluster))?;
    refuse(cannot, "logical network", "Template", &users(state, TEMPLATES, &used, &of_cluster))
}

/// Refuses when NICs have a profile.
pub(crate) fn refuse_if_profile_used(state: &State, profile: &str) -> Result<(), Fault> {
    let used = |other: &str| last(other) == last(profile);
    let cannot = "Cannot remove VM network interface profile.";
    refuse(cannot, "VM network interface profile", "VM", &users(state, VMS, &used, &|_| true))?;
    refuse(cannot, "VM network interface profile", "Template", &users(state, TEMPLATES, &used, &|_| true))
}

/// Refuses when iSCSI goes through a network.
pub(crate) fn refuse_if_bonded(state: &State, network: &str) -> Result<(), Fault> {
    let bonds = state.paths(DATA_CENTERS).into_iter().flat_map(|path| state.paths(&format!("{path}/{ISCSI_BONDS}")));
    let using: Vec<String> = bonds
        .filter(|bond| state.contains(&format!("{bond}/{NETWORKS}/{}", last(network))))
        .map(|bond| state.name_of(&bond))
        .collect();
    if using.is_empty() {
        return Ok(());
    }
    Err(Fault::conflict(&format!(
        "The Network ('{}') could not be removed since several iSCSI bonds ({}) are using this network:\n {}.\nPlease \
         remove the network first from those iSCSI bonds, and try again.",
        state.name_of(network),
        using.len(),
        using.join(", ")
    )))
}

fn is_in(state: &State, profile: &str, network: &str) -> bool {
    state.get::<VnicProfile>(profile).is_some_and(|profile| references::refers_to(&profile.network, network))
}

/// Names of the machines or templates that have a NIC whose profile fits.
fn users(state: &State, collection: &str, uses: &dyn Fn(&str) -> bool, counts: &dyn Fn(&str) -> bool) -> Vec<String> {
    let in_network = |nic: &Nic| path_of(VNIC_PROFILES, &nic.vnic_profile).is_some_and(|profile| uses(&profile));
    let paths = state.paths(collection).into_iter().filter(|path| counts(path));
    let using = paths.filter(|path| state.list::<Nic>(&format!("{path}/{NICS}")).any(|(_, nic)| in_network(nic)));
    using.map(|path| state.name_of(&path)).collect()
}

fn refuse(cannot: &str, what: &str, user: &str, users: &[String]) -> Result<(), Fault> {
    match users {
        [] => Ok(()),
        [only] => Err(Fault::conflict(&format!(
            "{cannot} This {what} is used by {user}: {only}\n - Please remove it from this {user} and try again."
        ))),
        many => Err(Fault::conflict(&format!(
            "{cannot} This {what} is used by {user}s: ({}): {}\n - Please remove it from these {user}s and try again.",
            many.len(),
            many.join(", ")
        ))),
    }
}
