//! Programs whose work is more than to ask an engine, against servers that answer as a test wants.

use std::sync::Mutex;
use std::time::Duration;

use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials};

use crate::support::{Asked, Reply, Server, builder};
use crate::{disk_images, inventory, jobs, vm_nics, vm_pools};

const PAUSE: Duration = Duration::from_millis(1);
const API: &str = "/ovirt-engine/api";

async fn answering(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Server, Connection) {
    let server = Server::start(answer).await;
    let connection = with_token(&server);
    (server, connection)
}

fn with_token(server: &Server) -> Connection {
    builder(server).credentials(Credentials::token("t0ken")).retry(RetryPolicy::none()).build().unwrap()
}

fn route(asked: &Asked) -> (&str, &str) {
    (asked.method.as_str(), asked.path.strip_prefix(API).unwrap_or(&asked.path))
}

#[tokio::test]
async fn the_inventory_is_the_same_in_all_ways() {
    let (server, connection) = answering(|asked| {
        let vm = |id: i32| {
            let links =
                ["nics", "diskattachments"].map(|rel| format!("<link rel='{rel}' href='{API}/vms/{id}/{rel}'/>"));
            format!("<vm id='{id}' href='{API}/vms/{id}'><name>web{id}</name>{}</vm>", links.concat())
        };
        let vms = match route(asked) {
            ("GET", "/vms") if asked.query.ends_with("page+1") => vm(1) + &vm(2),
            ("GET", "/vms") if asked.query.ends_with("page+2") => vm(3),
            ("GET", "/vms") if !asked.query.contains("page") => vm(1) + &vm(2) + &vm(3),
            (_, path) if path.ends_with("/nics") => return Reply::xml(200, "<nics><nic id='n'/></nics>"),
            _ => return Reply::xml(200, "<disk_attachments/>"),
        };
        Reply::xml(200, format!("<vms>{vms}</vms>"))
    })
    .await;
    assert_eq!(inventory::pages(&connection, 2).await.unwrap(), 3);
    assert_eq!(server.count("/vms"), 2);
    assert_eq!(inventory::followed(&connection).await.unwrap(), 3);
    assert_eq!(inventory::concurrent(&connection).await.unwrap(), 3);
    assert_eq!((server.count("/nics"), server.count("/diskattachments")), (3, 3));
}

