//! Updating and extending storage domains.

use crate::api::{Call, Fault, Registry, Reply, merge};
use crate::resources::common::units::GIB;
use crate::resources::common::{logical_unit, references, storage_connection, storage_domain};
use crate::resources::storage_domains::create;
use crate::state::{Severity, State};
use ovirt_sdk::types::{HostStorage, LogicalUnit, StorageDomain, StorageDomainStatus};

const EDIT: &str = "edit Storage";

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain", "update", update);
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: StorageDomain = call.body()?;
    let path = call.path();
    check(call.state, &path, &change)?;
    let storage = change.storage.take();
    (change.status, change.master, change.type_, change.import) = (None, None, None, None);
    (change.data_center, change.data_centers, change.host) = (None, None, None);
    (change.available, change.used, change.committed) = (None, None, None);
    if let Some(storage) = storage.filter(|_| storage_domain::is_block(call.state, &path)) {
        extend(call, &path, &storage)?;
    }
    let object = call.state.object_mut(&path).ok_or_else(Fault::not_found)?;
    merge(object, &change);
    let (name, user) = (call.state.name_of(&path), references::acting_user(call.state));
    call.state.event(958, Severity::Normal, &format!("Storage Domain {name} was updated by {user}"), &[&path]);
    Ok(Reply::Object(path))
}

fn check(state: &State, path: &str, change: &StorageDomain) -> Result<(), Fault> {
    let old = state.find::<StorageDomain>(path)?;
    create::check_name_characters(change)?;
    create::check_percentages(change)?;
    if old.status == Some(StorageDomainStatus::Locked) {
        return Err(storage_domain::illegal_status(EDIT, old.status.as_ref()));
    }
    if change.name.is_some() && change.name != old.name {
        if old.status != Some(StorageDomainStatus::Active) {
            return Err(storage_domain::illegal_status(EDIT, old.status.as_ref()));
        }
        create::check_unused_name(state, change, EDIT)?;
    }
    if change.discard_after_delete == Some(true) {
        create::check_discard(state, path, EDIT)?;
    }
    let is_type_changed = change.type_.is_some() && change.type_ != old.type_;
    let is_format_changed = change.storage_format.is_some() && change.storage_format != old.storage_format;
    if is_type_changed || is_format_changed {
        let reason = "Can only update the following fields: name, description, comment, wipe after delete, low space \
                      threshold, and critical space threshold.";
        return Err(Fault::invalid(EDIT, reason));
    }
    Ok(())
}

/// Adds LUNs that a storage domain doesn't have yet.
fn extend(call: &mut Call<'_>, path: &str, storage: &HostStorage) -> Result<(), Fault> {
    let own = call.state.find::<StorageDomain>(path)?.storage.as_deref().and_then(|it| it.volume_group.as_deref());
    let own: Vec<String> = own
        .and_then(|group| group.logical_units.as_ref())
        .into_iter()
        .flatten()
        .filter_map(|it| it.id.clone())
        .collect();
    let is_new = |unit: &LogicalUnit| unit.id.as_ref().is_some_and(|id| !own.contains(id));
    let of_group = storage.volume_group.iter().filter_map(|group| group.logical_units.as_ref());
    let wanted = storage.logical_units.iter().chain(of_group).flatten();
    let new: Vec<LogicalUnit> = wanted.filter(|unit| is_new(unit)).cloned().collect();
    if new.is_empty() {
        return Ok(());
    }
    let units = logical_unit::take_free(call.state, &HostStorage::new().logical_units(new), "extend")?;
    storage_domain::check_usable(call.state, path, "extend Storage")?;
    logical_unit::assign(call.state, path, &units);
    let kept = own.iter().filter_map(|id| logical_unit::find(call.state, id)).collect::<Vec<_>>();
    storage_domain::set_capacity(
        call.state,
        path,
        logical_unit::total_size(&units).saturating_add(logical_unit::total_size(&kept)),
        4 * GIB,
    );
    storage_connection::connect(call.state, path);
    let (name, user) = (call.state.name_of(path), references::acting_user(call.state));
    let text = format!("Storage {name} has been extended by {user}. Please wait for refresh.");
    call.state.event(972, Severity::Normal, &text, &[path]);
    Ok(())
}
