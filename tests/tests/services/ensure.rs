//! Bringing objects into a desired state: which requests are sent, and what is reported.

use std::sync::atomic::{AtomicUsize, Ordering};

use ovirt_sdk::Connection;
use ovirt_sdk::ensure::{Ensured, Outcome};
use ovirt_sdk::types::{
    Boot, BootDevice, Cluster, CustomProperty, DiskAttachment, Host, MemoryPolicy, Nic, OperatingSystem, RngSource, Vm,
    VmStatus,
};

use crate::start_server;
use crate::support::{Asked, Reply, Server};

/// The virtual machine of the engine.
const WEB1: &str = "<vm href='/ovirt-engine/api/vms/1' id='1'><name>web1</name><description>old</description>\
    <memory>1073741824</memory><status>up</status><template id='t'/><delete_protected>false</delete_protected>\
    <cluster href='/ovirt-engine/api/clusters/5' id='5'/></vm>";

/// Responds like an engine with one virtual machine.
fn engine(request: &Asked) -> Reply {
    match (request.method.as_str(), request.path.trim_start_matches("/ovirt-engine/api/")) {
        ("GET", "vms") => Reply::xml(200, format!("<vms>{WEB1}</vms>")),
        ("GET", "vms/1") => Reply::xml(200, WEB1),
        ("GET", "clusters/5") => Reply::xml(200, "<cluster id='5'><name>Default</name></cluster>"),
        ("PUT", "vms/1") => Reply::xml(200, "<vm id='1'><name>web1</name></vm>"),
        _ => Reply::empty(404),
    }
}

async fn ensure(connection: &Connection, vm: Vm) -> Ensured<Vm> {
    connection.system().vms().ensure(vm).send().await.unwrap()
}

/// The methods and paths of the requests.
fn sent(server: &Server) -> Vec<String> {
    let short = |asked: &Asked| format!("{} {}", asked.method, asked.path.trim_start_matches("/ovirt-engine/api/"));
    server.asked().iter().map(short).collect()
}

#[tokio::test]
async fn an_object_in_the_desired_state_is_only_read() {
    let (server, connection) = start_server(engine).await;
    // Memory counts in whole MiB.
    let vm = Vm::new().name("web1").description("old").memory((1 << 30) + 1).status(VmStatus::Up);
    let done = ensure(&connection, vm).await;
    assert!(matches!(&done.outcome, Outcome::Unchanged(vm) if vm.id.as_deref() == Some("1")), "{done:?}");
    assert!(!done.is_changed() && done.not_compared.is_empty() && done.not_applied.is_empty());
    assert_eq!(done.to_string(), "vm web1: unchanged");
    assert_eq!(sent(&server), ["GET vms", "GET vms/1"]);
    // The configuration from the next start on, with all fields.
    assert_eq!(server.last().query, "next_run=true");
    assert_eq!(server.last().header("all-content"), "true");
}

#[tokio::test]
async fn only_fields_that_differ_are_sent() {
    let (server, connection) = start_server(engine).await;
    let vm = Vm::new().name("web1").memory(2 << 30).description("old").delete_protected(true);
    let done = ensure(&connection, vm).await;
    assert!(matches!(&done.outcome, Outcome::Changed { before, .. } if before.memory == Some(1 << 30)), "{done:?}");
    assert_eq!(sent(&server), ["GET vms", "GET vms/1", "PUT vms/1", "GET vms/1"]);
    let asked = server.asked();
    assert_eq!(asked[2].body, "<vm><delete_protected>true</delete_protected><memory>2147483648</memory></vm>");
    // This engine ignores updates.
    let lines = "vm web1: changed\n  \
        delete_protected: false → true\n  memory: 1073741824 → 2147483648\n  \
        still differs: delete_protected: false → true\n  still differs: memory: 1073741824 → 2147483648";
    assert_eq!(done.to_string(), lines);
    assert_eq!(done.differences(), done.not_applied);
}

