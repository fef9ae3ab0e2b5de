//! What a file refers to in its own crate: `use` items, paths in code, and paths inside of macros.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::sources::{ModulePath, Source, Sources};

/// A reference from one file to another one of the crate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    pub(crate) from: ModulePath,
    pub(crate) to: ModulePath,
    /// The path as it is written, resolved to the crate: `crate::xml::Document`.
    pub(crate) path: String,
    /// File and line: `src/error.rs:12`.
    pub(crate) place: String,
}

impl std::fmt::Display for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: `{}`", self.place, self.path)
    }
}

/// Every import of a crate between different files. Code for tests only does not count.
pub(crate) fn imports(sources: &Sources) -> Vec<Import> {
    let mut imports = Vec::new();
    for source in sources.iter() {
        let mut collector = Collector { source, inside: source.module.clone(), found: Vec::new() };
        collector.visit_file(&source.syntax);
        for Found { path, line, is_reexport } in collector.found {
            let Some(to) = resolve(sources, &path) else { continue };
            // A parent that re-exports what its children define does not depend on them.
            if to == source.module || (is_reexport && to.starts_with(&source.module)) {
                continue;
            }
            imports.push(Import {
                from: source.module.clone(),
                to,
                path: format!("crate::{}", path.join("::")),
                place: format!("{}:{line}", source.shown),
            });
        }
    }
    imports.sort();
    imports.dedup_by(|a, b| a.from == b.from && a.path == b.path);
    imports
}

/// The file that defines what a path means; re-exports are followed.
fn resolve(sources: &Sources, path: &[String]) -> Option<ModulePath> {
    let mut path = path.to_vec();
    // Each round follows one re-export; a chain of more than a few is a cycle of re-exports.
    for _ in 0..8 {
        let module = sources.module_in(&path).to_vec();
        let source = sources.get(&module)?;
        let Some(name) = path.get(module.len()) else { return Some(module) };
        match reexport(source, name) {
            Some(mut target) => {
                target.extend(path.drain(module.len() + 1..));
                if target == path {
                    return Some(module);
                }
                path = target;
            }
            None => return Some(module),
        }
    }
    Some(sources.module_in(&path).to_vec())
}

/// What a name of a module stands for, if the module re-exports it.
fn reexport(source: &Source, name: &str) -> Option<Vec<String>> {
    source.syntax.items.iter().find_map(|item| {
        let syn::Item::Use(item) = item else { return None };
        if matches!(item.vis, syn::Visibility::Inherited) {
            return None;
        }
        let mut paths = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut paths);
        let (path, _) = paths.into_iter().find(|(_, known_as)| known_as == name)?;
        absolute(source, &source.module, &path)
    })
}

struct Found {
    path: Vec<String>,
    line: usize,
    is_reexport: bool,
}

struct Collector<'s> {
    source: &'s Source,
    /// The module in which the code stands, modules inside of the file included.
    inside: ModulePath,
    found: Vec<Found>,
}

impl Collector<'_> {
    fn add(&mut self, path: &[String], line: usize, is_reexport: bool) {
        if let Some(path) = absolute(self.source, &self.inside, path) {
            self.found.push(Found { path, line, is_reexport });
        }
    }

    /// Finds `crate::…`, `$crate::…`, `self::…` and `super::…` in tokens that are not parsed.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut line = 0;
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if path.is_empty() || colons == 2 => {
                    if path.is_empty() {
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                    continue;
                }
                TokenTree::Ident(ident) => {
                    self.add(&path, line, false);
                    line = ident.span().start().line;
                    path = vec![ident.to_string()];
                    colons = 0;
                    continue;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {}
            }
            self.add(&path, line, false);
            path.clear();
            colons = 0;
        }
        self.add(&path, line, false);
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.inside.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.inside.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_reexport = !matches!(item.vis, syn::Visibility::Inherited);
        let mut paths = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut paths);
        for (path, _) in paths {
            self.add(&path, item.span().start().line, is_reexport);
        }
    }

    // `pub(in crate::xml)` is no import.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&segments, path.span().start().line, false);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        // What `quote!` writes belongs to another crate.
        let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if !name.contains("quote") {
            self.tokens(call.tokens.clone());
        }
        visit::visit_macro(self, call);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }
}

