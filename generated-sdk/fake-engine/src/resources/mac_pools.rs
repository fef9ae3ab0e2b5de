//! MAC pools.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::mac_address::{self, CHOSEN};
use crate::resources::common::references::{self, default_to, paths_where};
use crate::resources::paths::CLUSTERS;
use ovirt_sdk::types::{Cluster, MacPool};

pub(super) fn register(registry: &mut Registry) {
    registry.on("mac_pools", "add", add);
    registry.on("mac_pool", "update", update);
    registry.on("mac_pool", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut pool: MacPool = call.body()?;
    call.check_name(&pool)?;
    if pool.default_pool == Some(true) {
        return Err(Fault::conflict("Cannot add MAC Pool. Setting default MAC Pool is not supported."));
    }
    check_ranges(&pool, "add")?;
    pool.default_pool = Some(false);
    default_to(&mut pool.allow_duplicates, false);
    call.add(Box::new(pool))
}

fn check_ranges(pool: &MacPool, action: &str) -> Result<(), Fault> {
    let asked = pool.ranges.as_ref().map_or(0, |ranges| ranges.len());
    if asked == 0 {
        return Err(Fault::bad(&format!(
            "Cannot {action} MAC Pool. MAC Pool must contain at least one MAC address range."
        )));
    }
    if mac_address::ranges(pool).len() < asked {
        return Err(Fault::bad(&format!(
            "Cannot {action} MAC Pool. The MAC address range contains an invalid MAC address. A range consists of two \
             addresses in the format HH:HH:HH:HH:HH:HH, the first of which is the lower one."
        )));
    }
    Ok(())
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: MacPool = call.body()?;
    let path = call.path();
    let old = call.state.find::<MacPool>(&path)?;
    if change.default_pool.is_some_and(|default| Some(default) != old.default_pool) {
        return Err(Fault::conflict("Cannot edit MAC Pool. Changing default MAC Pool is not supported."));
    }
    if change.ranges.is_some() {
        check_ranges(&change, "edit")?;
        // From now on other addresses are counted, of which some may be used.
        call.state.set_note(&path, CHOSEN, true);
    }
    change.default_pool = None;
    call.update(&change)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if call.state.find::<MacPool>(&path)?.default_pool == Some(true) {
        return Err(Fault::conflict("Cannot remove MAC Pool. Default MAC Pool cannot be removed."));
    }
    let users = paths_where(call.state, CLUSTERS, |cluster: &Cluster| references::refers_to(&cluster.mac_pool, &path));
    if !users.is_empty() {
        return Err(Fault::conflict(&format!(
            "Cannot remove MAC Pool. Several Clusters ({}) are using this MAC Pool:\n{}\n - Please remove it from all \
             Clusters that are using it and try again.",
            users.len(),
            call.state.names_of(&users)
        )));
    }
    call.remove()
}
