//! How fast a large collection is read and written, beside the bare tokenization of the same bytes.

use std::time::Duration;

use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::xml;
use ovirt_sdk_tests::inventory;
use ovirt_sdk_tests::report::{self, Budget};
use quick_xml::Reader;
use quick_xml::events::Event;

const ROUNDS: usize = 11;

fn main() -> Result<(), Box<dyn std::error::Error>> {
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

    // All speeds are in bytes of the document that was read, so that they compare with those of other SDKs.
    let size = document.len() as f64 / 1e6;
    let speed = |seconds: f64| format!("{:.0} MB/s", size / seconds);
    report::head(&format!("{} machines, {size:.1} MB, {:.1} MB when written", vms.len(), written as f64 / 1e6));
    report::figure("tokenization by quick-xml", &speed(tokenize));
    let part = |seconds: f64| tokenize / seconds;
    report::ratio("decode, of the tokenization's speed", &speed(decode), part(decode), Budget::AtLeast(0.45));
    report::ratio("decode item by item, of the same", &speed(items), part(items), Budget::None);
    report::ratio("encode to a string, of the same", &speed(encode), part(encode), Budget::None);
    report::ratio("encode to a writer, of the same", &speed(to_sink), part(to_sink), Budget::None);
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
