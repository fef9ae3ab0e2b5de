//! Networks, their labels and attachments, and MAC pools.

use ovirt_sdk::types::{
    Bonding, BootProtocol, Cluster, DataCenter, HostNic, Ip, IpAddressAssignment, IpVersion, List, MacPool, Network,
    NetworkAttachment, NetworkLabel, NetworkStatus, NetworkUsage, Vlan, VnicProfile,
};
use ovirt_sdk::{Connection, Error};

use super::{host, id};
use crate::{engine, refusal};

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
