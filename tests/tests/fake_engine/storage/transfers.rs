//! Image transfers and the bytes behind them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ovirt_fake_engine::{FakeEngine, ImageDaemon, ImageTicket, TicketStatus};
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::types::{Disk, DiskStatus, ImageTransfer, ImageTransferDirection, ImageTransferPhase};
use reqwest::{Client, Method, Response};

use super::{MINUTE, disk, engine, refusal};

fn client(engine: &FakeEngine) -> Client {
    let authority = reqwest::Certificate::from_pem(engine.ca_pem().as_bytes()).unwrap();
    // Another test may have chosen it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap()
}

async fn send(client: &Client, method: Method, url: &str, range: Option<(&str, &str)>, body: Vec<u8>) -> Response {
    let request = client.request(method, url).body(body);
    let request = match range {
        Some((name, value)) => request.header(name, value),
        None => request,
    };
    request.send().await.unwrap()
}

fn of(disk: &Disk, direction: ImageTransferDirection) -> ImageTransfer {
    ImageTransfer::new().disk(Disk::with_id(disk.try_id().unwrap())).direction(direction)
}

/// The checksums of the data in a test, computed with Python's `hashlib`.
const CHECKSUMS: [(&str, &str); 6] = [
    ("blake2b", "0b60735f6403de592f347eb9b9cdc21db3b4dcc0f7f38e4d21a063c18245885d"),
    ("blake2s", "0f448c743932331f7fb895c644d8696c55572066bc7f6aba4c6663892b82b3e1"),
    ("sha1", "cf439805c5bee9f5f93b2b0ab9f5391ab6596f6b"),
    ("sha256", "8989ce515867f4fe4e383b535ffdf1b7019eb77098a296392f8c3dbc7ee53942"),
    ("sha384", "27504adf51cf6fbb09b53384680dec17f76622c51b0902deaea5becaaa0f9d1887c4b9414e7ad53da3b815ee75c7479e"),
    (
        "sha512",
        "1475237e1a96eb3b0e3ee45b67498f130ebf2da105311c6018d0f406ddd34b8a91de6501e793556190a0844c5bd9a36ecc1f404cf8a917e17eb87a9f9eabe487",
    ),
];

