//! Incidents: accepted work that fails, and what is lost. Each kind with the SDK, and over plain HTTP by another process.

use std::time::Duration;

use ovirt_fake_engine::{FakeEngine, Incident};
use ovirt_sdk::Connection;
use ovirt_sdk::types::{
    Cluster, DataCenterStatus, Disk, DiskAttachment, DiskFormat, DiskInterface, DiskStatus, Event, Host, HostStatus,
    Job, JobStatus, StorageDomain, StorageDomainStatus, Template, Vm, VmStatus,
};

use crate::raw::{ADMIN, ask};
use crate::{MINUTE, engine};

const CONTROL: &str = "/fake-engine/incidents";

async fn vm_named(connection: &Connection, name: &str) -> Vm {
    connection.system().vms().list().search(format!("name={name}")).send().await.unwrap().into_vec().remove(0)
}

async fn running_vm(connection: &Connection) -> Vm {
    connection.system().vms().list().search("status=up").max(1).send().await.unwrap().into_vec().remove(0)
}

fn new_disk(name: &str) -> Disk {
    let disk = Disk::new().name(name).format(DiskFormat::Cow).provisioned_size(1 << 30);
    disk.storage_domains(vec![StorageDomain::new().name("data")])
}

async fn disk_status(connection: &Connection, disk: &Disk) -> Option<DiskStatus> {
    connection.system().disks().disk(disk).get().send().await.unwrap().status
}

async fn last_job(connection: &Connection, description: &str) -> Job {
    let mut jobs = connection.system().jobs().list().send().await.unwrap().into_vec();
    jobs.retain(|job| job.description.as_deref().is_some_and(|text| text.starts_with(description)));
    jobs.remove(0)
}

async fn events(connection: &Connection, code: i64) -> Vec<Event> {
    let mut events = connection.system().events().list().send().await.unwrap().into_vec();
    events.retain(|event| event.code == Some(code));
    events
}

/// Causes an incident over HTTP.
async fn cause(engine: &FakeEngine, text: &str) {
    let answer = ask(engine, &format!("POST {CONTROL}"), &["Content-Type: text/plain"], text).await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
}

/// Sends a request with a document to the API over HTTP.
async fn call(engine: &FakeEngine, method: &str, path: &str, body: &str) -> String {
    let content = if body.is_empty() { "Accept: */*" } else { "Content-Type: application/xml" };
    ask(engine, &format!("{method} /ovirt-engine/api/{path}"), &[ADMIN, content], body).await
}

/// The identifier in the first `href` of a document, of an object in a collection.
fn first_id<'a>(answer: &'a str, collection: &str) -> &'a str {
    let start = format!("href=\"/ovirt-engine/api/{collection}/");
    answer.split(&start).nth(1).unwrap().split(['"', '/']).next().unwrap()
}

#[tokio::test]
async fn a_job_fails_once_and_leaves_an_illegal_disk_behind() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    engine.cause(Incident::job_failure().on("disks/*").times(1));
    let disks = connection.system().disks();
    let bad = disks.add(new_disk("bad")).send().await.unwrap();
    assert_eq!(disk_status(&connection, &bad).await, Some(DiskStatus::Locked));
    engine.advance(MINUTE);
    assert_eq!(disk_status(&connection, &bad).await, Some(DiskStatus::Illegal));
    let job = last_job(&connection, "Adding Disk bad").await;
    assert_eq!(job.status, Some(JobStatus::Failed));
    assert_eq!(events(&connection, 2022).await.len(), 1);
    let good = disks.add(new_disk("good")).send().await.unwrap();
    engine.advance(MINUTE);
    assert_eq!(disk_status(&connection, &good).await, Some(DiskStatus::Ok));

    // A virtual machine with an illegal disk goes down as soon as it starts.
    let vms = connection.system().vms();
    let vm = Vm::new().name("web").cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    let vm = vms.add(vm).send().await.unwrap();
    let vm = vms.vm(&vm);
    let attachment = DiskAttachment::new().interface(DiskInterface::Virtio).bootable(true).active(true);
    let attachment = attachment.disk(Disk::with_id(bad.id.unwrap()));
    vm.disk_attachments().add(attachment).send().await.unwrap();
    engine.advance(MINUTE);
    vm.start().send().await.unwrap();
    engine.advance(MINUTE);
    assert_eq!(vm.get().send().await.unwrap().status, Some(VmStatus::Down));
    assert_eq!(events(&connection, 119).await.len(), 1);
    assert_eq!(last_job(&connection, "Launching VM web").await.status, Some(JobStatus::Failed));
}

