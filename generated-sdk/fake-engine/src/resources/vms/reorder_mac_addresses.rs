//! Sorting the MAC addresses of virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::paths::NICS;
use ovirt_sdk::types::{Mac, Nic};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "reorder_mac_addresses", reorder);
}

/// Assigns the MAC addresses of a virtual machine to its NICs in the order of their names.
fn reorder(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let mut nics: Vec<(Option<String>, String, String)> = call
        .state
        .list::<Nic>(&format!("{path}/{NICS}"))
        .filter_map(|(nic, it)| Some((it.name.clone(), nic, it.mac.as_ref()?.address.clone()?)))
        .collect();
    let mut macs: Vec<String> = nics.iter().map(|(_, _, mac)| mac.clone()).collect();
    nics.sort();
    macs.sort();
    for ((_, nic, _), mac) in nics.iter().zip(macs) {
        if let Some(nic) = call.state.get_mut::<Nic>(nic) {
            nic.mac = Some(Box::new(Mac::new().address(mac)));
        }
    }
    Ok(Reply::Completed)
}
