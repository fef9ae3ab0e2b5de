//! MAC addresses and the pools that they come from.

use crate::api::fault::Fault;
use crate::state::{State, last};
use ovirt_sdk::types::{Cluster, DataCenter, MacPool, Nic, Range};

const POOLS: &str = "macpools";
/// The note about a pool that has addresses which somebody chose.
pub(super) const CHOSEN: &str = "chosen_addresses";

/// The next free MAC address of the pool of a cluster. It counts as used when a NIC has it.
pub(crate) fn next_mac(state: &mut State, cluster: &str) -> Result<String, Fault> {
    let pool = pool_of(state, cluster).ok_or_else(exhausted)?;
    let ranges = ranges(state.find::<MacPool>(&pool)?);
    let size: u64 = ranges.iter().map(|(from, to)| to - from + 1).sum();
    for _ in 0..size {
        let count = u64::try_from(state.count(&format!("addresses of {pool}"))).unwrap_or(1) - 1;
        let Some(mac) = nth(&ranges, count % size) else { break };
        // Addresses that were counted are used once, unless somebody chose one or the count began anew.
        if (count < size && state.note(&pool, CHOSEN).is_none()) || is_unused(state, &mac) {
            return Ok(mac);
        }
    }
    Err(exhausted())
}

/// Whether a MAC address that somebody chose can be used in a cluster: no NIC of the pool's clusters has it, or the pool
/// allows duplicates.
pub(crate) fn is_mac_free(state: &mut State, cluster: &str, mac: &str) -> bool {
    let Some(pool) = pool_of(state, cluster) else { return true };
    state.set_note(&pool, CHOSEN, "true");
    let duplicates = state.get::<MacPool>(&pool).and_then(|pool| pool.allow_duplicates).unwrap_or(false);
    duplicates || is_unused(state, &mac.to_ascii_lowercase())
}

/// The path of the pool of a cluster: its own, or that of its data center, or the default one.
pub(super) fn pool_of(state: &State, cluster: &str) -> Option<String> {
    let cluster = state.get::<Cluster>(&format!("clusters/{}", last(cluster)));
    let own = cluster.and_then(|cluster| cluster.mac_pool.as_ref()?.id.clone());
    let of_data_center = || {
        let id = cluster?.data_center.as_ref()?.id.as_deref()?;
        state.get::<DataCenter>(&format!("datacenters/{id}"))?.mac_pool.as_ref()?.id.clone()
    };
    let named = own.or_else(of_data_center).map(|id| format!("{POOLS}/{id}"));
    named.filter(|path| state.contains(path)).or_else(|| default_pool(state))
}

/// The path of the pool of clusters that name none.
pub(crate) fn default_pool(state: &State) -> Option<String> {
    state.list::<MacPool>(POOLS).find(|(_, pool)| pool.default_pool == Some(true)).map(|(path, _)| path)
}

fn is_unused(state: &State, mac: &str) -> bool {
    !all_macs(state).any(|other| other.eq_ignore_ascii_case(mac))
}

fn all_macs(state: &State) -> impl Iterator<Item = &str> {
    let owned = state.paths("vms").into_iter().map(|vm| format!("{vm}/nics"));
    let nics = owned.flat_map(|nics| state.list::<Nic>(&nics).map(|(_, nic)| nic).collect::<Vec<_>>());
    nics.filter_map(|nic| nic.mac.as_ref()?.address.as_deref())
}

/// The ranges of a pool as numbers; what is no range is left out.
pub(super) fn ranges(pool: &MacPool) -> Vec<(u64, u64)> {
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
pub(crate) fn number(mac: &str) -> Option<u64> {
    let groups: Vec<&str> = mac.split(':').collect();
    if groups.len() != 6 || groups.iter().any(|group| group.len() != 2) {
        return None;
    }
    groups.iter().try_fold(0, |sum, group| Some(sum << 8 | u64::from(u8::from_str_radix(group, 16).ok()?)))
}

/// A number as a MAC address.
pub(crate) fn text(number: u64) -> String {
    let [_, _, a, b, c, d, e, f] = number.to_be_bytes();
    format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
}

fn exhausted() -> Fault {
    Fault::conflict("Cannot add Network Interface. Not enough MAC addresses left in MAC Address Pool.")
}
