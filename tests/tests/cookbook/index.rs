//! The index of the cookbook lists every program and function, and nothing else.

use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    ovirt_sdk_tests::models::repository().join("generated-sdk/examples")
}

/// Returns the pairs of program and function in the index. They are in backticks in columns two and three of its tables.
fn index() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let mut index = Vec::new();
    for row in text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| task |")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let (programs, functions) = (names(cells[1]), names(cells[2]));
        assert!(programs.len() == 1 && !functions.is_empty(), "expected one program and its functions: {row}");
        index.extend(functions.into_iter().map(|function| (programs[0].clone(), function)));
    }
    index
}

#[test]
fn every_indexed_function_exists() {
    for (program, function) in index() {
        let text = std::fs::read_to_string(folder().join(format!("{program}.rs"))).unwrap();
        assert!(text.contains(&format!("fn {function}(")), "`{program}` has no function `{function}`");
    }
}

#[test]
fn every_program_and_function_is_indexed() {
    let index = index();
    let programs: BTreeSet<&str> = index.iter().map(|(program, _)| program.as_str()).collect();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let (name, text) = (path.file_stem().unwrap().to_str().unwrap(), std::fs::read_to_string(&path).unwrap());
            assert!(programs.contains(name), "the index lacks the program `{name}`");
            assert!(text.starts_with("//! "), "`{name}` has no module documentation");
            assert!(text.contains(&format!("cargo run --example {name}")), "`{name}` lacks a command line to run it");
            for function in text.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
                let function = function.split(['(', '<']).next().unwrap();
                let indexed = index.iter().any(|(program, indexed)| program == name && indexed == function);
                assert!(indexed, "the index lacks the function `{function}` of `{name}`");
            }
        }
    }
}