#[tokio::test]
async fn a_dry_run_sends_nothing_but_reads() {
    let (server, connection) = start_server(engine).await;
    let vms = connection.system().vms();
    let done = vms.ensure(Vm::new().name("web1").description("new")).dry_run(true).send().await.unwrap();
    assert_eq!(done.to_string(), "vm web1: to be changed\n  description: old → new");
    assert_eq!((done.object().description.as_deref(), done.object().memory), (Some("new"), Some(1 << 30)));
    let done = vms.ensure(Vm::new().name("web2")).dry_run(true).send().await.unwrap();
    assert_eq!(done.to_string(), "vm web2: to be created");
    assert!(sent(&server).iter().all(|request| request.starts_with("GET ")), "{:?}", sent(&server));
}

#[tokio::test]
async fn references_are_compared_by_what_is_set() {
    let (server, connection) = start_server(engine).await;
    let run = |cluster: Cluster| ensure(&connection, Vm::new().name("web1").cluster(cluster));
    // By ID, without a look at the object. Its other fields don't matter.
    assert!(!run(Cluster::with_id("5").name("other")).await.is_changed());
    assert_eq!(server.asked().len(), 2);
    let done = run(Cluster::with_id("6")).await;
    assert_eq!(done.differences()[0].to_string(), "cluster.id: 5 → 6");
    assert_eq!(server.asked()[4].body, "<vm><cluster id=\"6\"/></vm>");
    // By name: the cluster of the virtual machine is read.
    assert!(!run(Cluster::with_name("Default")).await.is_changed());
    assert_eq!(sent(&server).last().unwrap(), "GET clusters/5");
    let done = run(Cluster::with_name("Other")).await;
    assert_eq!(done.differences()[0].to_string(), "cluster.name: Default → Other");
    // The virtual machine has none.
    let vm = Vm::new().name("web1").instance_type(ovirt_sdk::types::InstanceType::with_name("Small"));
    assert_eq!(ensure(&connection, vm).await.differences()[0].to_string(), "instance_type.name: unset → Small");
}

#[tokio::test]
async fn a_reference_to_an_object_that_is_missing_is_the_engines_error() {
    let (_server, connection) = start_server(|request| match request.method.as_str() {
        "PUT" => {
            Reply::xml(404, "<fault><reason>Operation Failed</reason><detail>Entity not found: Other</detail></fault>")
        }
        _ => engine(request),
    })
    .await;
    let vm = Vm::new().name("web1").cluster(Cluster::with_name("Other"));
    let error = connection.system().vms().ensure(vm).send().await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("Entity not found: Other"), "{error}");
}

#[tokio::test]
async fn fields_that_can_not_change_are_errors() {
    let (server, connection) = start_server(engine).await;
    let vms = connection.system().vms();
    let template = ovirt_sdk::types::Template::with_id("other");
    let vm = Vm::new().name("web1").description("new").status(VmStatus::Down).template(template);
    let error = vms.ensure(vm).send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request was not sent: vm `web1`: `status` is read-only (it is `up`, wanted: `down`); \
         `template.id` can't be changed after creation (it is `t`, wanted: `other`)"
    );
    let error = vms.ensure(Vm::with_id("9").name("web1")).send().await.unwrap_err();
    assert!(error.to_string().contains("`id` can't be changed after creation"), "{error}");
    assert!(vms.ensure(Vm::new().memory(1)).send().await.unwrap_err().is_absent());
    assert!(sent(&server).iter().all(|request| request.starts_with("GET ")), "{:?}", sent(&server));
}

#[tokio::test]
async fn what_engines_do_not_return_is_not_compared() {
    let host = "<host href='/ovirt-engine/api/hosts/1' id='1'><name>h</name><address>a</address></host>";
    let (server, connection) = start_server(move |request| match request.path.ends_with("/hosts") {
        true => Reply::xml(200, format!("<hosts>{host}</hosts>")),
        false => Reply::xml(200, host),
    })
    .await;
    let wanted = Host::new().name("h").address("a").root_password("hunter2").override_iptables(true);
    let done = connection.system().hosts().ensure(wanted).send().await.unwrap();
    assert!(!done.is_changed() && sent(&server).len() == 2);
    assert_eq!(done.not_compared, ["override_iptables", "root_password"]);
    assert!(!format!("{done:?}").contains("hunter2"));
    // The NICs are a collection of their own.
    let (_server, connection) = start_server(engine).await;
    let done = ensure(&connection, Vm::new().name("web1").nics([Nic::new().name("nic1")])).await;
    assert_eq!((done.is_changed(), done.not_compared.as_slice()), (false, ["nics".to_owned()].as_slice()));
}