#[tokio::test]
async fn jobs_fail_by_name_and_over_http() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    cause(&engine, "job-failure name=web* skip=1").await;
    let disk = "<disk><name>NAME</name><format>cow</format><provisioned_size>1073741824</provisioned_size>\
                <storage_domains><storage_domain><name>data</name></storage_domain></storage_domains></disk>";
    for (name, status) in [("web1", "ok"), ("other", "ok"), ("web2", "illegal"), ("web3", "illegal")] {
        let answer = call(&engine, "POST", "disks", &disk.replace("NAME", name)).await;
        let id = first_id(&answer, "disks").to_owned();
        engine.advance(MINUTE);
        let answer = call(&engine, "GET", &format!("disks/{id}"), "").await;
        assert!(answer.contains(&format!("<status>{status}</status>")), "{name}: {answer}");
    }
    assert_eq!(events(&connection, 2022).await.len(), 2);
    let listed = ask(&engine, &format!("GET {CONTROL}"), &[], "").await;
    assert!(listed.ends_with(r#"["job-failure name=web*"]"#), "{listed}");
    let cleared = ask(&engine, &format!("DELETE {CONTROL}"), &[], "").await;
    assert!(cleared.starts_with("HTTP/1.1 204"), "{cleared}");
    call(&engine, "POST", "disks", &disk.replace("NAME", "web4")).await;
    engine.advance(MINUTE);
    assert_eq!(events(&connection, 2022).await.len(), 2);
}

#[tokio::test]
async fn each_kind_of_work_can_fail() {
    let (engine, connection) = engine(FakeEngine::builder().vms(20)).await;
    let vms = connection.system().vms();
    let up = running_vm(&connection).await;
    let vm = vms.vm(&up);
    let status = async || vm.get().send().await.unwrap().status;
    engine.cause(Incident::job_failure());

    vm.stop().send().await.unwrap();
    engine.advance(MINUTE);
    assert_eq!((status().await, events(&connection, 56).await.len()), (Some(VmStatus::Up), 1));
    vm.suspend().send().await.unwrap();
    engine.advance(MINUTE);
    assert_eq!((status().await, events(&connection, 521).await.len()), (Some(VmStatus::Up), 1));
    let host = up.host.clone().unwrap().id;
    vm.migrate().send().await.unwrap();
    engine.advance(MINUTE);
    let after = vm.get().send().await.unwrap();
    assert_eq!((after.status, after.host.unwrap().id), (Some(VmStatus::Up), host.clone()));
    assert_eq!(events(&connection, 65).await.len(), 1);

    // A new snapshot disappears, and its disks are unlocked.
    let snapshots = vm.snapshots();
    let before = snapshots.list().send().await.unwrap().len();
    snapshots.add(ovirt_sdk::types::Snapshot::new().description("s")).send().await.unwrap();
    engine.advance(MINUTE);
    assert_eq!(snapshots.list().send().await.unwrap().len(), before);
    for attachment in &vm.disk_attachments().list().send().await.unwrap() {
        let disk = Disk::with_id(attachment.try_id().unwrap());
        assert_eq!(disk_status(&connection, &disk).await, Some(DiskStatus::Ok));
    }

    // A host that can't be activated.
    let hosts = connection.system().hosts();
    let host =
        Host::new().name("new").address("new.example.com").root_password("x").cluster(Cluster::with_name("Default"));
    let host = hosts.add(host).send().await.unwrap();
    engine.advance(2 * MINUTE);
    assert_eq!(hosts.host(&host).get().send().await.unwrap().status, Some(HostStatus::InstallFailed));

    // A virtual machine that can't be created disappears with its disks.
    let copy = Vm::new().name("copy");
    vms.vm(&vm_named(&connection, up.name.as_deref().unwrap()).await).stop().send().await.unwrap();
    engine.clear_incidents();
    vm.stop().send().await.unwrap();
    engine.advance(MINUTE);
    engine.cause(Incident::job_failure().named("copy"));
    vm.clone_().vm(copy).send().await.unwrap();
    let disks = connection.system().disks();
    let count = disks.list().send().await.unwrap().len();
    engine.advance(2 * MINUTE);
    assert!(vms.list().search("name=copy").send().await.unwrap().is_empty());
    assert!(disks.list().send().await.unwrap().len() < count);
    assert_eq!(events(&connection, 60).await.len(), 1);
}

#[tokio::test]
async fn a_disk_becomes_illegal() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let disk = connection.system().disks().add(new_disk("data1")).send().await.unwrap();
    engine.advance(MINUTE);
    engine.cause(Incident::illegal_disk().named("data1").after(MINUTE));
    assert_eq!(disk_status(&connection, &disk).await, Some(DiskStatus::Ok));
    engine.advance(MINUTE);
    assert_eq!(disk_status(&connection, &disk).await, Some(DiskStatus::Illegal));

    let other = connection.system().disks().add(new_disk("data2")).send().await.unwrap();
    engine.advance(MINUTE);
    let id = other.id.unwrap();
    let form = format!("kind=illegal_disk&path=disks/{id}");
    let answer = ask(&engine, &format!("POST {CONTROL}"), &[], &form).await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let answer = call(&engine, "GET", &format!("disks/{id}"), "").await;
    assert!(answer.contains("<status>illegal</status>"), "{answer}");
}

