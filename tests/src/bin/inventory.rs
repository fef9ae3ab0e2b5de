//! Prints a `<vms>` document of so many machines, for measuring other programs with what the benchmarks use.
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