#[tokio::test]
async fn lists_have_equal_items() {
    let vm = "<vm href='/ovirt-engine/api/vms/1' id='1'><name>web1</name><custom_properties>\
        <custom_property><name>a</name><value>1</value></custom_property>\
        <custom_property><name>b</name><value>2</value></custom_property></custom_properties>\
        <os><boot><devices><device>hd</device><device>network</device></devices></boot></os></vm>";
    let (_server, connection) = start_server(move |request| match request.path.ends_with("/vms") {
        true => Reply::xml(200, format!("<vms>{vm}</vms>")),
        false => Reply::xml(200, vm),
    })
    .await;
    let run = |vm: Vm| {
        let ensure = connection.system().vms().ensure(vm.name("web1")).dry_run(true);
        async move { ensure.send().await.unwrap().differences().iter().map(ToString::to_string).collect::<Vec<_>>() }
    };
    let property = |name: &str| CustomProperty::new().name(name);
    // In any order, and with different numbers of fields: each wanted item needs an item of its own.
    let wanted = Vm::new().custom_properties([CustomProperty::new(), property("a")]);
    assert!(run(wanted).await.is_empty());
    let changed = run(Vm::new().custom_properties([property("a"), property("c")])).await;
    assert_eq!(changed, ["custom_properties: [{name: a, value: 1}, {name: b, value: 2}] → [{name: a}, {name: c}]"]);
    assert_eq!(run(Vm::new().custom_properties([])).await.len(), 1);
    let boot = |devices: [BootDevice; 2]| Vm::new().os(OperatingSystem::new().boot(Boot::new().devices(devices)));
    assert!(run(boot([BootDevice::Hd, BootDevice::Network])).await.is_empty());
    let changed = run(boot([BootDevice::Network, BootDevice::Hd])).await;
    assert_eq!(changed, ["os.boot.devices: [hd, network] → [network, hd]"]);
    let changed = run(Vm::new().memory_policy(MemoryPolicy::new().max(1)).comment("")).await;
    assert_eq!(changed, ["memory_policy.max: unset → 1"], "engines leave out empty texts");
}

#[tokio::test]
async fn engines_can_add_items() {
    let cluster = "<cluster href='/ovirt-engine/api/clusters/1' id='1'><name>c</name><required_rng_sources>\
        <required_rng_source>urandom</required_rng_source><required_rng_source>hwrng</required_rng_source>\
        </required_rng_sources></cluster>";
    let (_server, connection) = start_server(move |request| match request.path.ends_with("/clusters") {
        true => Reply::xml(200, format!("<clusters>{cluster}</clusters>")),
        false => Reply::xml(200, cluster),
    })
    .await;
    let wanted = Cluster::new().name("c").required_rng_sources([RngSource::Hwrng]);
    assert!(!connection.system().clusters().ensure(wanted).send().await.unwrap().is_changed());
}

#[tokio::test]
async fn fields_that_only_updates_set_are_sent_after_the_creation() {
    let updates = AtomicUsize::new(0);
    let (server, connection) = start_server(move |request| match (request.method.as_str(), &*request.path) {
        ("GET", path) if path.ends_with("/vms") => Reply::xml(200, "<vms/>"),
        ("POST", _) => Reply::xml(202, "<vm id='1'><name>web1</name><status>image_locked</status></vm>"),
        ("PUT", _) if updates.fetch_add(1, Ordering::SeqCst) == 0 => Reply::xml(
            409,
            "<fault><detail>[Cannot edit VM. VM is locked. Please try again in a few minutes.]</detail></fault>",
        ),
        _ => engine(request),
    })
    .await;
    // The response lacks the memory, but the object has it.
    let done = ensure(&connection, Vm::new().name("web1").memory(1 << 30)).await;
    assert_eq!(done.to_string(), "vm web1: created");
    assert_eq!(sent(&server), ["GET vms", "POST vms", "GET vms/1"]);
    // The object has another description and another status.
    let vm = Vm::new().name("web1").memory(1 << 30).description("new").status(VmStatus::Up);
    let done = ensure(&connection, vm).await;
    assert!(matches!(&done.outcome, Outcome::Created(vm) if vm.memory == Some(1 << 30)), "{done:?}");
    assert_eq!(sent(&server)[3..], ["GET vms", "POST vms", "GET vms/1", "PUT vms/1", "PUT vms/1", "GET vms/1"]);
    assert_eq!(server.asked()[7].body, "<vm><description>new</description></vm>");
    assert_eq!(
        done.to_string(),
        "vm web1: created\n  still differs: description: old → new",
        "this engine ignores updates"
    );
}

