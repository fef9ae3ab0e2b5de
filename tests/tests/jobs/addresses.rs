//! Waits for addresses of virtual machines.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use ovirt_sdk::Connection;
use ovirt_sdk::jobs::{AddressFamily, WaitFailureKind};
use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Nic, VmStatus, VnicProfile};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::fake_engine::{start, vm};
use crate::script::{Script, Step, next};

const ID: &str = "00000000-0000-0000-0000-000000000001";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

const API: &str = "/ovirt-engine/api";

/// A NIC in a network, whose addresses the guest agent reports. Without a network, it has no profile.
fn nic(network: &str, addresses: &[&str]) -> String {
    let ips: String = addresses.iter().map(|address| format!("<ip><address>{address}</address></ip>")).collect();
    let profile = match network {
        "" => String::new(),
        _ => format!("<vnic_profile id=\"{network}-p\" href=\"{API}/vnicprofiles/{network}-p\"/>"),
    };
    format!(
        "<nic id=\"n\"><reported_devices><reported_device><ips>{ips}</ips></reported_device></reported_devices>\
         {profile}</nic>"
    )
}

/// The profile or network at a path. The ID of a profile is that of its network with `-p`.
fn profile_or_network(path: &str) -> Option<Step> {
    let (collection, id) = path.split_once('/')?;
    match collection {
        "vnicprofiles" => {
            let id = id.strip_suffix("-p")?;
            let network = format!("<network id=\"{id}-id\" href=\"{API}/networks/{id}-id\"/>");
            Some(Step::xml(format!("<vnic_profile id=\"{id}-p\"><name>{id}</name>{network}</vnic_profile>")))
        }
        "networks" => {
            let name = id.strip_suffix("-id")?;
            Some(Step::xml(format!("<network id=\"{id}\"><name>{name}</name></network>")))
        }
        _ => None,
    }
}

fn vm_xml(id: &str, status: &str, nics: &[String]) -> String {
    format!("<vm id=\"{id}\"><name>web1</name><status>{status}</status><nics>{}</nics></vm>", nics.concat())
}

