//! Responses and documents that would exhaust memory or time without limits. The tests run one after the other, because
//! they measure the memory of the process.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows these only in functions marked `#[test]`"
)]

#[allow(dead_code, unused_imports, reason = "shared by several test crates")]
#[path = "../client/support/mod.rs"]
mod support;

use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::transport::Recorder;
use ovirt_sdk::types::{Host, List, Vm};
use ovirt_sdk::{ConnectionBuilder, Credentials, Error, xml};
use peak_alloc::PeakAlloc;
use support::{Reply, Server, builder};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const MIB: usize = 1 << 20;

/// Keeps the other tests waiting. A test holds it from its beginning, because what it prepares takes memory, too.
fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a future; returns its result, and the memory that it took at most.
fn measured<T>(future: impl Future<Output = T>) -> (T, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let result = runtime.block_on(future);
    (result, ALLOCATOR.peak_usage().saturating_sub(before))
}

fn with_token(server: &Server) -> ConnectionBuilder {
    builder(server).credentials(Credentials::token("t")).retry(RetryPolicy::none())
}

/// A gzip stream that decompresses to a thousand times its size.
fn gzip(megabytes: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; MIB]).unwrap();
    encoder.finish().unwrap().repeat(megabytes)
}

fn too_large(error: &Error) {
    assert!(error.to_string().contains("the response is too large: its body has more than "), "{error}");
    assert!(!error.is_retryable());
}

/// Lists are decoded while they arrive: the limit applies to all objects together.
#[test]
fn lists_of_empty_elements() {
    let _alone = alone();
    let text = format!("<vms>{}</vms>", "<vm/>".repeat(300_000));
    let (error, peak) = measured(async move {
        let server = Server::start(move |_| Reply::xml(200, text.as_str())).await;
        with_token(&server).build().unwrap().system().vms().list().send().await.unwrap_err()
    });
    assert!(error.to_string().contains("the document would take too much memory"), "{error}");
    assert!(peak < 400 * MIB, "{peak}");
}

#[test]
fn compressed_bodies() {
    let _alone = alone();
    let bomb = gzip(4096);
    assert!(bomb.len() < 6 * MIB, "{}", bomb.len());
    let size = bomb.len();
    let (error, peak) = measured(async move {
        let server = Server::start(move |asked| {
            let status = if asked.path.ends_with("/hosts") { 500 } else { 200 };
            Reply::xml(status, bomb.as_slice()).header("Content-Encoding", "gzip")
        })
        .await;
        let connection = with_token(&server).max_body(8 << 20).build().unwrap();
        let error = connection.system().vms().list().send().await.unwrap_err();
        too_large(&error);
        // Of a failure, the beginning is enough.
        let failure = connection.system().hosts().list().send().await.unwrap_err();
        assert_eq!(failure.status(), Some(500), "{failure}");
        // Items are decoded from a window, whose size is limited as well.
        let mut items = connection.system().vms().list().items();
        let _ = tokio::time::timeout(Duration::from_secs(5), items.next()).await;
        error
    });
    assert!(error.to_string().contains(&format!("more than {} bytes (`max_body`)", 8 << 20)), "{error}");
    assert!(peak < 12 * size + 300 * MIB, "{} MiB", peak / MIB);
}

#[test]
fn endless_bodies() {
    let _alone = alone();
    let (_, peak) = measured(async {
        let server = Server::start(|asked| {
            let status = if asked.path.ends_with("/hosts") { 503 } else { 200 };
            Reply::xml(status, "<!-- and so on -->".repeat(4096)).endless(Duration::ZERO)
        })
        .await;
        let connection = with_token(&server).max_body(4 << 20).build().unwrap();
        too_large(&connection.system().vms().list().send().await.unwrap_err());
        too_large(&connection.raw(Method::Get, "vms").send().await.unwrap_err());
        assert_eq!(connection.system().hosts().list().send().await.unwrap_err().status(), Some(503));
        // A recording needs the whole body.
        let recorder = Recorder::new();
        let recorded = with_token(&server).max_body(4 << 20).record(&recorder).build().unwrap();
        too_large(&recorded.system().vms().list().send().await.unwrap_err());
        too_large(&recorded.system().vms().list().items().next().await.unwrap_err());
        // Without an option, there is a limit as well.
        let options = with_token(&server).max_body(0).build().unwrap_err();
        assert!(options.to_string().contains("max_body: must be at least 1"), "{options}");
    });
    assert!(peak < 60 * MIB, "{} MiB", peak / MIB);
}

