//! Allocation and checks of MAC addresses.

use crate::api::Fault;
use crate::note::Note;
use crate::path::last;
use crate::resources::common::references;
use crate::resources::paths::{CLUSTERS, DATA_CENTERS, MAC_POOLS, NICS, VMS};
use crate::state::State;
use ovirt_sdk::types::{Cluster, DataCenter, MacPool, Nic, Range, Vm};

/// The note about a pool that has addresses which somebody chose.
pub(crate) const CHOSEN: Note<bool> = Note::new("chosen_addresses");

/// The next free MAC address of the pool of a cluster. It counts as used when a NIC has it.
fn next_mac(state: &mut State, cluster: &str) -> Result<String, Fault> {
    let pool = pool_of(state, cluster).ok_or_else(exhausted)?;
    let ranges = ranges(state.find::<MacPool>(&pool)?);
    let size: u64 = ranges.iter().map(|(from, to)| to - from + 1).sum();
    for _ in 0..size {
        let count = u64::try_from(state.count(&format!("addresses of {pool}"))).unwrap_or(1) - 1;
        let Some(mac) = nth(&ranges, count % size) else { break };
        // Addresses that were counted are used once, unless somebody chose one or the count began anew.
        if (count < size && !state.has_note(&pool, CHOSEN)) || is_unused(state, &mac) {
            return Ok(mac);
        }
    }
    Err(exhausted())
}

/// Whether a MAC address that somebody chose can be used in a cluster: no NIC of the pool's clusters has it, or the pool
/// allows duplicates.
fn is_mac_free(state: &mut State, cluster: &str, mac: &str) -> bool {
    let Some(pool) = pool_of(state, cluster) else { return true };
    state.set_note(&pool, CHOSEN, true);
    let duplicates = state.get::<MacPool>(&pool).and_then(|pool| pool.allow_duplicates).unwrap_or(false);
    duplicates || is_unused(state, &mac.to_ascii_lowercase())
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

/// The path of the pool of clusters that name none.
pub(crate) fn default_pool(state: &State) -> Option<String> {
    state.list::<MacPool>(MAC_POOLS).find(|(_, pool)| pool.default_pool == Some(true)).map(|(path, _)| path)
}

fn is_unused(state: &State, mac: &str) -> bool {
    !all_macs(state).any(|other| other.eq_ignore_ascii_case(mac))
}

fn all_macs(state: &State) -> impl Iterator<Item = &str> {
    let owned = state.paths(VMS).into_iter().map(|vm| format!("{vm}/{NICS}"));
    let nics = owned.flat_map(|nics| state.list::<Nic>(&nics).map(|(_, nic)| nic).collect::<Vec<_>>());
    nics.filter_map(|nic| nic.mac.as_ref()?.address.as_deref())
}

/// The ranges of a pool as numbers; what is no range is left out.
pub(crate) fn ranges(pool: &MacPool) -> Vec<(u64, u64)> {
    let pair = |range: &Range| Some((number(range.from.as_deref()?)?, number(range.to.as_deref()?)?));
    let ranges = pool.ranges.iter().flat_map(|ranges| ranges.iter());
    ranges.filter_map(pair).filter(|(from, to)| from <= to).collect()
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
    groups.iter().try_fold(0, |sum, group| Some(sum << 8 | u64::from(u8::from_str_radix(group, 16).ok()?)))
}

/// A number as a MAC address.
fn text(number: u64) -> String {
    let [_, _, a, b, c, d, e, f] = number.to_be_bytes();
    format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
}

fn exhausted() -> Fault {
    Fault::conflict("Cannot add Network Interface. Not enough MAC addresses left in MAC Address Pool.")
}

/// The cluster of a machine.
fn cluster_of(state: &State, vm: &str) -> String {
    state.get::<Vm>(vm).and_then(|vm| vm.cluster.as_ref()?.id.clone()).unwrap_or_default()
}

/// Refuses an address that is none, or that another NIC has; gives it as the engine writes it.
pub(crate) fn check(state: &mut State, vm: &str, mac: &str, what: &str) -> Result<String, Fault> {
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
    if is_mac_free(state, &cluster_of(state, vm), &mac) {
        return Ok(mac);
    }
    let holder = holder(state, &mac).map(|nic| state.name_of(&references::top_level_object(&nic))).unwrap_or_default();
    Err(Fault::conflict(&format!("MAC Address {mac} is already in use by VM or snapshot: {holder}.")))
}

fn byte(text: &str) -> Option<u8> {
    u8::from_str_radix(text, 16).ok().filter(|_| text.len() == 2 && !text.starts_with('+'))
}

/// The NIC that has an address.
fn holder(state: &State, mac: &str) -> Option<String> {
    let has = |nic: &Nic| nic.mac.as_ref().and_then(|mac| mac.address.as_deref()) == Some(mac);
    let mut machines = state.paths(VMS).into_iter();
    machines.find_map(|vm| state.list::<Nic>(&format!("{vm}/{NICS}")).find(|(_, nic)| has(nic)).map(|(path, _)| path))
}

/// A free address of the pool of a machine.
pub(crate) fn allocate(state: &mut State, vm: &str) -> Result<String, Fault> {
    let cluster = cluster_of(state, vm);
    next_mac(state, &cluster)
}
