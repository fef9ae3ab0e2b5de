//! Allocation and checks of MAC addresses.

use crate::api::Fault;
use crate::note::Note;
use crate::path::last;
use crate::resources::paths::{CLUSTERS, DATA_CENTERS, MAC_POOLS, NICS, VMS};
use crate::state::State;
use ovirt_sdk::types::{Cluster, DataCenter, MacPool, Nic, Range, Vm};

/// The engine's description of the format of addresses.
pub(crate) const FORMAT: &str = "MAC address must be in format \"HH:HH:HH:HH:HH:HH\" where H is a hexadecimal character \
                                 (either a digit or A-F, case is insignificant).";

/// The bit of multicast addresses.
const MULTICAST: u64 = 1 << 40;

/// A pool with addresses that clients chose.
pub(crate) const CHOSEN: Note<bool> = Note::new("chosen_addresses");

/// The next free MAC address of the pool of a cluster. It is in use when a NIC has it.
fn next_mac(state: &mut State, cluster: &str) -> Result<String, Fault> {
    let pool = pool_of(state, cluster).ok_or_else(exhausted)?;
    let ranges = ranges(state.find::<MacPool>(&pool)?);
    let size: u64 = ranges.iter().map(|(from, to)| to - from + 1).sum();
    for _ in 0..size {
        let count = u64::try_from(state.count(&format!("addresses of {pool}"))).unwrap_or(1) - 1;
        let Some(mac) = nth(&ranges, count % size) else { break };
        // Counted addresses are free, unless a client chose one of them or the count began again.
        if (count < size && !state.has_note(&pool, CHOSEN)) || is_unused(state, &mac) {
            return Ok(mac);
        }
    }
    Err(exhausted())
}

/// Whether a NIC in a cluster can have the MAC address that a client chose: no other one has it, or the pool allows
/// duplicates.
fn is_mac_free(state: &mut State, cluster: &str, mac: &str) -> bool {
    let Some(pool) = pool_of(state, cluster) else { return true };
    state.set_note(&pool, CHOSEN, true);
    let duplicates = state.get::<MacPool>(&pool).and_then(|pool| pool.allow_duplicates).unwrap_or(false);
    duplicates || is_unused(state, mac)
}

/// The path of the pool of a cluster: its own, or that of its data center, or the default one.
fn pool_of(state: &State, cluster: &str) -> Option<String> {
    let cluster = state.get::<Cluster>(&format!("{CLUSTERS}/{}", last(cluster)));
    let own = cluster.and_then(|cluster| cluster.mac_pool.as_ref()?.id.clone());
    let of_data_center = || {
        let id = cluster?.data_center.as_ref()?.id.as_deref()?;
        state.get::<DataCenter>(&format!("{DATA_CENTERS}/{id}"))?.mac_pool.as_ref()?.id.clone()
    };
    let named = own.or_else(of_data_center).map(|id| format!("{MAC_POOLS}/{id}"));
    named.filter(|path| state.contains(path)).or_else(|| default_pool(state))
}

/// The path of the default pool.
pub(crate) fn default_pool(state: &State) -> Option<String> {
    state.list::<MacPool>(MAC_POOLS).find(|(_, pool)| pool.default_pool == Some(true)).map(|(path, _)| path)
}

fn is_unused(state: &State, mac: &str) -> bool {
    holder(state, mac).is_none()
}

/// The ranges of a pool as numbers. The bounds of a range can be in any order.
pub(crate) fn ranges(pool: &MacPool) -> Vec<(u64, u64)> {
    let pair = |range: &Range| Some((number(range.from.as_deref()?)?, number(range.to.as_deref()?)?));
    let ranges = pool.ranges.iter().flat_map(|ranges| ranges.iter());
    ranges.filter_map(pair).map(|(from, to)| (from.min(to), from.max(to))).collect()
}

fn nth(ranges: &[(u64, u64)], mut index: u64) -> Option<String> {
    for (from, to) in ranges {
        let size = to - from + 1;
        if index < size {
            return Some(text(from + index));
        }
        index -= size;
    }
    None
}

/// A MAC address as a number.
fn number(mac: &str) -> Option<u64> {
    let groups: Vec<&str> = mac.split(':').collect();
    if groups.len() != 6 || groups.iter().any(|group| group.len() != 2) {
        return None;
    }
    let byte = |group: &&str| u8::from_str_radix(group, 16).ok().filter(|_| !group.starts_with('+'));
    groups.iter().try_fold(0, |sum, group| Some(sum << 8 | u64::from(byte(group)?)))
}

/// Whether a text is a MAC address.
pub(crate) fn is_address(text: &str) -> bool {
    number(text).is_some()
}

/// A number as a MAC address.
fn text(number: u64) -> String {
    let [_, _, a, b, c, d, e, f] = number.to_be_bytes();
    format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
}

fn exhausted() -> Fault {
    Fault::cannot("add Interface", "Not enough MAC addresses left in MAC Address Pool.")
}

/// The identifier of the cluster of a virtual machine.
fn cluster_of(state: &State, vm: &str) -> String {
    state.get::<Vm>(vm).and_then(|vm| vm.cluster.as_ref()?.id.clone()).unwrap_or_default()
}

/// The engine's message about a text that can't be the MAC address of a NIC.
pub(crate) fn violation(mac: &str) -> Option<&'static str> {
    match number(mac) {
        None => Some(FORMAT),
        Some(address) if address & MULTICAST != 0 => Some("Multi-cast MAC address is not allowed."),
        Some(_) => None,
    }
}

/// Fails if another NIC has a MAC address.
pub(crate) fn check_free(state: &mut State, vm: &str, mac: &str) -> Result<(), Fault> {
    if is_mac_free(state, &cluster_of(state, vm), mac) {
        return Ok(());
    }
    let holder = holder(state, mac).map(|vm| state.name_of(&vm)).unwrap_or_default();
    Err(Fault::conflict(&format!("MAC Address {mac} is already in use by VM or snapshot: {holder}.")))
}

/// The path of the virtual machine with a NIC that has a MAC address.
fn holder(state: &State, mac: &str) -> Option<String> {
    let has_mac = |nic: &Nic| {
        nic.mac.as_ref().and_then(|own| own.address.as_deref()).is_some_and(|own| own.eq_ignore_ascii_case(mac))
    };
    state.paths(VMS).into_iter().find(|vm| state.each::<Nic>(&format!("{vm}/{NICS}")).any(has_mac))
}

/// Allocates a free address from the pool of a virtual machine.
pub(crate) fn allocate(state: &mut State, vm: &str) -> Result<String, Fault> {
    let cluster = cluster_of(state, vm);
    next_mac(state, &cluster)
}
