//! The fields that every cluster has.

use crate::path::{join, last};
use crate::resources::common::cluster_level::{self, LATEST};
use crate::resources::common::fields;
use crate::resources::common::mac_address::default_pool;
use crate::resources::common::references::{default_to, path_of};
use crate::resources::paths::{BALANCES, DATA_CENTERS, FILTERS, SCHEDULING_POLICIES, SCHEDULING_POLICY_UNITS, WEIGHTS};
use crate::state::State;
use ovirt_sdk::types::{
    BiosType, Cluster, Cpu, DataCenter, ErrorHandling, FencingPolicy, FipsMode, FirewallType, InheritableBoolean, Ksm,
    List, LogMaxMemoryUsedThresholdType, MacPool, MemoryOverCommit, MemoryPolicy, MigrateOnError, MigrationBandwidth,
    MigrationBandwidthAssignmentMethod, MigrationOptions, MigrationPolicy, ParallelMigrationsPolicy, Property,
    RngSource, SchedulingPolicy, SchedulingPolicyUnit, SkipIfConnectivityBroken, SkipIfSdActive, SwitchType,
    TransparentHugePages,
};

/// The default migration policy: minimal downtime.
const MIGRATION_POLICY: &str = "80554327-0569-496b-bdeb-fcbbf52b827b";

/// Sets the fields of a cluster that are absent.
pub(crate) fn complete_cluster(state: &State, cluster: &mut Cluster) {
    let data_center = path_of(DATA_CENTERS, &cluster.data_center).and_then(|path| state.get::<DataCenter>(&path));
    if cluster.version.is_none() {
        let version = data_center.and_then(|data_center| data_center.version.clone());
        cluster.version = version.or_else(|| Some(Box::new(cluster_level::version(LATEST))));
    }
    let minor = cluster.version.as_ref().and_then(|version| version.minor).unwrap_or(LATEST);
    complete_cpu(cluster, minor);
    if cluster.scheduling_policy.is_none() {
        let policies = state.list::<SchedulingPolicy>(SCHEDULING_POLICIES);
        let default = policies.into_iter().find(|(_, policy)| policy.default_policy == Some(true));
        cluster.scheduling_policy = default.map(|(path, _)| Box::new(SchedulingPolicy::with_id(last(&path))));
    }
    complete_policy_properties(state, cluster);
    if cluster.mac_pool.is_none() {
        let pool = data_center.and_then(|data_center| data_center.mac_pool.clone());
        let default = || default_pool(state).map(|path| Box::new(MacPool::with_id(last(&path))));
        cluster.mac_pool = pool.or_else(default);
    }
    fields::fill_unset(cluster, &defaults(), &[]);
}

/// Sets the fields of a cluster added by a client that differ from those of the first cluster.
pub(crate) fn set_defaults_of_new(cluster: &mut Cluster) {
    let memory = cluster.memory_policy.get_or_insert_default();
    let has_version = cluster.version.is_some();
    let pages = memory.transparent_huge_pages.get_or_insert_default();
    default_to(&mut pages.enabled, has_version);
    default_to(&mut cluster.vnc_encryption, true);
    default_to(&mut cluster.fips_mode, FipsMode::Undefined);
    if memory.over_commit.as_ref().and_then(|it| it.percent).is_some_and(|percent| percent <= 0) {
        memory.over_commit = None;
    }
}

/// Drops the values that the engine ignores and adds the random number generator that it always requires.
pub(crate) fn drop_ignored_values(sent: &mut Cluster) {
    if sent.log_max_memory_used_threshold_type.is_none() {
        sent.log_max_memory_used_threshold = None;
    }
    if let Some(sources) = sent.required_rng_sources.take() {
        let others = sources.into_iter().filter(|it| !matches!(it, RngSource::Random | RngSource::Urandom));
        sent.required_rng_sources = Some(std::iter::once(RngSource::Urandom).chain(others).collect());
    }
    sent.maintenance_reason_required = None;
    sent.optional_reason = None;
    sent.supported_versions = None;
    sent.upgrade_correlation_id = None;
    sent.upgrade_in_progress = None;
    sent.upgrade_percent_complete = None;
}

/// Adds the existing properties of a cluster to those in a change.
pub(crate) fn merge_policy_properties(old: &Cluster, change: &mut Cluster) {
    let Some(properties) = change.custom_scheduling_policy_properties.as_mut() else { return };
    for property in old.custom_scheduling_policy_properties.iter().flat_map(|properties| properties.iter()) {
        if !properties.iter().any(|it| it.name == property.name) {
            properties.push(property.clone());
        }
    }
}

