//! Quotas of data centers.

use crate::api::Registry;
use ovirt_sdk::types::Quota;

pub(super) fn register(registry: &mut Registry) {
    registry.on("quotas", "add", |call| {
        call.require(&["name"])?;
        let quota: Quota = call.body()?;
        let percent = |value: Option<i64>, or: i64| value.unwrap_or(or);
        let (hard, soft) = (percent(quota.cluster_hard_limit_pct, 20), percent(quota.cluster_soft_limit_pct, 80));
        let quota = quota.cluster_hard_limit_pct(hard).cluster_soft_limit_pct(soft);
        let (hard, soft) = (percent(quota.storage_hard_limit_pct, 20), percent(quota.storage_soft_limit_pct, 80));
        call.add(Box::new(quota.storage_hard_limit_pct(hard).storage_soft_limit_pct(soft)))
    });
}
