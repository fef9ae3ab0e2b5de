//! The index of the cookbook names all programs and functions, and none that is not there.

use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../generated-sdk/examples")
}

/// The programs and functions that the index names: those in backticks in the second and third column of its tables.
fn index() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let mut found = Vec::new();
    for row in text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| task |")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let (programs, functions) = (names(cells[1]), names(cells[2]));
        assert!(programs.len() == 1 && !functions.is_empty(), "no program or no function: {row}");
        found.extend(functions.into_iter().map(|function| (programs[0].clone(), function)));
    }
    found
}

#[test]
fn the_index_names_what_is_there() {
    for (program, function) in index() {
        let text = std::fs::read_to_string(folder().join(format!("{program}.rs"))).unwrap();
        assert!(text.contains(&format!("fn {function}(")), "`{program}` has no function `{function}`");
    }
}

#[test]
fn the_index_names_all_that_is_there() {
    let indexed = index();
    let programs: BTreeSet<&str> = indexed.iter().map(|(program, _)| program.as_str()).collect();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let (name, text) = (path.file_stem().unwrap().to_str().unwrap(), std::fs::read_to_string(&path).unwrap());
            assert!(programs.contains(name), "the index has nothing about `{name}`");
            assert!(text.starts_with("//! "), "`{name}` does not say what it does");
            assert!(text.contains(&format!("cargo run --example {name}")), "`{name}` does not say how to run it");
            for function in text.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
                let function = function.split(['(', '<']).next().unwrap();
                let is_named = indexed.iter().any(|(program, named)| program == name && named == function);
                assert!(is_named, "the index has nothing about `{function}` of `{name}`");
            }
        }
    }
}
