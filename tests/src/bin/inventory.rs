//! Prints a `<vms>` document with the given number of VMs, to measure other programs with the benchmarks' data.
//!
//! ```text
//! cargo run --release -p ovirt-sdk-tests --bin inventory -- 10000 > vms.xml
//! ```

use std::io::Write;

fn main() -> std::io::Result<()> {
    let count = std::env::args().nth(1).map_or(Ok(ovirt_sdk_tests::inventory::LARGE), |count| count.parse());
    let count = count.map_err(std::io::Error::other)?;
    std::io::stdout().write_all(ovirt_sdk_tests::inventory::vms(count).as_bytes())
}
