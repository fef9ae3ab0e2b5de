//! Prints the CPU seconds taken to decode a `<vms>` document, to encode it with indentation, and to encode it without, as in
//! requests; for `tests/benches/compare`.

#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::error::Error;
use std::time::Duration;

use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::xml::{self, EncodeOptions};
use ovirt_sdk_tests::report;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os().nth(1).ok_or("usage: round FILE")?;
    let document = std::fs::read(file)?;
    let mut vms = Ok(List::<Vm>::new());
    let decoded = report::timed_alone(|| vms = xml::from_slice(&document));
    let vms = vms?;
    if vms.is_empty() {
        return Err("the document was not read completely".into());
    }
    let indented = encode(&vms, true, document.len() / 4)?;
    let compact = encode(&vms, false, document.len() / 4)?;
    println!("{} {} {}", decoded.as_secs_f64(), indented.as_secs_f64(), compact.as_secs_f64());
    Ok(())
}

fn encode(vms: &List<Vm>, indent: bool, least: usize) -> Result<Duration, Box<dyn Error>> {
    let mut text = Ok(String::new());
    let took = report::timed_alone(|| text = EncodeOptions::new().indent(indent).to_string(vms));
    if text?.len() < least { Err("the document was not written completely".into()) } else { Ok(took) }
}
