//! Data centers, clusters, hosts and networks.

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::types::{
    Agent, Bonding, BootProtocol, Cluster, Cpu, DataCenter, DataCenterStatus, Disk, DiskAttachment, DiskFormat,
    DiskInterface, FenceType, Host, HostNic, HostStatus, HostStorage, Ip, IpAddressAssignment, IpVersion, List,
    MacPool, Network, NetworkAttachment, NetworkLabel, NetworkStatus, NetworkUsage, Nic, PowerManagement,
    PowerManagementStatus, SpmStatus, StorageDomain, StorageDomainType, StorageType, Template, Version, Vlan, Vm,
    VmStatus, VnicProfile,
};
use ovirt_sdk::{Connection, Error};

use crate::{engine, refusal};

const MINUTE: Duration = Duration::from_secs(60);

async fn host(connection: &Connection, name: &str) -> Host {
    connection.system().hosts().find(name).await.unwrap()
}

async fn status(connection: &Connection, name: &str) -> HostStatus {
    host(connection, name).await.status.unwrap()
}

fn id<T: Clone>(id: Option<T>) -> T {
    id.unwrap()
}

#[tokio::test]
async fn the_inventory_has_what_every_engine_has() {
    let (_engine, connection) = engine().await;
    let system = connection.system();
    let data_center = system.data_centers().find("Default").await.unwrap();
    assert_eq!(data_center.status, Some(DataCenterStatus::Up));
    let cluster = system.clusters().find("Default").await.unwrap();
    assert_eq!(cluster.data_center.as_ref().unwrap().id, data_center.id);
    assert_eq!(cluster.version.as_ref().unwrap().minor, Some(8));
    assert!(cluster.cpu.as_ref().unwrap().type_.is_some());
    let hosts = system.hosts().list().send().await.unwrap();
    assert_eq!(hosts.iter().map(|host| host.name.as_deref().unwrap()).collect::<Vec<_>>(), ["host1", "host2"]);
    let spm: Vec<_> = hosts.iter().map(|host| host.spm.as_ref().unwrap().status.clone().unwrap()).collect();
    assert_eq!(spm, [SpmStatus::Spm, SpmStatus::None]);

    let nics = connection.follow(&hosts[0].nics).await.unwrap();
    let management = system.networks().find("ovirtmgmt").await.unwrap();
    assert_eq!(nics[0].name.as_deref(), Some("eth0"));
    assert_eq!(nics[0].network.as_ref().unwrap().id, management.id);
    assert_eq!(nics[0].boot_protocol, Some(BootProtocol::Dhcp));
    assert!(nics[1].network.is_none());
    let attachments = connection.follow(&hosts[0].network_attachments).await.unwrap();
    assert_eq!(attachments.len(), 1);
    assert_eq!(attachments[0].host_nic.as_ref().unwrap().id, nics[0].id);

    let levels = system.cluster_levels().list().send().await.unwrap();
    assert!(levels.iter().any(|level| level.id.as_deref() == Some("4.7")));
    assert!(levels[0].cpu_types.as_ref().unwrap().len() > 10);
    let policies = system.scheduling_policies().list().send().await.unwrap();
    assert!(policies.iter().any(|policy| policy.name.as_deref() == Some("vm_evenly_distributed")));
    assert_eq!(system.network_filters().list().send().await.unwrap().len(), 18);
    let systems = system.operating_systems().list().send().await.unwrap();
    assert!(systems.iter().any(|it| it.name.as_deref() == Some("rhel_9x64")));
    assert!(!system.icons().list().send().await.unwrap().is_empty());
    let option = system.options().option("ClusterEmulatedMachines").get().version("4.7").send().await.unwrap();
    assert!(option.values.unwrap()[0].value.as_ref().unwrap().contains("q35"));
    assert!(system.options().option("Nonsense").get().send().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn hosts_are_installed_and_come_up() {
    let (engine, connection) = engine().await;
    let hosts = connection.system().hosts();
    let wanted = || Host::new().name("host3").address("host3.example.com").cluster(Cluster::with_name("Default"));
    assert!(refusal(hosts.add(wanted()).send().await).contains("empty password"));
    let added = hosts.add(wanted().root_password("secret")).send().await.unwrap();
    assert_eq!(added.status, Some(HostStatus::Installing));
    assert!(added.root_password.is_none() && added.version.is_none());
    let same = Host::new().name("host4").address("host3.example.com").root_password("secret");
    assert!(refusal(hosts.add(same).send().await).contains("same address"));

    engine.advance(MINUTE);
    assert_eq!(status(&connection, "host3").await, HostStatus::Initializing);
    engine.advance(MINUTE);
    let up = host(&connection, "host3").await;
    assert_eq!(up.status, Some(HostStatus::Up));
    assert!(up.version.is_some() && up.memory > Some(0));
    let nics = connection.follow(&up.nics).await.unwrap();
    assert!(nics.iter().any(|nic| nic.network.is_some()));

    let passive = Host::new().name("host4").address("host4.example.com").root_password("secret");
    hosts.add(passive).activate(false).send().await.unwrap();
    engine.advance(2 * MINUTE);
    assert_eq!(status(&connection, "host4").await, HostStatus::Maintenance);
}

#[tokio::test]
async fn hosts_go_into_maintenance_and_come_back() {
    let (engine, connection) = engine().await;
    let hosts = connection.system().hosts();
    let first = hosts.host(id(host(&connection, "host1").await.id));
    assert!(refusal(first.install().send().await).contains("Please move Host to Maintenance mode first"));
    assert!(refusal(first.remove().send().await).contains("switch Host to Maintenance mode first"));
    assert!(refusal(first.activate().send().await).contains("Host in Up status"));

    first.deactivate().reason("new memory").send().await.unwrap();
    assert_eq!(status(&connection, "host1").await, HostStatus::PreparingForMaintenance);
    engine.advance(MINUTE);
    let idle = host(&connection, "host1").await;
    assert_eq!(idle.status, Some(HostStatus::Maintenance));
    assert_eq!(idle.status_detail.as_deref(), Some("new memory"));
    assert_eq!(idle.spm.unwrap().status, Some(SpmStatus::None));
    assert_eq!(host(&connection, "host2").await.spm.unwrap().status, Some(SpmStatus::Spm), "another one takes over");
    assert!(refusal(first.deactivate().send().await).contains("already in Maintenance mode"));

    first.install().activate(false).send().await.unwrap();
    assert_eq!(status(&connection, "host1").await, HostStatus::Installing);
    engine.advance(2 * MINUTE);
    assert_eq!(status(&connection, "host1").await, HostStatus::Maintenance);

    first.activate().send().await.unwrap();
    assert_eq!(status(&connection, "host1").await, HostStatus::Unassigned);
    engine.advance(MINUTE);
    assert_eq!(status(&connection, "host1").await, HostStatus::Up);
    first.force_select_spm().send().await.unwrap();
    assert!(refusal(first.force_select_spm().send().await).contains("already SPM"));
    assert_eq!(host(&connection, "host2").await.spm.unwrap().status, Some(SpmStatus::None));

    let events = connection.system().events().list().send().await.unwrap();
    let codes: Vec<i64> = events.iter().filter_map(|event| event.code).collect();
    for code in [600, 15, 16, 13, 204, 159] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
}

#[tokio::test]
async fn machines_leave_a_host_that_goes_into_maintenance() -> Result<(), Error> {
    let (engine, connection) = engine().await;
    let vms = connection.system().vms();
    let wanted = Vm::new().name("web1").cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    let vm = vms.vm(id(vms.add(wanted).send().await?.id));
    let disk = Disk::new().name("disk1").provisioned_size(1 << 30).format(DiskFormat::Cow);
    let disk = disk.storage_domains([StorageDomain::with_name("data")]);
    let attachment = DiskAttachment::new().bootable(true).active(true).interface(DiskInterface::Virtio).disk(disk);
    vm.disk_attachments().add(attachment).send().await?;
    engine.advance(MINUTE);
    vm.start().send().await?;
    engine.advance(MINUTE);
    let before = id(vm.get().send().await?.host).id.unwrap();
    let hosts = connection.system().hosts();
    let summary = hosts.host(before.as_str()).get().send().await?.summary.unwrap();
    assert_eq!((summary.active, summary.total), (Some(1), Some(1)));
    hosts.host(before.as_str()).deactivate().send().await?;
    assert_eq!(vm.get().send().await?.status, Some(VmStatus::Migrating));
    engine.advance(MINUTE);
    let after = vm.get().send().await?;
    assert_eq!(after.status, Some(VmStatus::Up));
    let after = id(after.host).id.unwrap();
    assert_ne!(after, before);
    assert_eq!(hosts.host(before.as_str()).get().send().await?.status, Some(HostStatus::Maintenance));

    // The virtual machine can't migrate from the last host.
    let last = hosts.host(after.as_str());
    assert!(refusal(last.deactivate().send().await).contains("at least one Host in UP state: Default"));
    assert_eq!(vm.get().send().await?.status, Some(VmStatus::Up));
    vm.stop().send().await?;
    engine.advance(MINUTE);
    last.deactivate().send().await?;
    engine.advance(MINUTE);
    assert_eq!(hosts.host(after.as_str()).get().send().await?.status, Some(HostStatus::Maintenance));
    Ok(())
}

#[tokio::test]
async fn hosts_are_upgraded_when_there_are_updates() {
    let (engine, connection) = engine().await;
    let second = connection.system().hosts().host(id(host(&connection, "host2").await.id));
    assert!(refusal(second.upgrade().send().await).contains("no available updates"));
    second.upgrade_check().send().await.unwrap();
    engine.advance(MINUTE);
    assert_eq!(host(&connection, "host2").await.update_available, Some(true));
    second.upgrade().send().await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..60 {
        let now = status(&connection, "host2").await;
        if seen.last() != Some(&now) {
            seen.push(now);
        }
        engine.advance(Duration::from_secs(4));
    }
    assert_eq!(
        seen,
        [
            HostStatus::PreparingForMaintenance,
            HostStatus::Installing,
            HostStatus::Reboot,
            HostStatus::Initializing,
            HostStatus::Up
        ]
    );
    assert_eq!(host(&connection, "host2").await.update_available, Some(false));
}

#[tokio::test]
async fn hosts_are_fenced_by_their_agents() {
    let (engine, connection) = engine().await;
    let second = connection.system().hosts().host(id(host(&connection, "host2").await.id));
    assert!(refusal(second.fence().fence_type("restart").send_reply().await).contains("fence is disabled"));
    let managed = || Host::new().power_management(PowerManagement::new().enabled(true));
    assert!(refusal(second.update(managed()).send().await).contains("no Agent type selected"));
    let agent = Agent::new().address("192.0.2.7").username("root").password("secret").order(1);
    assert!(refusal(second.fence_agents().add(agent.clone()).send().await).contains("type"));
    let agent = second.fence_agents().add(agent.type_("ipmilan")).send().await.unwrap();
    assert!(agent.password.is_none());
    second.update(managed()).send().await.unwrap();
    let answer = second.fence().fence_type("status").send().await.unwrap();
    assert_eq!(answer.status, Some(PowerManagementStatus::On));
    assert!(refusal(second.fence().fence_type("stop").send_reply().await).contains("has to be in Maintenance mode"));
    second.fence().fence_type(FenceType::Restart.to_string()).send_reply().await.unwrap();
    assert_eq!(status(&connection, "host2").await, HostStatus::Reboot);
    engine.advance(2 * MINUTE);
    assert_eq!(status(&connection, "host2").await, HostStatus::Up);
    let agents = second.fence_agents().list().send().await.unwrap();
    assert_eq!(agents.len(), 1);
    assert_ne!(agents[0].id, agent.id, "an update of the host adds the agents anew");
    second.fence_agents().agent(id(agents[0].id.clone())).remove().send().await.unwrap();
    assert!(refusal(second.update(Host::new().comment("idle")).send().await).contains("no Agent type selected"));
}

#[tokio::test]
async fn clusters_are_made_and_removed_with_what_belongs_to_them() {
    let (_engine, connection) = engine().await;
    let clusters = connection.system().clusters();
    let wanted = || Cluster::new().name("small").data_center(DataCenter::with_name("Default"));
    let incomplete = refusal(clusters.add(Cluster::new().name("small")).send().await);
    assert!(incomplete.contains("data_center.id"), "{incomplete}");
    let unknown = wanted().cpu(Cpu::new().type_("Zilog Z80"));
    assert!(refusal(clusters.add(unknown).send().await).contains("chosen CPU is not supported"));
    let cluster = clusters.add(wanted().cpu(Cpu::new().type_("AMD EPYC"))).send().await.unwrap();
    assert_eq!(cluster.virt_service, Some(true));
    assert!(cluster.scheduling_policy.is_some() && cluster.mac_pool.is_some() && cluster.fencing_policy.is_some());
    let networks = connection.follow(&cluster.networks).await.unwrap();
    assert_eq!(networks.len(), 1);
    assert_eq!(networks[0].name.as_deref(), Some("ovirtmgmt"));
    assert!(networks[0].usages.as_ref().unwrap().contains(&NetworkUsage::Management));
    assert_eq!(connection.follow(&cluster.cpu_profiles).await.unwrap().len(), 1);
    clusters.cluster(id(cluster.id)).remove().send().await.unwrap();
    let profiles = connection.system().cpu_profiles().list().send().await.unwrap();
    assert!(profiles.iter().all(|profile| profile.name.as_deref() != Some("small")));

    let default = clusters.find("Default").await.unwrap();
    let default = clusters.cluster(id(default.id));
    assert!(refusal(default.remove().send().await).contains("Cluster contains one or more Hosts"));
}

#[tokio::test]
async fn data_centers_begin_without_storage() {
    let (_engine, connection) = engine().await;
    let data_centers = connection.system().data_centers();
    let wanted = || DataCenter::new().name("lab").local(false);
    let added = data_centers.add(wanted()).send().await.unwrap();
    assert_eq!(added.status, Some(DataCenterStatus::Uninitialized));
    assert_eq!(added.version.as_ref().unwrap().minor, Some(8));
    assert!(refusal(data_centers.add(wanted()).send().await).contains("already in use"));
    let odd = wanted().name("odd").version(Version::new().major(3).minor(1));
    assert!(refusal(data_centers.add(odd).send().await).contains("Version is not supported"));
    let networks = connection.follow(&added.networks).await.unwrap();
    assert_eq!(networks.iter().map(|it| it.name.as_deref().unwrap()).collect::<Vec<_>>(), ["ovirtmgmt"]);

    let cluster = Cluster::new().name("lab1").data_center(DataCenter::with_name("lab"));
    let cluster = connection.system().clusters().add(cluster).send().await.unwrap();
    data_centers.data_center(id(added.id)).remove().send().await.unwrap();
    let left = connection.system().clusters().cluster(id(cluster.id)).get().send().await.unwrap();
    assert!(left.data_center.is_none());

    let default = data_centers.find("Default").await.unwrap();
    let refused = refusal(data_centers.data_center(id(default.id)).remove().send().await);
    assert!(refused.contains("Cannot remove an active Data Center"), "{refused}");
}

#[tokio::test]
async fn networks_come_with_profiles_and_belong_to_clusters() {
    let (_engine, connection) = engine().await;
    let system = connection.system();
    let wanted = |name: &str| Network::new().name(name).data_center(DataCenter::with_name("Default"));
    assert!(refusal(system.networks().add(Network::new().name("x")).send().await).contains("dataCenter.name|id"));
    assert!(refusal(system.networks().add(wanted("bond5")).send().await).contains("cannot start with 'bond'"));
    let red = system.networks().add(wanted("red").vlan(Vlan::new().id(100))).send().await.unwrap();
    assert_eq!((red.mtu, red.stp, red.vdsm_name.as_deref()), (Some(0), Some(false), Some("red")));
    assert!(refusal(system.networks().add(wanted("red")).send().await).contains("already used"));
    let profiles = connection.follow(&red.vnic_profiles).await.unwrap();
    assert_eq!(profiles[0].name.as_deref(), Some("red"));
    let filters = system.network_filters();
    let filter = profiles[0].network_filter.as_ref().unwrap().id.clone().unwrap();
    let filter = filters.network_filter(filter).get().send().await.unwrap();
    assert_eq!(filter.name.as_deref(), Some("vdsm-no-mac-spoofing"));

    // The same name is free in another network, and taken in this one.
    let profile = || VnicProfile::new().name("ovirtmgmt").network(Network::with_id(red.id.clone().unwrap()));
    system.vnic_profiles().add(profile()).send().await.unwrap();
    assert!(refusal(system.vnic_profiles().add(profile()).send().await).contains("already used"));

    let plain = system.networks().add(wanted("storage").usages(Vec::<NetworkUsage>::new())).send().await.unwrap();
    assert!(connection.follow(&plain.vnic_profiles).await.unwrap().is_empty());
    let none = VnicProfile::new().name("no").network(Network::with_id(id(plain.id)));
    assert!(refusal(system.vnic_profiles().add(none).send().await).contains("non-VM network"));

    let cluster = system.clusters().find("Default").await.unwrap();
    let networks = system.clusters().cluster(id(cluster.id)).networks();
    let attached = networks.add(Network::with_name("red")).send().await.unwrap();
    assert_eq!(attached.id, red.id);
    assert_eq!(attached.required, Some(true));
    assert_eq!(attached.status, Some(NetworkStatus::NonOperational), "no host has got it");
    assert!(refusal(networks.add(Network::with_name("red")).send().await).contains("already attached to Cluster"));
    let red = networks.network(id(attached.id));
    let changed = red.update(Network::new().required(false).usages([NetworkUsage::Vm, NetworkUsage::Display]));
    let changed = changed.send().await.unwrap();
    assert_eq!((changed.required, changed.display), (Some(false), Some(true)));
    let management = networks.list().send().await.unwrap();
    let management = management.iter().find(|it| it.name.as_deref() == Some("ovirtmgmt")).unwrap();
    assert_eq!(management.display, Some(false), "one network is for displays");
    let management = networks.network(management.id.clone().unwrap());
    assert!(refusal(management.remove().send().await).contains("mandatory and cannot be removed"));
    assert!(refusal(management.update(Network::new().required(false)).send().await).contains("must be required"));
    red.remove().send().await.unwrap();
    assert_eq!(networks.list().send().await.unwrap().len(), 1);
}

/// A network that is attached to the cluster.
async fn network(connection: &Connection, wanted: Network) -> Network {
    let system = connection.system();
    let network = system.networks().add(wanted.data_center(DataCenter::with_name("Default"))).send().await.unwrap();
    let cluster = system.clusters().find("Default").await.unwrap();
    let reference = Network::with_id(network.id.clone().unwrap());
    system.clusters().cluster(id(cluster.id)).networks().add(reference).send().await.unwrap();
    network
}

#[tokio::test]
async fn networks_are_set_up_on_hosts() -> Result<(), Error> {
    let (_engine, connection) = engine().await;
    let tagged = network(&connection, Network::new().name("red").vlan(Vlan::new().id(100))).await;
    let plain = network(&connection, Network::new().name("blue")).await;
    let first = connection.system().hosts().host(id(host(&connection, "host1").await.id));
    let on = |network: &str, nic: &str| {
        NetworkAttachment::new().network(Network::with_name(network)).host_nic(HostNic::with_name(nic))
    };
    let refused = |attachments: Vec<NetworkAttachment>| {
        let first = first.clone();
        async move { refusal(first.setup_networks().modified_network_attachments(attachments).send().await) }
    };
    assert!(refused(vec![on("red", "eth9")]).await.contains("does not exist"));
    assert!(refused(vec![on("blue", "eth0")]).await.contains("At most one VLAN-untagged"));
    assert!(refused(vec![on("ovirtmgmt", "eth1")]).await.contains("already attached to given host"));

    let slaves =
        |names: &[&str]| Bonding::new().slaves(names.iter().map(|name| HostNic::with_name(*name)).collect::<List<_>>());
    let bond = |names: &[&str]| HostNic::new().name("bond0").bonding(slaves(names));
    let alone = first.setup_networks().modified_bonds([bond(&["eth1"])]).send().await;
    assert!(refusal(alone).contains("less than two"));
    let used = first.setup_networks().modified_bonds([bond(&["eth0", "eth1"])]).send().await;
    assert!(refusal(used).contains("cannot become slave"));

    let address = Ip::new().address("203.0.113.7").netmask("255.255.255.0").version(IpVersion::V4);
    let fixed = IpAddressAssignment::new().assignment_method(BootProtocol::Static).ip(address);
    first
        .setup_networks()
        .modified_bonds([bond(&["eth1", "eth2"])])
        .modified_network_attachments([on("red", "bond0"), on("blue", "bond0").ip_address_assignments([fixed])])
        .send()
        .await?;
    let nics = first.nics().list().send().await?;
    let named = |name: &str| nics.iter().find(|nic| nic.name.as_deref() == Some(name)).unwrap();
    assert_eq!(named("bond0").network.as_ref().unwrap().id, plain.id);
    assert_eq!(named("bond0").ip.as_ref().unwrap().address.as_deref(), Some("203.0.113.7"));
    assert_eq!(named("bond0").bonding.as_ref().unwrap().slaves.as_ref().unwrap().len(), 2);
    let vlan = named("bond0.100");
    assert_eq!((vlan.vlan.as_ref().unwrap().id, vlan.base_interface.as_deref()), (Some(100), Some("bond0")));
    assert_eq!(vlan.network.as_ref().unwrap().id, tagged.id);

    let attachments = first.network_attachments().list().send().await?;
    assert_eq!(attachments.len(), 3);
    let of = |network: &Network| attachments.iter().find(|it| it.network.as_ref().unwrap().id == network.id).unwrap();

    // Without its attachment the NIC of the VLAN is gone.
    let red = NetworkAttachment::with_id(of(&tagged).id.clone().unwrap());
    first.setup_networks().removed_network_attachments([red]).send().await?;
    let nics = first.nics().list().send().await?;
    assert!(nics.iter().all(|nic| nic.name.as_deref() != Some("bond0.100")));
    let kept = first.setup_networks().removed_bonds([HostNic::with_name("bond0")]).send().await;
    assert!(refusal(kept).contains("do not exist on the Host"), "a network is still there");
    let blue = NetworkAttachment::with_id(of(&plain).id.clone().unwrap());
    let gone = first.setup_networks().removed_network_attachments([blue]);
    gone.removed_bonds([HostNic::with_name("bond0")]).send().await?;
    assert_eq!(first.nics().list().send().await?.len(), 4);
    let management = first.network_attachments().list().send().await?[0].id.clone().unwrap();
    let management = first.network_attachments().attachment(management);
    assert!(refusal(management.remove().send().await).contains("mandatory and cannot be removed"));
    Ok(())
}

#[tokio::test]
async fn labels_bring_networks_to_nics() -> Result<(), Error> {
    let (_engine, connection) = engine().await;
    let red = network(&connection, Network::new().name("red")).await;
    let first = connection.system().hosts().host(id(host(&connection, "host1").await.id));
    let nics = first.nics().list().send().await?;
    let nic = first.nics().nic(nics[1].id.clone().unwrap());
    nic.network_labels().add(NetworkLabel::with_id("lab")).send().await?;
    assert_eq!(first.network_attachments().list().send().await?.len(), 1);
    let labels = connection.system().networks().network(id(red.id.clone())).network_labels();
    labels.add(NetworkLabel::with_id("lab")).send().await?;
    assert!(refusal(labels.add(NetworkLabel::with_id("other")).send().await).contains("already labeled"));
    assert_eq!(nic.get().send().await?.network.unwrap().id, red.id);
    labels.label("lab").remove().send().await?;
    assert!(nic.get().send().await?.network.is_none());
    Ok(())
}

#[tokio::test]
async fn a_network_that_is_removed_leaves_no_trace_but_on_hosts() -> Result<(), Error> {
    let (_engine, connection) = engine().await;
    let red = network(&connection, Network::new().name("red")).await;
    let first = connection.system().hosts().host(id(host(&connection, "host1").await.id));
    let attachment = NetworkAttachment::new().network(Network::with_name("red")).host_nic(HostNic::with_name("eth1"));
    first.network_attachments().add(attachment).send().await?;
    connection.system().networks().network(id(red.id)).remove().send().await?;
    assert_eq!(first.network_attachments().list().send().await?.len(), 1);
    assert_eq!(first.unmanaged_networks().list().send().await?[0].name.as_deref(), Some("red"));
    assert_eq!(connection.system().vnic_profiles().list().send().await?.len(), 1);
    let management = connection.system().networks().find("ovirtmgmt").await?;
    let refused = connection.system().networks().network(id(management.id)).remove().send().await;
    assert!(refusal(refused).contains("mandatory and cannot be removed"));
    Ok(())
}

#[tokio::test]
async fn pools_have_ranges() -> Result<(), Error> {
    let (_engine, connection) = engine().await;
    let pools = connection.system().mac_pools();
    assert!(refusal(pools.add(MacPool::new().name("own")).send().await).contains("pool.ranges"));
    let range = |from: &str, to: &str| ovirt_sdk::types::Range::new().from_(from).to(to);
    let invalid = MacPool::new().name("own").ranges([range("02:00:00:00:00", "02:00:00:00:00:01")]);
    assert!(refusal(pools.add(invalid).send().await).contains("Attribute: macPool.ranges[0].macFrom"));
    let backwards = MacPool::new().name("backwards").ranges([range("02:00:00:00:01:09", "02:00:00:00:01:01")]);
    pools.add(backwards).send().await?;
    let overlapping = MacPool::new().name("own").ranges([range("02:00:00:00:01:05", "02:00:00:00:01:06")]);
    assert!(refusal(pools.add(overlapping).send().await).contains("ranges in MAC pools: 'backwards'"));
    let own = MacPool::new().name("own").ranges([range("02:00:00:00:00:01", "02:00:00:00:00:02")]);
    let own = pools.add(own).send().await?;
    assert_eq!((own.default_pool, own.allow_duplicates), (Some(false), Some(false)));
    let default = pools.find("Default").await?;
    assert!(refusal(pools.mac_pool(id(default.id)).remove().send().await).contains("Default MAC Pool"));
    let cluster = Cluster::new().name("own").data_center(DataCenter::with_name("Default"));
    let cluster = cluster.mac_pool(MacPool::with_id(own.id.clone().unwrap()));
    connection.system().clusters().add(cluster).send().await?;
    assert!(refusal(pools.mac_pool(id(own.id)).remove().send().await).contains("are using this MAC Pool"));
    Ok(())
}

#[tokio::test]
async fn names_mean_what_is_in_the_data_center_that_is_asked_for() {
    let (engine, connection) = engine().await;
    let system = connection.system();
    let lab = system.data_centers().add(DataCenter::new().name("lab").local(false)).send().await.unwrap();
    let networks = connection.follow(&lab.networks).await.unwrap();
    let network = networks.first().unwrap().id.clone();
    let cluster = Cluster::new().name("lab1").data_center(DataCenter::with_name("lab"));
    let cluster = cluster.cpu(Cpu::new().type_("AMD EPYC")).management_network(Network::with_name("ovirtmgmt"));
    let cluster = system.clusters().add(cluster).send().await.unwrap();
    let of_cluster = connection.follow(&cluster.networks).await.unwrap();
    assert!(of_cluster.len() == 1 && of_cluster[0].id == network);

    // A data center without an active host and storage accepts no virtual machines.
    let host = Host::new().name("lab-host").address("lab-host.example.com").root_password("secret");
    system.hosts().add(host.cluster(Cluster::with_name("lab1"))).send().await.unwrap();
    engine.advance(10 * MINUTE);
    let storage = HostStorage::new().type_(StorageType::Nfs).address("nfs9").path("/lab");
    let domain = StorageDomain::new().name("lab-data").type_(StorageDomainType::Data).storage(storage);
    system.storage_domains().add(domain.host(Host::with_name("lab-host"))).send().await.unwrap();
    let domains = system.data_centers().data_center(id(lab.id.clone())).storage_domains();
    domains.add(StorageDomain::with_name("lab-data")).send().await.unwrap();
    engine.advance(MINUTE);

    let vm = Vm::new().name("lab1").cluster(Cluster::with_name("lab1")).template(Template::with_name("Blank"));
    let vm = system.vms().add(vm).send().await.unwrap();
    let nics = system.vms().vm(id(vm.id)).nics();
    let profiles = system.vnic_profiles().list().send().await.unwrap();
    let is_here = |profile: &&VnicProfile| profile.network.as_ref().unwrap().id == network;
    let profile = VnicProfile::with_id(profiles.iter().find(is_here).unwrap().id.clone().unwrap());
    let nic = nics.add(Nic::new().name("nic1").vnic_profile(profile.clone())).send().await.unwrap();
    assert_eq!(nic.vnic_profile.unwrap().id, profile.id);
    let elsewhere = profiles.iter().find(|profile| !is_here(profile)).unwrap().id.clone().unwrap();
    let nic = nics.add(Nic::new().name("nic2").vnic_profile(VnicProfile::with_id(elsewhere))).send().await;
    assert_eq!(nic.unwrap_err().status(), Some(409), "a network of another data center");
}

#[tokio::test]
async fn many_machines_have_many_hosts() {
    let engine = FakeEngine::builder().manual_clock().vms(1000).start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    assert_eq!(connection.system().hosts().list().send().await.unwrap().len(), 20);
    assert_eq!(connection.system().clusters().list().send().await.unwrap().len(), 2);
}
