//! The first data center, with its clusters, hosts and networks.

use crate::path::last;
use crate::resources::clusters::defaults::complete_cluster;
use crate::resources::clusters::networks::attach_management_network;
use crate::resources::common::network::MANAGEMENT;
use crate::resources::common::quota;
use crate::resources::data_centers::complete_data_center;
use crate::resources::hosts::spm::elect_spm;
use crate::resources::networks::defaults::add_management_network;
use crate::resources::paths::{CLUSTERS, CPU_PROFILES, DATA_CENTERS, MAC_POOLS, NETWORKS, OPENSTACK_NETWORK_PROVIDERS};
use crate::seed::hosts;
use crate::state::State;
use ovirt_sdk::types::{
    Cluster, Cpu, CpuProfile, DataCenter, DataCenterStatus, List, MacPool, NetworkPluginType, OpenStackNetworkProvider,
    OpenStackNetworkProviderType, Property, Range,
};

const POOL: &str = "58ca604b-017d-0374-0220-00000000014e";
const CPU: &str = "Secure Intel Nehalem Family";
/// The number of machines per host, and of hosts per cluster.
const VMS_PER_HOST: usize = 50;
const HOSTS_PER_CLUSTER: usize = 16;

pub(super) fn fill(state: &mut State, machines: usize) {
    add_pool(state, machines);
    add_provider(state);
    let data_center = add_data_center(state);
    let hosts = machines.div_ceil(VMS_PER_HOST).max(2);
    let mut cluster = String::new();
    for number in 0..hosts {
        if number % HOSTS_PER_CLUSTER == 0 {
            cluster = add_cluster(state, &data_center, number / HOSTS_PER_CLUSTER);
        }
        let name = format!("host{}", number + 1);
        let path = hosts::new_host(state, &name, &cluster);
        if let Some(host) = state.get_mut::<ovirt_sdk::types::Host>(&path) {
            host.status = Some(ovirt_sdk::types::HostStatus::Up);
        }
    }
    elect_spm(state, &data_center);
}

fn add_pool(state: &mut State, machines: usize) {
    // What the setup of an engine chooses is enough for 65,536 addresses.
    let more = u64::try_from(machines / 10_000).unwrap_or_default();
    let mut range = Range::new();
    range.from = Some("56:6f:1a:1a:00:00".to_owned());
    range.to = Some(format!("56:6f:1a:{:02x}:ff:ff", 0x1a + more.min(0xe0)));
    let pool = MacPool::with_id(POOL).name("Default").description("Default MAC pool").allow_duplicates(false);
    state.insert(MAC_POOLS, pool.default_pool(true).ranges([range]));
}

fn add_provider(state: &mut State) {
    let origin = state.origin.clone();
    let host = origin.trim_start_matches("https://").rsplit_once(':').map_or("localhost", |(host, _)| host);
    let plugin = Property::new().name("plugin_type").value("OVIRT_PROVIDER_OVN");
    let provider = OpenStackNetworkProvider::new()
        .name("ovirt-provider-ovn")
        .description("oVirt network provider for OVN")
        .authentication_url(format!("https://{host}:35357/v2.0/"))
        .requires_authentication(true)
        .url(format!("https://{host}:9696"))
        .username("admin@internal")
        .properties(List::from([plugin]))
        .auto_sync(true)
        .external_plugin_type("OVIRT_PROVIDER_OVN")
        .plugin_type(NetworkPluginType::OpenVswitch)
        .read_only(false)
        .type_(OpenStackNetworkProviderType::External)
        .unmanaged(false);
    state.insert(OPENSTACK_NETWORK_PROVIDERS, provider);
}

fn add_data_center(state: &mut State) -> String {
    let mut data_center = DataCenter::new().name("Default").description("The default Data Center");
    data_center = data_center.status(DataCenterStatus::Up).mac_pool(MacPool::with_id(POOL));
    complete_data_center(&mut data_center);
    let path = state.insert(DATA_CENTERS, data_center);
    add_management_network(state, &path);
    quota::add_default(state, &path);
    path
}

fn add_cluster(state: &mut State, data_center: &str, number: usize) -> String {
    let (name, description) = match number {
        0 => ("Default".to_owned(), "The default server cluster".to_owned()),
        _ => (format!("cluster{}", number + 1), String::new()),
    };
    let mut cluster = Cluster::new().name(name.as_str()).description(description).cpu(Cpu::new().type_(CPU));
    cluster = cluster.data_center(DataCenter::with_id(last(data_center)));
    complete_cluster(state, &mut cluster);
    let path = state.insert(CLUSTERS, cluster);
    if let Some(network) = state.by_name(NETWORKS, MANAGEMENT) {
        attach_management_network(state, &path, &network);
    }
    state.insert(CPU_PROFILES, CpuProfile::new().name(name).cluster(Cluster::with_id(last(&path))));
    path
}