#[tokio::test]
async fn a_host_is_lost_for_a_while() {
    let (engine, connection) = engine(FakeEngine::builder().vms(20)).await;
    let vm = running_vm(&connection).await;
    let (vm, host) = (connection.system().vms().vm(&vm), connection.system().hosts().host(&vm.host));
    let statuses = async || (host.get().send().await.unwrap().status, vm.get().send().await.unwrap().status);
    let name = host.get().send().await.unwrap().name.unwrap();
    let incident = Incident::lost_host().named(&name).after(Duration::from_secs(30)).lasting(5 * MINUTE);
    engine.cause(incident);
    assert_eq!(statuses().await, (Some(HostStatus::Up), Some(VmStatus::Up)));
    engine.advance(Duration::from_secs(30));
    assert_eq!(statuses().await, (Some(HostStatus::NonResponsive), Some(VmStatus::UnknownValue)));
    assert_eq!(events(&connection, 12).await.len(), 1);
    engine.advance(5 * MINUTE);
    assert_eq!(statuses().await, (Some(HostStatus::Up), Some(VmStatus::Up)));

    // For good: after the host was fenced by hand, its virtual machines are down.
    cause(&engine, &format!("lost-host name={name}")).await;
    engine.advance(60 * MINUTE);
    let hosts = call(&engine, "GET", &format!("hosts?search=name%3D{name}"), "").await;
    assert!(hosts.contains("<status>non_responsive</status>"), "{hosts}");
    let id = first_id(&hosts, "hosts").to_owned();
    let fence = "<action><fence_type>manual</fence_type></action>";
    let fenced = call(&engine, "POST", &format!("hosts/{id}/fence"), fence).await;
    assert!(fenced.starts_with("HTTP/1.1 200"), "{fenced}");
    assert_eq!(vm.get().send().await.unwrap().status, Some(VmStatus::Down));
}

#[tokio::test]
async fn a_migration_ends_elsewhere() {
    let (engine, connection) = engine(FakeEngine::builder().vms(150)).await;
    let up = running_vm(&connection).await;
    let vm = connection.system().vms().vm(&up);
    let hosts = connection.system().hosts().list().send().await.unwrap();
    let from = up.host.as_ref().unwrap().id.clone();
    let others: Vec<&Host> = hosts.iter().filter(|host| host.id != from).collect();
    let [first, second] = others[..] else { panic!("{} hosts", hosts.len()) };
    engine.cause(Incident::migration_elsewhere().named(up.name.as_deref().unwrap()).times(1));
    vm.migrate().host(Host::with_id(first.try_id().unwrap())).send().await.unwrap();
    engine.advance(MINUTE);
    let after = vm.get().send().await.unwrap();
    assert_eq!((after.status, after.host.unwrap().id), (Some(VmStatus::Up), second.id.clone()));
    assert_eq!(events(&connection, 128).await.len(), 1);

    // Over HTTP, to the host where it was planned to go, without another one: the migration fails.
    cause(&engine, "migration-elsewhere").await;
    let away = Incident::lost_host().on(format!("hosts/{}", from.as_deref().unwrap()));
    engine.cause(away);
    let id = up.id.unwrap();
    let action = format!("<action><host id=\"{}\"/></action>", first.try_id().unwrap());
    let answer = call(&engine, "POST", &format!("vms/{id}/migrate"), &action).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    engine.advance(MINUTE);
    let answer = call(&engine, "GET", &format!("vms/{id}"), "").await;
    assert!(answer.contains("<status>up</status>") && answer.contains(second.try_id().unwrap()), "{answer}");
    assert_eq!(events(&connection, 65).await.len(), 1);
}

