//! Speed of reading and writing a large collection, compared with tokenizing the same bytes.

use std::error::Error;
use std::time::Duration;

use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::xml;
use ovirt_sdk_tests::inventory;
use ovirt_sdk_tests::report::{self, Budget};
use quick_xml::Reader;
use quick_xml::events::Event;

const ROUNDS: usize = 11;

fn main() -> Result<(), Box<dyn Error>> {
    if report::keeps_memory()? {
        report::run("bindings", measure)?;
    }
    Ok(())
}

fn measure() -> Result<(), Box<dyn Error>> {
    let document = inventory::vms(inventory::LARGE);
    let vms: List<Vm> = xml::from_str(&document)?;
    let written = xml::to_string(&vms)?.len();
    if tokens(&document) == 0 || written == 0 {
        return Err("nothing to measure".into());
    }

    let [tokenize, decode, items, encode, to_sink] = report::medians(
        ROUNDS,
        [
            &mut || report::timed_alone(|| tokens(&document)),
            &mut || report::timed_alone(|| xml::from_str::<List<Vm>>(&document)),
            &mut || streamed(&document),
            &mut || report::timed_alone(|| xml::to_string(&vms)),
            &mut || report::timed_alone(|| xml::to_writer(std::io::sink(), &vms)),
        ],
    );

    // All speeds are relative to the size of the input document, so they are comparable with other SDKs.
    let size = document.len() as f64 / 1e6;
    let speed = |seconds: f64| format!("{:.0} MB/s", size / seconds);
    report::head(&format!("{} VMs, {size:.1} MB, {:.1} MB when written", vms.len(), written as f64 / 1e6));
    report::figure("tokenize with quick-xml", &speed(tokenize));
    let part = |seconds: f64| tokenize / seconds;
    report::ratio("decode (ratio to tokenization)", &speed(decode), part(decode), Budget::AtLeast(0.7));
    report::ratio("decode item by item (same ratio)", &speed(items), part(items), Budget::None);
    report::ratio("encode to a string (same ratio)", &speed(encode), part(encode), Budget::None);
    report::ratio("encode to a writer (same ratio)", &speed(to_sink), part(to_sink), Budget::None);
    Ok(())
}

fn tokens(document: &str) -> usize {
    let mut reader = Reader::from_str(document);
    let mut count = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) | Err(_) => return count,
            Ok(event) => {
                std::hint::black_box(&event);
                count += 1;
            }
        }
    }
}

fn streamed(document: &str) -> Duration {
    report::timed_alone(|| xml::items::<Vm, _>(document.as_bytes()).filter_map(Result::ok).count())
}
