//! What the limits of quotas count: the memory and the CPUs of running virtual machines, and the sizes of disks.

use crate::api::Fault;
use crate::path::{above, last};
use crate::resources::common::units::GIB;
use crate::resources::common::{network, quota, references, storage_domain, vm_cpu, vm_status};
use crate::resources::paths::{CLUSTERS, DISKS, QUOTA_CLUSTER_LIMITS, QUOTA_STORAGE_LIMITS, VMS};
use crate::state::State;
use ovirt_sdk::object::Struct;
use ovirt_sdk::types::{DataCenter, Disk, Quota, QuotaClusterLimit, QuotaModeType, QuotaStorageLimit, Vm};

/// Fails if the quota of a virtual machine doesn't allow it to run with its settings.
pub(crate) fn check_run(state: &State, settings: &Vm, action: &str) -> Result<(), Fault> {
    let cluster = references::path_of(CLUSTERS, &settings.cluster).unwrap_or_default();
    let Some(center) = network::data_center_of(state, &cluster).filter(|center| refuses_excess(state, center)) else {
        return Ok(());
    };
    let invalid = || Fault::invalid(action, "Quota is not valid.");
    let quota = chosen(state, settings.quota.as_deref(), &center).ok_or_else(invalid)?;
    let limit = limit_for::<QuotaClusterLimit>(state, &quota, QUOTA_CLUSTER_LIMITS, last(&cluster));
    let (path, limit) = limit.ok_or_else(invalid)?;
    let (memory_limit, cpu_limit) = (limit.memory_limit.unwrap_or(-1.0), limit.vcpu_limit.unwrap_or(-1));
    if memory_limit == 0.0 || cpu_limit == 0 {
        return Err(invalid());
    }
    let (memory, cpus) = cluster_usage(state, &path);
    let grace = state.find::<Quota>(&quota)?.cluster_hard_limit_pct;
    let fits = is_within(memory + memory_of(settings), memory_limit, grace)
        && is_within((cpus + vm_cpu::cpus(settings)) as f64, cpu_limit as f64, grace);
    if fits { Ok(()) } else { Err(Fault::cannot(action, "Quota has insufficient cluster resources.")) }
}

/// Fails if a quota doesn't allow a disk to take more bytes of a storage domain.
pub(crate) fn check_storage(
    state: &State,
    quota: Option<&Quota>,
    domain: &str,
    bytes: i64,
    action: &str,
) -> Result<(), Fault> {
    let centers = storage_domain::data_centers(state, domain);
    let Some(center) = centers.first().filter(|center| refuses_excess(state, center)) else { return Ok(()) };
    let quota = chosen(state, quota, center).ok_or_else(|| Fault::invalid(action, "Quota is not valid."))?;
    let limit = limit_for::<QuotaStorageLimit>(state, &quota, QUOTA_STORAGE_LIMITS, last(domain));
    let (path, limit) = limit.ok_or_else(|| {
        let why = "No quota is defined for the selected domain. Assign a quota to the domain or select a different \
                   domain.";
        Fault::cannot(action, why)
    })?;
    let grace = state.find::<Quota>(&quota)?.storage_hard_limit_pct;
    let wanted = storage_usage(state, &path) + gibibytes(bytes);
    match bytes <= 0 || is_within(wanted, limit.limit.unwrap_or(-1) as f64, grace) {
        true => Ok(()),
        false => Err(Fault::cannot(action, "Quota has insufficient storage resources.")),
    }
}

/// The memory in GiB and the CPUs that count for the limit at a path.
pub(crate) fn cluster_usage(state: &State, limit: &str) -> (f64, i64) {
    let quota = above(limit, 2);
    let is_counted = |path: &str, vm: &Vm| {
        uses(state, vm.quota.as_deref(), quota)
            && (is_general(limit) || references::refers_to(&vm.cluster, limit))
            && vm_status::is_running(state, path)
    };
    let running = state.list::<Vm>(VMS).filter(|(path, vm)| is_counted(path, vm));
    running.fold((0.0, 0), |(memory, cpus), (_, vm)| (memory + memory_of(vm), cpus + vm_cpu::cpus(vm)))
}

/// The size of the disks in GiB that count for the limit at a path.
pub(crate) fn storage_usage(state: &State, limit: &str) -> f64 {
    let quota = above(limit, 2);
    let is_counted = |disk: &Disk| {
        let domains = || disk.storage_domains.iter().flatten().filter_map(|domain| domain.id.as_deref());
        let is_here = |domain: &str| match is_general(limit) {
            true => storage_domain::data_centers(state, domain).iter().any(|center| center == above(quota, 2)),
            false => domain == last(limit),
        };
        domains().any(is_here) && uses(state, disk.quota.as_deref(), quota)
    };
    let counted = state.each::<Disk>(DISKS).filter(|disk| is_counted(disk));
    counted.fold(0.0, |sum, disk| sum + gibibytes(disk.provisioned_size.unwrap_or(0)))
}

/// Whether a data center refuses what exceeds its quotas.
fn refuses_excess(state: &State, center: &str) -> bool {
    state.get::<DataCenter>(center).is_some_and(|center| center.quota_mode == Some(QuotaModeType::Enabled))
}

/// The path of the quota that an object has, or of the default quota.
fn chosen(state: &State, quota: Option<&Quota>, center: &str) -> Option<String> {
    let id = quota.and_then(|quota| quota.id.as_deref());
    id.map_or_else(|| quota::default_of(state, center), |id| quota::find(state, id))
}

/// Whether an object with a reference to a quota uses the quota at a path.
fn uses(state: &State, reference: Option<&Quota>, quota: &str) -> bool {
    match reference.and_then(|reference| reference.id.as_deref()) {
        Some(id) => id == last(quota),
        None => quota::is_default(state, quota),
    }
}

/// The general limit of a quota, or that for the object with an identifier.
fn limit_for<'s, T: Struct>(state: &'s State, quota: &str, collection: &str, id: &str) -> Option<(String, &'s T)> {
    [last(quota), id].into_iter().find_map(|id| {
        let path = format!("{quota}/{collection}/{id}");
        state.get::<T>(&path).map(|limit| (path, limit))
    })
}

/// Whether the limit at a path is the general one of its quota.
pub(crate) fn is_general(limit: &str) -> bool {
    last(limit) == last(above(limit, 2))
}

/// Whether a number is within a limit and its grace in percent. A negative limit is none.
fn is_within(used: f64, limit: f64, grace: Option<i64>) -> bool {
    limit < 0.0 || used * 100.0 <= limit * (100 + grace.unwrap_or(0)) as f64
}

fn memory_of(vm: &Vm) -> f64 {
    gibibytes(vm.memory.unwrap_or(0))
}

fn gibibytes(bytes: i64) -> f64 {
    bytes as f64 / GIB as f64
}