/// Adds the properties of the scheduling policy that a cluster lacks, and drops those that its units don't have.
pub(crate) fn complete_policy_properties(state: &State, cluster: &mut Cluster) {
    let Some(policy) = path_of(SCHEDULING_POLICIES, &cluster.scheduling_policy) else { return };
    let defaults =
        state.get::<SchedulingPolicy>(&policy).and_then(|policy| policy.properties.clone()).unwrap_or_default();
    let mut known: Vec<Option<String>> = defaults.iter().map(|property| property.name.clone()).collect();
    for units in [FILTERS, WEIGHTS, BALANCES] {
        for unit in state.paths(&join(&policy, units)) {
            let unit = state.get::<SchedulingPolicyUnit>(&join(SCHEDULING_POLICY_UNITS, last(&unit)));
            let properties = unit.and_then(|unit| unit.properties.as_ref()).into_iter().flat_map(|it| it.iter());
            known.extend(properties.map(|property| property.name.clone()));
        }
    }
    let mut properties = cluster.custom_scheduling_policy_properties.take().unwrap_or_default();
    for property in defaults {
        if !properties.iter().any(|it| it.name == property.name) {
            properties.push(property);
        }
    }
    let properties: List<Property> = properties.into_iter().filter(|it| known.contains(&it.name)).collect();
    cluster.custom_scheduling_policy_properties = Some(properties).filter(|properties| !properties.is_empty());
}

/// Derives the architecture from the CPU type.
fn complete_cpu(cluster: &mut Cluster, minor: i64) {
    let mut cpu = cluster.cpu.take().map_or_else(Cpu::new, |cpu| *cpu);
    let kind = cpu.type_.as_deref().and_then(|kind| cluster_level::architecture_of(kind, minor));
    cpu.architecture = kind.or(cpu.architecture);
    default_to(&mut cpu.type_, String::new());
    if cpu.architecture.is_none() {
        cpu.architecture = Some(ovirt_sdk::types::Architecture::Undefined);
    }
    cluster.cpu = Some(Box::new(cpu));
}

fn defaults() -> Cluster {
    let broken = SkipIfConnectivityBroken::new().enabled(false).threshold(50);
    let fencing = FencingPolicy::new()
        .enabled(true)
        .skip_if_connectivity_broken(broken)
        .skip_if_gluster_bricks_up(false)
        .skip_if_gluster_quorum_not_met(false)
        .skip_if_sd_active(SkipIfSdActive::new().enabled(false));
    let bandwidth = MigrationBandwidth::new().assignment_method(MigrationBandwidthAssignmentMethod::Auto);
    let migration = MigrationOptions::new()
        .auto_converge(InheritableBoolean::Inherit)
        .bandwidth(bandwidth)
        .compressed(InheritableBoolean::Inherit)
        .encrypted(InheritableBoolean::Inherit)
        .parallel_migrations_policy(ParallelMigrationsPolicy::Disabled)
        .policy(MigrationPolicy::with_id(MIGRATION_POLICY));
    let memory = MemoryPolicy::new()
        .over_commit(MemoryOverCommit::new().percent(100))
        .transparent_huge_pages(TransparentHugePages::new().enabled(true));
    Cluster::new()
        .description("")
        .comment("")
        .ballooning_enabled(true)
        .bios_type(BiosType::Q35Ovmf)
        .error_handling(ErrorHandling::new().on_error(MigrateOnError::Migrate))
        .fencing_policy(fencing)
        .fips_mode(FipsMode::Disabled)
        .firewall_type(FirewallType::Firewalld)
        .gluster_service(false)
        .ha_reservation(false)
        .ksm(Ksm::new().enabled(true).merge_across_nodes(true))
        .log_max_memory_used_threshold(95)
        .log_max_memory_used_threshold_type(LogMaxMemoryUsedThresholdType::Percentage)
        .memory_policy(memory)
        .migration(migration)
        .required_rng_sources([RngSource::Urandom])
        .switch_type(SwitchType::Legacy)
        .threads_as_cores(false)
        .trusted_service(false)
        .tunnel_migration(false)
        .upgrade_in_progress(false)
        .upgrade_percent_complete(0)
        .virt_service(true)
        .vnc_encryption(false)
}
