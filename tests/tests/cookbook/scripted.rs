//! Runs programs against servers with scripted responses, for cases that the fake engine can't produce.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials};

use crate::support::{Asked, Reply, Server, builder};
use crate::{disk_images, inventory, jobs, vm_nics, vm_pools};

const POLL_INTERVAL: Duration = Duration::from_millis(1);
const API: &str = "/ovirt-engine/api";

async fn start_server(respond: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Server, Connection) {
    let server = Server::start(respond).await;
    let connection = connect(&server);
    (server, connection)
}

fn connect(server: &Server) -> Connection {
    builder(server).credentials(Credentials::token("t0ken")).retry(RetryPolicy::none()).build().unwrap()
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
        ("GET", "/jobs") => {
            let status = statuses.lock().unwrap().pop().unwrap();
            Reply::xml(
                200,
                format!("<jobs><job id='j'><description>Cloning</description><status>{status}</status></job></jobs>"),
            )
        }
        _ => Reply::empty(500),
    })
    .await;
    jobs::clone_vm(&connection, "web1", "web2", POLL_INTERVAL).await.unwrap();
    assert_eq!(server.count("/jobs"), 3);
    let requests = server.asked();
    let id = requests.iter().find(|request| request.path.ends_with("/clone")).unwrap().header("correlation-id");
    assert_eq!(server.last().query, format!("search=correlation_id%3D{id}"));
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

/// Starts a server that acts as an engine with a disk, and as the host that transfers the disk's image.
async fn start_image_server(image: &'static str, reject_transfers: bool) -> Server {
    // Popped from the end.
    let phases = Mutex::new(vec!["finished_success", "finalizing_success", "transferring", "initializing"]);
    // The transfer URL contains the server's port, which is known only after the start.
    let origin = Arc::new(OnceLock::new());
    let transfer_origin = Arc::clone(&origin);
    let server = Server::start(move |request| match route(request) {
        ("GET", "/disks") => Reply::xml(200, "<disks><disk id='d'><name>data1</name></disk></disks>"),
        ("POST", "/disks") => Reply::xml(202, "<disk id='d'/>"),
        ("GET", "/disks/d") => Reply::xml(200, "<disk id='d'><status>ok</status></disk>"),
        ("POST", "/imagetransfers") => Reply::xml(201, "<image_transfer id='t'/>"),
        ("GET", "/imagetransfers/t") => {
            let phase = phases.lock().unwrap().pop().unwrap();
            let url = format!("{}/images/t", transfer_origin.get().unwrap());
            let fields = format!("<phase>{phase}</phase><transfer_url>{url}</transfer_url>");
            Reply::xml(200, format!("<image_transfer id='t'>{fields}</image_transfer>"))
        }
        ("POST", "/imagetransfers/t/finalize" | "/imagetransfers/t/cancel") => Reply::xml(200, "<action/>"),
        (_, "/images/t") if reject_transfers => Reply::empty(403),
        ("GET", "/images/t") => Reply::new(200, "application/octet-stream", image),
        ("GET", "/images/t/checksum") => Reply::json(200, "{\"checksum\": \"42\"}"),
        ("PUT", "/images/t") => Reply::empty(200),
        _ => Reply::empty(500),
    })
    .await;
    origin.set(server.origin()).unwrap();
    server
}

fn http_client(server: &Server) -> reqwest::Client {
    // This fails if another test has installed it, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(server.authority().as_bytes()).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_merge([ca]).build().unwrap()
}

#[tokio::test]
async fn downloading_an_image() {
    let server = start_image_server("image data", false).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data1.raw");
    let connection = connect(&server);
    disk_images::download(&connection, &http_client(&server), "data1", &file, POLL_INTERVAL).await.unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "image data");
    assert_eq!((server.count("/finalize"), server.count("/cancel")), (1, 0));
    let transfer = server.asked().into_iter().find(|request| request.path.ends_with("/imagetransfers")).unwrap();
    assert!(transfer.body.contains("<direction>download</direction>"), "{}", transfer.body);
    assert!(transfer.body.contains("<format>raw</format>"), "{}", transfer.body);
}

#[tokio::test]
async fn a_failed_transfer_is_canceled() {
    let server = start_image_server("", true).await;
    let folder = tempfile::tempdir().unwrap();
    let connection = connect(&server);
    let file = folder.path().join("data1.raw");
    let error =
        disk_images::download(&connection, &http_client(&server), "data1", &file, POLL_INTERVAL).await.unwrap_err();
    assert!(error.to_string().contains("403"), "{error}");
    assert_eq!((server.count("/finalize"), server.count("/cancel")), (0, 1));
}

#[tokio::test]
async fn computing_a_checksum() {
    let server = start_image_server("", false).await;
    disk_images::checksum(&connect(&server), &http_client(&server), "data1", POLL_INTERVAL).await.unwrap();
    assert_eq!((server.count("/checksum"), server.count("/finalize")), (1, 1));
}

struct Upload {
    disk: String,
    transfer: String,
    /// `Content-Range`, query and body length of each request to the host.
    chunks: Vec<(String, String, usize)>,
}

/// Uploads an image and returns the requests that the server received.
async fn upload(image: &[u8]) -> Upload {
    let server = start_image_server("", false).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image");
    std::fs::write(&file, image).unwrap();
    let client = http_client(&server);
    disk_images::upload(&connect(&server), &client, "data2", &file, "data", POLL_INTERVAL).await.unwrap();
    let requests = server.asked();
    let posted = |path: &str| {
        let request = requests.iter().find(|request| request.method == "POST" && request.path.ends_with(path));
        request.unwrap().body.clone()
    };
    let puts = requests.iter().filter(|request| request.method == "PUT");
    let chunks = puts.map(|it| (it.header("content-range").to_owned(), it.query.clone(), it.body.len())).collect();
    Upload { disk: posted("/disks"), transfer: posted("/imagetransfers"), chunks }
}

#[tokio::test]
async fn uploading_a_raw_image_in_chunks() {
    let chunk_size = 8 << 20;
    let size = chunk_size + 10;
    let Upload { disk, transfer, chunks } = upload(&vec![b'x'; size]).await;
    assert!(disk.contains(&format!("<provisioned_size>{size}</provisioned_size>")), "{disk}");
    assert!(transfer.contains("<format>raw</format>"), "{transfer}");
    let first = (format!("bytes 0-{}/*", chunk_size - 1), "flush=n".to_owned(), chunk_size);
    let last = (format!("bytes {chunk_size}-{}/*", size - 1), "flush=y".to_owned(), 10);
    assert_eq!(chunks, [first, last]);
}

#[tokio::test]
async fn uploading_a_qcow2_image_takes_the_virtual_size_from_its_header() {
    let mut image = vec![0; 64];
    image[..4].copy_from_slice(b"QFI\xfb");
    image[24..32].copy_from_slice(&(3_u64 << 30).to_be_bytes());
    let Upload { disk, transfer, chunks } = upload(&image).await;
    assert!(disk.contains("<initial_size>64</initial_size>"), "{disk}");
    assert!(disk.contains(&format!("<provisioned_size>{}</provisioned_size>", 3_u64 << 30)), "{disk}");
    assert!(transfer.contains("<format>cow</format>"), "{transfer}");
    assert_eq!(chunks.len(), 1);
}
