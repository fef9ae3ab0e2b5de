//! Behavior of values in programs: lists, unknown content, debug output, enums and dates.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests fail so")]

use std::collections::{BTreeSet, HashSet};

use ovirt_sdk::object;
use ovirt_sdk::registry;
use ovirt_sdk::types::{
    Agent, DateTime, Host, HostStorage, Initialization, List, LogicalUnit, Nic, Property, Template, Ticket, User, Vm,
    VmStatus,
};
use ovirt_sdk::xml::{self, DecodeOptions, EncodeOptions};

const COMPACT: EncodeOptions<'_> = EncodeOptions::new().indent(false);

fn named(names: &[&str]) -> List<Vm> {
    names.iter().map(|name| Vm::with_name(*name)).collect()
}

fn names(list: &List<Vm>) -> Vec<&str> {
    list.iter().filter_map(|vm| vm.name.as_deref()).collect()
}

#[test]
fn lists_are_like_vectors() {
    let mut list = named(&["b", "a"]);
    list.push(Vm::with_name("c"));
    list.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!(names(&list), ["a", "b", "c"]);
    assert_eq!((list.len(), list.is_empty(), list[1].name.as_deref()), (3, false, Some("b")));
    list.extend(named(&["d"]));
    list.retain(|vm| vm.name.as_deref() != Some("b"));
    assert_eq!(list.pop().and_then(|vm| vm.name).as_deref(), Some("d"));
    for vm in &mut list {
        vm.comment = Some("x".to_owned());
    }
    assert!((&list).into_iter().all(|vm| vm.comment.as_deref() == Some("x")));
    list.iter_mut().for_each(|vm| vm.comment = None);
    assert_eq!(list, named(&["a", "c"]));
    assert_eq!(list, vec![Vm::with_name("a"), Vm::with_name("c")]);
    assert_eq!(list, [Vm::with_name("a"), Vm::with_name("c")]);
    assert_eq!(list.as_ref().len(), 2);
    let vector: Vec<Vm> = list.clone().into();
    assert_eq!(List::from(vector.clone()), list);
    assert_eq!(list.clone().into_vec(), vector);
    assert_eq!(list.into_iter().map(|vm| vm.name).collect::<Vec<_>>(), [Some("a".to_owned()), Some("c".to_owned())]);
    assert_eq!(List::from([Vm::new()]).len(), 1);
}

#[test]
fn lists_without_items() {
    let mut list = List::<Vm>::new();
    assert!(list.is_empty() && list.iter().next().is_none());
    assert_eq!(list, List::default());
    assert_eq!(list, List::from(Vec::new()));
    list.clear();
    assert_eq!(list, List::new(), "whether there was a vector once makes no difference");
    assert_eq!(list.into_vec(), []);
}