#[tokio::test]
async fn duplicates_of_mac_addresses_are_repaired_where_they_can_be() {
    let (server, connection) = answering(|asked| match route(asked) {
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
    vm_nics::repair(&connection).await.unwrap();
    let asked: Vec<String> = server.asked().iter().map(|it| format!("{} {}", it.method, route(it).1)).collect();
    assert_eq!(asked, ["GET /vms", "DELETE /vms/2/nics/n2", "POST /vms/2/nics"]);
    let nic = "<nic><name>nic1</name><interface>virtio</interface><vnic_profile id=\"p\"/></nic>";
    assert_eq!(server.last().body, nic);
}

#[tokio::test]
async fn waiting_for_the_jobs_of_a_request() {
    let states = Mutex::new(vec!["finished", "started", "started"]);
    let (server, connection) = answering(move |asked| match route(asked) {
        ("GET", "/vms") => Reply::xml(200, "<vms><vm id='1'><name>web1</name></vm></vms>"),
        ("POST", "/vms/1/clone") => {
            let id = asked.header("correlation-id").to_owned();
            Reply::xml(200, "<action><status>complete</status></action>").header("Correlation-Id", &id)
        }
        ("GET", "/jobs") => {
            let state = states.lock().unwrap().pop().unwrap();
            Reply::xml(
                200,
                format!("<jobs><job id='j'><description>Cloning</description><status>{state}</status></job></jobs>"),
            )
        }
        _ => Reply::empty(500),
    })
    .await;
    jobs::clone(&connection, "web1", "web2", PAUSE).await.unwrap();
    assert_eq!(server.count("/jobs"), 3);
    let all = server.asked();
    let id = all.iter().find(|asked| asked.path.ends_with("/clone")).unwrap().header("correlation-id");
    assert_eq!(server.last().query, format!("search=correlation_id%3D{id}"));
}

#[tokio::test]
async fn a_machine_of_a_pool_is_made_anew() {
    // What the machine is, from the last to the first; `None` is while the engine makes it again.
    let states = Mutex::new(vec![Some("down"), Some("image_locked"), None, Some("down"), Some("powering_down")]);
    let (server, connection) = answering(move |asked| match route(asked) {
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
        ("GET", "/vms/1") => match states.lock().unwrap().pop().unwrap() {
            Some(state) => Reply::xml(200, format!("<vm id='1'><status>{state}</status></vm>")),
            None => Reply::empty(404),
        },
        ("POST", "/vms/1/stop") => Reply::xml(200, "<action><status>complete</status></action>"),
        ("PUT", "/vms/1") => Reply::empty(404),
        _ => Reply::empty(500),
    })
    .await;
    vm_pools::renew(&connection, "desk-1", PAUSE).await.unwrap();
    assert_eq!(server.count("/vms/1"), 6);
    let all = server.asked();
    let changed = all.iter().find(|asked| asked.method == "PUT").unwrap();
    assert_eq!(changed.body, "<vm><template id=\"b\"/></vm>");
}

/// An engine with a disk, and a host that keeps an image, both at one address.
async fn engine_with_images(image: &'static str, refuses: bool) -> Server {
    let phases = Mutex::new(vec!["finished_success", "finalizing_success", "transferring", "initializing"]);
    let place = std::sync::Arc::new(Mutex::new(String::new()));
    let shown = std::sync::Arc::clone(&place);
    let server = Server::start(move |asked| match route(asked) {
        ("GET", "/disks") => Reply::xml(200, "<disks><disk id='d'><name>data1</name></disk></disks>"),
        ("POST", "/disks") => Reply::xml(202, "<disk id='d'/>"),
        ("GET", "/disks/d") => Reply::xml(200, "<disk id='d'><status>ok</status></disk>"),
        ("POST", "/imagetransfers") => Reply::xml(201, "<image_transfer id='t'/>"),
        ("GET", "/imagetransfers/t") => {
            let (phase, url) = (phases.lock().unwrap().pop().unwrap(), shown.lock().unwrap().clone());
            let inner = format!("<phase>{phase}</phase><transfer_url>{url}/images/t</transfer_url>");
            Reply::xml(200, format!("<image_transfer id='t'>{inner}</image_transfer>"))
        }
        ("POST", "/imagetransfers/t/finalize" | "/imagetransfers/t/cancel") => Reply::xml(200, "<action/>"),
        (_, "/images/t") if refuses => Reply::empty(403),
        ("GET", "/images/t") => Reply::new(200, "application/octet-stream", image),
        ("GET", "/images/t/checksum") => Reply::json(200, "{\"checksum\": \"42\"}"),
        ("PUT", "/images/t") => Reply::empty(200),
        _ => Reply::empty(500),
    })
    .await;
    *place.lock().unwrap() = server.origin();
    server
}

fn client(server: &Server) -> reqwest::Client {
    // Another test may have done so.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let authority = reqwest::Certificate::from_pem(server.authority().as_bytes()).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_merge([authority]).build().unwrap()
}

#[tokio::test]
async fn an_image_is_downloaded() {
    let server = engine_with_images("what the disk holds", false).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data1.raw");
    let connection = with_token(&server);
    disk_images::download(&connection, &client(&server), "data1", &file, PAUSE).await.unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "what the disk holds");
    assert_eq!((server.count("/finalize"), server.count("/cancel")), (1, 0));
    let transfer = server.asked().into_iter().find(|asked| asked.path.ends_with("/imagetransfers")).unwrap();
    assert!(transfer.body.contains("<direction>download</direction>"), "{}", transfer.body);
    assert!(transfer.body.contains("<format>raw</format>"), "{}", transfer.body);
}

#[tokio::test]
async fn a_transfer_that_fails_is_given_up() {
    let server = engine_with_images("", true).await;
    let folder = tempfile::tempdir().unwrap();
    let connection = with_token(&server);
    let file = folder.path().join("data1.raw");
    let error = disk_images::download(&connection, &client(&server), "data1", &file, PAUSE).await.unwrap_err();
    assert!(error.to_string().contains("403"), "{error}");
    assert_eq!((server.count("/finalize"), server.count("/cancel")), (0, 1));
}

#[tokio::test]
async fn a_checksum_is_computed_by_the_host() {
    let server = engine_with_images("", false).await;
    disk_images::checksum(&with_token(&server), &client(&server), "data1", PAUSE).await.unwrap();
    assert_eq!((server.count("/checksum"), server.count("/finalize")), (1, 1));
}

/// Uploads a file; gives the document of the disk, and the ranges and bodies that the host got.
async fn uploaded(image: &[u8]) -> (String, String, Vec<(String, usize)>) {
    let server = engine_with_images("", false).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image");
    std::fs::write(&file, image).unwrap();
    disk_images::upload(&with_token(&server), &client(&server), "data2", &file, "data", PAUSE).await.unwrap();
    let all = server.asked();
    let posted =
        |path: &str| all.iter().find(|it| it.method == "POST" && it.path.ends_with(path)).unwrap().body.clone();
    let puts = all.iter().filter(|asked| asked.method == "PUT");
    let pieces = puts.map(|it| (format!("{} {}", it.header("content-range"), it.query), it.body.len())).collect();
    (posted("/disks"), posted("/imagetransfers"), pieces)
}

#[tokio::test]
async fn a_raw_image_is_uploaded_in_pieces() {
    let piece = 8 << 20;
    let (disk, transfer, pieces) = uploaded(&vec![b'x'; piece + 10]).await;
    assert!(disk.contains(&format!("<provisioned_size>{}</provisioned_size>", piece + 10)), "{disk}");
    assert!(transfer.contains("<format>raw</format>"), "{transfer}");
    let last = format!("bytes {piece}-{}/* flush=y", piece + 9);
    assert_eq!(pieces, [(format!("bytes 0-{}/* flush=n", piece - 1), piece), (last, 10)]);
}

#[tokio::test]
async fn the_size_of_a_qcow2_image_is_in_its_header() {
    let mut image = vec![0; 64];
    image[..4].copy_from_slice(b"QFI\xfb");
    image[24..32].copy_from_slice(&(3_u64 << 30).to_be_bytes());
    let (disk, transfer, pieces) = uploaded(&image).await;
    assert!(disk.contains("<initial_size>64</initial_size>"), "{disk}");
    assert!(disk.contains(&format!("<provisioned_size>{}</provisioned_size>", 3_u64 << 30)), "{disk}");
    assert!(transfer.contains("<format>cow</format>"), "{transfer}");
    assert_eq!(pieces.len(), 1);
}
