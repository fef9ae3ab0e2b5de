//! The conformance table: requests, and what a real engine responds to them.
//!
//! Each file `conformance/*.txt` is a list of steps that run in order against a new engine whose clock stands still.
//! `conformance/README.md` describes the format.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml allows it in tests, and means only the functions that are marked as such"
)]

#[path = "conformance/client.rs"]
mod client;
#[path = "conformance/document.rs"]
mod document;
#[path = "conformance/run.rs"]
mod run;
#[path = "conformance/table.rs"]
mod table;

use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}

#[test]
fn responses_are_those_of_a_real_engine() {
    let mut failures = Vec::new();
    let mut steps = 0;
    for file in files() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        match table::parse(&name, &std::fs::read_to_string(&file).unwrap()) {
            Ok(table) => {
                steps += table.len();
                failures.extend(run::run(&name, &table));
            }
            Err(error) => failures.push(error),
        }
    }
    assert!(failures.is_empty(), "{} failures in {steps} steps:\n\n{}\n", failures.len(), failures.join("\n\n"));
}

#[test]
fn failures_name_the_line_and_what_was_expected() {
    let table = "GET /vms/11111111-1111-1111-1111-111111111111\n= 200\nhas vm/name web1\n\n\
                 GET /clusters\n= 200\nhas clusters/cluster/name Nothing\nhas no clusters/cluster\n\nGET /vms/{vm}\n= 200\n";
    let failures = run::run("x.txt", &table::parse("x.txt", table).unwrap());
    assert_eq!(failures.len(), 3, "{failures:?}");
    assert!(failures[0].starts_with("x.txt:1: GET /vms/11111111-1111-1111-1111-111111111111\n"), "{}", failures[0]);
    assert!(failures[0].contains("expected = 200, found 404"), "{}", failures[0]);
    assert!(failures[1].contains("expected has clusters/cluster/name Nothing"), "{}", failures[1]);
    assert!(failures[1].contains("expected has no clusters/cluster"), "{}", failures[1]);
    assert!(failures[2].contains("`{vm}` is not set"), "{}", failures[2]);

    assert_eq!(table::parse("x.txt", "GET /vms\nhas vms\n").unwrap_err(), "x.txt:1: no line `= STATUS`");
    assert_eq!(table::parse("x.txt", "\nfoo bar\n").unwrap_err(), "x.txt:2: neither a request nor `advance`: foo bar");
    assert_eq!(table::parse("x.txt", "GET /a\n= 200\nhad x\n").unwrap_err(), "x.txt:3: unknown expectation: had x");
}
