//! Runs programs against servers with scripted responses, for cases that the fake engine can't produce.

use std::sync::Mutex;
use std::time::Duration;

use ovirt_fake_engine::Clock;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials};

use crate::support::{Asked, Reply, Server, builder};
use crate::{inventory, jobs, vm_nics, vm_pools};

const POLL_INTERVAL: Duration = Duration::from_millis(1);
const API: &str = "/ovirt-engine/api";

async fn start_server(respond: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Server, Connection) {
    let server = Server::start(respond).await;
    let connection = connect(&server);
    (server, connection)
}

fn connect(server: &Server) -> Connection {
    builder(server)
        .credentials(Credentials::token("t0ken"))
        .retry(RetryPolicy::none())
        .clock(Clock::manual())
        .build()
        .unwrap()
}

/// Returns the method and the path below the API root.
fn route(request: &Asked) -> (&str, &str) {
    (request.method.as_str(), request.path.strip_prefix(API).unwrap_or(&request.path))
}

#[tokio::test]
async fn inventory_functions_agree() {
    let (server, connection) = start_server(|request| {
        let vm = |id: i32| {
            let links =
                ["nics", "diskattachments"].map(|rel| format!("<link rel='{rel}' href='{API}/vms/{id}/{rel}'/>"));
            format!("<vm id='{id}' href='{API}/vms/{id}'><name>web{id}</name>{}</vm>", links.concat())
        };
        let vms = match route(request) {
            ("GET", "/vms") if request.query.ends_with("page+1") => vm(1) + &vm(2),
            ("GET", "/vms") if request.query.ends_with("page+2") => vm(3),
            ("GET", "/vms") if !request.query.contains("page") => vm(1) + &vm(2) + &vm(3),
            (_, path) if path.ends_with("/nics") => return Reply::xml(200, "<nics><nic id='n'/></nics>"),
            _ => return Reply::xml(200, "<disk_attachments/>"),
        };
        Reply::xml(200, format!("<vms>{vms}</vms>"))
    })
    .await;
    assert_eq!(inventory::list_pages(&connection, 2).await.unwrap(), 3);
    assert_eq!(server.count("/vms"), 2);
    assert_eq!(inventory::list_with_follow(&connection).await.unwrap(), 3);
    assert_eq!(inventory::list_concurrently(&connection).await.unwrap(), 3);
    assert_eq!((server.count("/nics"), server.count("/diskattachments")), (3, 3));
}

#[tokio::test]
async fn fixing_duplicate_macs_skips_vms_that_are_not_down() {
    let (server, connection) = start_server(|request| match route(request) {
        ("GET", "/vms") => {
            let vm = |id: &str, status: &str, mac: &str| {
                format!(
                    "<vm id='{id}'><name>web{id}</name><status>{status}</status><nics><nic id='n{id}'><name>nic1</name>\
                     <interface>virtio</interface><mac><address>{mac}</address></mac><vnic_profile id='p'/></nic></nics></vm>"
                )
            };
            let vms = [
                vm("1", "up", "56:6f:00:00:00:01"),
                vm("2", "down", "56:6F:00:00:00:01"),
                vm("3", "up", "56:6f:00:00:00:01"),
                vm("4", "down", "56:6f:00:00:00:02"),
            ];
            Reply::xml(200, format!("<vms>{}</vms>", vms.concat()))
        }
        ("DELETE", _) => Reply::empty(200),
        _ => Reply::xml(201, "<nic id='n9'><name>nic1</name><mac><address>56:6f:00:00:00:09</address></mac></nic>"),
    })
    .await;
    vm_nics::fix_duplicate_macs(&connection).await.unwrap();
    let requests: Vec<String> = server.asked().iter().map(|it| format!("{} {}", it.method, route(it).1)).collect();
    assert_eq!(requests, ["GET /vms", "DELETE /vms/2/nics/n2", "POST /vms/2/nics"]);
    let nic = "<nic><name>nic1</name><interface>virtio</interface><vnic_profile id=\"p\"/></nic>";
    assert_eq!(server.last().body, nic);
}

#[tokio::test]
async fn waiting_for_jobs() {
    // Popped from the end.
    let statuses = Mutex::new(vec!["finished", "started", "started"]);
    let (server, connection) = start_server(move |request| match route(request) {
        ("GET", "/vms") => Reply::xml(200, "<vms><vm id='1'><name>web1</name></vm></vms>"),
        ("POST", "/vms/1/clone") => {
            let id = request.header("correlation-id").to_owned();
            Reply::xml(200, "<action><status>complete</status></action>").header("Correlation-Id", &id)
        }
        ("GET", "/jobs") => Reply::xml(200, "<jobs><job id='j'><status>started</status></job></jobs>"),
        ("GET", "/jobs/j") => {
            let status = statuses.lock().unwrap().pop().unwrap();
            Reply::xml(200, format!("<job id='j'><description>Cloning</description><status>{status}</status></job>"))
        }
        ("GET", "/jobs/j/steps") => Reply::xml(200, "<steps/>"),
        _ => Reply::empty(500),
    })
    .await;
    jobs::clone_vm(&connection, "web1", "web2").await.unwrap();
    assert_eq!((server.count("/jobs"), server.count("/jobs/j")), (2, 3));
    let requests = server.asked();
    let id = requests.iter().find(|request| request.path.ends_with("/clone")).unwrap().header("correlation-id");
    assert_eq!(server.last().query, format!("max=100&search=correlation_id%3D{id}"));
}

#[tokio::test]
async fn recreating_a_vm_of_a_pool() {
    // Popped from the end. `None`: the engine has removed the VM and not created it again yet.
    let statuses = Mutex::new(vec![Some("down"), Some("image_locked"), None, Some("down"), Some("powering_down")]);
    let (server, connection) = start_server(move |request| match route(request) {
        ("GET", "/vms") => {
            let template = format!("<template href='{API}/templates/a' id='a'/>");
            Reply::xml(200, format!("<vms><vm id='1'><name>desk-1</name><status>up</status>{template}</vm></vms>"))
        }
        ("GET", "/templates/a") => Reply::xml(200, "<template id='a'><name>desk</name></template>"),
        ("GET", "/templates") => {
            let version = |id: &str, number: i32| {
                format!("<template id='{id}'><name>desk</name><version><version_number>{number}</version_number></version></template>")
            };
            Reply::xml(200, format!("<templates>{}{}</templates>", version("b", 2), version("a", 1)))
        }
        ("GET", "/vms/1") => match statuses.lock().unwrap().pop().unwrap() {
            Some(status) => Reply::xml(200, format!("<vm id='1'><status>{status}</status></vm>")),
            None => Reply::empty(404),
        },
        ("POST", "/vms/1/stop") => Reply::xml(200, "<action><status>complete</status></action>"),
        ("PUT", "/vms/1") => Reply::empty(404),
        _ => Reply::empty(500),
    })
    .await;
    vm_pools::recreate_vm(&connection, "desk-1", POLL_INTERVAL).await.unwrap();
    assert_eq!(server.count("/vms/1"), 6);
    let requests = server.asked();
    let update = requests.iter().find(|request| request.method == "PUT").unwrap();
    assert_eq!(update.body, "<vm><template id=\"b\"/></vm>");
}
