//! Documents with each quirk of the engine's XML: lists, links, tags and attributes.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests fail so")]

use std::option::Option;

use ovirt_sdk::registry::{self, Tagged};
use ovirt_sdk::types::*;
use ovirt_sdk::xml::{self, DecodeOptions, EncodeOptions};

const STRICT: DecodeOptions = DecodeOptions::new().strict(true);
const COMPACT: EncodeOptions<'_> = EncodeOptions::new().indent(false);

/// Reads a document without unknown content.
fn read<T: xml::Root>(text: &str) -> T {
    STRICT.from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Reads a document and checks that writing it returns the same text.
fn same<T: xml::Root>(text: &str) -> T {
    let value: T = xml::from_str(text).expect(text);
    assert_eq!(COMPACT.to_string(&value).expect(text), text);
    value
}

fn href<T>(list: &Option<List<T>>) -> Option<&str> {
    list.as_ref().and_then(List::href)
}

#[test]
fn rels_that_differ_from_the_attribute_name() {
    let host: Host = read(
        r#"<host><link rel="fenceagents" href="/a"/><link rel="storage" href="/s"/><link rel="numanodes" href="/n"/>
           <link rel="cpuunits" href="/c"/></host>"#,
    );
    assert_eq!(href(&host.agents), Some("/a"));
    assert_eq!(href(&host.storages), Some("/s"));
    assert_eq!(href(&host.numa_nodes), Some("/n"));
    assert_eq!(href(&host.cpu_units), Some("/c"));
    let volume: GlusterVolume = same(r#"<gluster_volume><link href="/b" rel="glusterbricks"/></gluster_volume>"#);
    assert_eq!(href(&volume.bricks), Some("/b"));
    let bond: IscsiBond = read(r#"<iscsi_bond><link rel="storageserverconnections" href="/c"/></iscsi_bond>"#);
    assert_eq!(href(&bond.storage_connections), Some("/c"));
    let policy: SchedulingPolicy = read(r#"<scheduling_policy><link rel="weights" href="/w"/></scheduling_policy>"#);
    assert_eq!(href(&policy.weight), Some("/w"));
}

/// Other engine releases use the attribute name as `rel`. The SDK writes the `rel` of its own API version.
#[test]
fn rels_that_equal_the_attribute_name() {
    let host: Host = read(r#"<host><link rel="agents" href="/a"/></host>"#);
    assert_eq!(href(&host.agents), Some("/a"));
    assert_eq!(COMPACT.to_string(&host).expect("a host"), r#"<host><link href="/a" rel="fenceagents"/></host>"#);
    for rel in ["NICS", "Nics", "disk_attachments", " nics"] {
        let vm: Vm = xml::from_str(&format!(r#"<vm><link rel="{rel}" href="/x"/></vm>"#)).expect(rel);
        assert_eq!((vm.nics.is_some(), vm.disk_attachments.is_some()), (false, false), "{rel}");
        assert_eq!(vm.unknown().link(rel), Some("/x"));
    }
}

#[test]
fn links_without_a_field() {
    let vm: Vm = read(
        r#"<vm><link rel="backups" href="/b"/><link rel="creation_status" href="/c"/><link rel="parent" href="/p"/>
           <link rel="replay" href="/r"/></vm>"#,
    );
    let links: Vec<_> = vm.unknown().links().iter().map(|link| (link.rel.as_str(), link.href.as_str())).collect();
    assert_eq!(links, [("backups", "/b"), ("creation_status", "/c"), ("parent", "/p"), ("replay", "/r")]);
    assert_eq!(COMPACT.to_string(&vm).expect("a vm"), "<vm/>");
    let written = COMPACT.unknown(true).to_string(&vm).expect("a vm");
    assert!(written.starts_with(r#"<vm><link href="/b" rel="backups"/>"#), "{written}");
    assert_eq!(xml::from_str::<Vm>(&written).expect("written"), vm);

    let api: Api = read(
        r#"<api><link rel="vms" href="/vms"/><link rel="vms/search" href="/vms?search={query}"/>
           <link rel="events/search" href="/events;from={event_id}?search={query}"/></api>"#,
    );
    assert_eq!(api.unknown().link("events/search"), Some("/events;from={event_id}?search={query}"));

    let error = STRICT.from_str::<Vm>(r#"<vm><link rel="wings" href="/w"/></vm>"#).expect_err("no vm has wings");
    assert_eq!(error.findings()[0].to_string(), "`vm` (byte 4): unknown link `wings`");
}

#[test]
fn links_without_a_rel_or_href() {
    for link in [r#"<link rel="nics"/>"#, r#"<link href="/x"/>"#, r#"<link rel="nics" href=""/>"#, "<link/>"] {
        let vm: Vm = xml::from_str(&format!("<vm>{link}</vm>")).expect(link);
        assert_eq!(vm.nics, None);
        assert_eq!(vm.unknown().elements().collect::<Vec<_>>(), [link]);
        assert!(STRICT.from_str::<Vm>(&format!("<vm>{link}</vm>")).is_err());
    }
}

#[test]
fn a_list_and_its_link() {
    let link = r#"<link href="/n" rel="nics"/>"#;
    let nics = r#"<nics><nic id="1"/><nic id="2"/></nics>"#;
    let both: Vm = same(&format!("<vm>{link}{nics}</vm>"));
    assert_eq!(both, read(&format!("<vm>{nics}{link}</vm>")));
    assert_eq!(both, read(r#"<vm><nics href="/n"><nic id="1"/><nic id="2"/></nics></vm>"#));
    assert_eq!(href(&both.nics), Some("/n"));
    assert_eq!(both.nics.as_ref().map(|nics| nics.len()), Some(2));

    let absent: Vm = same("<vm/>");
    assert!(absent.nics.is_none());
    let empty: Vm = same("<vm><nics/></vm>");
    assert_eq!(empty, read("<vm><nics></nics></vm>"));
    assert_eq!((empty.nics.as_ref().map(|nics| nics.len()), href(&empty.nics)), (Some(0), None));
    let linked: Vm = same(&format!("<vm>{link}</vm>"));
    assert_eq!((linked.nics.as_ref().map(|nics| nics.len()), href(&linked.nics)), (Some(0), Some("/n")));
    assert_eq!(linked, read(r#"<vm><nics href="/n"/></vm>"#));
    assert!(absent != empty && empty != linked && linked != both);
    // The later `href` wins, so the one on the list replaces the one of the link.
    let twice: Vm = read(r#"<vm><link href="/n" rel="nics"/><nics href="/m"/></vm>"#);
    assert_eq!(href(&twice.nics), Some("/m"));
}

/// Lists without a link in the engine's XML. Their items are part of the object.
#[test]
fn lists_without_a_link() {
    let disk: Disk = same(r#"<disk><storage_domains><storage_domain id="1"/></storage_domains></disk>"#);
    assert_eq!(disk.storage_domains.expect("inline")[0].id.as_deref(), Some("1"));
    let policy: VmPlacementPolicy =
        same(r#"<vm_placement_policy><affinity>pinned</affinity><hosts><host id="1"/></hosts></vm_placement_policy>"#);
    assert_eq!(policy.hosts.expect("inline").len(), 1);
}

#[test]
fn actions_and_sizes() {
    let actions = r#"<actions><link href="/start" rel="start"/></actions>"#;
    let vm: Vm = read(&format!("<vm>{actions}<name>a</name></vm>"));
    assert_eq!(vm.unknown().element("actions"), Some(actions));
    assert_eq!(COMPACT.to_string(&vm).expect("a vm"), "<vm><name>a</name></vm>");
    assert_eq!(COMPACT.unknown(true).to_string(&vm).expect("a vm"), format!("<vm>{actions}<name>a</name></vm>"));
    let vm: Vm = read("<vm><actions/><creation_status>pending</creation_status></vm>");
    assert_eq!(vm.unknown().elements().count(), 2);

    // Action links directly below the object are stored by name, and written again from the name.
    let below = r#"<vm href="/vms/1" id="1"><actions><link href="/vms/1/start" rel="start"/><link href="/vms/1/stop" rel="stop"/></actions></vm>"#;
    let vm: Vm = read(below);
    assert_eq!(vm.unknown().actions().collect::<Vec<_>>(), ["start", "stop"]);
    assert_eq!(vm.unknown().elements().count(), 0);
    assert_eq!(COMPACT.unknown(true).to_string(&vm).expect("a vm"), below);
    // Other links are stored unchanged.
    for odd in [
        r#"<actions><link href="/vms/2/start" rel="start"/></actions>"#,
        r#"<actions><link href="/vms/1/start" rel="start" x="y"/></actions>"#,
        r#"<actions><link href="/vms/1/start" rel="stop"/></actions>"#,
        r#"<actions><link href="/vms/1/start" rel="start"><x/></link></actions>"#,
        r#"<actions><other/></actions>"#,
        r#"<actions x="y"/>"#,
    ] {
        let vm: Vm = read(&format!(r#"<vm href="/vms/1">{odd}</vm>"#));
        assert_eq!(vm.unknown().element("actions"), Some(odd));
        assert_eq!(vm.unknown().actions().count(), 0);
    }
    let empty: Vm = read(r#"<vm href="/vms/1"><actions/></vm>"#);
    assert_eq!(COMPACT.unknown(true).to_string(&empty).expect("a vm"), r#"<vm href="/vms/1"><actions/></vm>"#);

    let bricks: List<GlusterBrick> =
        read(r#"<bricks><actions><link rel="x" href="/x"/></actions><brick id="1"/></bricks>"#);
    assert_eq!(bricks.len(), 1);
    assert!(bricks.unknown().element("actions").is_some());
    let text = "<vms><size>2</size><total>9</total><active>1</active><vm id='1'/><vm id='2'/></vms>";
    let vms: List<Vm> = read(text);
    assert_eq!(vms.iter().filter_map(|vm| vm.id.as_deref()).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(vms.unknown().element("size"), Some("<size>2</size>"));
    let items: Result<Vec<Vm>, _> = STRICT.items(text.as_bytes()).collect();
    assert_eq!(vms, items.expect("nothing unknown"));
}

#[test]
fn elements_with_another_tag_are_not_items() {
    let text = "<vms><vm/><machine/><VM/><vm/></vms>";
    let vms: List<Vm> = xml::from_str(text).expect("kept");
    assert_eq!(vms.len(), 2);
    assert_eq!(vms.unknown().elements().collect::<Vec<_>>(), ["<machine/>", "<VM/>"]);
    let error = STRICT.from_str::<List<Vm>>(text).expect_err("unknown");
    assert_eq!(error.findings().len(), 2);
    let error = STRICT.items::<Vm, _>(text.as_bytes()).last().expect("an error").expect_err("unknown");
    assert_eq!(error.findings().len(), 2);
    let boot: Boot =
        xml::from_str("<boot><devices><device>hd</device><gadget>cd</gadget></devices></boot>").expect("skipped");
    assert_eq!(boot.devices, Some(vec![BootDevice::Hd]));
}

#[test]
fn tags_that_differ_from_the_type_name() {
    for (name, tag, plural) in [
        ("operating_system", "os", "oss"),
        ("operating_system_info", "operating_system", "operation_systems"),
        ("migration_options", "migration", "migration_optionss"),
        ("transparent_huge_pages", "transparent_hugepages", "transparent_huge_pagess"),
        ("numa_node", "host_numa_node", "host_numa_nodes"),
        ("virtual_numa_node", "vm_numa_node", "vm_numa_nodes"),
        ("gluster_brick", "brick", "bricks"),
        ("gluster_brick_memory_info", "brick_memoryinfo", "gluster_brick_memory_infos"),
        ("gluster_memory_pool", "memory_pool", "memory_pools"),
        ("gluster_server_hook", "server_hook", "server_hooks"),
        ("open_stack_image", "openstack_image", "openstack_images"),
        ("open_stack_volume_type", "open_stack_volume_type", "open_stack_volume_types"),
        ("key", "key", "keys"),
        ("katello_erratum", "katello_erratum", "katello_errata"),
        ("bios", "bios", "bioss"),
        ("grace_period", "grace_period", "grace_periods"),
    ] {
        let Some(info) = registry::structs().iter().find(|info| info.name == name) else { continue };
        assert_eq!((info.tag, info.plural_tag), (tag, plural));
        assert!(matches!(registry::by_tag(tag), Some(Tagged::One(found)) if found.name == name), "{tag}");
        assert!(matches!(registry::by_tag(plural), Some(Tagged::Many(found)) if found.name == name), "{plural}");
    }
    assert!(registry::by_tag("operating_systems").is_none());
    let infos: List<OperatingSystemInfo> = same(
        r#"<operation_systems><operating_system id="1"><large_icon id="i"/></operating_system></operation_systems>"#,
    );
    assert_eq!(infos.len(), 1);
}

#[test]
fn tags_that_differ_from_the_attribute_name() {
    let host: Host = same(concat!(
        r#"<host><os><type>RHEL</type></os><transparent_hugepages><enabled>true</enabled></transparent_hugepages>"#,
        r#"<host_numa_nodes><host_numa_node id="1"><node_distance>10</node_distance></host_numa_node></host_numa_nodes></host>"#
    ));
    assert_eq!(host.transparent_huge_pages.expect("there").enabled, Some(true));
    assert_eq!(host.numa_nodes.expect("there")[0].node_distance.as_deref(), Some("10"));
    let cluster: Cluster = same("<cluster><migration><auto_converge>inherit</auto_converge></migration></cluster>");
    assert!(cluster.migration.is_some());
    let vm: Vm =
        same(r#"<vm><os><type>other</type></os><host_numa_nodes><host_numa_node id="1"/></host_numa_nodes></vm>"#);
    assert_eq!(vm.numa_nodes.map(|nodes| nodes.len()), Some(1));
    let details: GlusterBrickAdvancedDetails = same(
        "<gluster_brick_advanced_details><memory_pools><memory_pool><name>a</name></memory_pool></memory_pools></gluster_brick_advanced_details>",
    );
    assert_eq!(details.memory_pools.map(|pools| pools.len()), Some(1));
    let info: GlusterBrickMemoryInfo =
        same("<brick_memoryinfo><memory_pools><memory_pool/></memory_pools></brick_memoryinfo>");
    assert_eq!(info.memory_pools.map(|pools| pools.len()), Some(1));
    let api: Api = read(
        r#"<api><special_objects><blank_template href="/t/0" id="0"/><root_tag href="/t/1" id="1"/></special_objects></api>"#,
    );
    let special = api.special_objects.expect("there");
    assert_eq!(special.blank_template.expect("there").href.as_deref(), Some("/t/0"));
    assert_eq!(special.root_tag.expect("there").id.as_deref(), Some("1"));
}

#[test]
fn lists_of_values() {
    let boot: Boot =
        same("<boot><devices><device>hd</device><device>network</device><device>x</device></devices></boot>");
    assert_eq!(
        boot.devices.expect("there"),
        [BootDevice::Hd, BootDevice::Network, BootDevice::Unknown("x".to_owned())]
    );
    let dns: DnsResolverConfiguration = same(
        "<dns_resolver_configuration><name_servers><name_server>1.1.1.1</name_server><name_server></name_server></name_servers></dns_resolver_configuration>",
    );
    assert_eq!(dns.name_servers.expect("there"), ["1.1.1.1", ""]);
    let subnet: OpenStackSubnet =
        same("<openstack_subnet><dns_servers><dns_server>8.8.8.8</dns_server></dns_servers></openstack_subnet>");
    assert_eq!(subnet.dns_servers.expect("there"), ["8.8.8.8"]);
    let cluster: Cluster = same(
        "<cluster><required_rng_sources><required_rng_source>urandom</required_rng_source></required_rng_sources></cluster>",
    );
    assert_eq!(cluster.required_rng_sources.expect("there"), [RngSource::Urandom]);
    let network: Network = same("<network><usages/></network>");
    assert_eq!(network.usages, Some(vec![]));
    // An empty item is a value that no version of the API knows.
    let network: Network =
        xml::from_str("<network><usages><usage/><usage>vm</usage></usages></network>").expect("readable");
    assert_eq!(network.usages, Some(vec![NetworkUsage::Unknown(String::new()), NetworkUsage::Vm]));
}

#[test]
fn item_tags_that_differ_from_the_singular_of_the_list() {
    let device: VmMediatedDevice = same(
        "<vm_mediated_device><spec_params><property><name>a</name><value>b</value></property></spec_params></vm_mediated_device>",
    );
    assert_eq!(device.spec_params.expect("there")[0].value.as_deref(), Some("b"));
    let bonding: Bonding = same(r#"<bonding><slaves><host_nic id="1"/><host_nic id="2"/></slaves></bonding>"#);
    assert_eq!(bonding.slaves.expect("there").len(), 2);
    let option: SystemOption = same(
        "<system_option><values><system_option_value><value>a</value><version>4.7</version></system_option_value></values></system_option>",
    );
    assert_eq!(option.values.expect("there")[0].version.as_deref(), Some("4.7"));
    let statistic: Statistic =
        same("<statistic><values><value><datum>0.5</datum></value><value/></values></statistic>");
    assert_eq!(statistic.values.expect("there").len(), 2);
    let dns: Dns = same("<dns><search_domains><host><address>a</address></host></search_domains></dns>");
    assert_eq!(dns.search_domains.expect("there").len(), 1);
    let host: Host = read(r#"<host><nics><host_nic id="1"/></nics><devices><host_device/></devices></host>"#);
    assert_eq!(host.nics.expect("there")[0].id.as_deref(), Some("1"));
    let policy: SchedulingPolicy = same(r#"<scheduling_policy><weight><weight id="1"/></weight></scheduling_policy>"#);
    assert_eq!(policy.weight.expect("there").len(), 1);
}

#[test]
fn attributes_of_other_kinds() {
    let network: Network = same(r#"<network><vlan id="12"/></network>"#);
    assert_eq!(network.vlan.expect("there").id, Some(12));
    let sso: Sso = same(r#"<sso><methods><method id="guest_agent"/><method id="x"/></methods></sso>"#);
    let ids: Vec<_> = sso.methods.expect("there").into_iter().filter_map(|method| method.id).collect();
    assert_eq!(ids, [SsoMethod::GuestAgent, SsoMethod::Unknown("x".to_owned())]);
    let unit: LogicalUnit = same(r#"<logical_unit id="36001"><size>5</size></logical_unit>"#);
    assert_eq!(unit.id.as_deref(), Some("36001"));
    let error = STRICT.from_str::<Method>("<method id='x'/>").expect_err("unknown");
    assert_eq!(error.findings()[0].to_string(), "`method` (byte 0): unknown sso_method `x`");
    // An element with the same name is not read as the attribute.
    let vm: Vm = xml::from_str("<vm><id>7</id></vm>").expect("kept");
    assert_eq!((vm.id.as_deref(), vm.unknown().element("id")), (None, Some("<id>7</id>")));
}

#[test]
fn faults() {
    let fault: Fault = same("<fault><detail>[Cannot run VM.]</detail><reason>Operation Failed</reason></fault>");
    assert_eq!(fault.try_reason().expect("there"), "Operation Failed");
    let period: GracePeriod = same("<grace_period><expiry>30</expiry></grace_period>");
    assert_eq!(period.expiry, Some(30));
}
