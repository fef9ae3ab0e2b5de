//! Imports point downwards: from a module to modules of lower layers, as ARCHITECTURE.md lists them.
//!
//! The document has a table for each crate behind a comment such as `<!-- layers: ovirt-sdk -->`, lowest layer first,
//! whose second column names the modules of a row. A module may import modules of the rows before its own. A table
//! behind `<!-- exceptions: … -->` lists imports that are allowed nevertheless: the importing module, the imported
//! module, and the reason.

use crate::imports::{Import, imports};
use crate::sources::Sources;
use crate::{CRATES, root};

/// The layers of a crate: modules with the number of their row.
struct Layers(Vec<(Vec<String>, usize)>);

impl Layers {
    fn read(name: &str) -> Self {
        let mut modules = Vec::new();
        for (number, row) in table("layers", name).iter().enumerate() {
            let [_, names, ..] = row.as_slice() else { panic!("{name}: a row of layers has too few columns") };
            modules.extend(code(names).map(|module| (path(module), number)));
        }
        assert!(!modules.is_empty(), "ARCHITECTURE.md lists no layers of {name}");
        Self(modules)
    }

    /// The listed module that a module belongs to, and its row.
    fn listed(&self, module: &[String]) -> Option<(&[String], usize)> {
        let known = self.0.iter().filter(|(listed, _)| module.starts_with(listed));
        known.max_by_key(|(listed, _)| listed.len()).map(|(listed, layer)| (listed.as_slice(), *layer))
    }
}

/// Imports that the document allows, with a reason.
pub(crate) struct Exceptions(Vec<(Vec<String>, Vec<String>)>);

/// Whether an import is what an exception names: from a file to a file, or from a module to everything below another.
fn matches((from, to): &(Vec<String>, Vec<String>), import: &Import) -> bool {
    import.from.starts_with(from) && import.to.starts_with(to)
}

impl Exceptions {
    pub(crate) fn read(name: &str) -> Self {
        let pair = |row: Vec<String>| {
            let [from, to, reason] = row.as_slice() else { panic!("{name}: an exception has three columns") };
            assert!(reason.trim().len() > 20, "{name}: the exception {from} → {to} needs a reason");
            let module = |cell: &str| code(cell).next().map(path).unwrap_or_default();
            (module(from), module(to))
        };
        Self(table("exceptions", name).into_iter().map(pair).collect())
    }

    pub(crate) fn allow(&self, import: &Import) -> bool {
        self.0.iter().any(|exception| matches(exception, import))
    }

    /// The exceptions that no import needs.
    fn unused(&self, imports: &[Import]) -> Vec<String> {
        let is_unused =
            |exception: &&(Vec<String>, Vec<String>)| !imports.iter().any(|import| matches(exception, import));
        self.0.iter().filter(is_unused).map(|(from, to)| format!("{} → {}", from.join("::"), to.join("::"))).collect()
    }
}

#[test]
fn imports_point_downwards() {
    let mut problems = Vec::new();
    for checked in &CRATES {
        let sources = Sources::read(&root(), checked.sources);
        let layers = Layers::read(checked.name);
        let exceptions = Exceptions::read(checked.name);
        let imports = imports(&sources);
        for source in sources.iter().filter(|source| !source.module.is_empty()) {
            if layers.listed(&source.module).is_none() {
                problems.push(format!("{}: ARCHITECTURE.md lists no layer of this module", source.shown));
            }
        }
        problems.extend(imports.iter().filter(|it| !exceptions.allow(it)).filter_map(|it| upward(&layers, it)));
        let unused = exceptions.unused(&imports);
        problems.extend(unused.iter().map(|it| format!("{}: the exception {it} is not needed", checked.name)));
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// What is wrong with an import, if it points upwards or sideways. The crate's root may import everything.
fn upward(layers: &Layers, import: &Import) -> Option<String> {
    if import.from.is_empty() {
        return None;
    }
    let (from, upper) = layers.listed(&import.from)?;
    if import.to.is_empty() {
        return Some(format!("{import}: `{}` imports from the crate's root", from.join("::")));
    }
    let (to, lower) = layers.listed(&import.to)?;
    let is_fine = from == to || lower < upper;
    let (from, to) = (from.join("::"), to.join("::"));
    (!is_fine).then(|| format!("{import}: `{to}` is not in a lower layer than `{from}`"))
}

/// The rows of the table behind a comment of ARCHITECTURE.md, without the heading.
fn table(kind: &str, name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md can be read");
    let mark = format!("<!-- {kind}: {name} -->");
    let Some((_, rest)) = text.split_once(&mark) else { return Vec::new() };
    let lines = rest.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(str::to_owned).collect();
    lines.skip(2).map(cells).collect()
}

/// The code spans of a cell.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn path(module: &str) -> Vec<String> {
    module.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[test]
fn an_upward_import_is_reported_with_file_and_line() {
    let sources = Sources::of_texts(&[
        ("lib.rs", "mod url; mod xml; mod error;"),
        ("url.rs", "\nuse crate::error::Error;"),
        ("xml.rs", "use crate::url::Url;"),
        ("error.rs", "use crate::xml::Problem; use crate::url::Url;"),
    ]);
    let layers = Layers(vec![(path("url"), 1), (path("xml"), 2), (path("error"), 3)]);
    let problems: Vec<String> = imports(&sources).iter().filter_map(|it| upward(&layers, it)).collect();
    assert_eq!(problems, ["url.rs:2: `crate::error::Error`: `error` is not in a lower layer than `url`"]);
}
