//! Changes of the networks of a host that succeed or fail together.

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::network::{attachment_of, attachments_of, is_for_vms, is_management};
use crate::resources::common::references::{self, path_of};
use crate::resources::hosts::setup_networks::{bonds, ip_configuration};
use crate::resources::hosts::wiring::{attach, find_network, find_nic, nics_of};
use crate::resources::paths::{CLUSTERS, NETWORKS};
use crate::state::State;
use ovirt_sdk::types::{Host, HostNic, Network, NetworkAttachment};

/// Changes of a host's networks.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) removed_attachments: Vec<NetworkAttachment>,
    pub(crate) attachments: Vec<NetworkAttachment>,
    pub(crate) removed_bonds: Vec<HostNic>,
    pub(crate) bonds: Vec<HostNic>,
}

/// A network on a NIC after the changes.
struct Wire {
    network: String,
    /// The name of the NIC.
    nic: String,
}

impl Plan {
    /// The changes that copy the networks of a host to another one.
    pub(crate) fn to_copy(state: &State, source: &str, target: &str) -> Self {
        let mut plan = Self::default();
        for (_, bond) in state.list::<HostNic>(&nics_of(source)).filter(|(_, nic)| nic.bonding.is_some()) {
            let mut copy = HostNic::new();
            copy.name.clone_from(&bond.name);
            copy.bonding.clone_from(&bond.bonding);
            let slaves = copy.bonding.iter_mut().filter_map(|bonding| bonding.slaves.as_mut());
            for slave in slaves.flat_map(|slaves| slaves.iter_mut()) {
                let name = slave.href.as_deref().map(|path| state.name_of(path)).unwrap_or_default();
                *slave = HostNic::with_name(name);
            }
            plan.bonds.push(copy);
        }
        for (_, attachment) in state.list::<NetworkAttachment>(&attachments_of(source)) {
            let nic = attachment.host_nic.as_ref().and_then(|nic| nic.href.as_deref()).map(|nic| state.name_of(nic));
            let known = path_of(NETWORKS, &attachment.network).and_then(|it| attachment_of(state, target, &it));
            let mut copy = NetworkAttachment::new().host_nic(HostNic::with_name(nic.unwrap_or_default()));
            copy.network.clone_from(&attachment.network);
            copy.id = known.map(|path| last(&path).to_owned());
            copy.ip_address_assignments.clone_from(&attachment.ip_address_assignments);
            plan.attachments.push(copy);
        }
        plan
    }

    /// Fails if the changes aren't possible.
    pub(crate) fn check(&self, state: &State, host: &str) -> Result<(), Fault> {
        let mut wires = self.remaining(state, host)?;
        let cluster = state.find::<Host>(host)?.cluster.as_ref().and_then(|cluster| cluster.id.clone());
        let cluster = format!("{CLUSTERS}/{}", cluster.unwrap_or_default());
        for attachment in &self.attachments {
            let old = attachment.id.as_ref().map(|id| format!("{}/{id}", attachments_of(host)));
            let old = old.map(|path| state.find::<NetworkAttachment>(&path)).transpose()?;
            let network = match (attachment.network.as_deref(), old) {
                (Some(network), _) => find_network(state, host, network)?,
                (None, Some(old)) => path_of(NETWORKS, &old.network).unwrap_or_default(),
                (None, None) => {
                    return Err(Fault::bad(
                        "Cannot setup Networks. There's unset networkId or networkName among given network \
                         attachments. At least one of them should be set.",
                    ));
                }
            };
            let name = state.name_of(&network);
            if !state.contains(&format!("{cluster}/{NETWORKS}/{}", last(&network))) {
                return Err(Fault::conflict(&format!(
                    "Cannot setup Networks. The following Logical Networks do not exist in the Host's Cluster: {name}."
                )));
            }
            match old {
                Some(old) => wires.retain(|wire| !references::refers_to(&old.network, &wire.network)),
                None if wires.iter().any(|wire| wire.network == network) => {
                    return Err(Fault::conflict(&format!(
                        "Cannot setup Networks. Given network '{name}' is already attached to given host '{}'.",
                        state.name_of(host)
                    )));
                }
                None => {}
            }
            let nic = match (attachment.host_nic.as_deref(), old.and_then(|old| old.host_nic.as_deref())) {
                (Some(nic), _) => self.name_of(state, host, nic)?,
                (None, Some(nic)) => state.name_of(nic.href.as_deref().unwrap_or_default()),
                (None, None) => {
                    return Err(Fault::bad(&format!(
                        "Cannot setup Networks. The network interface of network '{name}' is missing."
                    )));
                }
            };
            ip_configuration::check(attachment, &name, &nic)?;
            wires.push(Wire { network, nic });
        }
        check_untagged(state, &wires)?;
        bonds::check(state, host, &self.bonds, &self.removed_bonds, &|nic| wires.iter().any(|wire| wire.nic == nic))?;
        self.check_bond_modes(state, &wires)?;
        let gone: Vec<String> =
            self.removed_bonds.iter().filter_map(|bond| self.name_of(state, host, bond).ok()).collect();
        match wires.iter().find(|wire| gone.contains(&wire.nic)) {
            None => Ok(()),
            Some(wire) => Err(Fault::bad(&format!(
                "Cannot setup Networks. The following Network Interfaces do not exist on the Host: {}.",
                wire.nic
            ))),
        }
    }

