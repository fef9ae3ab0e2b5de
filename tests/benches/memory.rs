//! Memory used by a decoded collection, and by reading a collection item by item.

use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::xml;
use ovirt_sdk_tests::inventory;
use ovirt_sdk_tests::report::{self, Budget};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let document = inventory::vms(inventory::LARGE);
    let (before, resident) = (ALLOCATOR.current_usage(), resident());
    ALLOCATOR.reset_peak_usage();
    let vms: List<Vm> = xml::from_str(&document)?;
    let (list, peak) = (ALLOCATOR.current_usage() - before, ALLOCATOR.peak_usage() - before);
    let grown = self::resident().zip(resident).map(|(after, before)| after.saturating_sub(before));
    drop(vms);

    let small = stream(&inventory::vms(inventory::LARGE / 10))?;
    let large = stream(&document)?;

    let size = document.len();
    let megabytes = |bytes: usize| format!("{:.1} MB", bytes as f64 / 1e6);
    let of_document = |bytes: usize| bytes as f64 / size as f64;
    report::head(&format!("{} VMs, {}; ratios to the document's size", inventory::LARGE, megabytes(size)));
    report::ratio("decoded list", &megabytes(list), of_document(list), Budget::AtMost(1.2));
    report::ratio("peak while decoding the list", &megabytes(peak), of_document(peak), Budget::None);
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

/// Resident memory of this process in bytes, if `/proc` provides it.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}
