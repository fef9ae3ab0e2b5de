//! Prints the CPU seconds taken to decode and to encode a `<vms>` document, for `tests/benches/compare`.

#![allow(clippy::print_stdout, reason = "a command-line program")]

use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::xml;
use ovirt_sdk_tests::report;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("usage: round FILE")?;
    let document = std::fs::read(file)?;
    let (mut vms, mut text) = (Ok(List::<Vm>::new()), Ok(String::new()));
    let decoded = report::timed_alone(|| vms = xml::from_slice(&document));
    let vms = vms?;
    let encoded = report::timed_alone(|| text = xml::to_string(&vms));
    let text = text?;
    if vms.is_empty() || text.len() < document.len() / 4 {
        return Err("the document was not read or written completely".into());
    }
    println!("{} {}", decoded.as_secs_f64(), encoded.as_secs_f64());
    Ok(())
}