    /// Fails if networks for virtual machines are on bonds that can't have them because of their mode.
    fn check_bond_modes(&self, state: &State, wires: &[Wire]) -> Result<(), Fault> {
        for bond in self.bonds.iter().filter(|bond| !bonds::is_for_vm_networks(bond)) {
            let name = bond.name.as_deref().unwrap_or_default();
            let is_for_vms = |path: &str| state.get::<Network>(path).is_some_and(is_for_vms);
            if let Some(wire) = wires.iter().find(|wire| wire.nic == name && is_for_vms(&wire.network)) {
                let network = state.name_of(&wire.network);
                return Err(Fault::bad(&format!(
                    "Network {network} is attached to bond {name}. VM networks cannot be attached to bonds in mode 0, 5 \
                     or 6."
                )));
            }
        }
        Ok(())
    }

    /// The networks on NICs that aren't removed.
    fn remaining(&self, state: &State, host: &str) -> Result<Vec<Wire>, Fault> {
        let collection = attachments_of(host);
        let mut gone = Vec::new();
        for attachment in &self.removed_attachments {
            let path = format!("{collection}/{}", attachment.id.as_deref().unwrap_or_default());
            let Some(found) = state.get::<NetworkAttachment>(&path) else {
                return Err(Fault::bad(&format!(
                    "Cannot setup Networks. Cannot remove following Network Attachments, because they do not exist: \
                     {}.",
                    last(&path)
                )));
            };
            check_not_management(state, host, found)?;
            gone.push(path);
        }
        let remaining = state.list::<NetworkAttachment>(&collection).filter(|(path, _)| !gone.contains(path));
        let wire = |attachment: &NetworkAttachment| {
            let nic = attachment.host_nic.as_ref()?.href.as_deref()?;
            Some(Wire { network: path_of(NETWORKS, &attachment.network)?, nic: state.name_of(nic) })
        };
        Ok(remaining.filter_map(|(_, attachment)| wire(attachment)).collect())
    }

    /// The name of a NIC that exists or is a planned bond.
    fn name_of(&self, state: &State, host: &str, nic: &HostNic) -> Result<String, Fault> {
        let is_planned = nic.name.is_some() && self.bonds.iter().any(|bond| bond.name == nic.name);
        match &nic.name {
            Some(name) if is_planned => Ok(name.clone()),
            _ => find_nic(state, host, nic).map(|path| state.name_of(&path)),
        }
    }

    /// Applies the changes, which were [checked](Self::check).
    pub(crate) fn apply(self, state: &mut State, host: &str) -> Result<(), Fault> {
        for attachment in &self.removed_attachments {
            state.remove(&format!("{}/{}", attachments_of(host), attachment.id.as_deref().unwrap_or_default()));
        }
        // Bonds come first: attachments can refer to them.
        for bond in self.bonds {
            bonds::set(state, host, bond)?;
        }
        for attachment in self.attachments {
            let old = attachment.id.as_ref().map(|id| format!("{}/{id}", attachments_of(host)));
            let old = old.and_then(|path| state.get::<NetworkAttachment>(&path)).cloned();
            let network = match attachment.network.as_deref() {
                Some(network) => find_network(state, host, network)?,
                None => old.as_ref().and_then(|old| path_of(NETWORKS, &old.network)).unwrap_or_default(),
            };
            let nic = match attachment.host_nic.as_deref() {
                Some(nic) => find_nic(state, host, nic)?,
                None => old.as_ref().and_then(|old| old.host_nic.as_ref()?.href.clone()).unwrap_or_default(),
            };
            if let Some(old) = old.filter(|old| !references::refers_to(&old.network, &network)) {
                state.remove(&format!("{}/{}", attachments_of(host), old.id.unwrap_or_default()));
            }
            attach(state, host, &nic, &network, attachment);
        }
        for bond in &self.removed_bonds {
            let path = find_nic(state, host, bond)?;
            state.remove(&path);
        }
        Ok(())
    }
}

/// Fails for the network over which a host is managed.
pub(crate) fn check_not_management(state: &State, host: &str, attachment: &NetworkAttachment) -> Result<(), Fault> {
    let cluster = state.get::<Host>(host).and_then(|host| path_of(CLUSTERS, &host.cluster)).unwrap_or_default();
    match path_of(NETWORKS, &attachment.network) {
        Some(network) if is_management(state, &cluster, &network) => Err(Fault::bad(&format!(
            "The Management Network ('{}') is mandatory and cannot be removed.",
            state.name_of(&network)
        ))),
        _ => Ok(()),
    }
}

fn check_untagged(state: &State, wires: &[Wire]) -> Result<(), Fault> {
    let is_untagged = |wire: &Wire| state.get::<Network>(&wire.network).is_some_and(|network| network.vlan.is_none());
    let mut used: Vec<&str> = Vec::new();
    for wire in wires.iter().filter(|wire| is_untagged(wire)) {
        if used.contains(&wire.nic.as_str()) {
            return Err(Fault::conflict(&format!(
                "Cannot setup Networks. At most one VLAN-untagged Logical Network is allowed on a NIC (optionally in \
                 conjunction with several VLAN Logical Networks). The following Network Interfaces violate that rule: \
                 {}.",
                wire.nic
            )));
        }
        used.push(&wire.nic);
    }
    Ok(())
}
