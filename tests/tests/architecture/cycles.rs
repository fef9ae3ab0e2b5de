//! No files of a crate import each other in a circle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::imports::{Import, imports};
use crate::layers::Exceptions;
use crate::sources::{ModulePath, Sources};
use crate::{CRATES, root};

#[test]
fn files_form_no_cycles() {
    let mut problems = String::new();
    for checked in &CRATES {
        let sources = Sources::read(&root(), checked.sources);
        let exceptions = Exceptions::read(checked.name);
        let imports: Vec<Import> = imports(&sources).into_iter().filter(|import| !exceptions.allow(import)).collect();
        for cycle in cycles(&imports) {
            problems.push_str(&format!("\n{}: a cycle of {} imports:\n", checked.name, cycle.len()));
            cycle.iter().for_each(|import| problems.push_str(&format!("  {import}\n")));
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

/// One shortest cycle for each import that is part of one; cycles of the same files are reported once.
fn cycles(imports: &[Import]) -> Vec<Vec<&Import>> {
    let imports = without_loose_ends(imports);
    let mut by_file: BTreeMap<&ModulePath, Vec<&Import>> = BTreeMap::new();
    for import in &imports {
        by_file.entry(&import.from).or_default().push(import);
    }
    let mut seen = BTreeSet::new();
    let mut cycles = Vec::new();
    for import in imports {
        let Some(back) = shortest(&by_file, &import.to, &import.from) else { continue };
        let cycle: Vec<&Import> = std::iter::once(import).chain(back).collect();
        let files: BTreeSet<&ModulePath> = cycle.iter().map(|import| &import.from).collect();
        if seen.insert(files) {
            cycles.push(cycle);
        }
    }
    cycles
}

/// The imports without those that no cycle can contain: their file is never imported, or what they import imports
/// nothing.
fn without_loose_ends(imports: &[Import]) -> Vec<&Import> {
    let mut left: Vec<&Import> = imports.iter().collect();
    loop {
        let before = left.len();
        let from: BTreeSet<&ModulePath> = left.iter().map(|import| &import.from).collect();
        let to: BTreeSet<&ModulePath> = left.iter().map(|import| &import.to).collect();
        left.retain(|import| from.contains(&import.to) && to.contains(&import.from));
        if left.len() == before {
            return left;
        }
    }
}

/// The fewest imports that lead from one file to another one.
fn shortest<'i>(
    by_file: &BTreeMap<&ModulePath, Vec<&'i Import>>,
    from: &'i ModulePath,
    to: &ModulePath,
) -> Option<Vec<&'i Import>> {
    let mut reached: BTreeMap<&ModulePath, &Import> = BTreeMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(file) = next.pop_front() {
        if file == to {
            let mut path = Vec::new();
            let mut file = file;
            while file != from {
                let import = *reached.get(file)?;
                path.push(import);
                file = &import.from;
            }
            path.reverse();
            return Some(path);
        }
        for import in by_file.get(file).into_iter().flatten() {
            if import.to != *from && !reached.contains_key(&import.to) {
                reached.insert(&import.to, import);
                next.push_back(&import.to);
            }
        }
    }
    None
}

#[test]
fn a_cycle_is_reported_with_its_imports() {
    let sources = Sources::of_texts(&[
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "use crate::c::C;"),
        ("c.rs", "fn f() { crate::a::f() }"),
        ("d.rs", "use crate::a::A;"),
    ]);
    let imports = imports(&sources);
    let shown: Vec<Vec<String>> =
        cycles(&imports).iter().map(|cycle| cycle.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(shown, [["a.rs:1: `crate::b::B`", "b.rs:1: `crate::c::C`", "c.rs:1: `crate::a::f`"]]);
}
