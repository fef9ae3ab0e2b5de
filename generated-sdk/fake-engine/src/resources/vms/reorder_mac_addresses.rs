//! Sorting the MAC addresses of virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::vm_status::{self, wrong_status};
use crate::resources::paths::NICS;
use ovirt_sdk::types::{Mac, Nic, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "reorder_mac_addresses", reorder);
}

/// The NICs get the addresses of the machine in the order of their names.
fn reorder(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const REORDER: &str = "reorder VM network interfaces";
    let path = call.path();
    vm_status::check_not_locked(call.state, &path, REORDER)?;
    match vm_status::status(call.state, &path)? {
        VmStatus::Down => {}
        status => return Err(wrong_status(&status, REORDER)),
    }
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