#[tokio::test]
async fn what_is_uploaded_is_downloaded() {
    let (engine, connection) = engine().await;
    let made = disk(&engine, &connection, "d1", 1).await;
    let one = connection.system().disks().disk(made.try_id().unwrap());
    let transfers = connection.system().image_transfers();
    let begun = transfers.add(of(&made, ImageTransferDirection::Upload)).send().await.unwrap();
    assert_eq!(begun.phase, Some(ImageTransferPhase::Transferring));
    assert!(begun.transfer_url.is_some());
    assert_eq!(begun.image.as_ref().unwrap().id, made.id);
    assert_eq!(one.get().send().await.unwrap().status, Some(DiskStatus::Locked));
    assert!(refusal(one.remove().send().await).contains("Disk d1 is being transferred"));

    engine.advance(Duration::from_secs(5));
    let transfer = transfers.image_transfer(begun.try_id().unwrap());
    let open = transfer.get().send().await.unwrap();
    assert_eq!(open.phase, Some(ImageTransferPhase::Transferring));
    let url = open.transfer_url.unwrap();
    let client = client(&engine);
    let options = send(&client, Method::OPTIONS, &url, None, Vec::new()).await;
    assert!(options.text().await.unwrap().contains("\"zero\""));
    let bytes: Vec<u8> = (0..300_000_u32).map(|number| u8::try_from(number % 249).unwrap()).collect();
    let put = send(&client, Method::PUT, &url, Some(("Content-Range", "bytes 1048576-1348575/*")), bytes.clone()).await;
    assert_eq!(put.status(), 200);
    let outside = send(&client, Method::PUT, &url, Some(("Content-Range", "bytes 9000000000-9000000000/*")), vec![1]);
    let outside = outside.await;
    assert_eq!(outside.status(), 416);
    assert_eq!(outside.headers()["content-range"], "bytes */1182164582");
    for (path, status) in [
        ("checksum", 200),
        ("checksum/algorithms", 200),
        ("checksum?algorithm=sha7", 400),
        ("checksum?block_size=1048577", 400),
        ("checksum?block_size=1", 400),
        ("extents?context=all", 400),
        ("extents?context=dirty", 404),
        ("parts", 404),
    ] {
        let answer = send(&client, Method::GET, &format!("{url}/{path}"), None, Vec::new()).await;
        assert_eq!(answer.status(), status, "{path}");
    }
    let algorithms = send(&client, Method::GET, &format!("{url}/checksum/algorithms"), None, Vec::new()).await;
    let algorithms: serde_json::Value = serde_json::from_str(&algorithms.text().await.unwrap()).unwrap();
    let names: Vec<&str> = CHECKSUMS.iter().map(|(name, _)| *name).collect();
    assert_eq!(algorithms, serde_json::json!({ "algorithms": names }));
    for (name, expected) in CHECKSUMS {
        let checksum = send(&client, Method::GET, &format!("{url}/checksum?algorithm={name}"), None, Vec::new()).await;
        let checksum: serde_json::Value = serde_json::from_str(&checksum.text().await.unwrap()).unwrap();
        assert_eq!(checksum, serde_json::json!({ "algorithm": name, "block_size": 4 << 20, "checksum": expected }));
    }
    for body in ["", "[]", r#"{"op": "trim"}"#, r#"{"op": "zero"}"#, r#"{"op": "zero", "size": -1}"#] {
        let answer = send(&client, Method::PATCH, &url, None, body.into()).await;
        assert_eq!(answer.status(), 400, "{body}");
    }
    assert_eq!(send(&client, Method::HEAD, &url, None, Vec::new()).await.status(), 405);
    let zero = br#"{"op": "zero", "offset": 1048576, "size": 1000, "flush": true}"#.to_vec();
    assert_eq!(send(&client, Method::PATCH, &url, None, zero).await.status(), 200);
    let extents = send(&client, Method::GET, &format!("{url}/extents"), None, Vec::new()).await.text().await.unwrap();
    let first = serde_json::json!({ "start": 0, "length": 1_048_576, "zero": true, "hole": true });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&extents).unwrap()[0], first);
    transfer.finalize().send().await.unwrap();
    assert_eq!(transfer.get().send().await.unwrap().phase, Some(ImageTransferPhase::FinalizingSuccess));
    assert_eq!(send(&client, Method::GET, &url, None, Vec::new()).await.status(), 403);
    engine.advance(MINUTE);
    assert_eq!(transfer.get().send().await.unwrap().phase, Some(ImageTransferPhase::FinishedSuccess));
    assert_eq!(one.get().send().await.unwrap().status, Some(DiskStatus::Ok));

    let begun = transfers.add(of(&made, ImageTransferDirection::Download)).send().await.unwrap();
    engine.advance(Duration::from_secs(5));
    let open = transfers.image_transfer(begun.try_id().unwrap()).get().send().await.unwrap();
    let url = open.proxy_url.unwrap();
    assert_eq!(send(&client, Method::PUT, &url, None, vec![1]).await.status(), 403);
    let part = send(&client, Method::GET, &url, Some(("Range", "bytes=1048000-1348575")), Vec::new()).await;
    assert_eq!(part.status(), 206);
    let read = part.bytes().await.unwrap();
    assert!(read[..576 + 1000].iter().all(|byte| *byte == 0));
    assert_eq!(&read[1576..], &bytes[1000..]);

    engine.advance(Duration::from_secs(20 * 60));
    assert!(transfer.get().send().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn who_is_silent_is_paused_and_can_go_on() {
    let (engine, connection) = engine().await;
    let made = disk(&engine, &connection, "d1", 1).await;
    let transfers = connection.system().image_transfers();
    let begun = transfers.add(of(&made, ImageTransferDirection::Upload)).send().await.unwrap();
    let transfer = transfers.image_transfer(begun.try_id().unwrap());
    let phase = || async { transfer.get().send().await.unwrap().phase.unwrap() };
    engine.advance(Duration::from_secs(50));
    transfer.extend().send().await.unwrap();
    engine.advance(Duration::from_secs(50));
    assert_eq!(phase().await, ImageTransferPhase::Transferring);
    engine.advance(Duration::from_secs(20));
    assert_eq!(phase().await, ImageTransferPhase::PausedSystem);
    transfer.resume().send().await.unwrap();
    assert_eq!(phase().await, ImageTransferPhase::Resuming);
    engine.advance(Duration::from_secs(2));
    assert_eq!(phase().await, ImageTransferPhase::Transferring);
    transfer.pause().send().await.unwrap();
    assert_eq!(phase().await, ImageTransferPhase::PausedUser);

    // An upload that is cancelled takes its disk with it.
    transfer.cancel().send().await.unwrap();
    // A transfer that ends ignores further requests.
    transfer.finalize().send().await.unwrap();
    engine.advance(MINUTE);
    assert_eq!(phase().await, ImageTransferPhase::FinishedCleanup);
    let disk = connection.system().disks().disk(made.try_id().unwrap());
    assert!(disk.get().send().await.unwrap_err().is_not_found());
}

/// A daemon whose clients have transferred something, and are silent since.
#[derive(Debug, Default)]
struct Silent {
    extensions: AtomicUsize,
}

impl ImageDaemon for Silent {
    fn add_ticket(&self, _ticket: &ImageTicket) -> Result<String, String> {
        Ok("https://host1.example.com:54322/images".to_owned())
    }

    fn ticket_status(&self, _id: &str) -> Option<TicketStatus> {
        Some(TicketStatus { idle: Duration::from_secs(3600), transferred: 4096 })
    }

    fn extend_ticket(&self, _id: &str, _timeout: Duration) {
        self.extensions.fetch_add(1, Ordering::Relaxed);
    }

    fn remove_ticket(&self, _id: &str) {}
}

#[tokio::test]
async fn a_transfer_without_a_limit_of_silence_keeps_its_ticket() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let builder = || FakeEngine::builder().manual_clock();
    let daemon = Arc::new(Silent::default());
    let engine = builder().image_daemon(Arc::<Silent>::clone(&daemon)).start().await.unwrap();
    let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    let made = disk(&engine, &connection, "d1", 1).await;
    let transfers = connection.system().image_transfers();
    let wanted = of(&made, ImageTransferDirection::Upload).inactivity_timeout(0);
    let id = transfers.add(wanted).send().await.unwrap().try_id().unwrap().to_owned();
    engine.advance(10 * MINUTE);
    let open = transfers.image_transfer(&id).get().send().await.unwrap();
    assert_eq!(open.phase, Some(ImageTransferPhase::Transferring));
    assert_eq!(open.transferred, Some(4096));
    assert!(open.transfer_url.unwrap().starts_with("https://host1.example.com:54322/images/"));
    assert_eq!(daemon.extensions.load(Ordering::Relaxed), 120, "each five seconds");
    engine.save(&file).unwrap();
    drop(engine);

    // Without the daemon, the engine serves the data.
    let engine = builder().load(&file).start().await.unwrap();
    let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    let open = connection.system().image_transfers().image_transfer(&id).get().send().await.unwrap();
    assert_eq!(open.phase, Some(ImageTransferPhase::Transferring));
    let url = open.transfer_url.unwrap();
    assert_eq!(send(&client(&engine), Method::OPTIONS, &url, None, Vec::new()).await.status(), 200);
    engine.advance(10 * MINUTE);
    let open = connection.system().image_transfers().image_transfer(&id).get().send().await.unwrap();
    assert_eq!(open.phase, Some(ImageTransferPhase::Transferring));
}
