//! MAC addresses: which are taken, and the next one out of a pool.

use super::guard::machine_of;
use crate::fake_engine::api::fault::Fault;
use crate::fake_engine::state::{State, last};
use crate::types::{Cluster, MacPool, Nic, Vm};

/// Where it is noted which NIC has an address; a note that is not true any more does not count.
const TAKEN: &str = "taken_mac_addresses";
/// The range of an engine whose pools say nothing.
const FALLBACK: (u64, u64) = (0x56_6f_00_00_00_00, 0x56_6f_00_ff_ff_ff);

/// An address as a number.
fn number(text: &str) -> Option<u64> {
    let parts: Vec<&str> = text.split([':', '-']).collect();
    let right = parts.len() == 6 && parts.iter().all(|part| part.len() == 2);
    right.then(|| parts.iter().try_fold(0, |sum, part| Some(sum << 8 | u64::from_str_radix(part, 16).ok()?)))?
}

fn text(number: u64) -> String {
    let parts: Vec<String> = (0..6).rev().map(|index| format!("{:02x}", number >> (8 * index) & 0xff)).collect();
    parts.join(":")
}

/// The pool of the cluster of a machine.
fn pool<'s>(state: &'s State, vm: &str) -> Option<(String, &'s MacPool)> {
    let cluster = state.get::<Vm>(vm).and_then(|vm| vm.cluster.as_ref()?.id.clone());
    let cluster = cluster.and_then(|id| state.get::<Cluster>(&format!("clusters/{id}")));
    let chosen = cluster.and_then(|cluster| cluster.mac_pool.as_ref()?.id.clone()).map(|id| format!("macpools/{id}"));
    if let Some(path) = chosen
        && let Some(pool) = state.get::<MacPool>(&path)
    {
        return Some((path, pool));
    }
    let mut pools = state.list::<MacPool>("macpools");
    pools.find(|(_, pool)| pool.default_pool == Some(true))
}

/// The NIC that has an address, if one has it.
fn holder(state: &State, mac: &str) -> Option<String> {
    let nic = state.get::<Nic>(&format!("{TAKEN}/{mac}"))?.href.clone()?;
    let address = state.get::<Nic>(&nic)?.mac.as_ref()?.address.clone()?;
    address.eq_ignore_ascii_case(mac).then_some(nic)
}

/// Notes which NIC has an address.
pub(super) fn take(state: &mut State, mac: &str, nic: &str) {
    state.insert(TAKEN, Nic::with_id(mac.to_ascii_lowercase()).href(nic));
}

/// Refuses an address that is none, or that another NIC has; gives it as the engine writes it.
pub(super) fn check(state: &State, vm: &str, mac: &str, own: Option<&str>, what: &str) -> Result<String, Fault> {
    let Some(value) = number(mac) else {
        return Err(Fault::bad(&format!(
            "Cannot {what}. The Network Interface has an invalid MAC address {mac}. MAC address must be in format \
             \"HH:HH:HH:HH:HH:HH\" where H is a hexadecimal character (either a digit or A-F, case is insignificant)."
        )));
    };
    if value >> 40 & 1 == 1 {
        return Err(Fault::bad("Multi-cast MAC address is not allowed."));
    }
    let mac = mac.to_ascii_lowercase().replace('-', ":");
    let duplicates = pool(state, vm).is_some_and(|(_, pool)| pool.allow_duplicates == Some(true));
    match holder(state, &mac) {
        Some(other) if !duplicates && Some(other.as_str()) != own => Err(Fault::conflict(&format!(
            "MAC Address {mac} is already in use by VM or snapshot: {}.",
            state.name_of(&machine_of(&other))
        ))),
        _ => Ok(mac),
    }
}

/// A free address of the pool of a machine.
pub(super) fn allocate(state: &mut State, vm: &str, what: &str) -> Result<String, Fault> {
    let (name, ranges) = match pool(state, vm) {
        Some((path, pool)) => {
            let ends =
                |range: &crate::types::Range| Some((number(range.from.as_deref()?)?, number(range.to.as_deref()?)?));
            (last(&path).to_owned(), pool.ranges.iter().flatten().filter_map(ends).collect())
        }
        None => (String::new(), vec![FALLBACK]),
    };
    let size: u64 = ranges.iter().map(|(from, to)| (to + 1).saturating_sub(*from)).sum();
    let at = |index: u64| {
        let mut left = index;
        for (from, to) in &ranges {
            let length = (to + 1).saturating_sub(*from);
            if left < length {
                return from + left;
            }
            left -= length;
        }
        0
    };
    let first = u64::try_from(state.count(&format!("mac pool {name}"))).unwrap_or(1).saturating_sub(1);
    for step in 0..size {
        let mac = text(at((first + step) % size));
        if holder(state, &mac).is_none() {
            return Ok(mac);
        }
    }
    Err(Fault::conflict(&format!("Cannot {what}. Not enough MAC addresses left in MAC Address Pool.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        assert_eq!(number("56:6f:59:C0:00:00").map(text).as_deref(), Some("56:6f:59:c0:00:00"));
        assert_eq!(number("56:6f:59:c0:00"), None);
        assert_eq!(number("56:6f:59:c0:00:0g"), None);
    }
}
