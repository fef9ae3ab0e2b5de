//! NICs of virtual machines and templates.

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::bean::Violations;
use crate::resources::common::{mac_address, references};
use crate::resources::paths::{CLUSTERS, NETWORK_FILTER_PARAMETERS, NETWORKS, NICS, VMS, VNIC_PROFILES, is_in};
use crate::state::State;
use ovirt_sdk::types::{Cluster, Mac, Nic, NicInterface, Vm, VnicPassThroughMode, VnicProfile};

pub(crate) const ADD: &str = "add Interface";
const LONGEST_NAME: usize = 50;
/// The first minor version of a cluster 4.x with e1000e NICs.
const E1000E_SINCE: i64 = 7;

/// Adds a NIC with complete settings to a virtual machine; returns its path.
pub(crate) fn insert(state: &mut State, vm: &str, mut nic: Nic) -> Result<String, Fault> {
    let mac = match address_of(&nic).map(str::to_owned) {
        Some(mac) => {
            mac_address::check_free(state, vm, &mac)?;
            mac
        }
        None => mac_address::allocate(state, vm)?,
    };
    resolve_profile(state, &mut nic, ADD)?;
    nic.mac = Some(Box::new(Mac::new().address(mac)));
    nic.interface.get_or_insert(NicInterface::Virtio);
    nic.linked.get_or_insert(true);
    nic.plugged.get_or_insert(true);
    nic.synced.get_or_insert(true);
    let parameters = nic.network_filter_parameters.take();
    nic.reported_devices = None;
    nic.statistics = None;
    nic.href = None;
    let path = state.insert(&format!("{vm}/{NICS}"), references::refer_to_owner(nic, vm));
    for parameter in parameters.into_iter().flatten() {
        state.insert(&format!("{path}/{NETWORK_FILTER_PARAMETERS}"), parameter);
    }
    Ok(path)
}

/// The MAC address of a NIC, unless it is empty.
pub(crate) fn address_of(nic: &Nic) -> Option<&str> {
    nic.mac.as_ref()?.address.as_deref().filter(|address| !address.is_empty())
}

/// Checks the values that a client sent.
pub(crate) fn check_values(nic: &Nic) -> Result<(), Fault> {
    let mut violations = Violations::default();
    violations.check_length("nic.name", nic.name.as_deref(), 1, LONGEST_NAME);
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if nic.name.as_ref().is_some_and(|name| !name.chars().all(is_plain)) {
        violations.add("nic.name", "Name must be formed of alphanumeric characters, numbers or \"-_.\".");
    }
    if let Some(message) = address_of(nic).and_then(mac_address::violation) {
        violations.add("nic.macAddress", message);
    }
    violations.into_result()
}

/// Removes a profile that isn't referred to by its identifier, and fails if there is none with this identifier.
pub(crate) fn resolve_profile(state: &State, nic: &mut Nic, action: &str) -> Result<(), Fault> {
    nic.network = None;
    let Some(id) = nic.vnic_profile.take().and_then(|profile| profile.id) else { return Ok(()) };
    if !state.contains(&format!("{VNIC_PROFILES}/{id}")) {
        return Err(Fault::invalid(action, "The specified VM network interface profile doesn't exist."));
    }
    nic.vnic_profile = Some(Box::new(VnicProfile::with_id(id)));
    Ok(())
}