/// A path from the crate's root; `None` for paths that begin elsewhere.
fn absolute(source: &Source, inside: &[String], path: &[String]) -> Option<Vec<String>> {
    let mut base = inside.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            base.clear();
            rest = &path[1..];
        }
        "self" if path.len() > 1 => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|first| first == "super") {
                base.pop()?;
                rest = &rest[1..];
            }
        }
        // `child::Item`, where the file declares `mod child`.
        first if path.len() > 1 && inside == source.module && source.declares(first) => {}
        _ => return None,
    }
    if rest.is_empty() {
        return None;
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// The paths of a `use` tree, each with the name by which it is known afterwards.
fn flatten(tree: &syn::UseTree, before: &mut Vec<String>, paths: &mut Vec<(Vec<String>, String)>) {
    match tree {
        syn::UseTree::Path(tree) => {
            before.push(tree.ident.to_string());
            flatten(&tree.tree, before, paths);
            before.pop();
        }
        syn::UseTree::Name(tree) if tree.ident == "self" => {
            let known_as = before.last().cloned().unwrap_or_default();
            paths.push((before.clone(), known_as));
        }
        syn::UseTree::Name(tree) => {
            let name = tree.ident.to_string();
            paths.push((with(before, &name), name));
        }
        syn::UseTree::Rename(tree) => paths.push((with(before, &tree.ident.to_string()), tree.rename.to_string())),
        syn::UseTree::Glob(_) => paths.push((before.clone(), "*".to_owned())),
        syn::UseTree::Group(tree) => tree.items.iter().for_each(|tree| flatten(tree, before, paths)),
    }
}

fn with(before: &[String], name: &str) -> Vec<String> {
    before.iter().cloned().chain([name.to_owned()]).collect()
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string().contains("test"))
    })
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[test]
fn every_form_of_an_import_is_found() {
    let sources = Sources::of_texts(&[
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "use crate::b::c::{D, e::F as G}; \
             fn f() { super::b::g(); let _ = vec![crate::b::h::<u8>()]; } \
             mod inner { use super::super::b::i; } \
             #[cfg(test)] mod tests { use crate::b::never; } \
             macro_rules! m { () => { $crate::b::j() }; }",
        ),
        ("b.rs", "pub mod c; pub(crate) use c::k;"),
        ("b/c.rs", "pub mod e; pub fn k() {}"),
        ("b/c/e.rs", ""),
    ]);
    let found: Vec<(String, String)> =
        imports(&sources).into_iter().map(|import| (import.path, import.to.join("::"))).collect();
    let found: Vec<(&str, &str)> = found.iter().map(|(path, to)| (path.as_str(), to.as_str())).collect();
    let expected = [
        ("crate::b::g", "b"),
        ("crate::b::h", "b"),
        ("crate::b::i", "b"),
        ("crate::b::j", "b"),
        ("crate::b::c::D", "b::c"),
        ("crate::b::c::e::F", "b::c::e"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn reexports_lead_to_the_file_that_defines() {
    let sources = Sources::of_texts(&[
        ("lib.rs", "pub use a::b::Thing; mod a;"),
        ("a.rs", "pub mod b; pub use b::Thing;"),
        ("a/b.rs", "pub struct Thing;"),
        ("c.rs", "use crate::Thing; use crate::a::Thing as Other;"),
    ]);
    let to: Vec<String> = imports(&sources).into_iter().map(|import| import.to.join("::")).collect();
    assert_eq!(to, ["a::b", "a::b"]);
}
