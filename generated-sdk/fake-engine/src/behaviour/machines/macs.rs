//! MAC addresses of NICs: the next one out of the pool of a machine's cluster, or one that was chosen.

use super::guard::machine_of;
use crate::api::fault::Fault;
use crate::behaviour::infrastructure::networks::{is_mac_free, next_mac};
use crate::state::State;
use ovirt_sdk::types::{Nic, Vm};

/// The cluster of a machine.
fn cluster(state: &State, vm: &str) -> String {
    state.get::<Vm>(vm).and_then(|vm| vm.cluster.as_ref()?.id.clone()).unwrap_or_default()
}

/// Refuses an address that is none, or that another NIC has; gives it as the engine writes it.
pub(super) fn check(state: &mut State, vm: &str, mac: &str, what: &str) -> Result<String, Fault> {
    let mac = mac.to_ascii_lowercase().replace('-', ":");
    let bytes: Vec<Option<u8>> = mac.split(':').map(byte).collect();
    let Some(first) =
        bytes.first().copied().flatten().filter(|_| bytes.len() == 6 && bytes.iter().all(Option::is_some))
    else {
        return Err(Fault::bad(&format!(
            "Cannot {what}. The Network Interface has an invalid MAC address {mac}. MAC address must be in format \
             \"HH:HH:HH:HH:HH:HH\" where H is a hexadecimal character (either a digit or A-F, case is insignificant)."
        )));
    };
    if first & 1 == 1 {
        return Err(Fault::bad("Multi-cast MAC address is not allowed."));
    }
    if is_mac_free(state, &cluster(state, vm), &mac) {
        return Ok(mac);
    }
    let holder = holder(state, &mac).map(|nic| state.name_of(&machine_of(&nic))).unwrap_or_default();
    Err(Fault::conflict(&format!("MAC Address {mac} is already in use by VM or snapshot: {holder}.")))
}

fn byte(text: &str) -> Option<u8> {
    u8::from_str_radix(text, 16).ok().filter(|_| text.len() == 2 && !text.starts_with('+'))
}

/// The NIC that has an address.
fn holder(state: &State, mac: &str) -> Option<String> {
    let has = |nic: &Nic| nic.mac.as_ref().and_then(|mac| mac.address.as_deref()) == Some(mac);
    let mut machines = state.paths("vms").into_iter();
    machines.find_map(|vm| state.list::<Nic>(&format!("{vm}/nics")).find(|(_, nic)| has(nic)).map(|(path, _)| path))
}

/// A free address of the pool of a machine.
pub(super) fn allocate(state: &mut State, vm: &str) -> Result<String, Fault> {
    let cluster = cluster(state, vm);
    next_mac(state, &cluster)
}
