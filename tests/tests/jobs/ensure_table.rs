//! Desired states of objects of every collection that has `ensure`, with the fake engine.

use std::collections::BTreeSet;
use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::ensure::{Ensure, Outcome};
use ovirt_sdk::http::Method;
use ovirt_sdk::object::{Slot, Struct, member};
use ovirt_sdk::xml::{DecodeOptions, Document};
use ovirt_sdk::{Connection, Error};

/// What a run did.
#[derive(Debug)]
pub(crate) struct Report {
    outcome: &'static str,
    text: String,
}

async fn report<T: Struct + Send>(ensure: Ensure<T>) -> Result<Report, Error> {
    let ensured = ensure.send().await?;
    let outcome = match &ensured.outcome {
        Outcome::Created(_) => "created",
        Outcome::Changed { .. } => "changed",
        Outcome::Unchanged(_) => "unchanged",
    };
    Ok(Report { outcome, text: ensured.to_string() })
}

#[rustfmt::skip]
mod calls {
    use ovirt_sdk::{Connection, Error, services, types, xml};

    use super::{Report, report};

    include!(concat!(env!("OUT_DIR"), "/ensures.rs"));
}

/// For each collection: its path, a state, and the same state with another value. `{vms web1}` stands for the identifier
/// of the object with this name.
const CASES: &[(&str, &str, &str, &str)] = &[
    (
        "affinity_groups",
        "clusters/{clusters Default}/affinitygroups",
        "<affinity_group><name>g</name><vms_rule><enabled>true</enabled><enforcing>false</enforcing><positive>true</positive></vms_rule></affinity_group>",
        "<affinity_group><name>g</name><vms_rule><enforcing>true</enforcing></vms_rule></affinity_group>",
    ),
    (
        "affinity_labels",
        "affinitylabels",
        "<affinity_label><name>l</name><read_only>false</read_only></affinity_label>",
        "<affinity_label><name>l</name><has_implicit_affinity_group>true</has_implicit_affinity_group></affinity_label>",
    ),
    (
        "attached_storage_domain_disks",
        "datacenters/{datacenters Default}/storagedomains/{storagedomains data}/disks",
        "<disk><name>known</name></disk>",
        "<disk><name>known</name><description>found in a data center</description></disk>",
    ),
    (
        "bookmarks",
        "bookmarks",
        "<bookmark><name>b</name><value>vms: name=x</value></bookmark>",
        "<bookmark><name>b</name><value>vms: name=y</value></bookmark>",
    ),
    (
        "cluster_networks",
        "clusters/{clusters Default}/networks",
        "<network><name>net</name><required>false</required></network>",
        "<network><name>net</name><required>true</required></network>",
    ),
    (
        "clusters",
        "clusters",
        "<cluster><name>c</name><data_center><name>Default</name></data_center><cpu><type>Intel Nehalem Family</type></cpu><required_rng_sources><required_rng_source>hwrng</required_rng_source></required_rng_sources></cluster>",
        "<cluster><name>c</name><description>new</description><ballooning_enabled>true</ballooning_enabled></cluster>",
    ),
    (
        "cpu_profiles",
        "cpuprofiles",
        "<cpu_profile><name>p</name><cluster id=\"{clusters Default}\"/></cpu_profile>",
        "<cpu_profile><name>p</name><description>new</description></cpu_profile>",
    ),
    (
        "data_center_networks",
        "datacenters/{datacenters Default}/networks",
        "<network><name>dcnet</name><mtu>1500</mtu><vlan id=\"7\"/></network>",
        "<network><name>dcnet</name><mtu>9000</mtu><vlan id=\"8\"/></network>",
    ),
    (
        "data_centers",
        "datacenters",
        "<data_center><name>dc</name><local>false</local></data_center>",
        "<data_center><name>dc</name><description>new</description><quota_mode>audit</quota_mode></data_center>",
    ),
    (
        "disk_attachments",
        "vms/{vms web}/diskattachments",
        "<disk_attachment><disk id=\"{disks known}\"/><interface>virtio_scsi</interface><bootable>false</bootable><active>false</active></disk_attachment>",
        "<disk_attachment><disk id=\"{disks known}\"/><bootable>true</bootable></disk_attachment>",
    ),
    (
        "disk_profiles",
        "diskprofiles",
        "<disk_profile><name>p</name><storage_domain id=\"{storagedomains data}\"/></disk_profile>",
        "<disk_profile><name>p</name><description>new</description></disk_profile>",
    ),
    (
        "disks",
        "disks",
        "<disk><name>d</name><format>cow</format><provisioned_size>1073741824</provisioned_size><storage_domains><storage_domain><name>data</name></storage_domain></storage_domains></disk>",
        "<disk><name>d</name><description>new</description><provisioned_size>2147483648</provisioned_size></disk>",
    ),
    (
        "external_host_providers",
        "externalhostproviders",
        "<external_host_provider><name>p</name><url>https://p.example</url><username>u</username><password>secret</password></external_host_provider>",
        "<external_host_provider><name>p</name><description>new</description></external_host_provider>",
    ),
    (
        "hosts",
        "hosts",
        "<host><name>h9</name><address>h9.example</address><cluster><name>Default</name></cluster><root_password>secret</root_password></host>",
        "<host><name>h9</name><comment>new</comment></host>",
    ),
    (
        "instance_type_nics",
        "instancetypes/{instancetypes Small}/nics",
        "<nic><name>n</name></nic>",
        "<nic><name>n</name><interface>e1000</interface></nic>",
    ),
    (
        "instance_types",
        "instancetypes",
        "<instance_type><name>t</name><memory>1073741825</memory></instance_type>",
        "<instance_type><name>t</name><description>new</description></instance_type>",
    ),
    (
        "iscsi_bonds",
        "datacenters/{datacenters Default}/iscsibonds",
        "<iscsi_bond><name>b</name></iscsi_bond>",
        "<iscsi_bond><name>b</name><description>new</description></iscsi_bond>",
    ),
    (
        "mac_pools",
        "macpools",
        "<mac_pool><name>m</name><ranges><range><from>02:00:00:00:00:00</from><to>02:00:00:00:00:ff</to></range></ranges></mac_pool>",
        "<mac_pool><name>m</name><ranges><range><from>02:00:00:00:01:00</from><to>02:00:00:00:01:ff</to></range><range><from>02:00:00:00:00:00</from><to>02:00:00:00:00:ff</to></range></ranges></mac_pool>",
    ),
    (
        "network_attachments",
        "hosts/{hosts host1}/networkattachments",
        "<network_attachment><network id=\"{networks net}\"/><host_nic><name>eth1</name></host_nic></network_attachment>",
        "<network_attachment><network id=\"{networks net}\"/><ip_address_assignments><ip_address_assignment><assignment_method>dhcp</assignment_method></ip_address_assignment></ip_address_assignments></network_attachment>",
    ),
    (
        "networks",
        "networks",
        "<network><name>net2</name><data_center><name>Default</name></data_center><usages><usage>vm</usage></usages></network>",
        "<network><name>net2</name><description>new</description></network>",
    ),
    (
        "openstack_image_providers",
        "openstackimageproviders",
        "<openstack_image_provider><name>p</name><url>https://p.example</url><requires_authentication>false</requires_authentication></openstack_image_provider>",
        "<openstack_image_provider><name>p</name><description>new</description></openstack_image_provider>",
    ),
    (
        "openstack_network_providers",
        "openstacknetworkproviders",
        "<openstack_network_provider><name>p</name><url>https://p.example</url><type>external</type><requires_authentication>false</requires_authentication></openstack_network_provider>",
        "<openstack_network_provider><name>p</name><description>new</description></openstack_network_provider>",
    ),
    (
        "qoss",
        "datacenters/{datacenters Default}/qoss",
        "<qos><name>q</name><type>storage</type><max_iops>100</max_iops></qos>",
        "<qos><name>q</name><max_iops>200</max_iops></qos>",
    ),
    (
        "quotas",
        "datacenters/{datacenters Default}/quotas",
        "<quota><name>q</name><cluster_hard_limit_pct>10</cluster_hard_limit_pct></quota>",
        "<quota><name>q</name><description>new</description></quota>",
    ),
    (
        "roles",
        "roles",
        "<role><name>r</name><administrative>false</administrative><permits><permit id=\"1\"/></permits></role>",
        "<role><name>r</name><description>new</description></role>",
    ),
    (
        "scheduling_policies",
        "schedulingpolicies",
        "<scheduling_policy><name>s</name></scheduling_policy>",
        "<scheduling_policy><name>s</name><description>new</description></scheduling_policy>",
    ),
    (
        "storage_domain_disks",
        "storagedomains/{storagedomains data}/disks",
        "<disk><name>known</name></disk>",
        "<disk><name>known</name><description>found in a storage domain</description></disk>",
    ),
    (
        "storage_domains",
        "storagedomains",
        "<storage_domain><name>data</name><type>data</type></storage_domain>",
        "<storage_domain><name>data</name><description>new</description><warning_low_space_indicator>20</warning_low_space_indicator></storage_domain>",
    ),
    (
        "storage_server_connection_extensions",
        "hosts/{hosts host1}/storageconnectionextensions",
        "<storage_connection_extension><target>iqn.a</target><username>u</username><password>secret</password></storage_connection_extension>",
        "<storage_connection_extension><target>iqn.a</target><username>v</username></storage_connection_extension>",
    ),
    ("tags", "tags", "<tag><name>t</name></tag>", "<tag><name>t</name><description>new</description></tag>"),
    (
        "template_nics",
        "templates/{templates Blank}/nics",
        "<nic><name>n</name></nic>",
        "<nic><name>n</name><interface>e1000</interface></nic>",
    ),
    (
        "templates",
        "templates",
        "<template><name>golden</name><vm><name>web</name></vm></template>",
        "<template><name>golden</name><description>new</description><memory>2147483648</memory></template>",
    ),
    (
        "users",
        "users",
        "<user><user_name>admin@internal-authz</user_name></user>",
        "<user><user_name>admin@internal-authz</user_name><user_options><property><name>a</name><value>1</value></property></user_options></user>",
    ),
    (
        "vm_nics",
        "vms/{vms web}/nics",
        "<nic><name>nic7</name><vnic_profile id=\"{vnicprofiles ovirtmgmt}\"/></nic>",
        "<nic><name>nic7</name><linked>false</linked></nic>",
    ),
    (
        "vm_pools",
        "vmpools",
        "<vm_pool><name>p</name><cluster><name>Default</name></cluster><template id=\"{templates golden}\"/><size>1</size></vm_pool>",
        "<vm_pool><name>p</name><description>new</description></vm_pool>",
    ),
    (
        "vms",
        "vms",
        "<vm><name>web2</name><cluster><name>Default</name></cluster><template><name>Blank</name></template><memory>1073741825</memory><cpu><topology><cores>2</cores></topology></cpu><os><boot><devices><device>hd</device><device>network</device></devices></boot></os></vm>",
        "<vm><name>web2</name><description>new</description><memory>536870912</memory><memory_policy><guaranteed>536870912</guaranteed></memory_policy><os><boot><devices><device>network</device><device>hd</device></devices></boot></os></vm>",
    ),
    (
        "vnic_profiles",
        "vnicprofiles",
        "<vnic_profile><name>v</name><network id=\"{networks ovirtmgmt}\"/><port_mirroring>false</port_mirroring></vnic_profile>",
        "<vnic_profile><name>v</name><port_mirroring>true</port_mirroring></vnic_profile>",
    ),
];

