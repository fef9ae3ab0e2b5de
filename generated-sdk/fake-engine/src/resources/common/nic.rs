//! Network interfaces of virtual machines and templates.

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::network::data_center_of;
use crate::resources::common::{mac_address, references, vnic_profile};
use crate::resources::paths::{NETWORK_FILTER_PARAMETERS, NICS, VMS, VNIC_PROFILES, is_in};
use crate::state::State;
use ovirt_sdk::types::{Mac, Nic, NicInterface, VnicProfile};

pub(crate) const ADD: &str = "add Interface";

/// Gives a NIC to a machine: with an address of its own, and everything that a NIC has; gives its path. For whoever
/// makes machines, too.
pub(crate) fn insert(state: &mut State, vm: &str, mut nic: Nic) -> Result<String, Fault> {
    let given = nic.mac.as_ref().and_then(|mac| mac.address.clone()).filter(|address| !address.is_empty());
    let mac = match given {
        Some(given) => mac_address::check(state, vm, &given, ADD)?,
        None => mac_address::allocate(state, vm)?,
    };
    resolve_profile(state, vm, &mut nic)?;
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

/// Finds the profile of a NIC: as it was said, or one of the network that was named.
pub(crate) fn resolve_profile(state: &State, vm: &str, nic: &mut Nic) -> Result<(), Fault> {
    let named = nic.network.take();
    let data_center = data_center_of(state, vm).unwrap_or_default();
    if let Some(given) = &mut nic.vnic_profile {
        let network = given.network.clone();
        if given.id.is_none() && given.name.is_none() && network.is_none() {
            nic.vnic_profile = None;
            return Ok(());
        }
        let name = given.name.clone();
        let found = match &given.id {
            Some(id) => Some(format!("{VNIC_PROFILES}/{id}")).filter(|path| state.contains(path)),
            None => vnic_profile::find(state, &data_center, network.as_deref(), name.as_deref()),
        };
        let path = found.ok_or_else(|| {
            Fault::conflict(&format!("Cannot {ADD}. The specified VM network interface profile doesn't exist."))
        })?;
        nic.vnic_profile = Some(Box::new(VnicProfile::with_id(last(&path))));
    } else if let Some(network) = named {
        let path = vnic_profile::find(state, &data_center, Some(&network), None).ok_or_else(|| {
            Fault::conflict(&format!(
                "Cannot {ADD}. There is no VM network interface profile for the network the user can use."
            ))
        })?;
        nic.vnic_profile = Some(Box::new(VnicProfile::with_id(last(&path))));
    }
    Ok(())
}

/// Refuses a name that another NIC of the machine has.
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

/// Copies network interfaces; machines get addresses of their own for them.
pub(crate) fn copy_all(state: &mut State, from: &str, to: &str) -> Result<(), Fault> {
    for (_, nic) in references::list_cloned::<Nic>(state, &format!("{from}/{NICS}")) {
        let mut copy = without_owner(nic);
        copy.id = None;
        copy.mac = None;
        add(state, to, copy)?;
    }
    Ok(())
}

/// Gives a machine or a template a network interface.
pub(crate) fn add(state: &mut State, owner: &str, mut nic: Nic) -> Result<(), Fault> {
    if is_in(owner, VMS) {
        insert(state, owner, nic).map(drop)
    } else {
        nic.mac = None;
        state.insert(&format!("{owner}/{NICS}"), references::refer_to_owner(nic, owner));
        Ok(())
    }
}

/// A network interface without what tells whose it is.
pub(crate) fn without_owner(mut nic: Nic) -> Nic {
    nic.href = None;
    nic.vm = None;
    nic.template = None;
    nic.instance_type = None;
    nic.reported_devices = None;
    nic.statistics = None;
    nic
}

/// Adds an interface with the address that it had, or another one when that is taken.
pub(crate) fn add_with_any_address(state: &mut State, vm: &str, nic: Nic) -> Result<(), Fault> {
    let mut again = nic.clone();
    add(state, vm, nic).or_else(|_| {
        again.mac = None;
        add(state, vm, again)
    })
}
