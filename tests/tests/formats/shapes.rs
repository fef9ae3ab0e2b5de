//! The JSON representation of objects.

use std::collections::BTreeMap;

use ovirt_sdk::formats::Lenient;
use ovirt_sdk::object::{self, Struct};
use ovirt_sdk::types::{
    Boot, BootDevice, Cluster, Cpu, DateTime, Host, List, Network, Nic, OperatingSystem, Statistic, Tag, Value, Vm,
    VmStatus,
};
use ovirt_sdk::xml;
use serde::de::DeserializeSeed;
use serde_json::json;

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn fields_keep_their_names_order_and_types() {
    let vm: Vm = xml::from_str(
        r#"<vm href="/ovirt-engine/api/vms/7" id="7">
             <name>web1</name>
             <type>server</type>
             <stateless>false</stateless>
             <memory>1073741824</memory>
             <creation_time>2026-04-05T11:00:25.000+02:00</creation_time>
             <cpu><speed>2.5</speed><topology><cores>2</cores></topology></cpu>
             <os><boot><devices><device>hd</device><device>network</device></devices></boot></os>
             <status>a_new_one</status>
           </vm>"#,
    )
    .unwrap();
    let written = concat!(
        r#"{"href":"/ovirt-engine/api/vms/7","id":"7","name":"web1","#,
        r#""cpu":{"speed":2.5,"topology":{"cores":2}},"creation_time":"2026-04-05T11:00:25.000+02:00","#,
        r#""memory":1073741824,"os":{"boot":{"devices":["hd","network"]}},"stateless":false,"type":"server","#,
        r#""status":"a_new_one"}"#,
    );
    assert_eq!(text(&vm), written);
    // A text that the model does not know is an error, unless that is allowed.
    assert!(serde_json::from_str::<Vm>(written).is_err());
    assert_eq!(serde_json::from_str::<Lenient<Vm>>(written).unwrap(), Lenient(vm.clone()));
    let list = format!("[{written}]");
    assert!(serde_json::from_str::<List<Vm>>(&list).is_err());
    assert_eq!(serde_json::from_str::<Lenient<List<Vm>>>(&list).unwrap().0, List::from([vm.clone()]));
    let dynamic = || serde_json::Deserializer::from_str(written);
    assert!(Vm::INFO.deserialize(&mut dynamic()).is_err());
    assert!(object::equal(&*Lenient(Vm::INFO).deserialize(&mut dynamic()).unwrap(), &vm));
    assert_eq!(vm.status, Some(VmStatus::Unknown("a_new_one".into())));
}

