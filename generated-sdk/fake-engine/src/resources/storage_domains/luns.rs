//! Refreshing and removing LUNs of storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::units::GIB;
use crate::resources::common::{logical_unit, storage_domain};
use crate::resources::paths::STORAGE_DOMAINS;
use ovirt_sdk::types::{LogicalUnit, StorageDomain};

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain", "refresh_luns", refresh);
    registry.on("storage_domain", "reduce_luns", reduce);
}

/// The engine looks again how large LUNs are; these never change by themselves.
fn refresh(call: &mut Call<'_>) -> Result<Reply, Fault> {
    check_block(call, "refresh")?;
    Ok(Reply::Completed)
}

fn check_block(call: &Call<'_>, verb: &str) -> Result<(), Fault> {
    let path = call.path();
    call.state.find::<StorageDomain>(&path)?;
    match storage_domain::is_block(call.state, &path) {
        true => Ok(()),
        false => Err(Fault::conflict(&format!("Cannot {verb} LUNs. Storage Domain type is illegal."))),
    }
}

/// Removes LUNs from a storage domain.
fn reduce(call: &mut Call<'_>) -> Result<Reply, Fault> {
    check_block(call, "reduce")?;
    let path = call.path();
    let units: ovirt_sdk::types::List<LogicalUnit> = call.parameter("logical_units").unwrap_or_default();
    let wanted: Vec<String> = units.iter().filter_map(|unit| unit.id.clone()).collect();
    let storage = call.state.find_mut::<StorageDomain>(&path)?.storage.as_mut();
    let group = storage.and_then(|storage| storage.volume_group.as_mut());
    let Some(own) = group.and_then(|group| group.logical_units.as_mut()) else { return Err(Fault::not_found()) };
    let left = own.iter().filter(|unit| unit.id.as_ref().is_none_or(|id| !wanted.contains(id))).count();
    if left == 0 {
        return Err(Fault::conflict("Cannot reduce Storage. A Block Storage Domain cannot remain without any LUNs."));
    }
    own.retain(|unit| unit.id.as_ref().is_none_or(|id| !wanted.contains(id)));
    let ids: Vec<String> = own.iter().filter_map(|unit| unit.id.clone()).collect();
    for id in &wanted {
        logical_unit::change_unit(call.state, id, |unit| (unit.storage_domain_id, unit.volume_group_id) = (None, None));
    }
    let kept: Vec<LogicalUnit> = ids.iter().filter_map(|id| logical_unit::find(call.state, id)).collect();
    storage_domain::set_capacity(
        call.state,
        &format!("{STORAGE_DOMAINS}/{}", last(&path)),
        logical_unit::total_size(&kept),
        GIB,
    );
    Ok(Reply::Completed)
}