/// Collections without a case, and the reason.
const WITHOUT_CASE: [(&str, &str); 3] = [
    ("openstack_volume_authentication_keys", "engines no longer serve them"),
    ("openstack_volume_providers", "engines no longer serve them"),
    ("vm_disks", "no service leads to it; disk attachments replace it"),
];

/// What some objects depend on.
const BEFORE: [(&str, &str); 3] = [
    ("networks", "<network><name>net</name><data_center><name>Default</name></data_center></network>"),
    ("vms", "<vm><name>web</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>"),
    (
        "disks",
        "<disk><name>known</name><format>cow</format><provisioned_size>1073741824</provisioned_size><storage_domains><storage_domain><name>data</name></storage_domain></storage_domains></disk>",
    ),
];

/// Longer than the engine works on any of the requests.
const JOBS: Duration = Duration::from_secs(120);

/// Replaces what stands for identifiers.
async fn with_ids(connection: &Connection, text: &str) -> String {
    let mut text = text.to_owned();
    while let Some((before, (inner, after))) =
        text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        let (collection, name) = inner.split_once(' ').unwrap();
        let list = connection.raw(Method::Get, collection).send().await.unwrap();
        let list = Document::read(list.bytes(), &DecodeOptions::new()).unwrap();
        let value = |object, field| member(object, field).and_then(Slot::text);
        let mut objects = list.objects();
        let found = objects.find(|object| value(*object, "name").as_deref() == Some(name));
        let id = found.and_then(|object| value(object, "id")).unwrap_or_else(|| panic!("no {name} in {collection}"));
        text = format!("{before}{id}{after}");
    }
    text
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let engine = FakeEngine::builder().manual_clock().start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    for (path, body) in BEFORE {
        connection.raw(Method::Post, path).body(body).send().await.unwrap();
        engine.advance(JOBS);
    }
    let known: BTreeSet<&str> =
        CASES.iter().map(|(service, ..)| *service).chain(WITHOUT_CASE.map(|(service, _)| service)).collect();
    assert_eq!(known, calls::COLLECTIONS.iter().copied().collect::<BTreeSet<_>>(), "a case for each collection");
    let mut problems = Vec::new();
    for (service, path, first, second) in CASES {
        let path = with_ids(&connection, path).await;
        for (body, possible) in [(first, ["created", "changed", "unchanged"].as_slice()), (second, &["changed"])] {
            let body = with_ids(&connection, body).await;
            let run = |dry_run| calls::ensure(&connection, service, &path, &body, dry_run);
            engine.clear_requests();
            let planned = run(true).await;
            if writes(&engine) > 0 {
                problems.push(format!("{service}: a dry run changes something"));
            }
            let done = run(false).await;
            engine.advance(JOBS);
            engine.clear_requests();
            let again = run(false).await;
            match (planned, done, again) {
                (Ok(planned), Ok(done), Ok(again)) => {
                    let fits = planned.outcome == done.outcome && possible.contains(&done.outcome);
                    if !fits || again.outcome != "unchanged" || writes(&engine) > 0 {
                        problems.push(format!("{service}: {}\nthen {}\nthen {}", planned.text, done.text, again.text));
                    }
                }
                (planned, done, again) => {
                    problems.push(format!("{service}: {planned:?}\nthen {done:?}\nthen {again:?}"))
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// The number of requests that change something.
fn writes(engine: &FakeEngine) -> usize {
    let requests = engine.requests();
    requests.iter().filter(|request| request.path().contains("/api/") && request.method() != "GET").count()
}