#[test]
fn absent_empty_and_set_fields_are_distinguished() {
    for written in [
        r#"{}"#,
        r#"{"name":""}"#,
        r#"{"name":"x"}"#,
        r#"{"nics":[]}"#,
        r#"{"nics":[{}]}"#,
        r#"{"cpu":{}}"#,
        r#"{"os":{"boot":{"devices":[]}}}"#,
    ] {
        let vm: Vm = serde_json::from_str(written).unwrap();
        assert_eq!(text(&vm), written);
    }
    assert_ne!(serde_json::from_str::<Vm>(r#"{"nics":[]}"#).unwrap(), Vm::new());
    let nothing: Vm = serde_json::from_str(r#"{"name": null, "memory": null, "cpu": null, "nics": null}"#).unwrap();
    assert_eq!(nothing, Vm::new());
}

#[test]
fn lists_keep_their_href() {
    let mut vm = Vm::new();
    let mut nics = List::from([Nic::with_name("nic1")]);
    nics.set_href(Some("/api/vms/7/nics"));
    let mut tags: List<Tag> = List::new();
    tags.set_href(Some("/api/vms/7/tags"));
    (vm.nics, vm.tags) = (Some(nics.clone()), Some(tags.clone()));
    let written = json!({"nics": [{"name": "nic1"}], "_links": {"nics": "/api/vms/7/nics", "tags": "/api/vms/7/tags"}});
    assert_eq!(serde_json::to_value(&vm).unwrap(), written);
    assert_eq!(serde_json::from_value::<Vm>(written).unwrap(), vm);

    // `_links` may come first, and a list may be a map with `href` and `items`.
    let first = r#"{"_links": {"tags": "/api/vms/7/tags", "nics": "/api/vms/7/nics"}, "nics": [{"name": "nic1"}]}"#;
    assert_eq!(serde_json::from_str::<Vm>(first).unwrap(), vm);
    let alone = json!({"nics": nics, "tags": tags});
    assert_eq!(
        alone,
        json!({
            "nics": {"href": "/api/vms/7/nics", "items": [{"name": "nic1"}]},
            "tags": {"href": "/api/vms/7/tags", "items": []},
        })
    );
    assert_eq!(serde_json::from_value::<Vm>(alone).unwrap(), vm);
    tags.set_href(None);
    assert_eq!(text(&tags), "[]");
    assert_eq!(serde_json::from_str::<List<Tag>>(r#"{"href": "/x"}"#).unwrap().href(), Some("/x"));
}

#[test]
fn unknown_content_is_omitted() {
    let vm: Vm = xml::from_str(
        r#"<vm id="7" new="1"><actions><link rel="start" href="/x/start"/></actions>
           <link rel="newer" href="/x/newer"/><newest>1</newest></vm>"#,
    )
    .unwrap();
    assert!(!vm.unknown().is_empty());
    assert_eq!(text(&vm), r#"{"id":"7"}"#);
}

#[test]
fn numbers_and_booleans_may_be_strings() {
    let vm: Vm =
        serde_json::from_str(r#"{"memory": "1073741824", "stateless": "true", "cpu": {"speed": "2.5"}}"#).unwrap();
    assert_eq!(vm, Vm::new().memory(1 << 30).stateless(true).cpu(Cpu::new().speed(2.5)));
    // Integers are accepted as decimals.
    assert_eq!(serde_json::from_str::<Cpu>(r#"{"speed": 2}"#).unwrap(), Cpu::new().speed(2.0));
    let large = serde_json::from_str::<Cpu>(r#"{"speed": 18446744073709551615}"#).unwrap();
    assert_eq!(large.speed, Some(18_446_744_073_709_551_615.0));
    for value in [i64::MIN, i64::MAX, 0] {
        assert_eq!(serde_json::from_str::<Vm>(&text(&Vm::new().memory(value))).unwrap().memory, Some(value));
    }
    let statistic = Statistic::new().values([Value::new().datum(0.1 + 0.2)]);
    assert_eq!(serde_json::from_str::<Statistic>(&text(&statistic)).unwrap(), statistic);
}

#[test]
fn dates_keep_their_offset() {
    for date in ["2026-04-05T11:00:25.000+02:00", "2026-04-05T11:00:25.123456-03:30", "2026-04-05T11:00:25.000"] {
        let parsed: DateTime = date.parse().unwrap();
        assert_eq!(text(&parsed), format!("\"{date}\""));
        let read: DateTime = serde_json::from_str(&text(&parsed)).unwrap();
        assert_eq!((read, read.offset_minutes()), (parsed, parsed.offset_minutes()));
    }
}

#[test]
fn types_can_be_parts_of_custom_documents() {
    let wanted = BTreeMap::from([
        ("web".to_owned(), vec![Vm::with_name("web1"), Vm::with_name("web2")]),
        ("none".to_owned(), Vec::new()),
    ]);
    assert_eq!(text(&wanted), r#"{"none":[],"web":[{"name":"web1"},{"name":"web2"}]}"#);
    assert_eq!(serde_json::from_str::<BTreeMap<String, Vec<Vm>>>(&text(&wanted)).unwrap(), wanted);
    // Enum values can be keys.
    let counts = BTreeMap::from([(VmStatus::Down, 1), (VmStatus::Up, 3)]);
    assert_eq!(text(&counts), r#"{"down":1,"up":3}"#);
    assert_eq!(serde_json::from_str::<BTreeMap<VmStatus, i32>>(&text(&counts)).unwrap(), counts);
    assert_eq!(
        text(&OperatingSystem::new().boot(Boot::new().devices([BootDevice::Hd]))),
        r#"{"boot":{"devices":["hd"]}}"#
    );
}

#[test]
fn hand_written_toml_is_read() {
    let vm: Vm = toml::from_str(
        r#"
        name = "web1"
        memory = 1_073_741_824
        placement_policy.hosts = [{ name = "host1" }, { name = "host2" }]

        [cluster]
        name = "Default"

        [[nics]]
        name = "nic1"
        vnic_profile.name = "ovirtmgmt"
        "#,
    )
    .unwrap();
    assert_eq!(vm.memory, Some(1 << 30));
    assert_eq!(vm.cluster.as_deref(), Some(&Cluster::with_name("Default")));
    assert_eq!(vm.placement_policy.unwrap().hosts.unwrap(), [Host::with_name("host1"), Host::with_name("host2")],);
    assert_eq!(vm.nics.unwrap().len(), 1);
    let network: Network = toml::from_str("usages = ['vm', 'display']").unwrap();
    assert_eq!(network.usages.unwrap().len(), 2);
}