#[test]
fn lists_have_an_href() {
    let mut list = List::<Vm>::new();
    assert_eq!(list.href(), None);
    list.set_href(Some("/vms"));
    assert_eq!(list.href(), Some("/vms"));
    assert_ne!(list, List::new());
    assert_eq!(list.clone(), list);
    assert_eq!(format!("{list:?}"), "[at /vms]");
    list.push(Vm::with_id("7"));
    assert_eq!(list.href(), Some("/vms"));
    assert_eq!(list, [Vm::with_id("7")], "items are compared with items");
    assert_eq!(format!("{list:?}"), "[Vm { id: \"7\" }]");
    list.set_href(None);
    assert_eq!(list, List::from([Vm::with_id("7")]));
    // A setter accepts an array as a list.
    let vm = Vm::new().nics([Nic::with_id("1")]);
    assert_eq!(COMPACT.to_string(&vm).expect("a vm"), r#"<vm><nics><nic id="1"/></nics></vm>"#);
}

#[test]
fn addresses_below_an_object_are_like_others() {
    let document = concat!(
        r#"<vm href="/api/vms/7?a=1&amp;b" id="7"><name>a</name>"#,
        r#"<link href="/api/vms/7?a=1&amp;b/nics" rel="nics"/>"#,
        r#"<link href="/api/vms/7?a=1&amp;b/sessions/" rel="sessions"/><link href="/elsewhere/tags" rel="tags"/></vm>"#
    );
    let mut vm: Vm = xml::from_str(document).expect("a vm");
    assert_eq!(COMPACT.to_string(&vm).expect("a vm"), document);
    let copy = vm.clone();
    let nics = vm.nics.take().expect("a link");
    assert_eq!(format!("{nics:?}"), "[at /api/vms/7?a=1&b/nics]");
    assert_eq!((nics.href(), nics.is_link()), (Some("/api/vms/7?a=1&b/nics"), true));
    assert_eq!(vm.tags.as_ref().and_then(List::href), Some("/elsewhere/tags"));
    assert_eq!(vm.sessions.as_ref().and_then(List::href), Some("/api/vms/7?a=1&b/sessions/"));

    let mut other = List::new();
    other.set_href(Some("/api/vms/7?a=1&b/nics"));
    assert_eq!((&other, other.href()), (&nics, nics.href()), "the same address as a text of its own");
    assert_eq!(copy.nics.as_ref(), Some(&other));
    other.set_href(Some("/api/vms/8/nics"));
    assert_ne!(other, nics);

    // In another object, and with another address of the object, the list is where it was.
    let template = Template::new().name("t").nics(nics);
    let written = COMPACT.to_string(&template).expect("a template");
    assert!(written.contains(r#"<link href="/api/vms/7?a=1&amp;b/nics" rel="nics"/>"#), "{written}");
    vm.href = None;
    assert_eq!(copy.sessions, vm.sessions);
    assert_eq!(copy.nics.and_then(|nics| nics.href().map(str::to_owned)).as_deref(), Some("/api/vms/7?a=1&b/nics"));
}

#[test]
fn addresses_of_several_threads_are_the_same() {
    let vm: Vm = xml::from_str(concat!(
        r#"<vm href="/api/vms/7"><link href="/api/vms/7/nics" rel="nics"/><link href="/api/vms/7/tags" rel="tags"/>"#,
        "</vm>"
    ))
    .expect("a vm");
    let (nics, tags) = (vm.nics.as_ref().expect("a link"), vm.tags.as_ref().expect("a link"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!((nics.href(), tags.href()), (Some("/api/vms/7/nics"), Some("/api/vms/7/tags"))));
            scope.spawn(|| assert_eq!((tags.href(), nics.href()), (Some("/api/vms/7/tags"), Some("/api/vms/7/nics"))));
        }
    });
}

#[test]
fn unknown_content_is_kept() {
    let text = concat!(
        r#"<vm colour="blue" xmlns:p="urn:p" p:a="&lt;&#10;"><name>a</name>"#,
        r#"<aura strength="&lt;9"><ring n='1'/> text &amp; <![CDATA[<]]></aura><p:aura/></vm>"#
    );
    let vm: Vm = xml::from_str(text).expect("kept");
    let unknown = vm.unknown();
    let attributes: Vec<_> = unknown.attributes().collect();
    assert_eq!(attributes, [("colour", "blue"), ("xmlns:p", "urn:p"), ("p:a", "<\n")]);
    assert_eq!(unknown.elements().count(), 2);
    assert_eq!(unknown.element("p:aura"), Some("<p:aura/>"));
    assert_eq!(unknown.element("ring"), None, "only what stands in the object itself");
    assert_eq!(COMPACT.to_string(&vm).expect("a vm"), "<vm><name>a</name></vm>");
    assert_eq!(COMPACT.unknown(true).to_string(&vm).expect("a vm"), text);
    let indented = EncodeOptions::new().unknown(true).to_string(&vm).expect("a vm");
    assert_eq!(xml::from_str::<Vm>(&indented).expect("written"), vm);

    let mut cleaned = vm.clone();
    object::Object::unknown_mut(&mut cleaned).clear();
    assert!(cleaned.unknown().is_empty());
    assert_ne!(cleaned, vm);
    assert_eq!(cleaned, Vm::with_name("a"));
}

#[test]
fn unknown_content_of_lists_is_kept() {
    let text = r#"<vm><nics colour="blue"><size>1</size><nic id="1"/><nac/></nics></vm>"#;
    let vm: Vm = xml::from_str(text).expect("kept");
    assert_eq!(COMPACT.unknown(true).to_string(&vm).expect("a vm"), text);
    let nics = vm.nics.expect("there");
    assert_eq!(nics.unknown().attributes().next(), Some(("colour", "blue")));
    let text = r#"<vm><link href="/n" rel="nics"/><nics><nac/></nics></vm>"#;
    let vm: Vm = xml::from_str(text).expect("kept");
    assert_eq!(COMPACT.unknown(true).to_string(&vm).expect("a vm"), text);
    assert_eq!(COMPACT.to_string(&vm).expect("a vm"), r#"<vm><link href="/n" rel="nics"/></vm>"#);
    let text = "<vms><size>2</size><vm/><ghost/></vms>";
    let vms: List<Vm> = xml::from_str(text).expect("kept");
    assert_eq!(COMPACT.unknown(true).to_string(&vms).expect("vms"), text);
}

#[test]
fn default_namespaces_are_ignored() {
    let xsi = r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="OpenStackNetworkProvider""#;
    let text = format!(r#"<vm xmlns="urn:ovirt" {xsi}><name>a</name></vm>"#);
    let vm: Vm = DecodeOptions::new().strict(true).from_str(&text).expect("nothing unknown");
    assert_eq!(vm.name.as_deref(), Some("a"));
    assert_eq!(
        COMPACT.unknown(true).to_string(&vm).expect("a vm"),
        format!("<vm {xsi}><name>a</name></vm>"),
        "a prefix is written with its declaration"
    );
    assert!(xml::from_str::<Vm>("<o:vm xmlns:o='urn:ovirt'/>").is_err());
    let vm: Vm = xml::from_str("<vm xmlns:o='urn:ovirt'><o:name>a</o:name></vm>").expect("kept");
    assert_eq!((vm.name.as_deref(), vm.unknown().element("o:name")), (None, Some("<o:name>a</o:name>")));
}

#[test]
fn repeated_elements() {
    let vm: Vm = xml::from_str(
        "<vm><name>a</name><cpu><name>x</name></cpu><nics><nic/><nic/></nics>\
         <name>b</name><cpu><mode>custom</mode></cpu><nics><nic/></nics></vm>",
    )
    .expect("the last wins");
    assert_eq!(vm.name.as_deref(), Some("b"));
    assert_eq!(vm.nics.map(|nics| nics.len()), Some(1));
    let cpu = vm.cpu.expect("there");
    assert_eq!((cpu.name.is_none(), cpu.mode.is_some()), (true, true), "they are not merged");
    let vm: Vm = xml::from_str("<vm><name>a</name><name/></vm>").expect("the last wins");
    assert_eq!(vm.name, None);
}

#[test]
fn debug_output_hides_secrets() {
    let shown = [
        format!("{:?}", Host::with_name("h").root_password("s3cret").agents([Agent::new().password("s3cret")])),
        format!("{:?}", User::new().user_name("admin").password("s3cret")),
        format!("{:?}", Ticket::new().expiry(120).value("s3cret")),
        format!("{:?}", LogicalUnit::new().username("chap").password("s3cret")),
        format!("{:?}", Vm::new().initialization(Initialization::new().root_password("s3cret"))),
        format!("{:#?}", HostStorage::new().driver_sensitive_options([Property::new().name("k").value("s3cret")])),
    ];
    for text in shown {
        assert!(text.contains("***") && !text.contains("s3cret"), "{text}");
    }
    let user = User::new().user_name("admin").password("s3cret");
    assert_eq!(format!("{user:?}"), r#"User { password: ***, user_name: "admin" }"#);
    assert!(xml::to_string(&user).expect("a user").contains("s3cret"));
    assert_eq!(format!("{:?}", Vm::new()), "Vm");
    let vm: Vm = xml::from_str("<vm><status>up</status><aura/></vm>").expect("kept");
    assert!(format!("{vm:?}").starts_with("Vm { status: Up, unknown: "), "{vm:?}");
}

#[test]
fn every_secret_of_every_struct_is_hidden() {
    let mut count = 0;
    for info in registry::structs() {
        for member in info.members.iter().filter(|member| member.is_secret && member.item_tag.is_none()) {
            let text = format!("<{0}><{1}>s3cret</{1}></{0}>", info.tag, member.tag);
            let document = xml::Document::read(text.as_bytes(), &DecodeOptions::new()).expect(&text);
            assert!(document.write(&COMPACT).expect(&text).contains("s3cret"));
            assert!(!format!("{document:?}").contains("s3cret"), "{text}");
            count += 1;
        }
    }
    assert!(count > 15, "{count}");
    let passwords = registry::structs().iter().flat_map(|info| info.members).filter(|it| it.name.ends_with("password"));
    assert!(passwords.into_iter().all(|member| member.is_secret));
}

#[test]
fn enums_are_ordered_and_hashed() {
    let set: HashSet<VmStatus> = ["up", "down", "up", "x"].into_iter().map(VmStatus::from).collect();
    assert_eq!(set.len(), 3);
    let sorted: BTreeSet<VmStatus> = VmStatus::KNOWN.iter().cloned().collect();
    assert_eq!(sorted.len(), VmStatus::KNOWN.len());
}

#[test]
fn all_values_of_an_enum_are_in_the_order_of_the_api() {
    let mut sorted = VmStatus::KNOWN.to_vec();
    sorted.push(VmStatus::from("b"));
    sorted.push(VmStatus::from("a"));
    sorted.reverse();
    sorted.sort();
    let (unknown_a, unknown_b) = (VmStatus::from("a"), VmStatus::from("b"));
    assert!(sorted.iter().eq(VmStatus::KNOWN.iter().chain([&unknown_a, &unknown_b])));
}

#[test]
fn objects_are_equal_if_the_same_fields_have_the_same_values() {
    let vm = Vm::with_id("1").memory(1).status(VmStatus::Up);
    let copy = vm.clone();
    assert_eq!(vm, copy);
    assert_ne!(vm, copy.clone().memory(2));
    assert_ne!(vm, copy.clone().name("more"));
    assert_ne!(copy.clone().name("more"), vm);
    let mut less = copy;
    less.memory = None;
    assert_ne!(vm, less);
    assert_ne!(less, vm);
    let unknown: Vm = xml::from_str("<vm id='1'><new/></vm>").expect("unknown elements are kept");
    assert_eq!(unknown, unknown.clone());
    assert_ne!(unknown, Vm::with_id("1"));
}

#[test]
fn dates_are_compared() {
    let date = |text: &str| text.parse::<DateTime>().expect(text);
    let (utc, local) = (date("2026-04-05T09:00:25.000Z"), date("2026-04-05T11:00:25.000+02:00"));
    assert_ne!(utc, local, "the offset counts");
    assert_eq!(utc.unix_seconds(), local.unix_seconds());
    assert_eq!(local.with_offset_minutes(0), Some(utc));
    assert!(date("2026-04-05T23:00:25.000+14:01") < utc, "the instant counts");
    assert_eq!(local.with_offset_minutes(1440), None);
    assert_eq!(format!("{local} {local:?}"), "2026-04-05T11:00:25.000+02:00 2026-04-05T11:00:25.000+02:00");
}
