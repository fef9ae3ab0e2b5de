//! Quotas of data centers and their limits.

use crate::api::{Call, Context, Fault, Registry, Reply, merge};
use crate::path::{above, last};
use crate::resources::common::{bean::Violations, names, quota, quota_usage, references};
use crate::resources::paths::{DATA_CENTERS, DISKS, QUOTA_CLUSTER_LIMITS, QUOTA_STORAGE_LIMITS, QUOTAS, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::object::{Object, Struct};
use ovirt_sdk::types::{DataCenter, Disk, Quota, QuotaClusterLimit, QuotaModeType, QuotaStorageLimit, Vm};

const ADD: &str = "add Quota";
const EDIT: &str = "edit Quota";
const REMOVE: &str = "remove Quota";

pub(super) fn register(registry: &mut Registry) {
    registry.on("quotas", "add", add);
    registry.on("quota", "update", update);
    registry.on("quota", "remove", remove);
    registry.on("quota_cluster_limits", "add", add_cluster_limit);
    registry.on("quota_cluster_limit", "remove", remove_limit::<QuotaClusterLimit>);
    registry.on("quota_storage_limits", "add", add_storage_limit);
    registry.on("quota_storage_limit", "remove", remove_limit::<QuotaStorageLimit>);
    registry.render("quota", show);
    registry.render("quota_cluster_limit", show_cluster_usage);
    registry.render("quota_storage_limit", show_storage_usage);
}

/// Adds the address of the data center.
fn show(context: &Context<'_>, _path: &str, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(shown) = shown.downcast_mut::<Quota>() else { return };
    if let Some(data_center) = shown.data_center.as_deref_mut()
        && let Some(id) = &data_center.id
    {
        data_center.href = Some(format!("{}/{DATA_CENTERS}/{id}", context.request.base));
    }
}

fn show_cluster_usage(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(limit) = shown.downcast_mut::<QuotaClusterLimit>() else { return };
    let (memory, cpus) = quota_usage::cluster_usage(context.state, path);
    (limit.memory_usage, limit.vcpu_usage) = (Some(memory), Some(cpus));
}

fn show_storage_usage(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(limit) = shown.downcast_mut::<QuotaStorageLimit>() else { return };
    limit.usage = Some(quota_usage::storage_usage(context.state, path));
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut body: Quota = call.body()?;
    let data_center = call.parent();
    check_values(&body)?;
    check_name(call.state, &data_center, &body, None, ADD)?;
    body.id = None;
    let path = quota::insert(call.state, &data_center, body);
    log(call.state, &path, 3000, "added");
    Ok(Reply::Created(path))
}

fn log(state: &mut State, path: &str, code: i64, what: &str) {
    let (name, user) = (state.name_of(path), references::acting_user(state));
    state.event(code, Severity::Normal, &format!("Quota {name} has been {what} by {user}."), &[above(path, 2)]);
}

fn check_values(quota: &Quota) -> Result<(), Fault> {
    let mut violations = Violations::default();
    violations.check_length("quota.quotaName", quota.name.as_deref(), 1, 65);
    if quota.name.as_deref().is_some_and(|name| !names::is_plain(name)) {
        let message = "Quota name must be formed of 'a-z', 'A-Z', '0-9', '_' or '-' characters";
        violations.add("quota.quotaName", message);
    }
    violations.check_length("quota.description", quota.description.as_deref(), 0, 250);
    for (attribute, percentage) in [
        ("quota.thresholdClusterPercentage", quota.cluster_soft_limit_pct),
        ("quota.thresholdStoragePercentage", quota.storage_soft_limit_pct),
        ("quota.graceClusterPercentage", quota.cluster_hard_limit_pct),
        ("quota.graceStoragePercentage", quota.storage_hard_limit_pct),
    ] {
        violations.check_least(attribute, percentage, 0);
        if percentage.is_some_and(|percentage| percentage > 100) {
            violations.add(attribute, "must be less than or equal to 100");
        }
    }
    violations.into_result()
}

/// Fails if another quota of the data center has the name.
fn check_name(state: &State, data_center: &str, quota: &Quota, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let taken = quota.name.as_deref().and_then(|name| state.by_name(&format!("{data_center}/{QUOTAS}"), name));
    match taken {
        Some(path) if Some(path.as_str()) != own => {
            let reason = "The Quota name is already in use, please choose a unique name and try again.";
            Err(Fault::cannot(action, reason))
        }
        _ => Ok(()),
    }
}

fn check_not_default(state: &State, path: &str, action: &str) -> Result<(), Fault> {
    match quota::is_default(state, path) {
        true => Err(Fault::invalid(action, "Default quota cannot be changed.")),
        false => Ok(()),
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Quota = call.body()?;
    let path = call.path();
    check_values(&change)?;
    check_not_default(call.state, &path, EDIT)?;
    check_name(call.state, above(&path, 2), &change, Some(&path), EDIT)?;
    (change.data_center, change.quota_cluster_limits, change.quota_storage_limits) = (None, None, None);
    let object = call.state.object_mut(&path).ok_or_else(Fault::not_found)?;
    merge(object, &change);
    log(call.state, &path, 3002, "updated");
    Ok(Reply::Object(path))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    call.state.find::<Quota>(&path)?;
    check_not_default(call.state, &path, REMOVE)?;
    if is_enforced(call.state, &path) && is_used(call.state, &path) {
        let reason = "Quota is still in use by a VM or a disk and Data Center's Quota enforcement is enabled.";
        return Err(Fault::cannot(REMOVE, reason));
    }
    log(call.state, &path, 3004, "deleted");
    call.remove()
}

fn is_enforced(state: &State, path: &str) -> bool {
    let data_center = state.get::<DataCenter>(above(path, 2));
    data_center.is_some_and(|it| it.quota_mode.as_ref().is_some_and(|mode| *mode != QuotaModeType::Disabled))
}

fn is_used(state: &State, path: &str) -> bool {
    let is_it = |quota: &Option<Box<Quota>>| references::refers_to(quota, path);
    state.each::<Disk>(DISKS).any(|disk| is_it(&disk.quota)) || state.each::<Vm>(VMS).any(|vm| is_it(&vm.quota))
}

fn add_cluster_limit(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut limit: QuotaClusterLimit = call.body()?;
    let path = call.parent();
    limit.id = limit.cluster.as_ref().and_then(|cluster| cluster.id.clone());
    check_limit(call.state, &path, QUOTA_CLUSTER_LIMITS, limit.id.as_deref())?;
    // The engine stores memory in whole MiB, and anything negative as no limit.
    limit.memory_limit =
        limit.memory_limit.map(|limit| if limit < 0.0 { -1.0 } else { (limit * 1024.0).trunc() / 1024.0 });
    limit.id.get_or_insert_with(|| last(&path).to_owned());
    limit.quota = Some(Box::new(quota::reference(&path)));
    replace_limit(call, &path, QUOTA_CLUSTER_LIMITS, limit)
}

fn add_storage_limit(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut limit: QuotaStorageLimit = call.body()?;
    let path = call.parent();
    limit.id = limit.storage_domain.as_ref().and_then(|domain| domain.id.clone());
    check_limit(call.state, &path, QUOTA_STORAGE_LIMITS, limit.id.as_deref())?;
    limit.id.get_or_insert_with(|| last(&path).to_owned());
    limit.quota = Some(Box::new(quota::reference(&path)));
    replace_limit(call, &path, QUOTA_STORAGE_LIMITS, limit)
}

/// Fails if a quota can't have another limit. A limit is for the object with an identifier, or general without one; a
/// quota has general or specific limits, not both.
fn check_limit(state: &State, path: &str, collection: &str, id: Option<&str>) -> Result<(), Fault> {
    state.find::<Quota>(path)?;
    check_not_default(state, path, EDIT)?;
    let limits = state.paths(&format!("{path}/{collection}"));
    let conflicts = match id {
        Some(_) => limits.iter().any(|limit| quota_usage::is_general(limit)),
        None => limits.iter().any(|limit| !quota_usage::is_general(limit)),
    };
    match conflicts {
        true => Err(Fault::cannot(
            EDIT,
            "Limitation can not be configured as specific and general for the same Quota. Please choose whether the \
             limitation should be enforced on the Data Center (global) or for specific storage domain or cluster.",
        )),
        false => Ok(()),
    }
}

/// Sets a limit of a quota. The response is that to an update.
fn replace_limit<T: Struct>(call: &mut Call<'_>, path: &str, collection: &str, limit: T) -> Result<Reply, Fault> {
    let collection = format!("{path}/{collection}");
    if let Some(id) = crate::fields::id_of(&limit) {
        call.state.remove(&format!("{collection}/{id}"));
    }
    let limit = call.state.insert(&collection, limit);
    log(call.state, path, 3002, "updated");
    Ok(Reply::Object(limit))
}

/// Removes a limit of a quota. A quota without limits is invalid.
fn remove_limit<T: Struct>(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    call.state.find::<T>(&path)?;
    let quota = above(&path, 2).to_owned();
    check_not_default(call.state, &quota, EDIT)?;
    if call.state.paths(above(&path, 1)).len() < 2 {
        return Err(Fault::invalid(EDIT, "Quota is not valid."));
    }
    log(call.state, &quota, 3002, "updated");
    call.remove()
}
