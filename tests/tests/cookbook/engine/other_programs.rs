//! Programs for whole tasks: from a template to an address, idle VMs, snapshots by tag, copies, reports, services.

use std::time::Duration;

use ovirt_fake_engine::{FakeEngine, Incident};
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::types::{Initialization, MacPool, Permission, Range, Role, Snapshot, Tag, Template, Vm, VmStatus};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{add_vm, find_vm, start, start_engine, start_engine_with_vm};
use crate::idle_vms::Task;
use crate::{
    copy_settings, events, idle_vms, permission_report, permissions, tagged_snapshots, tags, templates,
    vm_from_template, vm_power, vmctl, web_service,
};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn from_a_template_to_an_address() {
    let (engine, connection) = start_engine_with_vm().await;
    templates::add(&connection, "web", "web1").await.unwrap();
    let wanted = || {
        let initialization =
            Initialization::new().host_name("web2").user_name("admin").authorized_ssh_keys("ssh-rsa A");
        Vm::new().name("web2").template(Template::with_name("web")).initialization(initialization)
    };
    let address = vm_from_template::run(&connection, wanted(), "data", &["ovirtmgmt"]).await.unwrap();
    engine.assert_called("POST", "vms/*/start");
    let vm = find_vm(&connection, "web2").await;
    assert_eq!(vm.nics().list().send().await.unwrap().len(), 1);
    assert_eq!(vm.disk_attachments().list().send().await.unwrap().len(), 2);
    let starts = engine.calls("POST", "**").len();
    assert_eq!(vm_from_template::run(&connection, wanted(), "data", &["ovirtmgmt"]).await.unwrap(), address);
    assert_eq!(engine.calls("POST", "**").len(), starts, "a second run changes nothing");
}

#[tokio::test]
async fn idle_virtual_machines() {
    let (engine, connection) = start_engine_with_vm().await;
    engine.advance(8 * DAY);
    add_vm(&connection, "new1").await;
    assert_eq!(idle_vms::run(&connection, Task::List, 7).await.unwrap(), ["web1"]);
    engine.assert_not_called("DELETE", "vms/*");
    assert!(idle_vms::run(&connection, Task::Remove, 9).await.unwrap().is_empty());
    assert_eq!(idle_vms::run(&connection, Task::Start, 7).await.unwrap(), ["web1"]);
    find_vm(&connection, "web1").await.wait_until_up().await.unwrap();
    vm_power::stop(&connection, "web1").await.unwrap();
    engine.advance(31 * DAY);
    let protected = Vm::new().delete_protected(true);
    find_vm(&connection, "new1").await.update(protected).send().await.unwrap();
    assert_eq!(idle_vms::run(&connection, Task::Remove, 30).await.unwrap(), ["web1"]);
    find_vm(&connection, "new1").await;
}

#[tokio::test]
async fn snapshots_by_tag() {
    let (engine, connection) = start(FakeEngine::builder().manual_clock().vms(7)).await;
    tags::add(&connection, "production").await.unwrap();
    let vms = connection.system().vms().list().send().await.unwrap();
    for vm in vms.iter().skip(1) {
        tags::assign(&connection, "production", vm.try_name().unwrap()).await.unwrap();
    }
    let own = Snapshot::new().description("By hand").persist_memorystate(false);
    let snapshots = |index: usize| connection.of(&vms[index]).unwrap().snapshots();
    let own = snapshots(1).add(own).send().await.unwrap();
    snapshots(1).snapshot(&own).wait_until_ok().await.unwrap();
    tagged_snapshots::run(&connection, "production", 14).await.unwrap();
    engine.advance(10 * DAY);
    tagged_snapshots::run(&connection, "production", 14).await.unwrap();
    let count = async |index| {
        let list = snapshots(index).list().send().await.unwrap();
        list.iter().filter(|it| it.description.as_deref().is_some_and(|text| text != "Active VM")).count()
    };
    assert_eq!((count(0).await, count(1).await, count(2).await), (0, 3, 2));
    engine.advance(5 * DAY);
    tagged_snapshots::run(&connection, "production", 14).await.unwrap();
    assert_eq!((count(0).await, count(1).await, count(2).await), (0, 3, 2), "the first ones are too old");
    engine.cause(Incident::job_failure().on("vms/*").times(1));
    let error = tagged_snapshots::run(&connection, "production", 14).await.unwrap_err();
    assert_eq!(error.to_string(), "1 virtual machines failed");
}

