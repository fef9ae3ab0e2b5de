//! The files of a crate as modules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Path of a module below the crate: `["xml", "decoder"]`; empty for the crate itself.
pub(crate) type ModulePath = Vec<String>;

/// A source file, which is one module with everything that is written inside of it.
pub(crate) struct Source {
    /// Path relative to the workspace, for messages.
    pub(crate) shown: String,
    pub(crate) module: ModulePath,
    pub(crate) syntax: syn::File,
}

impl Source {
    /// Whether the file declares a module with a name that is in another file.
    pub(crate) fn declares(&self, name: &str) -> bool {
        self.syntax
            .items
            .iter()
            .any(|item| matches!(item, syn::Item::Mod(module) if module.content.is_none() && module.ident == name))
    }
}

/// The files of a crate by their modules.
pub(crate) struct Sources(BTreeMap<ModulePath, Source>);

impl Sources {
    /// Reads every file below a folder of the workspace.
    pub(crate) fn read(workspace: &Path, folder: &str) -> Self {
        let mut files = Vec::new();
        collect(&workspace.join(folder), &mut files);
        let mut sources = BTreeMap::new();
        for file in files {
            let below = file.strip_prefix(workspace.join(folder)).expect("the file is below the folder");
            let Some(module) = module_of(below) else { continue };
            let text = std::fs::read_to_string(&file).expect("the source can be read");
            let shown = format!("{folder}/{}", below.display());
            let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{shown}: {error}"));
            sources.insert(module.clone(), Source { shown, module, syntax });
        }
        assert!(!sources.is_empty(), "{folder} has no sources");
        Self(sources)
    }

    /// Sources from texts, for tests of the checks themselves.
    pub(crate) fn of_texts(texts: &[(&str, &str)]) -> Self {
        let source = |(name, text): &(&str, &str)| {
            let module = module_of(Path::new(name)).expect("a module's file");
            let syntax = syn::parse_file(text).expect("valid Rust");
            (module.clone(), Source { shown: (*name).to_owned(), module, syntax })
        };
        Self(texts.iter().map(source).collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.values()
    }

    pub(crate) fn get(&self, module: &[String]) -> Option<&Source> {
        self.0.get(module)
    }

    /// The module that a path leads into: its longest prefix that is a file.
    pub(crate) fn module_in<'p>(&self, path: &'p [String]) -> &'p [String] {
        let known = (0..=path.len()).rev().find(|length| self.0.contains_key(&path[..*length]));
        &path[..known.unwrap_or_default()]
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The module of a file; programs are no modules of the library, and test modules are not checked.
fn module_of(below: &Path) -> Option<ModulePath> {
    let mut module: ModulePath = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let file = module.pop()?;
    match file.as_str() {
        "main.rs" if module.is_empty() => return None,
        "lib.rs" if module.is_empty() => {}
        "mod.rs" => {}
        _ => module.push(file.strip_suffix(".rs")?.to_owned()),
    }
    let is_program = module.first().is_some_and(|first| first == "bin");
    let is_test = module.iter().any(|part| part == "tests");
    (!is_program && !is_test).then_some(module)
}
