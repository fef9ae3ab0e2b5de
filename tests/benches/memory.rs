//! Memory used by a decoded collection, by requesting one, and by reading one item by item.

use std::error::Error;
use std::sync::Arc;

use ovirt_sdk::http::{Body, BodyError, BoxFuture, Chunks, Headers, Request, Response};
use ovirt_sdk::object::{self, Object};
use ovirt_sdk::transport::Transport;
use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::{Connection, Credentials, xml};
use ovirt_sdk_tests::inventory;
use ovirt_sdk_tests::report::{self, Budget};
use peak_alloc::PeakAlloc;

/// The length of a chunk of a response: that of a record of TLS, in bytes.
const CHUNK: usize = 16 * 1024;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() -> Result<(), Box<dyn Error>> {
    report::run("memory", measure)
}

fn measure() -> Result<(), Box<dyn Error>> {
    let document = inventory::vms(inventory::LARGE);
    let (before, resident) = (ALLOCATOR.current_usage(), resident());
    ALLOCATOR.reset_peak_usage();
    let vms: List<Vm> = xml::from_str(&document)?;
    let (list, peak) = (ALLOCATOR.current_usage() - before, ALLOCATOR.peak_usage() - before);
    let grown = self::resident().zip(resident).map(|(after, before)| after.saturating_sub(before));
    let (inline, unset) = vms.iter().map(|vm| inline(vm)).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    drop(vms);

    let document: Arc<str> = document.into();
    let requested = request(&document)?;
    let small = stream(&inventory::vms(inventory::LARGE / 10))?;
    let large = stream(&document)?;

    let size = document.len();
    let megabytes = |bytes: usize| format!("{:.1} MB", bytes as f64 / 1e6);
    let of_document = |bytes: usize| bytes as f64 / size as f64;
    report::head(&format!("{} VMs, {}; ratios to the document's size", inventory::LARGE, megabytes(size)));
    report::ratio("decoded list", &megabytes(list), of_document(list), Budget::AtMost(0.9));
    let of_list = |bytes: usize| bytes as f64 / list as f64;
    report::ratio("  structs; ratio to the list", &megabytes(inline), of_list(inline), Budget::None);
    report::ratio("  unset fields in them; ratio to the list", &megabytes(unset), of_list(unset), Budget::None);
    report::ratio("peak while decoding the list", &megabytes(peak), of_document(peak), Budget::None);
    let ratio = of_list(requested);
    report::ratio(
        "peak while requesting the list; ratio to the list",
        &megabytes(requested),
        ratio,
        Budget::AtMost(1.15),
    );
    if let Some(grown) = grown {
        report::ratio("growth of the resident memory", &megabytes(grown), of_document(grown), Budget::None);
    }
    let kilobytes = |bytes: usize| format!("{:.1} kB", bytes as f64 / 1e3);
    report::figure("peak while reading item by item, 1/10 of the VMs", &kilobytes(small));
    let growth = large as f64 / small as f64;
    report::ratio("  all VMs; ratio to 1/10 of the VMs", &kilobytes(large), growth, Budget::AtMost(1.1));
    Ok(())
}

/// Peak memory, in bytes, while reading a document item by item.
fn stream(document: &str) -> Result<usize, ovirt_sdk::Error> {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    for vm in xml::items::<Vm, _>(document.as_bytes()) {
        std::hint::black_box(vm?);
    }
    Ok(ALLOCATOR.peak_usage() - before)
}

/// Peak memory, in bytes, while requesting a list. The document is not counted: it stands for the network.
fn request(document: &Arc<str>) -> Result<usize, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::token("token"))
        .transport(Prepared(Arc::clone(document)))
        .build()?;
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let vms = runtime.block_on(connection.system().vms().list().send())?;
    std::hint::black_box(vms);
    Ok(ALLOCATOR.peak_usage() - before)
}

/// Responds with a document in chunks, like a network.
struct Prepared(Arc<str>);

impl Transport for Prepared {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, ovirt_sdk::Error>> {
        let headers = Headers::from_iter([("Content-Type", "application/xml")]);
        let body = Body::from_chunks(Rest { document: Arc::clone(&self.0), at: 0 });
        Box::pin(async move { Ok(Response::new(200, headers, body)) })
    }
}

struct Rest {
    document: Arc<str>,
    at: usize,
}

impl Chunks for Rest {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, BodyError>> {
        let rest = self.document.as_bytes().get(self.at..).unwrap_or_default();
        let chunk = rest.get(..CHUNK).unwrap_or(rest).to_vec();
        self.at += chunk.len();
        Box::pin(async move { Ok((!chunk.is_empty()).then_some(chunk)) })
    }
}

/// The size of an object and of all objects in it without their texts and lists, and the size of the unset fields in it.
fn inline(object: &dyn Object) -> (usize, usize) {
    let (mut size, mut unset) = (size_of_val(object), 0);
    for (_, slot) in object::members(object) {
        if !slot.is_set() {
            unset += size_of_val(slot);
        }
        let list = slot.as_list();
        let items = (0..list.map_or(0, |list| list.count())).filter_map(|index| list?.object(index));
        for inner in slot.as_object().into_iter().chain(items) {
            let (inner, inner_unset) = inline(inner);
            size += inner;
            unset += inner_unset;
        }
    }
    (size, unset)
}

/// Resident memory of this process in bytes, if `/proc` provides it.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}
