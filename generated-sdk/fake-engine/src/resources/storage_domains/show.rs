//! Storage domains as clients see them: with space and status.

use crate::api::{Context, Registry};
use crate::resources::common::{logical_unit, storage_domain};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{StorageDomain, StorageDomainStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.render("storage_domain", show);
}

/// Adds sizes. The status is that in the data center; elsewhere only `unattached` is shown.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    let shown: &mut dyn std::any::Any = shown;
    let Some(shown) = shown.downcast_mut::<StorageDomain>() else { return };
    let whole = storage_domain::root(path);
    let is_attached = path != whole;
    if is_attached && let Some(domain) = state.get::<StorageDomain>(&whole) {
        let (status, center) = (shown.status.take(), shown.data_center.take());
        *shown = domain.clone();
        shown.status = status;
        shown.data_center = center;
    }
    if let Some((available, used, committed)) = storage_domain::sizes(state, &whole) {
        (shown.available, shown.used, shown.committed) = (Some(available), Some(used), Some(committed));
    }
    if !is_attached && shown.status != Some(StorageDomainStatus::Unattached) {
        shown.status = None;
    }
    if storage_domain::is_block(state, &whole) {
        logical_unit::show_units(state, shown);
    }
}
