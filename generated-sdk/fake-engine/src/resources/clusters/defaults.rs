//! What every cluster has.

use crate::path::last;
use crate::resources::common::cluster_level::{self, LATEST};
use crate::resources::common::fields;
use crate::resources::common::mac_address::default_pool;
use crate::resources::common::references::{default_to, path_of};
use crate::resources::paths::{DATA_CENTERS, SCHEDULING_POLICIES};
use crate::state::State;
use ovirt_sdk::types::{
    BiosType, Cluster, Cpu, DataCenter, ErrorHandling, FencingPolicy, FipsMode, FirewallType, InheritableBoolean, Ksm,
    LogMaxMemoryUsedThresholdType, MacPool, MemoryOverCommit, MemoryPolicy, MigrateOnError, MigrationBandwidth,
    MigrationBandwidthAssignmentMethod, MigrationOptions, MigrationPolicy, ParallelMigrationsPolicy, RngSource,
    SchedulingPolicy, SkipIfConnectivityBroken, SkipIfSdActive, SwitchType, TransparentHugePages,
};

/// The policy of migration that clusters have unless another one is chosen: minimal downtime.
const MIGRATION_POLICY: &str = "80554327-0569-496b-bdeb-fcbbf52b827b";

/// Gives a cluster everything that each one has, where it has nothing.
pub(crate) fn complete_cluster(state: &State, cluster: &mut Cluster) {
    let data_center = path_of(DATA_CENTERS, &cluster.data_center).and_then(|path| state.get::<DataCenter>(&path));
    let of_data_center = data_center.and_then(|data_center| data_center.version.clone());
    if cluster.version.is_none() {
        cluster.version = of_data_center.or_else(|| Some(Box::new(cluster_level::version(LATEST))));
    }
    let minor = cluster.version.as_ref().and_then(|version| version.minor).unwrap_or(LATEST);
    complete_cpu(cluster, minor);
    if cluster.scheduling_policy.is_none() {
        let policies = state.list::<SchedulingPolicy>(SCHEDULING_POLICIES);
        let default = policies.into_iter().find(|(_, policy)| policy.default_policy == Some(true));
        cluster.scheduling_policy = default.map(|(path, _)| Box::new(SchedulingPolicy::with_id(last(&path))));
    }
    if cluster.custom_scheduling_policy_properties.is_none() {
        let policy = path_of(SCHEDULING_POLICIES, &cluster.scheduling_policy);
        let policy = policy.and_then(|path| state.get::<SchedulingPolicy>(&path));
        cluster.custom_scheduling_policy_properties = policy.and_then(|policy| policy.properties.clone());
    }
    if cluster.mac_pool.is_none() {
        let pool = data_center.and_then(|data_center| data_center.mac_pool.clone());
        let default = || default_pool(state).map(|path| Box::new(MacPool::with_id(last(&path))));
        cluster.mac_pool = pool.or_else(default);
    }
    fields::fill_unset(cluster, &defaults(), &[]);
}

/// The architecture follows from the type of the processor.
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
