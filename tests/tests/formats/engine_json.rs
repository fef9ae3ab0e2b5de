//! The engine's own JSON: documents as an engine writes them, and mistakes in them.

use ovirt_sdk::formats::engine_json::EngineJson;
use ovirt_sdk::object::{self, Struct as _};
use ovirt_sdk::registry;
use ovirt_sdk::types::{
    AffinityGroup, Event, Fault, Host, List, QuotaClusterLimit, Snapshot, Statistic, Tag, Vm, VmStatus,
};
use ovirt_sdk::xml;
use serde::{Deserialize, Serialize};

fn read<T: ovirt_sdk::formats::Readable>(json: &str) -> T {
    serde_json::from_str::<EngineJson<T>>(json).unwrap().0
}

fn written<T: ovirt_sdk::formats::engine_json::ToEngineJson>(value: T) -> String {
    serde_json::to_string(&EngineJson(value)).unwrap()
}

const VM: &str = r#"{
  "bios" : { "boot_menu" : { "enabled" : "false" }, "type" : "q35_ovmf" },
  "cpu" : { "architecture" : "x86_64", "topology" : { "cores" : "2", "sockets" : "1", "threads" : "1" } },
  "creation_time" : 1795887572123,
  "delete_protected" : "false",
  "memory" : "1073741824",
  "migration_downtime" : "-1",
  "os" : { "boot" : { "devices" : { "device" : [ "hd", "network" ] } }, "type" : "other" },
  "sso" : { "methods" : { "method" : [ { "id" : "guest_agent" } ] } },
  "cluster" : { "href" : "/ovirt-engine/api/clusters/c1", "id" : "c1" },
  "status" : "down",
  "nics" : { },
  "host_numa_nodes" : { "host_numa_node" : [ ] },
  "statistics" : { "statistic" : [ { "name" : "cpu.current.total",
    "values" : { "value" : [ { "datum" : 0.10 }, { "datum" : 4194304000 } ] } } ] },
  "actions" : { "link" : [
    { "href" : "/ovirt-engine/api/vms/7/start", "rel" : "start" },
    { "href" : "/ovirt-engine/api/vms/7/stop", "rel" : "stop" } ] },
  "name" : "web1",
  "description" : "a \"b\" <c>",
  "comment" : "",
  "link" : [
    { "href" : "/ovirt-engine/api/vms/7/diskattachments", "rel" : "diskattachments" },
    { "href" : "/ovirt-engine/api/vms/7/backups", "rel" : "backups" },
    { "href" : "/ovirt-engine/api/vms/7/statistics", "rel" : "statistics" } ],
  "href" : "/ovirt-engine/api/vms/7",
  "id" : "7"
}"#;

const VM_XML: &str = r#"<vm href="/ovirt-engine/api/vms/7" id="7">
  <actions>
    <link href="/ovirt-engine/api/vms/7/start" rel="start"/><link href="/ovirt-engine/api/vms/7/stop" rel="stop"/>
  </actions>
  <name>web1</name><description>a "b" &lt;c&gt;</description><comment></comment>
  <link href="/ovirt-engine/api/vms/7/diskattachments" rel="diskattachments"/>
  <link href="/ovirt-engine/api/vms/7/backups" rel="backups"/>
  <link href="/ovirt-engine/api/vms/7/statistics" rel="statistics"/>
  <bios><boot_menu><enabled>false</enabled></boot_menu><type>q35_ovmf</type></bios>
  <cpu><architecture>x86_64</architecture><topology><cores>2</cores><sockets>1</sockets><threads>1</threads></topology></cpu>
  <creation_time>2026-11-28T17:39:32.123Z</creation_time><delete_protected>false</delete_protected>
  <memory>1073741824</memory><migration_downtime>-1</migration_downtime>
  <os><boot><devices><device>hd</device><device>network</device></devices></boot><type>other</type></os>
  <sso><methods><method id="guest_agent"/></methods></sso>
  <cluster href="/ovirt-engine/api/clusters/c1" id="c1"/><status>down</status><nics/><host_numa_nodes/>
  <statistics><statistic><name>cpu.current.total</name><values>
    <value><datum>0.10</datum></value><value><datum>4194304000</datum></value></values></statistic></statistics>
</vm>"#;