/// Fails if a virtual machine can't have a NIC with these settings.
pub(crate) fn check_settings(state: &State, vm: &str, nic: &Nic, action: &str) -> Result<(), Fault> {
    let cluster = references::path_of(CLUSTERS, &state.find::<Vm>(vm)?.cluster).unwrap_or_default();
    check_interface(state, &cluster, nic, action)?;
    let profile = nic.vnic_profile.as_ref().and_then(|profile| profile.id.as_deref());
    let profile = match profile {
        Some(id) => Some(state.find::<VnicProfile>(&format!("{VNIC_PROFILES}/{id}"))?),
        None => None,
    };
    if let Some(profile) = profile {
        let network = references::path_of(NETWORKS, &profile.network).unwrap_or_default();
        if !state.contains(&format!("{cluster}/{NETWORKS}/{}", last(&network))) {
            return Err(Fault::conflict("The specified Logical Network doesn't exist in the current Cluster."));
        }
    }
    let passes_through = |profile: &VnicProfile| {
        profile.pass_through.as_ref().and_then(|it| it.mode.as_ref()) == Some(&VnicPassThroughMode::Enabled)
    };
    let is_passthrough = nic.interface == Some(NicInterface::PciPassthrough);
    if is_passthrough != profile.is_some_and(passes_through) {
        return Err(Fault::cannot(
            action,
            "The network interface type doesn't match the profile. Virtual machine interface of type 'PCI Passthrough' \
             should have 'Passthrough' profile and vice versa.",
        ));
    }
    match is_passthrough && nic.linked == Some(false) {
        true => Err(Fault::invalid(action, "Unlinking of 'passthrough' vm network interface is not supported.")),
        false => Ok(()),
    }
}

/// Fails if operating systems for the architecture don't know an interface.
fn check_interface(state: &State, cluster: &str, nic: &Nic, action: &str) -> Result<(), Fault> {
    let minor = || state.get::<Cluster>(cluster).and_then(|cluster| cluster.version.as_ref()?.minor);
    let is_supported = match nic.interface {
        Some(NicInterface::Rtl8139Virtio | NicInterface::SpaprVlan) => false,
        Some(NicInterface::E1000e) => minor().is_none_or(|minor| minor >= E1000E_SINCE),
        _ => true,
    };
    match is_supported {
        true => Ok(()),
        false => Err(Fault::invalid(
            action,
            "The network interface type is not compatible with the selected operating system.",
        )),
    }
}

/// Fails if another NIC of the collection has a name.
pub(crate) fn check_free_name(
    state: &State,
    collection: &str,
    name: Option<&str>,
    own: Option<&str>,
) -> Result<(), Fault> {
    let taken = name.and_then(|name| state.by_name(collection, name));
    match taken {
        Some(taken) if Some(taken.as_str()) != own => Err(Fault::conflict("Network interface name is already in use")),
        _ => Ok(()),
    }
}

/// Copies NICs. Virtual machines get new MAC addresses.
pub(crate) fn copy_all(state: &mut State, from: &str, to: &str) -> Result<(), Fault> {
    for (_, nic) in references::list_cloned::<Nic>(state, &format!("{from}/{NICS}")) {
        let mut copy = without_owner(nic);
        copy.id = None;
        copy.mac = None;
        add(state, to, copy)?;
    }
    Ok(())
}

/// Adds a NIC to a virtual machine or a template. NICs of templates have no MAC addresses.
pub(crate) fn add(state: &mut State, owner: &str, mut nic: Nic) -> Result<(), Fault> {
    if is_in(owner, VMS) {
        insert(state, owner, nic).map(drop)
    } else {
        nic.mac = None;
        state.insert(&format!("{owner}/{NICS}"), references::refer_to_owner(nic, owner));
        Ok(())
    }
}

/// A NIC without its address, its owner, and what it gets from it.
pub(crate) fn without_owner(mut nic: Nic) -> Nic {
    nic.href = None;
    nic.vm = None;
    nic.template = None;
    nic.instance_type = None;
    nic.reported_devices = None;
    nic.statistics = None;
    nic
}

/// Adds a NIC with its MAC address, or with a new one if that is in use.
pub(crate) fn add_with_any_address(state: &mut State, vm: &str, nic: Nic) -> Result<(), Fault> {
    let mut again = nic.clone();
    add(state, vm, nic).or_else(|_| {
        again.mac = None;
        add(state, vm, again)
    })
}
