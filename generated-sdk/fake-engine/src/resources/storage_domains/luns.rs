//! Refreshing and removing LUNs of storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::units::GIB;
use crate::resources::common::{logical_unit, storage_domain};
use crate::resources::paths::STORAGE_DOMAINS;
use crate::state::State;
use ovirt_sdk::types::{LogicalUnit, StorageDomain, StorageDomainStatus};

const EDIT: &str = "edit Storage";

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain", "refresh_luns", refresh);
    registry.on("storage_domain", "reduce_luns", reduce);
}

/// The engine looks again how large LUNs are; these never change by themselves.
fn refresh(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    match storage_domain::status(call.state, &path) {
        Some(StorageDomainStatus::Active) => {}
        other => return Err(storage_domain::illegal_status(EDIT, other.as_ref())),
    }
    check_block(call)?;
    Ok(Reply::Completed)
}

fn check_block(call: &Call<'_>) -> Result<(), Fault> {
    let path = call.path();
    call.state.find::<StorageDomain>(&path)?;
    match storage_domain::is_block(call.state, &path) {
        true => Ok(()),
        false => Err(Fault::invalid(EDIT, "Storage Domain type is illegal.")),
    }
}

/// Fails if LUNs can't be removed from a storage domain.
fn check_devices(state: &State, path: &str, wanted: &[String]) -> Result<(), Fault> {
    let domain = state.find::<StorageDomain>(path)?;
    let group = domain.storage.as_ref().and_then(|storage| storage.volume_group.as_ref());
    let own: Vec<&str> = group
        .and_then(|group| group.logical_units.as_ref())
        .into_iter()
        .flatten()
        .filter_map(|unit| unit.id.as_deref())
        .collect();
    let is_repeated = |(index, id): (usize, &String)| wanted.iter().take(index).any(|other| other == id);
    if wanted.iter().enumerate().any(is_repeated) {
        return Err(Fault::invalid(EDIT, "Some devices were provided multiple times for the operation."));
    }
    if wanted.len() == own.len() {
        return Err(Fault::invalid(EDIT, "A Block Storage Domain cannot remain without any LUNs."));
    }
    let strange: Vec<&str> = wanted.iter().map(String::as_str).filter(|id| !own.contains(id)).collect();
    if !strange.is_empty() {
        let name = domain.name.as_deref().unwrap_or_default();
        let why = format!("The following LUNs {} are not a part of the Storage Domain {name}.", strange.join(", "));
        return Err(Fault::invalid(EDIT, &why));
    }
    match storage_domain::status(state, path) {
        Some(StorageDomainStatus::Maintenance) => Ok(()),
        other => Err(storage_domain::illegal_status(EDIT, other.as_ref())),
    }
}

/// Removes LUNs from a storage domain.
fn reduce(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let units: ovirt_sdk::types::List<LogicalUnit> = call.parameter("logical_units").unwrap_or_default();
    let wanted: Vec<String> = units.iter().filter_map(|unit| unit.id.clone()).collect();
    if wanted.is_empty() {
        return Err(Fault::invalid(EDIT, "No devices were provided."));
    }
    check_block(call)?;
    check_devices(call.state, &path, &wanted)?;
    let storage = call.state.find_mut::<StorageDomain>(&path)?.storage.as_mut();
    let group = storage.and_then(|storage| storage.volume_group.as_mut());
    let Some(own) = group.and_then(|group| group.logical_units.as_mut()) else { return Err(Fault::not_found()) };
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
