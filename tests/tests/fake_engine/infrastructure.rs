//! Data centers, clusters and hosts.

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::types::{
    Agent, BootProtocol, Cluster, Cpu, DataCenter, DataCenterStatus, Disk, DiskAttachment, DiskFormat, DiskInterface,
    FenceType, Host, HostStatus, HostStorage, Network, NetworkUsage, Nic, PowerManagement, PowerManagementStatus,
    SpmStatus, StorageDomain, StorageDomainType, StorageType, Template, Version, Vm, VmStatus, VnicProfile,
};
use ovirt_sdk::{Connection, Error};

use crate::{engine, refusal};

mod networks;

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
