//! Bonds: NICs that consist of several NICs.

use crate::api::Fault;
use crate::path::last;
use crate::resources::hosts::wiring::{find_nic, nic_reference, nics_of};
use crate::state::State;
use ovirt_sdk::types::{Bonding, BootProtocol, Host, HostNic, List, NicStatus, Option as BondOption};

/// Fails if bonds can't be changed. `is_used` returns whether a network will be on the NIC with a name.
pub(crate) fn check(
    state: &State,
    host: &str,
    wanted: &[HostNic],
    removed: &[HostNic],
    is_used: &dyn Fn(&str) -> bool,
) -> Result<(), Fault> {
    let mut gone = Vec::new();
    for bond in removed {
        let path = find_nic(state, host, bond)?;
        if state.get::<HostNic>(&path).is_some_and(|nic| nic.bonding.is_none()) {
            return Err(conflict(&format!("The given network interface '{}' is not a bond.", state.name_of(&path))));
        }
        gone.push(path);
    }
    let mut taken: Vec<String> = Vec::new();
    for bond in wanted {
        let own = known(state, host, bond);
        if own.is_none() && !bond.name.as_deref().is_some_and(|name| name.starts_with("bond")) {
            return Err(bad_name(bond));
        }
        let Some(slaves) = bond.bonding.as_ref().and_then(|bonding| bonding.slaves.as_ref()) else {
            if own.is_none() {
                return Err(too_few(bond));
            }
            continue;
        };
        if slaves.len() < 2 {
            return Err(too_few(bond));
        }
        for nic in slaves {
            let path = find_nic(state, host, nic)?;
            let name = state.name_of(&path);
            let nic = state.find::<HostNic>(&path)?;
            if nic.bonding.is_some() || nic.base_interface.is_some() {
                return Err(conflict(&format!(
                    "Network Interface '{name}' cannot be slave: Neither bond nor vlan can be slave."
                )));
            }
            if taken.contains(&path) {
                return Err(conflict(&format!(
                    "Network interface '{name}' is used multiple times in new or modified bonds in this request. \
                     Slave can be neither shared by multiple bonds nor used multiple times in one bond."
                )));
            }
            if is_used(&name) {
                return Err(conflict(&format!(
                    "Network Interface '{name}' cannot become slave, there's network attached to it."
                )));
            }
            let other = bond_of(state, host, &path).filter(|bond| Some(bond) != own.as_ref() && !gone.contains(bond));
            if other.is_some() {
                return Err(Fault::conflict(&format!("Network Interface '{name}' already belongs to the bond.")));
            }
            taken.push(path);
        }
    }
    Ok(())
}

/// Whether the mode of a bond allows networks for virtual machines.
pub(crate) fn is_for_vm_networks(bond: &HostNic) -> bool {
    const EXCLUDED: [&str; 3] = ["0", "5", "6"];
    let options = bond.bonding.as_ref().and_then(|bonding| bonding.options.as_ref());
    let mode = options.into_iter().flatten().find(|option| option.name.as_deref() == Some("mode"));
    !mode.and_then(|mode| mode.value.as_deref()).is_some_and(|mode| EXCLUDED.contains(&mode))
}

fn conflict(reason: &str) -> Fault {
    Fault::cannot("setup Networks", reason)
}

fn too_few(bond: &HostNic) -> Fault {
    let name = bond.name.as_deref().unwrap_or_default();
    let why = format!("The following bonds consist of less than two Network Interfaces: {name}.");
    Fault::invalid("setup Networks", &why)
}

fn bad_name(bond: &HostNic) -> Fault {
    match bond.name.as_deref() {
        Some(name) => Fault::bad(&format!(
            "Bond name '{name}' does not follow naming criteria. For host compatibility version 4.3 or greater, \
             custom bond names must begin with the prefix 'bond'  followed by 'a-z', 'A-Z', '0-9', or '_' characters. \
             For host compatibility version 4.2 and lower, custom bond names must begin with the prefix 'bond' \
             followed by a number."
        )),
        None => Fault::invalid(
            "setup Networks",
            "Among the given bonds, there is a bond with neither nicName nor nicId. If you wish to add a new bond, the \
             nicName is mandatory. If you wish to update an existing bond you should pass nicName or nicId or both of \
             them.",
        ),
    }
}

fn known(state: &State, host: &str, bond: &HostNic) -> Option<String> {
    find_nic(state, host, bond).ok()
}

/// The bond to which a NIC belongs.
fn bond_of(state: &State, host: &str, nic: &str) -> Option<String> {
    let has = |bond: &HostNic| {
        let slaves = bond.bonding.as_ref().and_then(|bonding| bonding.slaves.as_ref());
        slaves.is_some_and(|slaves| slaves.iter().any(|slave| slave.id.as_deref() == Some(last(nic))))
    };
    state.list::<HostNic>(&nics_of(host)).find(|(_, bond)| has(bond)).map(|(path, _)| path)
}

/// Adds or changes a bond.
pub(crate) fn set(state: &mut State, host: &str, wanted: HostNic) -> Result<String, Fault> {
    let own = known(state, host, &wanted);
    let bonding = wanted.bonding.map(|bonding| *bonding).unwrap_or_default();
    let mut slaves = Vec::new();
    for nic in bonding.slaves.into_iter().flatten() {
        slaves.push(find_nic(state, host, &nic)?);
    }
    let first = slaves.first().and_then(|path| state.get::<HostNic>(path)).cloned();
    let slaves: Option<List<HostNic>> =
        (!slaves.is_empty()).then(|| slaves.iter().map(|path| nic_reference(path)).collect());
    let options = bonding.options.filter(|options| !options.is_empty());
    if let Some(nic) = own.as_deref().and_then(|path| state.get_mut::<HostNic>(path)) {
        let bonding = nic.bonding.get_or_insert_default();
        bonding.options = options.or(bonding.options.take());
        bonding.slaves = slaves.or(bonding.slaves.take());
        bonding.active_slave = bonding.slaves.as_ref().and_then(|slaves| slaves.first()).cloned().map(Box::new);
        return Ok(own.unwrap_or_default());
    }
    let mut made = Bonding::new().options(options.unwrap_or_else(usual));
    made.active_slave = slaves.as_ref().and_then(|slaves| slaves.first()).cloned().map(Box::new);
    made.slaves = slaves;
    let mut nic = HostNic::new().boot_protocol(BootProtocol::None).bridged(false).custom_configuration(false);
    nic = nic.mtu(1500).status(NicStatus::Up).host(Host::with_id(last(host))).bonding(made);
    nic.name = wanted.name;
    nic.mac = first.as_ref().and_then(|nic| nic.mac.clone());
    nic.speed = first.and_then(|nic| nic.speed);
    Ok(state.insert(&nics_of(host), nic))
}

/// The default options of bonds.
fn usual() -> List<BondOption> {
    let mode = BondOption::new().name("mode").value("1").type_("Active-Backup");
    List::from([mode, BondOption::new().name("miimon").value("100")])
}