#[tokio::test]
async fn an_object_created_by_another_client_is_updated() {
    for status in [409, 400] {
        let lists = AtomicUsize::new(0);
        let (server, connection) = start_server(move |request| match (request.method.as_str(), &*request.path) {
            ("GET", path) if path.ends_with("/vms") && lists.fetch_add(1, Ordering::SeqCst) == 0 => {
                Reply::xml(200, "<vms/>")
            }
            ("POST", _) => Reply::xml(status, "<fault><detail>[Name is already in use.]</detail></fault>"),
            _ => engine(request),
        })
        .await;
        let done = ensure(&connection, Vm::new().name("web1").description("new")).await;
        assert_eq!(done.differences().len(), 1);
        let requests = ["GET vms", "POST vms", "GET vms", "GET vms/1", "PUT vms/1", "GET vms/1"];
        assert_eq!(sent(&server), requests);
    }
}

#[tokio::test]
async fn other_rejections_of_a_new_object_are_errors() {
    let (server, connection) = start_server(|request| match request.method.as_str() {
        "GET" => Reply::xml(200, "<vms/>"),
        _ => Reply::xml(400, "<fault><detail>[No cluster.]</detail></fault>"),
    })
    .await;
    let error = connection.system().vms().ensure(Vm::new().name("web1")).send().await.unwrap_err();
    assert!(error.to_string().contains("No cluster"), "{error}");
    assert_eq!(sent(&server), ["GET vms", "POST vms", "GET vms"]);
}

#[tokio::test]
async fn an_object_removed_by_another_client_is_created() {
    let lists = AtomicUsize::new(0);
    let (server, connection) = start_server(move |request| match (request.method.as_str(), &*request.path) {
        ("GET", path) if path.ends_with("/vms") && lists.fetch_add(1, Ordering::SeqCst) > 0 => {
            Reply::xml(200, "<vms/>")
        }
        ("PUT", _) => Reply::empty(404),
        ("POST", _) => Reply::xml(201, "<vm id='2'><name>web1</name><description>new</description></vm>"),
        _ => engine(request),
    })
    .await;
    let done = ensure(&connection, Vm::new().name("web1").description("new")).await;
    assert!(matches!(&done.outcome, Outcome::Created(vm) if vm.id.as_deref() == Some("2")), "{done:?}");
    assert_eq!(sent(&server), ["GET vms", "GET vms/1", "PUT vms/1", "GET vms", "POST vms"]);
}

#[tokio::test]
async fn objects_are_found_by_the_field_of_the_collection() {
    let attachment = "<disk_attachment href='/ovirt-engine/api/vms/1/diskattachments/d' id='d'><bootable>true</bootable>\
        <disk href='/ovirt-engine/api/disks/d' id='d'/></disk_attachment>";
    let (server, connection) = start_server(move |request| match request.path.ends_with("/d") {
        true => Reply::xml(200, attachment),
        false => Reply::xml(200, format!("<disk_attachments>{attachment}</disk_attachments>")),
    })
    .await;
    let wanted = DiskAttachment::new().disk(ovirt_sdk::types::Disk::with_id("d")).bootable(true);
    let done = connection.system().vms().vm("1").disk_attachments().ensure(wanted).send().await.unwrap();
    assert_eq!(done.to_string(), "disk_attachment d: unchanged");
    assert_eq!(sent(&server), ["GET vms/1/diskattachments", "GET vms/1/diskattachments/d"]);
}

#[test]
fn runs_have_a_blocking_form() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (_server, connection) = runtime.block_on(start_server(engine));
    let done = connection.system().vms().ensure(Vm::new().name("web1")).send_blocking().unwrap();
    assert_eq!(done.into_object().id.as_deref(), Some("1"));
}
