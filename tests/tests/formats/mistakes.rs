//! Errors in hand-written documents.

use ovirt_sdk::types::{Cpu, DateTime, ExternalProvider, Host, HostStorage, List, Tag, Vm, VmStatus};
use serde::de::DeserializeOwned;

fn mistake<V: DeserializeOwned + std::fmt::Debug>(json: &str) -> String {
    let error = serde_json::from_str::<V>(json).expect_err(json).to_string();
    let without_position = error.split(" at line ").next().unwrap();
    without_position.to_owned()
}

#[test]
fn unknown_fields_are_reported_with_a_suggestion() {
    for (json, expected) in [
        (r#"{"nmae": "web1"}"#, "unknown member `nmae` of `vm`, did you mean `name`?"),
        (r#"{"diskAttachments": []}"#, "unknown member `diskAttachments` of `vm`, did you mean `disk_attachments`?"),
        (r#"{"vm_numa_nodes": []}"#, "unknown member `vm_numa_nodes` of `vm`, did you mean `numa_nodes`?"),
        (r#"{"cpu": {"topology": {"core": 1}}}"#, "unknown member `core` of `vm.cpu.topology`, did you mean `cores`?"),
        (
            r#"{"nics": [{}, {"mac": {"adress": ""}}]}"#,
            "unknown member `adress` of `vm.nics[1].mac`, did you mean `address`?",
        ),
        (r#"{"qwertyuiop": 1}"#, "unknown member `qwertyuiop` of `vm`"),
        (r#"{"\u001b[31m": 1}"#, r"unknown member `\u{1b}[31m` of `vm`"),
        (r#"{"_links": {"nic": "/x"}}"#, "unknown member `nic` of `vm._links`, did you mean `nics`?"),
        (r#"{"_links": {"name": "/x"}}"#, "`vm._links.name`: only lists of objects have an address"),
        (r#"{"_links": {"_links": "/x"}}"#, "`vm._links._links`: only lists of objects have an address"),
        (
            r#"{"nics": {"name": "nic1"}}"#,
            "unknown key `name` of the list `vm.nics`, which is a sequence, or a map with `nic`, or with `href` and `items`",
        ),
    ] {
        assert_eq!(mistake::<Vm>(json), expected);
    }
}

#[test]
fn invalid_values_are_reported_with_their_path() {
    for (json, expected) in [
        (
            r#"{"memory": "1 GiB"}"#,
            r#"invalid value: string "1 GiB", expected `vm.memory` to be an integer of at most 64 bits"#,
        ),
        (
            r#"{"memory": 1.5}"#,
            "invalid type: floating point `1.5`, expected `vm.memory` to be an integer of at most 64 bits",
        ),
        (
            r#"{"memory": 9223372036854775808}"#,
            "invalid type: integer `9223372036854775808`, expected `vm.memory` to be an integer of at most 64 bits",
        ),
        (r#"{"memory": [1]}"#, "invalid type: sequence, expected `vm.memory` to be an integer of at most 64 bits"),
        (
            r#"{"stateless": "perhaps"}"#,
            r#"invalid value: string "perhaps", expected `vm.stateless` to be `true` or `false`"#,
        ),
        (r#"{"stateless": 1}"#, "invalid type: integer `1`, expected `vm.stateless` to be `true` or `false`"),
        (r#"{"cpu": {"speed": "N"}}"#, r#"invalid value: string "N", expected `vm.cpu.speed` to be a number"#),
        (r#"{"status": "powring_up"}"#, "`vm.status`: unknown vm_status `powring_up`, did you mean `powering_up`?"),
        (r#"{"os": {"boot": {"devices": ["hd", "tape"]}}}"#, "`vm.os.boot.devices[1]`: unknown boot_device `tape`"),
        (r#"{"name": 7}"#, "invalid type: integer `7`, expected `vm.name` to be a text"),
        (r#"{"type": true}"#, "invalid type: boolean `true`, expected `vm.type` to be a text"),
        (
            r#"{"creation_time": "yesterday"}"#,
            r#"invalid value: string "yesterday", expected `vm.creation_time` to be a date such as 2026-04-05T11:00:25.000+02:00"#,
        ),
        (
            r#"{"cluster": "Default"}"#,
            r#"invalid type: string "Default", expected `vm.cluster` to be a map with the members of `cluster`"#,
        ),
        (r#"{"nics": "nic1"}"#, r#"invalid type: string "nic1", expected `vm.nics` to be a sequence"#),
        (
            r#"{"nics": ["nic1"]}"#,
            r#"invalid type: string "nic1", expected `vm.nics[0]` to be a map with the members of `nic`"#,
        ),
        (r#"{"nics": [null]}"#, "invalid type: null, expected `vm.nics[0]` to be a map with the members of `nic`"),
        (
            r#"{"os": {"boot": {"devices": [1]}}}"#,
            "invalid type: integer `1`, expected `vm.os.boot.devices[0]` to be a text",
        ),
        (
            r#"{"os": {"boot": {"devices": ["hd", null]}}}"#,
            "invalid type: null, expected `vm.os.boot.devices[1]` to be a text",
        ),
        (
            r#"{"_links": []}"#,
            "invalid type: sequence, expected `vm._links` to be a map of names of lists to where they are",
        ),
        (r#"{"_links": {"nics": 1}}"#, "invalid type: integer `1`, expected `vm._links.nics` to be a text"),
        (r#""web1""#, r#"invalid type: string "web1", expected `vm` to be a map with the members of `vm`"#),
        (r#"{"name": "a", "id": "1", "name": "b"}"#, "`vm.name` appears twice"),
        (r#"{"_links": {}, "_links": {}}"#, "`vm._links` appears twice"),
        (r#"{"_links": {"nics": "/x", "nics": "/y"}}"#, "`vm._links.nics` appears twice"),
        (r#"{"nics": {"items": [], "items": []}}"#, "`vm.nics.items` appears twice"),
    ] {
        assert_eq!(mistake::<Vm>(json), expected);
    }
    assert_eq!(
        mistake::<List<Vm>>(r#"[{}, {"memory": true}]"#),
        "invalid type: boolean `true`, expected `vms[1].memory` to be an integer of at most 64 bits"
    );
    assert_eq!(mistake::<VmStatus>("1"), "invalid type: integer `1`, expected `vm_status` to be a text");
    assert_eq!(
        mistake::<DateTime>(r#""now""#),
        r#"invalid value: string "now", expected `date` to be a date such as 2026-04-05T11:00:25.000+02:00"#
    );
}

#[test]
fn numbers_that_are_not_finite_are_texts() {
    for (number, text) in [(f64::NAN, "NaN"), (f64::INFINITY, "INF"), (f64::NEG_INFINITY, "-INF")] {
        let written = serde_json::to_string(&Vm::new().cpu(Cpu::new().speed(number))).unwrap();
        assert_eq!(written, format!(r#"{{"cpu":{{"speed":"{text}"}}}}"#));
        let read: Vm = serde_json::from_str(&written).unwrap();
        assert_eq!(read.cpu.unwrap().speed.map(f64::to_bits), Some(number.to_bits()));
    }
}

#[test]
fn secrets_are_written_but_not_shown_in_errors() {
    let provider = ExternalProvider::new().password("s3cret");
    assert_eq!(serde_json::to_string(&provider).unwrap(), r#"{"password":"s3cret"}"#);
    for secret in [
        "31415926",
        "3.1415926",
        "true31415926",
        "-31415926",
        "[31415926]",
        r#"{"31415926": 0}"#,
        "31415926314159263141",
    ] {
        let error = mistake::<Host>(&format!(r#"{{"root_password": {secret}}}"#));
        assert!(!error.contains("31415926") || secret.contains('{'), "{error}");
    }
    assert_eq!(mistake::<Host>(r#"{"root_password": 31415926}"#), "expected `host.root_password` to be a text");
    // Everything inside a secret is secret.
    for (json, place) in [
        (r#"{"driver_sensitive_options": "s3cret"}"#, "host_storage.driver_sensitive_options` to be a sequence"),
        (r#"{"driver_sensitive_options": 5338}"#, "host_storage.driver_sensitive_options` to be a sequence"),
        (
            r#"{"driver_sensitive_options": ["s3cret"]}"#,
            "host_storage.driver_sensitive_options[0]` to be a map with the members of `property`",
        ),
        (
            r#"{"driver_sensitive_options": [{"value": 5338}]}"#,
            "host_storage.driver_sensitive_options[0].value` to be a text",
        ),
    ] {
        assert_eq!(mistake::<HostStorage>(json), format!("expected `{place}"));
    }
}

#[test]
fn nesting_is_limited() {
    let nested = |levels: usize| format!("{}{}", r#"{"parent":"#.repeat(levels), "{}") + &"}".repeat(levels);
    serde_json::from_str::<Tag>(&nested(100)).unwrap();
    assert_eq!(mistake::<Tag>(&nested(1000)), "recursion limit exceeded");
    assert_eq!(mistake::<Tag>(&nested(1_000_000)), "recursion limit exceeded");

    // `serde_json` does not limit a tree in memory, so the SDK does.
    let tree =
        |levels: usize| (0..levels).fold(serde_json::json!({}), |within, _| serde_json::json!({"parent": within}));
    serde_json::from_value::<Tag>(tree(127)).unwrap();
    let error = serde_json::from_value::<Tag>(tree(128)).unwrap_err().to_string();
    assert!(error.ends_with(".parent`: maps and sequences are nested more than 128 deep"), "{error}");
    let lists = (0..1000).fold(serde_json::json!([]), |within, _| serde_json::json!({"items": within}));
    let error = serde_json::from_value::<List<Tag>>(lists).unwrap_err().to_string();
    assert!(error.ends_with(".items`: maps and sequences are nested more than 128 deep"), "{error}");
}

#[test]
fn broken_documents_are_errors() {
    let whole = r#"{"name":"web1","cpu":{"speed":2.5},"nics":[{"name":"nic1"}],"_links":{"tags":"/x"}}"#;
    serde_json::from_str::<Vm>(whole).unwrap();
    for length in 0..whole.len() {
        serde_json::from_str::<Vm>(&whole[..length]).unwrap_err();
    }
    // Replace each byte with each of these.
    for position in 0..whole.len() {
        for byte in [b'"', b'{', b'}', b'[', b']', b',', b':', b'0', b'x', b'\\', 0, 0xFF] {
            let mut bytes = whole.as_bytes().to_vec();
            bytes[position] = byte;
            if let Ok(vm) = serde_json::from_slice::<Vm>(&bytes) {
                let text = serde_json::to_string(&vm).unwrap();
                assert_eq!(serde_json::from_str::<Vm>(&text).unwrap(), vm);
            }
        }
    }
}