#[tokio::test]
async fn a_storage_domain_goes_away_and_comes_back() {
    let (engine, connection) = engine(FakeEngine::builder().vms(20)).await;
    let vm = connection.system().vms().vm(&running_vm(&connection).await);
    let center = connection.system().data_centers().list().send().await.unwrap().into_vec().remove(0);
    let id = center.try_id().unwrap().to_owned();
    let center = connection.system().data_centers().data_center(&center);
    let domains = center.storage_domains();
    let data = async || {
        let all = domains.list().send().await.unwrap().into_vec();
        all.into_iter().find(|domain| domain.name.as_deref() == Some("data")).unwrap().status
    };
    engine.cause(Incident::lost_storage_domain().named("data").lasting(MINUTE));
    assert_eq!(data().await, Some(StorageDomainStatus::Inactive));
    let paused = vm.get().send().await.unwrap();
    assert_eq!((paused.status, paused.status_detail.as_deref()), (Some(VmStatus::Paused), Some("eio")));
    assert_eq!(center.get().send().await.unwrap().status, Some(DataCenterStatus::Problematic));
    let error = connection.system().disks().add(new_disk("x")).send().await.unwrap_err().to_string();
    assert!(error.contains("Inactive"), "{error}");
    engine.advance(MINUTE);
    assert_eq!(data().await, Some(StorageDomainStatus::Active));
    assert_eq!(vm.get().send().await.unwrap().status, Some(VmStatus::Up));
    assert_eq!(center.get().send().await.unwrap().status, Some(DataCenterStatus::Up));

    let body = r#"{"kind": "lost_storage_domain", "name": "data", "after": 10}"#;
    let answer = ask(&engine, &format!("POST {CONTROL}"), &["Content-Type: application/json"], body).await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let path = format!("datacenters/{id}/storagedomains");
    assert!(call(&engine, "GET", &path, "").await.contains("<status>active</status>"));
    let clock = ask(&engine, "POST /fake-engine/clock", &[], "advance=10s").await;
    assert!(clock.contains(r#"{"now":"2026-01-01T00:01:10.000Z"}"#), "{clock}");
    assert!(call(&engine, "GET", &path, "").await.contains("<status>inactive</status>"));
}

#[tokio::test]
async fn malformed_incidents_are_explained() {
    let (engine, _) = engine(FakeEngine::builder()).await;
    for (content, body, problem) in [
        ("text/plain", "fire", "no incident is called `fire`"),
        ("text/plain", "lost-host after=x", "`x` is not a duration such as `30s`, `5m` or `250ms`"),
        ("application/json", "[]", "the body is not a JSON object"),
        ("application/json", r#"{"kind":[]}"#, "`kind` is neither a text nor a number"),
        ("application/x-www-form-urlencoded", "name=x", "the kind is missing"),
    ] {
        let answer = ask(&engine, &format!("POST {CONTROL}"), &[&format!("Content-Type: {content}")], body).await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains(problem), "{answer}");
    }
    assert!(ask(&engine, "PATCH /fake-engine/clock", &[], "").await.starts_with("HTTP/1.1 405"));
    assert!(ask(&engine, "GET /fake-engine/x", &[], "").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn requests_fail_on_demand_of_another_process() {
    const FAILURES: &str = "/fake-engine/failures";
    let (engine, _) = engine(FakeEngine::builder()).await;
    let moved = r#"{"kind": "response", "status": 307, "header": "Location: https://other/", "path": "disks"}"#;
    for (content, body) in [
        ("application/x-www-form-urlencoded", "kind=fault&status=418&detail=tea&path=vms&times=1"),
        ("application/json", moved),
    ] {
        let answer = ask(&engine, &format!("POST {FAILURES}"), &[&format!("Content-Type: {content}")], body).await;
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    }
    let listed = ask(&engine, &format!("GET {FAILURES}"), &[], "").await;
    assert!(
        listed.contains(r#"["fault status=418 reason= detail=tea path=vms times=1","response status=307 "#),
        "{listed}"
    );
    let answer = call(&engine, "GET", "vms", "").await;
    assert!(answer.starts_with("HTTP/1.1 418") && answer.contains("<detail>tea</detail>"), "{answer}");
    assert!(call(&engine, "GET", "vms", "").await.starts_with("HTTP/1.1 200"));
    let answer = call(&engine, "GET", "disks", "").await;
    assert!(answer.starts_with("HTTP/1.1 307") && answer.contains("location: https://other/\r\n"), "{answer}");
    assert!(ask(&engine, &format!("DELETE {FAILURES}"), &[], "").await.starts_with("HTTP/1.1 204"));
    assert!(call(&engine, "GET", "disks", "").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn work_on_a_lost_host_fails() {
    let (engine, connection) = engine(FakeEngine::builder().vms(150)).await;
    let up = running_vm(&connection).await;
    let vm = connection.system().vms().vm(&up);
    let name = up.name.as_deref().unwrap();
    vm.migrate().send().await.unwrap();
    let source = up.host.as_ref().unwrap().id.clone().unwrap();
    engine.cause(Incident::lost_host().on(format!("hosts/{source}")));
    assert_eq!(last_job(&connection, &format!("Migrating VM {name}")).await.status, Some(JobStatus::Failed));
    assert_eq!(vm.get().send().await.unwrap().status, Some(VmStatus::UnknownValue));

    let down = connection.system().vms().list().search("status=down").max(1).send().await.unwrap().into_vec().remove(0);
    let vm = connection.system().vms().vm(&down);
    vm.start().send().await.unwrap();
    engine.cause(Incident::lost_host());
    let launch = format!("Launching VM {}", down.name.as_deref().unwrap());
    assert_eq!(last_job(&connection, &launch).await.status, Some(JobStatus::Failed));
}
