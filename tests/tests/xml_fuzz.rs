//! Runs the fuzz target of `tests/fuzz` on its seeds and on random mutations of them.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests fail so")]

use std::time::{Duration, Instant};

use fastrand::Rng;
use ovirt_sdk::xml::{DecodeOptions, Document};
use ovirt_sdk_tests::round_trip;

const MUTATIONS: u32 = 40_000;
/// Time limit; slow computers check fewer mutations.
const LONGEST: Duration = Duration::from_secs(10);

/// Pieces of XML that mutations insert into documents.
const PIECES: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<x>",
    "</x>",
    "<x/>",
    "&",
    ";",
    "&amp;",
    "&lt;",
    "&#1;",
    "&#x41;",
    "&x;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<!",
    "<!DOCTYPE a>",
    "\"",
    "'",
    "=",
    " a='1'",
    " id=\"1\"",
    " href=''",
    "\u{FEFF}",
    "\r\n",
    "\r",
    "\0",
    "\t",
    " ",
    "é",
    "🦀",
    "<vm>",
    "</vm>",
    "<vms>",
    "</vms>",
    "<vm/>",
    "<name>",
    "</name>",
    "<name/>",
    "<link rel='nics' href='/x'/>",
    "<nics/>",
    "<nics href='/y'/>",
    "<creation_status/>",
    "<actions/>",
    "1",
    "true",
    " xmlns='u'",
    " xmlns:p='u'",
    "<p:vm/>",
    " xsi:type='t'",
    "<memory>",
    "</memory>",
    "<disks href='/d'><x/></disks>",
];

fn seeds() -> Vec<(String, Vec<u8>)> {
    let folder = ovirt_sdk_tests::models::tests_folder().join("fuzz/seeds/decode");
    let entries = std::fs::read_dir(folder).expect("the seeds are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    paths.iter().map(|path| (path.display().to_string(), std::fs::read(path).expect("a seed can be read"))).collect()
}

#[test]
fn seeds_pass_the_round_trip_check() {
    for (path, bytes) in seeds() {
        Document::read(&bytes, &DecodeOptions::new()).unwrap_or_else(|error| panic!("{path}: {error}"));
        round_trip::check(&bytes).unwrap_or_else(|problem| panic!("{path}: {problem}"));
    }
}

#[test]
fn mutations_of_seeds_pass_the_round_trip_check() {
    let seeds = seeds();
    let mut rng = Rng::with_seed(20_260_405);
    let start = Instant::now();
    for _ in 0..MUTATIONS {
        let (_, seed) = rng.choice(&seeds).expect("there are seeds");
        let (_, other) = rng.choice(&seeds).expect("there are seeds");
        let mut bytes = seed.clone();
        for _ in 0..rng.usize(1..=4) {
            mutate(&mut bytes, other, &mut rng);
        }
        round_trip::check(&bytes).unwrap_or_else(|problem| panic!("{problem}\n{:?}", String::from_utf8_lossy(&bytes)));
        if start.elapsed() > LONGEST {
            break;
        }
    }
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], rng: &mut Rng) {
    let (from, to) = range(bytes.len(), rng);
    match rng.u8(..8) {
        0 => drop(bytes.drain(from..to)),
        1 => bytes.truncate(from),
        2 if from < bytes.len() => bytes[from] = rng.u8(..),
        3 => {
            let copy = bytes[from..to].to_vec();
            let at = rng.usize(..=bytes.len());
            bytes.splice(at..at, copy);
        }
        4 => {
            let (start, end) = range(other.len(), rng);
            bytes.splice(from..to, other[start..end].iter().copied());
        }
        _ => {
            let piece = rng.choice(PIECES).expect("there are pieces");
            // Prefer to insert after a `>`, where XML allows content.
            let ends: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at] == b'>').map(|at| at + 1).collect();
            let at = if rng.bool() { rng.choice(ends).unwrap_or(from) } else { from };
            bytes.splice(at..at, piece.bytes());
        }
    }
}

fn range(length: usize, rng: &mut Rng) -> (usize, usize) {
    let from = rng.usize(..=length);
    (from, (from + rng.usize(..40)).min(length))
}
