//! Prints the seconds taken to decode and to encode a `<vms>` document, for `tests/benches/compare`.

#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::time::Instant;

use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::xml;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("usage: round FILE")?;
    let document = std::fs::read(file)?;
    let start = Instant::now();
    let vms: List<Vm> = xml::from_slice(&document)?;
    let decoded = start.elapsed();
    let start = Instant::now();
    let text = xml::to_string(&vms)?;
    let encoded = start.elapsed();
    if vms.is_empty() || text.len() < document.len() / 4 {
        return Err("the document was not read or written completely".into());
    }
    println!("{} {}", decoded.as_secs_f64(), encoded.as_secs_f64());
    Ok(())
}
