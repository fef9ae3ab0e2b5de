//! MAC pools.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::bean::Violations;
use crate::resources::common::mac_address::{self, CHOSEN};
use crate::resources::common::messages::with_names;
use crate::resources::common::names;
use crate::resources::common::references::{self, default_to, list_cloned, paths_where};
use crate::resources::paths::{CLUSTERS, MAC_POOLS};
use crate::state::State;
use ovirt_sdk::types::{Cluster, MacPool};

pub(super) fn register(registry: &mut Registry) {
    registry.on("mac_pools", "add", add);
    registry.on("mac_pool", "update", update);
    registry.on("mac_pool", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut pool: MacPool = call.body()?;
    check_values(&pool, "create")?;
    if pool.default_pool == Some(true) {
        return Err(Fault::invalid("create MAC Pool", "Setting default MAC Pool is not supported."));
    }
    check_name(call.state, &pool, None, "create")?;
    check_overlaps(call.state, &pool, None, "create")?;
    pool.default_pool = Some(false);
    default_to(&mut pool.allow_duplicates, false);
    call.store(Box::new(pool)).map(Reply::Created)
}

/// Checks the name and the format of the addresses.
fn check_values(pool: &MacPool, action: &str) -> Result<(), Fault> {
    let mut violations = Violations::default();
    if pool.name.as_deref() == Some("") {
        violations.add("macPool.name", format!("Can not {action} MAC Pool. The given name is empty."));
    }
    if pool.ranges.as_ref().is_none_or(|ranges| ranges.is_empty()) {
        let message = format!("Cannot {action} MAC Pool. MAC Pool must contain at least one MAC address range.");
        violations.add("macPool.ranges", message);
    }
    for (index, range) in pool.ranges.iter().flat_map(|ranges| ranges.iter()).enumerate() {
        for (side, address) in [("macFrom", &range.from), ("macTo", &range.to)] {
            if address.as_deref().is_some_and(|address| !mac_address::is_address(address)) {
                violations.add(format!("macPool.ranges[{index}].{side}"), mac_address::FORMAT);
            }
        }
    }
    violations.into_result()
}

fn check_name(state: &State, pool: &MacPool, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let has_name = |other: &MacPool| pool.name.is_some() && other.name == pool.name;
    match names::is_taken(state, MAC_POOLS, own, has_name) {
        true => Err(Fault::cannot(
            &format!("{action} MAC Pool"),
            "The MAC Pool name is already in use, please choose a unique name and try again.",
        )),
        false => Ok(()),
    }
}

/// Fails if ranges of a pool overlap with each other or with those of another pool.
fn check_overlaps(state: &State, pool: &MacPool, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let action = format!("{action} MAC Pool");
    let ranges = mac_address::ranges(pool);
    let overlap = |(from, to): &(u64, u64), (other_from, other_to): &(u64, u64)| from <= other_to && other_from <= to;
    let among_themselves = ranges
        .iter()
        .enumerate()
        .any(|(index, range)| ranges.iter().skip(index + 1).any(|other| overlap(range, other)));
    if among_themselves {
        return Err(Fault::cannot(&action, "MAC pool cannot contain overlapping ranges."));
    }
    let overlaps = |other: &MacPool| {
        mac_address::ranges(other).iter().any(|other| ranges.iter().any(|range| overlap(range, other)))
    };
    let overlapped: Vec<String> = list_cloned::<MacPool>(state, MAC_POOLS)
        .into_iter()
        .filter(|(path, other)| Some(path.as_str()) != own && overlaps(other))
        .map(|(_, other)| format!("'{}'", other.name.unwrap_or_default()))
        .collect();
    if overlapped.is_empty() {
        return Ok(());
    }
    let pools = overlapped.join(", ");
    Err(Fault::cannot(
        &action,
        &format!("MAC pool cannot contain ranges which overlap with ranges in MAC pools: {pools}"),
    ))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: MacPool = call.body()?;
    let path = call.path();
    let old = call.state.find::<MacPool>(&path)?.clone();
    let mut result = change.clone();
    result.name = result.name.or(old.name);
    result.ranges = result.ranges.or(old.ranges.clone());
    check_values(&result, "edit")?;
    check_name(call.state, &result, Some(&path), "edit")?;
    check_overlaps(call.state, &result, Some(&path), "edit")?;
    if change.default_pool.is_some_and(|default| Some(default) != old.default_pool) {
        return Err(Fault::invalid("edit MAC Pool", "Changing default MAC Pool is not supported."));
    }
    if change.ranges.is_some() {
        // The counter now counts other addresses, and some of them may be in use.
        call.state.set_note(&path, CHOSEN, true);
    }
    change.default_pool = None;
    call.change(&change)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if call.state.find::<MacPool>(&path)?.default_pool == Some(true) {
        return Err(Fault::cannot("remove MAC Pool", "Default MAC Pool cannot be removed."));
    }
    let users = paths_where(call.state, CLUSTERS, |cluster: &Cluster| references::refers_to(&cluster.mac_pool, &path));
    if !users.is_empty() {
        let names: Vec<String> = users.iter().map(|cluster| call.state.name_of(cluster)).collect();
        let message = "Several Clusters (${CLUSTERS_USING_MAC_POOL_COUNTER}) are using this MAC Pool:\n\
                       ${CLUSTERS_USING_MAC_POOL}\n - Please remove it from all Clusters that are using it and try \
                       again.";
        return Err(Fault::cannot("remove MAC Pool", &with_names(message, "CLUSTERS_USING_MAC_POOL", &names)));
    }
    call.remove()
}
