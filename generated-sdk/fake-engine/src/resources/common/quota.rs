//! Quotas of data centers, and what they limit.

use crate::path::{above, last};
use crate::resources::common::{references, storage_domain};
use crate::resources::paths::{DATA_CENTERS, QUOTA_CLUSTER_LIMITS, QUOTA_STORAGE_LIMITS, QUOTAS};
use crate::state::State;
use ovirt_sdk::types::{DataCenter, Quota, QuotaClusterLimit, QuotaStorageLimit};

/// The name of the quota that every data center has.
pub(crate) const DEFAULT: &str = "Default";

/// Adds the default quota to a new data center.
pub(crate) fn add_default(state: &mut State, data_center: &str) {
    insert(state, data_center, Quota::new().name(DEFAULT).description("Default unlimited quota"));
}

/// Adds a quota with general limits that limit nothing; returns its path.
pub(crate) fn insert(state: &mut State, data_center: &str, mut quota: Quota) -> String {
    quota.description.get_or_insert_default();
    quota.cluster_hard_limit_pct.get_or_insert(20);
    quota.cluster_soft_limit_pct.get_or_insert(80);
    quota.storage_hard_limit_pct.get_or_insert(20);
    quota.storage_soft_limit_pct.get_or_insert(80);
    quota.data_center = Some(Box::new(DataCenter::with_id(last(data_center))));
    (quota.quota_cluster_limits, quota.quota_storage_limits) = (None, None);
    let path = state.insert(&format!("{data_center}/{QUOTAS}"), quota);
    let id = last(&path).to_owned();
    let clusters = QuotaClusterLimit::with_id(&id).memory_limit(-1.0).vcpu_limit(-1).quota(reference(&path));
    state.insert(&format!("{path}/{QUOTA_CLUSTER_LIMITS}"), clusters);
    let storage = QuotaStorageLimit::with_id(&id).limit(-1).quota(reference(&path));
    state.insert(&format!("{path}/{QUOTA_STORAGE_LIMITS}"), storage);
    path
}

/// A reference to the quota at a path. The path is its address, which can't be derived from its identifier.
pub(crate) fn reference(path: &str) -> Quota {
    Quota::with_id(last(path)).href(path)
}

/// The path of the default quota of a data center.
pub(crate) fn default_of(state: &State, data_center: &str) -> Option<String> {
    let collection = format!("{data_center}/{QUOTAS}");
    state.by_name(&collection, DEFAULT).or_else(|| state.paths(&collection).into_iter().next())
}

/// The path of the quota with an identifier.
pub(crate) fn find(state: &State, id: &str) -> Option<String> {
    references::find_below_any(state, DATA_CENTERS, QUOTAS, id)
}

/// The path of the default quota of the data center to which a storage domain is attached.
pub(crate) fn default_of_domain(state: &State, domain: &str) -> Option<String> {
    storage_domain::data_centers(state, domain).first().and_then(|center| default_of(state, center))
}

/// Whether a quota is the default quota of its data center.
pub(crate) fn is_default(state: &State, quota: &str) -> bool {
    default_of(state, above(quota, 2)).as_deref() == Some(quota)
}