#[tokio::test]
async fn crashed_virtual_machines_start_again() {
    let (engine, connection) = start_engine_with_vm().await;
    let crash = async {
        engine.cause(Incident::job_failure().on("vms/*").times(1));
        let vm = find_vm(&connection, "web1").await;
        vm.start().send().await.unwrap();
        // It may be up again before this wait reads that it was down.
        drop(vm.wait_until_up().await);
        engine.assert_called("POST", "vms/*/start");
    };
    let (restarted, ()) = tokio::join!(events::restart_crashed(&connection, Duration::from_secs(600)), crash);
    assert_eq!(restarted.unwrap(), ["web1"]);
    find_vm(&connection, "web1").await.wait_until_up().await.unwrap();
}

#[tokio::test]
async fn settings_are_copied_once() {
    let (_one, from) = start_engine().await;
    let (engine, to) = start_engine().await;
    from.create(Tag::new().name("production").description("Important")).await.unwrap();
    let range = Range::new().from_("02:00:00:00:00:00").to("02:00:00:0f:ff:ff");
    from.create(MacPool::new().name("web").ranges([range])).await.unwrap();
    assert_eq!(copy_settings::run(&from, &to, true).await.unwrap(), 2);
    engine.assert_not_called("POST", "tags");
    assert_eq!(copy_settings::run(&from, &to, false).await.unwrap(), 2);
    let tag = to.system().tags().find("production").await.unwrap();
    assert_eq!(tag.description.as_deref(), Some("Important"));
    assert_eq!(copy_settings::run(&from, &to, false).await.unwrap(), 0);
}

#[tokio::test]
async fn report_of_permissions() {
    let directory = FakeEngine::builder().user("jane@internal", "x").group("developers@internal", ["jane@internal"]);
    let (_engine, connection) = start(directory.manual_clock()).await;
    add_vm(&connection, "web1").await;
    permissions::add_user(&connection, "jane@internal-authz").await.unwrap();
    permissions::add_group(&connection, "developers@internal-authz").await.unwrap();
    permissions::grant_on_vms(&connection, "jane@internal-authz", "UserVmManager", &["web1"]).await.unwrap();
    let group = connection.system().groups().list().send().await.unwrap();
    let group =
        group.iter().find(|group| group.name.as_deref().is_some_and(|it| it.starts_with("developers"))).unwrap();
    let role = connection.system().roles().find("UserRole").await.unwrap();
    let permission = Permission::new().role(Role::with_id(role.try_id().unwrap()));
    let of_group = permission.group(ovirt_sdk::types::Group::with_id(group.try_id().unwrap()));
    connection.system().permissions().add(of_group).send().await.unwrap();
    let rows = permission_report::run(&connection).await.unwrap();
    let row = |who: &str, role: &str, object: &str| [who, role, object].map(str::to_owned);
    assert!(rows.contains(&row("jane@internal-authz", "UserVmManager", "vm web1")), "{rows:?}");
    assert!(rows.contains(&row(group.try_name().unwrap(), "UserRole", "system")), "{rows:?}");
    assert!(
        rows.iter().any(|[who, role, object]| who.starts_with("admin") && role == "SuperUser" && object == "system")
    );
}

#[tokio::test]
async fn web_service_lists_virtual_machines() {
    let (engine, connection) = start_engine_with_vm().await;
    add_vm(&connection, "db1").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let without_retries = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, web_service::service(without_retries)).await });
    let get = async |path: &str| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned())
    };
    assert_eq!(get("/vms?name=web*&status=down").await.1, r#"[{"name":"web1","status":"down"}]"#);
    let all: Vec<serde_json::Value> = serde_json::from_str(&get("/vms").await.1).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(get("/vms?name=%22").await.0, "400");
    assert_eq!(get("/hosts").await.0, "404");
    drop(engine);
    assert_eq!(get("/vms").await.0, "502");
    server.abort();
}

#[tokio::test]
async fn command_line() {
    let (_engine, connection) = start_engine_with_vm().await;
    let run = async |arguments: &[&str]| {
        let matches = vmctl::command().try_get_matches_from([&["vmctl"], arguments].concat()).unwrap();
        vmctl::run(&connection, &matches).await
    };
    assert_eq!(run(&["start", "web1"]).await.unwrap()[0].status, Some(VmStatus::Up));
    assert_eq!(run(&["list"]).await.unwrap()[0].name.as_deref(), Some("web1"));
    assert_eq!(run(&["stop", "web1"]).await.unwrap()[0].status, Some(VmStatus::Down));
    assert!(run(&["start", "gone"]).await.unwrap_err().is_not_found());
    assert!(vmctl::command().try_get_matches_from(["vmctl", "start"]).is_err());
}