#[test]
fn endless_logins() {
    let _alone = alone();
    let (_, peak) = measured(async {
        for status in [200, 400] {
            let server = Server::start(move |_| {
                Reply::json(status, &format!("\"{}", "x".repeat(64 * 1024))).endless(Duration::ZERO)
            })
            .await;
            let at = |path: &str| format!("{}{path}", server.origin());
            for credentials in [
                Credentials::password("admin@internal", "password"),
                Credentials::basic("admin", "password"),
                Credentials::session("admin", "password"),
                Credentials::external_sso(at("/login"), "admin", "password").into(),
            ] {
                let connection = builder(&server).credentials(credentials).retry(RetryPolicy::none()).build().unwrap();
                let error = connection.test().await.unwrap_err();
                match status {
                    200 => assert!(error.to_string().contains("more than 1048576 bytes"), "{error}"),
                    _ => assert_eq!(error.status(), Some(400), "{error}"),
                }
            }
        }
    });
    assert!(peak < 30 * MIB, "{} MiB", peak / MIB);
}

#[test]
fn large_failures() {
    let _alone = alone();
    let page = format!("<html><title>{}", "<p a=\"".repeat(20 * MIB / 6));
    let text = "y ".repeat(10 * MIB);
    let size = page.len() + text.len();
    let (error, peak) = measured(async move {
        let server = Server::start(move |asked| match asked.path.ends_with("/hosts") {
            true => Reply::new(500, "text/html", page.as_str()),
            false => Reply::new(500, "text/plain", text.as_str()),
        })
        .await;
        let connection = with_token(&server).timeout(Duration::from_secs(20)).build().unwrap();
        let started = Instant::now();
        let page = connection.system().hosts().list().send().await.unwrap_err();
        assert_eq!(page.status(), Some(500), "{page}");
        let error = connection.system().vms().list().send().await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
        error
    });
    assert!(error.to_string().len() < 1000, "{error}");
    // The server has copies of the bodies.
    assert!(peak < 4 * size + 30 * MIB, "{} MiB", peak / MIB);
}

#[test]
fn empty_elements() {
    let _alone = alone();
    let many = |tag: &str, count: usize| format!("<{tag}s>{}</{tag}s>", format!("<{tag}/>").repeat(count));
    // Two million virtual machines in 10 MB.
    let vms = many("vm", 2_000_000);
    let (error, peak) = measured(async { xml::from_str::<List<Vm>>(&vms).unwrap_err() });
    assert!(error.to_string().contains("the document would take too much memory"), "{error}");
    // While a list grows, the old items and the new ones take memory.
    assert!(peak < 500 * MIB, "{} MiB", peak / MIB);
    let hosts = many("host", 1_000_000);
    assert!(measured(async { xml::from_str::<List<Host>>(&hosts).is_err() }).1 < 450 * MIB);
    // Objects within objects, lists within objects, and content that is kept.
    for (start, inner, end) in [
        ("<vms><vm><nics>", "<nic><network/></nic>", "</nics></vm></vms>"),
        ("<vms><vm>", "<x/>", "</vm></vms>"),
        ("<vms>", "<x/>", "</vms>"),
        ("<vms><vm><os><boot><devices>", "<device/>", "</devices></boot></os></vm></vms>"),
    ] {
        let document = format!("{start}{}{end}", inner.repeat(5 * MIB / inner.len()));
        let (_, peak) = measured(async { drop(xml::from_str::<List<Vm>>(&document)) });
        assert!(peak < 450 * MIB, "{inner}: {} MiB", peak / MIB);
        let (_, peak) =
            measured(async { drop(xml::DecodeOptions::new().strict(true).from_str::<List<Vm>>(&document)) });
        assert!(peak < 500 * MIB, "{inner}, strict: {} MiB", peak / MIB);
    }
    // One by one, and with a higher limit, they are read.
    let (count, peak) = measured(async { xml::items::<Vm, _>(vms.as_bytes()).map(Result::unwrap).count() });
    assert_eq!(count, 2_000_000);
    assert!(peak < MIB, "{peak}");
    let few = many("vm", 200_000);
    let (list, _) = measured(async { xml::DecodeOptions::new().max_memory(1 << 30).from_str::<List<Vm>>(&few) });
    assert_eq!(list.unwrap().len(), 200_000);
}

#[test]
fn a_list_of_references_is_read() {
    let _alone = alone();
    let id = "0b6f0b6d-3a0e-4f1c-9f4e-5a0f4ff0b6a1";
    let reference = format!("<vm href=\"/ovirt-engine/api/vms/{id}\" id=\"{id}\"/>");
    let document = format!("<vms>{}</vms>", reference.repeat(100_000));
    let (list, _) = measured(async { xml::from_str::<List<Vm>>(&document) });
    assert_eq!(list.unwrap().len(), 100_000);
}