#[test]
fn an_object_is_the_same_in_json_and_in_xml() {
    let from_xml: Vm = xml::from_str(VM_XML).unwrap();
    let vm: Vm = read(VM);
    assert_eq!(vm, from_xml);
    assert_eq!(vm.status, Some(VmStatus::Down));
    assert_eq!(vm.unknown().actions().collect::<Vec<_>>(), ["start", "stop"]);
    assert_eq!(vm.unknown().link("backups"), Some("/ovirt-engine/api/vms/7/backups"));
    // Without being told, and without the static type.
    assert_eq!(serde_json::from_str::<Vm>(VM).unwrap(), from_xml);
    assert_eq!(serde_json::from_value::<Vm>(serde_json::from_str(VM).unwrap()).unwrap(), from_xml);
    let mut deserializer = serde_json::Deserializer::from_str(VM);
    let any = serde::de::DeserializeSeed::deserialize(EngineJson(Vm::INFO), &mut deserializer).unwrap();
    assert!(object::equal(&*any, &from_xml));
}

#[test]
fn an_object_is_written_as_the_engine_does() {
    let vm: Vm = read(VM);
    let json: serde_json::Value = serde_json::from_str(&written(&vm)).unwrap();
    let mut expected: serde_json::Value = serde_json::from_str(VM).unwrap();
    // Unknown content is left out, an empty list has no array, and decimals have a fraction.
    expected.as_object_mut().unwrap().remove("actions");
    expected["link"].as_array_mut().unwrap().remove(1);
    expected["host_numa_nodes"] = serde_json::json!({});
    expected["statistics"]["statistic"][0]["values"]["value"][1]["datum"] = serde_json::json!(4_194_304_000.0);
    assert_eq!(json, expected);

    let keys = written(&vm);
    let position = |key: &str| keys.find(&format!("\"{key}\":")).unwrap();
    let order = ["memory", "status", "name", "description", "comment", "link"].map(position);
    assert!(order.is_sorted(), "{keys}");
    assert!(keys.ends_with(r#""href":"/ovirt-engine/api/vms/7","id":"7"}"#), "{keys}");
}

#[test]
fn lists_are_maps() {
    for json in [r#"{"event": [{"code": "30", "time": 1795886955670, "severity": "normal", "id": "2"}]}"#, "{}"] {
        let events: List<Event> = read(json);
        assert_eq!(serde_json::from_str::<List<Event>>(json).unwrap(), events);
        let same: serde_json::Value = serde_json::from_str(&written(&events)).unwrap();
        assert_eq!(same, serde_json::from_str::<serde_json::Value>(json).unwrap());
    }
    assert!(read::<List<Event>>(r#"{"event": [ ]}"#).is_empty());
    let group: AffinityGroup = read(r#"{"vms": {"vm": [{"id": "1"}]}, "hosts": {"host": []}, "broken": "false"}"#);
    assert_eq!(group.vms.as_ref().unwrap().len(), 1);
    assert_eq!(group.hosts.as_ref().map(|hosts| hosts.len()), Some(0));
    let sizes: List<Vm> = read(r#"{"size": "2", "vm": [{}, {}]}"#);
    assert_eq!(sizes.len(), 2);
}

#[test]
fn values_have_the_types_of_the_engine() {
    let host: Host = read(r#"{"memory": "274877906944", "cpu": {"speed": 2400.0}, "kdump_status": "unknown"}"#);
    assert_eq!(written(&host), r#"{"cpu":{"speed":2400.0},"kdump_status":"unknown","memory":"274877906944"}"#);
    let limit: QuotaClusterLimit = read(r#"{"memory_limit": -1.0, "vcpu_limit": "-1"}"#);
    assert_eq!((limit.memory_limit, limit.vcpu_limit), (Some(-1.0), Some(-1)));
    // Requests may have numbers and booleans, too.
    let vm: Vm = read(r#"{"memory": 1073741824, "stateless": true}"#);
    assert_eq!(written(&vm), r#"{"memory":"1073741824","stateless":"true"}"#);
    let statistic: Statistic = read(r#"{"values": {"value": [{"datum": 1}, {"datum": 1.0E10}]}}"#);
    assert_eq!(written(&statistic), r#"{"values":{"value":[{"datum":1.0},{"datum":10000000000.0}]}}"#);
    let date: Vm = xml::from_str("<vm><creation_time>2026-04-05T11:00:25.123456+02:00</creation_time></vm>").unwrap();
    assert_eq!(written(&date), r#"{"creation_time":1775379625123}"#);
    assert_eq!(serde_json::from_str::<Vm>(r#"{"creation_time":-1}"#).unwrap().creation_time.unwrap().unix_millis(), -1);
    let fault: Fault = read(r#"{"detail" : "[Cannot run VM.]", "reason" : "Operation Failed"}"#);
    assert_eq!(fault.detail.as_deref(), Some("[Cannot run VM.]"));
}

#[test]
fn links_and_actions_that_are_odd_are_kept() {
    let empty: Snapshot = read(r#"{"actions": {"link": []}, "link": [], "id": "1", "href": "/s/1"}"#);
    assert_eq!(empty, xml::from_str(r#"<snapshot id="1" href="/s/1"><actions/></snapshot>"#).unwrap());
    let elsewhere = r#"{"creation_status": "pending", "actions": {"link": [{"href": "/a?b&c", "rel": "x\"y"}]}}"#;
    let vm: Vm = read(elsewhere);
    let document = xml::EncodeOptions::new().unknown(true).to_string(&vm).unwrap();
    assert!(document.contains(r#"<actions><link href="/a?b&amp;c" rel="x&quot;y"/></actions>"#), "{document}");
    assert!(document.contains("<creation_status>pending</creation_status>"), "{document}");
    // A link without an address says nothing.
    assert_eq!(read::<Vm>(r#"{"link": [{"rel": "nics"}]}"#), Vm::new());
}

#[test]
fn unknown_members_are_ignored_in_documents_of_an_engine_only() {
    let newer = r#"{"name": "web1", "new": {"a": [1]}, "nics": {"new": 1, "nic": [{"new": null}]},
        "os": {"boot": {"devices": {"device": ["hd"], "new": 1}}}, "link": [{"rel": "tags", "href": "/x", "type": "t"}],
        "actions": {"link": [], "new": 1}}"#;
    let vm: Vm = read(newer);
    assert_eq!((vm.name.as_deref(), vm.nics.as_ref().map(|nics| nics.len())), (Some("web1"), Some(1)));
    for (json, expected) in [
        (r#"{"new": 1}"#, "unknown member `new` of `vm`"),
        (r#"{"actions": {"new": 1}}"#, "unknown key `new` of `vm.actions`"),
        (r#"{"link": [{"type": "t"}]}"#, "unknown key `type` of `vm.link[0]`"),
        (r#"{"link": {"rel": "nics"}}"#, "invalid type: map, expected `vm.link` to be a sequence of links"),
        (r#"{"actions": []}"#, "invalid type: sequence, expected `vm.actions` to be a map with a sequence of links"),
        (
            r#"{"nics": {"host": []}}"#,
            "unknown key `host` of the list `vm.nics`, which is a sequence, or a map with `nic`",
        ),
        (r#"{"nics": {"nic": [], "nic": []}}"#, "`vm.nics.nic` appears twice"),
        (r#"{"nics": {"nic": {}}}"#, "missing"),
        (r#"{"numa_nodes": [], "host_numa_nodes": {}}"#, "`vm.numa_nodes` appears twice"),
        (r#"{"os": {"boot": {"devices": {"disk": []}}}}"#, "unknown key `disk` of the list `vm.os.boot.devices`"),
        (r#"{"os": {"boot": {"devices": {"device": [], "device": []}}}}"#, "`vm.os.boot.devices.device` appears twice"),
    ] {
        let error = serde_json::from_str::<Vm>(json).map(|vm| format!("{vm:?}"));
        match error {
            Err(error) => assert!(error.to_string().starts_with(expected), "{json}: {error}"),
            Ok(vm) => assert_eq!(expected, "missing", "{json}: {vm}"),
        }
    }
    // Values are checked anyway.
    serde_json::from_str::<EngineJson<Vm>>(r#"{"memory": "much"}"#).unwrap_err();
    serde_json::from_str::<EngineJson<Vm>>(r#"{"name": 1}"#).unwrap_err();
}

#[test]
fn fields_of_own_structs_can_have_the_form() {
    #[derive(Serialize, Deserialize)]
    struct Message {
        #[serde(with = "ovirt_sdk::formats::engine_json")]
        vm: Vm,
        tags: EngineJson<List<Tag>>,
    }
    let json = r#"{"vm":{"memory":"1"},"tags":{"tag":[{"name":"a"}]}}"#;
    let message: Message = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&message).unwrap(), json);
}

/// A tag can be a name, but not of another member.
#[test]
fn keys_are_unambiguous() {
    for info in registry::structs() {
        for member in info.members {
            let named = info.members.iter().find(|other| other.name == member.tag);
            assert!(named.is_none_or(|other| other.tag == member.tag), "{}.{}", info.name, member.tag);
            assert!(!["link", "actions", "creation_status"].contains(&member.name), "{}.{}", info.name, member.name);
            let item = member.item_tag.unwrap_or_default();
            assert!(!["href", "items", "actions", "size", "total", "active"].contains(&item), "{}.{item}", info.name);
        }
    }
}
