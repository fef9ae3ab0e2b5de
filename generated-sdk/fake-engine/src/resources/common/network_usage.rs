//! Checks that no virtual machine, template or bond uses a network or profile.

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::messages::with_names;
use crate::resources::common::network::attachment_of;
use crate::resources::common::references::{self, path_of};
use crate::resources::paths::{DATA_CENTERS, HOSTS, ISCSI_BONDS, NETWORKS, NICS, TEMPLATES, VMS, VNIC_PROFILES};
use crate::state::State;
use ovirt_sdk::types::{Nic, Template, Vm, VnicProfile};

/// Fails if virtual machines or templates have NICs in a network.
pub(crate) fn check_unused(state: &State, network: &str, action: &str) -> Result<(), Fault> {
    check_users(state, network, action, &|_| true)
}

/// Fails if virtual machines or templates of a cluster have NICs in a network.
pub(crate) fn check_unused_in_cluster(state: &State, network: &str, cluster: &str) -> Result<(), Fault> {
    check_users(state, network, "detach Network", &|path| {
        state.get::<Vm>(path).is_some_and(|vm| references::refers_to(&vm.cluster, cluster))
            || state.get::<Template>(path).is_some_and(|template| references::refers_to(&template.cluster, cluster))
    })
}

fn check_users(state: &State, network: &str, action: &str, counts: &dyn Fn(&str) -> bool) -> Result<(), Fault> {
    let uses = |profile: &str| is_in(state, profile, network);
    network_in_use(action, "virtual machine", &users(state, VMS, &uses, counts))?;
    network_in_use(action, "template", &users(state, TEMPLATES, &uses, counts))
}

/// Fails if templates have NICs in a network.
pub(crate) fn check_unused_by_templates(state: &State, network: &str, action: &str) -> Result<(), Fault> {
    let uses = |profile: &str| is_in(state, profile, network);
    network_in_use(action, "template", &users(state, TEMPLATES, &uses, &|_| true))
}

/// Fails if hosts have a network.
pub(crate) fn check_unused_by_hosts(state: &State, network: &str, action: &str) -> Result<(), Fault> {
    let hosts = state.paths(HOSTS).into_iter().filter(|host| attachment_of(state, host, network).is_some());
    network_in_use(action, "host", &hosts.map(|host| state.name_of(&host)).collect::<Vec<_>>())
}

/// Fails if virtual machines or templates use a profile.
pub(crate) fn check_profile_unused(state: &State, profile: &str, action: &str) -> Result<(), Fault> {
    check_profile_unused_by_vms(state, profile, action)?;
    let uses = |other: &str| last(other) == last(profile);
    profile_in_use(action, "template", &users(state, TEMPLATES, &uses, &|_| true))
}

/// Fails if virtual machines use a profile.
pub(crate) fn check_profile_unused_by_vms(state: &State, profile: &str, action: &str) -> Result<(), Fault> {
    let uses = |other: &str| last(other) == last(profile);
    profile_in_use(action, "virtual machine", &users(state, VMS, &uses, &|_| true))
}

/// Fails if iSCSI bonds use a network.
pub(crate) fn check_unused_by_bonds(state: &State, network: &str) -> Result<(), Fault> {
    let bonds = state.paths(DATA_CENTERS).into_iter().flat_map(|path| state.paths(&format!("{path}/{ISCSI_BONDS}")));
    let users: Vec<String> = bonds
        .filter(|bond| state.contains(&format!("{bond}/{NETWORKS}/{}", last(network))))
        .map(|bond| state.name_of(&bond))
        .collect();
    if users.is_empty() {
        return Ok(());
    }
    let message = format!(
        "The Network ('{}') could not be removed since several iSCSI bonds (${{IscsiBonds_COUNTER}}) are using this \
         network:\n ${{IscsiBonds}}.\nPlease remove the network first from those iSCSI bonds, and try again.",
        state.name_of(network),
    );
    Err(Fault::bad(&with_names(&message, "IscsiBonds", &users)))
}

fn is_in(state: &State, profile: &str, network: &str) -> bool {
    state.get::<VnicProfile>(profile).is_some_and(|profile| references::refers_to(&profile.network, network))
}

/// The names of the virtual machines or templates that have a NIC whose profile fits.
fn users(state: &State, collection: &str, uses: &dyn Fn(&str) -> bool, counts: &dyn Fn(&str) -> bool) -> Vec<String> {
    let in_network = |nic: &Nic| path_of(VNIC_PROFILES, &nic.vnic_profile).is_some_and(|profile| uses(&profile));
    let paths = state.paths(collection).into_iter().filter(|path| counts(path));
    let users = paths.filter(|path| state.list::<Nic>(&format!("{path}/{NICS}")).any(|(_, nic)| in_network(nic)));
    users.map(|path| state.name_of(&path)).collect()
}

/// Fails if there are users of a network. `kind` is what they are, in the singular.
fn network_in_use(action: &str, kind: &str, users: &[String]) -> Result<(), Fault> {
    let message = match users {
        [] => return Ok(()),
        [only] => format!(
            "This logical network is used by {kind}: {only}\n - Please remove it from this {kind} and try again."
        ),
        _ => {
            const VARIABLE: &str = "ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES_LIST";
            let message = format!(
                "This logical network is used by {kind}s: (${{{VARIABLE}_COUNTER}}): ${{{VARIABLE}}}\n - Please detach \
                 {kind}s using this logical network and try again."
            );
            with_names(&message, VARIABLE, users)
        }
    };
    Err(Fault::cannot(action, &message))
}

/// Fails if there are users of a vNIC profile. `kind` is what they are, in the singular.
fn profile_in_use(action: &str, kind: &str, users: &[String]) -> Result<(), Fault> {
    const VARIABLE: &str = "ENTITIES_USING_VNIC_PROFILE";
    let message = match users {
        [] => return Ok(()),
        [_] => format!(
            "This VM network interface profile is used by {kind}:  ${{{VARIABLE}}}.\n - Please remove it from this \
             {kind} and try again."
        ),
        _ => format!(
            "This VM network interface profile is used by {kind}s (${{{VARIABLE}_COUNTER}}): ${{{VARIABLE}}}\n - \
             Please detach {kind}s using this profile and try again."
        ),
    };
    Err(Fault::cannot(action, &with_names(&message, VARIABLE, users)))
}