/// An engine whose VM goes through states with NICs; the last one stays.
fn engine(sequence: impl IntoIterator<Item = (&'static str, Vec<String>)>) -> Script {
    let mut sequence: VecDeque<_> = sequence.into_iter().collect();
    Script::new(move |path, _| match path {
        "events" => Step::xml("<events/>"),
        "jobs" => Step::xml("<jobs/>"),
        _ => profile_or_network(path).unwrap_or_else(|| {
            let (status, nics) = next(&mut sequence);
            Step::xml(vm_xml(ID, status, &nics))
        }),
    })
}

fn service(connection: &Connection) -> VmService {
    connection.system().vms().vm(ID)
}

#[tokio::test(start_paused = true)]
async fn the_wait_ends_with_the_first_address_that_others_can_reach() {
    let script = engine([
        ("wait_for_launch", vec![]),
        ("powering_up", vec![nic("ovirtmgmt", &["10.0.0.7"])]),
        ("up", vec![]),
        ("up", vec![nic("ovirtmgmt", &[]), nic("lan", &["127.0.0.1", "169.254.3.4", "fe80::1"])]),
        ("up", vec![nic("ovirtmgmt", &["fe80::1", "192.168.1.5", "192.168.1.5"]), nic("lan", &["2001:db8::7"])]),
    ]);
    let found = service(&script.connect()).wait_until_has_address().await.unwrap();
    assert_eq!(found.address(), ip("192.168.1.5"));
    assert_eq!(found.addresses(), [ip("192.168.1.5"), ip("2001:db8::7")]);
    assert_eq!(found.object().status, Some(VmStatus::Up));
    assert_eq!(found.into_object().name.as_deref(), Some("web1"));
    assert_eq!(script.requests(), vec![format!("vms/{ID}?follow=nics"); 5], "states before `up` do not count");
}

#[tokio::test(start_paused = true)]
async fn filters_restrict_the_addresses() {
    let nics = vec![
        nic("ovirtmgmt", &["10.0.0.7", "fe80::1"]),
        nic("storage", &["192.168.7.1", "2001:db8::7"]),
        nic("lan", &["192.168.8.1"]),
        nic("", &["192.168.9.1"]),
    ];
    let script = engine([("up", nics)]);
    let connection = script.connect();
    let wait = || service(&connection).wait_until_has_address();
    let all = |texts: &[&str]| texts.iter().map(|text| ip(text)).collect::<Vec<_>>();
    let found = wait().family(AddressFamily::V6).await.unwrap();
    assert_eq!(found.addresses(), all(&["2001:db8::7"]));
    let found = wait().family(AddressFamily::V4).await.unwrap();
    assert_eq!(found.addresses(), all(&["10.0.0.7", "192.168.7.1", "192.168.8.1", "192.168.9.1"]));
    let found = wait().subnet("192.168.0.0/16").await.unwrap();
    assert_eq!(found.addresses(), all(&["192.168.7.1", "192.168.8.1", "192.168.9.1"]));
    for network in ["storage", "storage-id"] {
        let found = wait().network(network).await.unwrap();
        assert_eq!(found.addresses(), all(&["192.168.7.1", "2001:db8::7"]), "{network}");
    }
    // An engine can't follow the networks of NICs, because NICs can lack a profile.
    let requests = script.requests();
    assert!(requests.iter().all(|request| !request.contains("vnic_profile.")), "{requests:?}");
    let of_one_wait = ["vnicprofiles/ovirtmgmt-p", "vnicprofiles/storage-p", "vnicprofiles/lan-p"];
    assert!(requests.windows(3).any(|requests| requests == of_one_wait), "{requests:?}");
    let found = wait().network("storage").family(AddressFamily::V4).subnet("192.168.7.0/24").await.unwrap();
    assert_eq!(found.addresses(), all(&["192.168.7.1"]));

    let wait = wait().network("storage").family(AddressFamily::V6).subnet("fd00::/8");
    let error = wait.timeout(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "web1 did not get an address within 60 s: up for 60 s, but its addresses are 10.0.0.7 (not IPv6), fe80::1 \
         (link-local), 192.168.7.1 (not IPv6), 2001:db8::7 (not in fd00::/8), 192.168.8.1 (not IPv6), \
         192.168.9.1 (not IPv6)"
    );
}

#[tokio::test(start_paused = true)]
async fn an_invalid_range_is_an_error_before_the_first_request() {
    let script = engine([("up", vec![])]);
    let error = service(&script.connect()).wait_until_has_address().subnet("10.0.0.0/33").await.unwrap_err();
    assert!(error.is_invalid_request() && error.to_string().contains("`10.0.0.0/33`"), "{error}");
    assert!(script.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_guest_without_an_agent_has_no_address() {
    let script = engine([("powering_up", vec![]), ("powering_up", vec![]), ("up", vec![nic("ovirtmgmt", &[])])]);
    let wait = service(&script.connect()).wait_until_has_address().interval(Duration::from_secs(30));
    let error = wait.timeout(Duration::from_secs(300)).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(
        error.to_string(),
        "web1 did not get an address within 5 min: up for 4 min, but no guest agent has reported one"
    );
    assert_eq!(error.wait_failure().unwrap().last_state(), Some("up"));

    let script = engine([("up", vec![nic("ovirtmgmt", &["fe80::1"])])]);
    let error = service(&script.connect()).wait_until_has_address().await.unwrap_err();
    assert!(error.to_string().ends_with("but its only address is fe80::1 (link-local)"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_vm_that_does_not_run_gets_no_address() {
    let script = engine([("up", vec![]), ("powering_down", vec![]), ("down", vec![])]);
    let began = Instant::now();
    let error = service(&script.connect()).wait_until_has_address().await.unwrap_err();
    assert_eq!(error.wait_failure().unwrap().kind(), WaitFailureKind::Back);
    assert!(began.elapsed() < Duration::from_secs(20) && error.to_string().contains("down again"), "{error}");

    let error = service(&engine([("down", vec![])]).connect()).wait_until_has_address().await.unwrap_err();
    assert_eq!(error.to_string(), "web1 did not get an address: still down after 30 s");
    // The addresses from before a pause are not of use.
    let script = engine([("paused", vec![nic("ovirtmgmt", &["10.0.0.7"])])]);
    let error = service(&script.connect()).wait_until_has_address().await.unwrap_err();
    assert_eq!(error.wait_failure().unwrap().kind(), WaitFailureKind::State);
}

#[tokio::test(start_paused = true)]
async fn waits_for_addresses_share_requests() {
    let id = |number: usize| format!("00000000-0000-0000-0000-{number:012}");
    let began = Instant::now();
    let script = Script::new(move |path, query| {
        let addresses: &[&str] = if began.elapsed() < Duration::from_secs(60) { &["fe80::1"] } else { &["10.0.0.7"] };
        let nics = [nic("ovirtmgmt", addresses)];
        match path.strip_prefix("vms/") {
            Some(id) => Step::xml(vm_xml(id, "up", &nics)),
            None => {
                let found = (0..50).map(id).filter(|id| query.contains(id));
                Step::xml(format!("<vms>{}</vms>", found.map(|id| vm_xml(&id, "up", &nics)).collect::<String>()))
            }
        }
    });
    let connection = script.connect();
    let mut waits = JoinSet::new();
    for number in 0..50 {
        let vm = connection.system().vms().vm(id(number));
        waits.spawn(vm.wait_until_has_address().interval(Duration::from_secs(5)).wait());
    }
    while let Some(outcome) = waits.join_next().await {
        assert_eq!(outcome.unwrap().unwrap().address(), ip("10.0.0.7"));
    }
    let requests = script.requests();
    assert!(requests.len() < 18, "{} requests", requests.len());
    assert!(requests.iter().all(|request| request.contains("follow=nics")), "{requests:?}");
}

#[tokio::test]
async fn guests_of_the_fake_engine_have_addresses() {
    let (engine, connection) = start().await;
    let id = vm(&connection, "web1").await;
    let service = connection.system().vms().vm(&id);
    let profiles = connection.system().vnic_profiles().list().send().await.unwrap();
    let profile = profiles.iter().find(|profile| profile.name.as_deref() == Some("ovirtmgmt")).unwrap();
    let nic = Nic::new().name("nic1").vnic_profile(VnicProfile::with_id(profile.try_id().unwrap()));
    service.nics().add(nic).send().await.unwrap();
    service.start().send().await.unwrap();
    let found = service.wait_until_has_address().network("ovirtmgmt").subnet("10.0.0.0/8").await.unwrap();
    assert_eq!(found.addresses().len(), 1, "without the link-local one: {found:?}");
    assert_eq!(found.object().status, Some(VmStatus::Up));

    let addresses = [ip("fe80::7"), ip("192.168.3.4"), ip("2001:db8::7")];
    engine.set_guest_addresses("web1", &addresses).unwrap();
    let found = service.wait_until_has_address().await.unwrap();
    assert_eq!(found.addresses(), &addresses[1..]);
    let found = service.wait_until_has_address().family(AddressFamily::V6).await.unwrap();
    assert_eq!(found.address(), addresses[2]);
    let wait = service.wait_until_has_address().network("storage").timeout(Duration::from_secs(60));
    let error = wait.await.unwrap_err().to_string();
    assert!(error.contains("192.168.3.4 (not in the network storage)"), "{error}");

    engine.set_guest_addresses(&id, &[]).unwrap();
    let error = service.wait_until_has_address().await.unwrap_err().to_string();
    assert_eq!(error, "web1 did not get an address within 10 min: up for 10 min, but no guest agent has reported one");
    service.stop().send().await.unwrap();
    let error = service.wait_until_has_address().await.unwrap_err();
    assert_eq!(error.wait_failure().unwrap().kind(), WaitFailureKind::Back);
    assert!(engine.set_guest_addresses("web9", &[]).unwrap_err().to_string().contains("`web9`"));
}
